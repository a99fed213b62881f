//! `check` on what nobody should write, and somebody does.

use super::{git, revision, rules};
use crate::harness::Sandbox;

const POSTGRES: &str = "--migrations migrations --database-url postgres://localhost/none -A lock-out-of-date";

fn with(up: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    revision(&sandbox, 1, "CREATE TABLE users (id INTEGER PRIMARY KEY);\n", "DROP TABLE users;\n");
    revision(&sandbox, 2, up, "SELECT 1;\n");
    sandbox
}

#[test]
fn what_is_nested_without_end_ends_no_process() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    for expression in [deep("(", ")"), deep("NOT ", ""), deep("1 + ", ""), deep("f(2, ", ")"), deep("- ", "")]
    {
        let up = format!("SELECT {expression};\nDROP TABLE users;\n");
        let found = rules(&with(&up).schema(&format!("check --format json {POSTGRES}")).exits(1));
        assert_eq!(found, ["drop-table", "unreadable-sql"]);
        let up = format!("DO $$ BEGIN PERFORM {expression}; END $$;\nDROP TABLE users;\n");
        let found = rules(&with(&up).schema(&format!("check --format json {POSTGRES}")).exits(1));
        assert_eq!(found, ["drop-table", "unreadable-sql"]);
    }
    // As deep as it gets without that.
    let up = format!("SELECT {}1{};\nDROP TABLE users;\n", "(".repeat(2_000), ")".repeat(2_000));
    let found = rules(&with(&up).schema(&format!("check --format json {POSTGRES}")).exits(1));
    assert_eq!(found, ["drop-table"]);
    // SQLite itself refuses it, and that is what is said.
    let up = format!("SELECT {};\n", deep("(", ")"));
    let words = "check --format json --migrations migrations --database-url app.db -A lock-out-of-date";
    assert_eq!(rules(&with(&up).schema(words).exits(1)), ["failing-up", "unreadable-sql"]);
}

#[test]
fn places_are_right_in_files_of_windows() {
    let text = "\u{feff}-- ä\r\nSELECT 1;\r\n  DROP TABLE users;\r\n";
    let document = with(text).schema(&format!("check --format json {POSTGRES}")).exits(1).json();
    let finding = &document["findings"][0];
    assert_eq!(
        (finding["rule"].as_str(), finding["line"].as_u64(), finding["column"].as_u64()),
        (Some("drop-table"), Some(3), Some(3)),
        "{document}"
    );
}

#[test]
fn a_large_migration_is_looked_at_to_its_end() {
    let rows = vec!["(1, 'some text that is as long as texts are')"; 1_000].join(",\n");
    let up = format!("INSERT INTO users VALUES {rows};\n").repeat(60) + "DROP TABLE users;\n";
    assert!(up.len() > 2_500_000);
    let found = rules(&with(&up).schema(&format!("check --format json {POSTGRES}")).exits(1));
    assert!(found.contains(&"drop-table".to_owned()), "{found:?}");
}

#[test]
fn a_base_that_git_does_not_have_is_said() {
    let sandbox = with("SELECT 1;\n");
    let check = |words: &str| sandbox.schema(&format!("check {POSTGRES} {words}"));
    check("--base main").exits(3).says("is not in a Git repository");
    git(&sandbox, "init -q");
    git(&sandbox, "add -A");
    git(&sandbox, "commit -qm start");
    check("--base nowhere").exits(2).says("Git knows no commit `nowhere`").says("`git branch --all`");
    check("--base main")
        .ok()
        .says("warning[base-without-lock]")
        .says("the 2 revisions that have folders there");
    check("--base main --deny base-without-lock").exits(1);
    check("--changed-since main").ok().says("warning[base-without-lock]");
}

#[test]
fn what_a_base_without_a_lock_has_is_released_and_the_rest_is_new() {
    let sandbox = Sandbox::empty();
    git(&sandbox, "init -q");
    git(&sandbox, "commit -q --allow-empty -m nothing");
    revision(&sandbox, 1, "CREATE TABLE users (id INTEGER PRIMARY KEY);\n", "DROP TABLE users;\n");
    git(&sandbox, "add -A");
    git(&sandbox, "commit -qm users");
    revision(&sandbox, 2, "DROP TABLE users;\n", "SELECT 1;\n");
    let check =
        |base: &str| sandbox.schema(&format!("check {POSTGRES} --format json --base {base}")).output();
    // Rows may be in it by now.
    assert_eq!(rules(&check("HEAD")), ["base-without-lock", "drop-table"]);
    // Nobody has it yet.
    assert_eq!(rules(&check("HEAD~1")), ["base-without-lock"]);
}
