//! Arbitrary text as a script in each dialect.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../schema-build/tests/properties/mod.rs"]
mod properties;

fuzz_target!(|script: &str| properties::check_all(script));
