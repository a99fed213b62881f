//! The black-box tests: the real command, the real build script, real databases, as a person would use them.
//! One binary, so that it links once; one module per subject. `harness` holds what they share.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests are read, not called, and a panic is how they fail"
)]

mod harness;

mod agreement;
mod applications;
mod architecture;
mod bad_input;
mod broken;
mod commands;
mod concurrency;
mod corpus;
mod diff;
mod docs;
mod failing;
mod faults;
mod from_database;
mod gate;
mod generate;
mod generate_mysql;
mod generate_offline;
mod generate_postgres;
mod graph;
mod interop;
mod kills;
mod locks;
mod long_runs;
mod many;
mod memory;
mod print_schema;
mod proof;
mod reach;
mod readonly;
mod rebuild;
mod renames;
mod rules;
mod rules_mysql;
mod rules_sqlite;
mod servers;
mod sqlite_rebuild;
mod squash;
mod storyboard;
mod unlock;
