//! Arbitrary text as a `metadata.toml`, and every finding about it drawn: a line break inside a line would cut
//! what a build script says.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use schema_build::finding::Heading;
use schema_build::migrations::metadata::parse;

fuzz_target!(|text: &str| {
    let (_, findings) = parse(Path::new("migrations/2026_a/metadata.toml"), text);
    for line in findings.iter().flat_map(|finding| finding.plain_lines(Heading::Bare)) {
        assert!(!line.contains(['\n', '\r']), "{line:?} is more than a line");
    }
});
