//! Every verb with its flags, and its JSON as a program would read it.
//!
//! On SQLite alone: flags, files and words, in which no engine has a part. What verbs do to a database is in `servers`,
//! on all three.

mod output;
mod reading;
mod running;
mod urls;
mod workspaces;
mod writing;

use serde_json::Value;

use crate::harness::Sandbox;

/// Runs a verb with `--format json`, and reads its one document.
#[track_caller]
fn json(sandbox: &Sandbox, words: &str) -> Value {
    let document = sandbox.schema(&format!("{words} --format json")).ok().json();
    assert_eq!(document["version"], 1, "{words}: {document}");
    document
}

/// The ids in a list of revisions.
fn ids(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap_or_else(|| panic!("no list: {list}"))
        .iter()
        .map(|one| one["revision"].as_str().unwrap())
        .collect()
}

const USERS: &str = "0a1b2c3d4e5f";
const ORDERS: &str = "1f0e9d8c7b6a";
const STOCK: &str = "4f1c2a9b7d03";

/// The quickstart with some of its revisions applied to `app.db`.
fn shop(applied: usize) -> Sandbox {
    let sandbox = Sandbox::of("quickstart");
    if applied > 0 {
        sandbox.schema(&format!("upgrade +{applied} --database-url app.db")).ok();
    }
    sandbox
}

/// A second child of `create orders`.
fn fork(sandbox: &Sandbox) {
    let metadata = "run_in_transaction = true\nrevision = \"7d034f1c2a9b\"\nparents = [\"1f0e9d8c7b6a\"]\nmessage = \"add tax\"\n";
    let folder = "2026-11-20-1802-7d034f1c2a9b_add_tax";
    sandbox.migration(
        folder,
        metadata,
        "CREATE TABLE tax (id INTEGER PRIMARY KEY);\n",
        Some("DROP TABLE tax;\n"),
    );
}
