//! Bad input gets a clear error, and nothing is changed and nothing lost: every line of the list that SQLite can
//! meet. Broken histories are in `broken`, failing statements in `failing`, kills in `concurrency`.
//!
//! On SQLite alone, where most of it is met before any database; what only a server can do is in `faults` and `reach`.

mod databases;
mod files;
mod projects;
mod targets;
mod urls;

use crate::harness::{Output, Sandbox};

/// Runs it and expects this end, with the project and its databases byte for byte as they were.
#[track_caller]
fn refused(sandbox: &Sandbox, words: &str, code: i32) -> Output {
    sandbox.untouched(|| sandbox.schema(words).exits(code))
}

/// A project with two of its three revisions applied.
fn shop() -> Sandbox {
    let sandbox = Sandbox::of("quickstart");
    sandbox.schema("upgrade +2 --database-url app.db").ok();
    sandbox
}

const ORDERS: &str = "migrations/2026-11-19-1602-1f0e9d8c7b6a_create_orders";
const STOCK: &str = "migrations/2026-11-20-0915-4f1c2a9b7d03_count_the_stock";
