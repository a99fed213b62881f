//! What `check` finds by running revisions on a scratch database, and by comparing models with schema.lock.

use crate::harness::{Output, Sandbox};

const THIRD: &str = "2026-11-20-0915-4f1c2a9b7d03_add_tax";
const METADATA: &str = "run_in_transaction = true\nrevision = \"4f1c2a9b7d03\"\nparents = [\"1f0e9d8c7b6a\"]\nmessage = \"add tax\"\n";

/// The skeleton with a third revision, locked.
fn with_third(up: &str, down: &str) -> Sandbox {
    let sandbox = Sandbox::of("skeleton");
    sandbox.migration(THIRD, METADATA, up, Some(down));
    sandbox.schema("lock").ok();
    sandbox
}

/// The rules of what is found.
#[track_caller]
fn rules(output: &Output) -> Vec<String> {
    let document = output.json();
    let findings = document["findings"].as_array().unwrap().clone();
    findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_sound_history_goes_up_and_down_and_up() {
    let sandbox = with_third(
        "CREATE TABLE tax (id INTEGER PRIMARY KEY, rate REAL NOT NULL);\n\
         -- schema:allow(rename-table) nobody runs yet\nALTER TABLE users RENAME TO people;\n",
        "ALTER TABLE people RENAME TO users;\nDROP TABLE tax;\n",
    );
    sandbox.untouched(|| sandbox.schema("check").ok().says("Checked 3 revisions"));
    let document = sandbox.schema("check --only proof --format json").ok();
    assert_eq!(rules(&document), [] as [&str; 0]);
}

#[test]
fn a_way_down_that_leaves_something_behind_is_found() {
    let sandbox =
        with_third("CREATE TABLE tax (id INTEGER);\nCREATE INDEX i ON users (email);\n", "DROP TABLE tax;\n");
    sandbox
        .schema("check")
        .ok()
        .says("warning[inexact-down]: the way down of revision `4f1c2a9b7d03` add tax does not give back what was there")
        .says("add_tax/down.sql")
        .says("+ index i: create index i on users ( email )")
        .says("irreversible");
    sandbox.schema("check --deny inexact-down").exits(1);
    for words in [
        "check --no-proof",
        "check --skip proof",
        "check --only history,models",
        "check --allow inexact-down",
    ] {
        sandbox.schema(words).ok().lacks("inexact-down");
    }
    sandbox.replace(
        &format!("migrations/{THIRD}/down.sql"),
        "DROP TABLE tax;",
        "DROP INDEX i;\nDROP TABLE tax;",
    );
    sandbox.schema("lock --accept 4f1c").ok();
    sandbox.schema("check").ok().lacks("inexact-down");
}

#[test]
fn a_way_down_that_fails_is_shown_at_its_statement() {
    let sandbox =
        with_third("CREATE TABLE tax (id INTEGER);\n", "DROP TABLE tax;\n-- twice\nDROP TABLE tax;\n");
    sandbox
        .schema("check")
        .exits(1)
        .says("error[failing-down]: could not revert revision `4f1c2a9b7d03` add tax")
        .says("add_tax/down.sql:3:1")
        .says("no such table: tax");
}

#[test]
fn a_way_down_is_tried_with_rows_in_the_tables() {
    let sandbox = with_third("CREATE TABLE tax (id INTEGER);\n", "DROP TABLE tax;\nDROP TABLE users;\n");
    // Orders point to users; empty, they would not be in the way.
    sandbox
        .schema("check")
        .exits(1)
        .says("failing-down")
        .says("down.sql:2:1")
        .says("FOREIGN KEY constraint failed");
}

#[test]
fn a_revision_that_does_not_run_is_shown_at_its_statement_and_ends_the_proof() {
    let sandbox = with_third("SELECT 1;\nCREATE TABLE users (id INTEGER);\n", "SELECT 1;\n");
    sandbox
        .schema("check")
        .exits(1)
        .says("error[failing-up]: could not apply revision `4f1c2a9b7d03` add tax")
        .says("add_tax/up.sql:2:1")
        .says("table users already exists")
        .lacks("cargo schema upgrade");
}

#[test]
fn a_revision_that_does_not_run_twice_is_found() {
    let sandbox = with_third("INSERT INTO users VALUES (77, 'a');\n", "SELECT 1;\n");
    sandbox.schema("check").ok().says("warning[failing-redo]").says("UNIQUE constraint failed");
}

#[test]
fn rows_of_ours_are_no_reason_to_complain() {
    let sandbox = with_third("INSERT INTO users VALUES (1, 'a');\n", "DELETE FROM users WHERE id = 1;\n");
    let document = sandbox.schema("check --format json").ok();
    assert_eq!(rules(&document), [] as [&str; 0]);
}

#[test]
fn a_schema_in_the_lock_file_that_nothing_leads_to_is_found() {
    let sandbox = with_third("CREATE TABLE tax (id INTEGER);\n", "DROP TABLE tax;\n");
    sandbox.replace(
        "migrations/schema.lock",
        "column.email = { type = \"TEXT\" }",
        "column.email = { type = \"BLOB\" }",
    );
    sandbox
        .schema("check")
        .exits(1)
        .says("error[stale-schema]")
        .says("- schema.table.users.column.email = { type = \"BLOB\" }")
        .says("run `cargo schema lock`");
    sandbox.schema("lock").ok();
    sandbox.schema("check").ok();
}

const MODEL: &str = "#[derive(schema_runtime::Schema)]
#[diesel(table_name = users)]
pub struct User {
    pub id: i32,
    pub email: String,
    pub phone: Option<String>,
}
";

#[test]
fn models_that_no_migration_follows_are_errors_at_their_lines() {
    let sandbox = Sandbox::of("skeleton");
    sandbox.replace("Cargo.toml", "dialect = \"sqlite\"", "dialect = \"sqlite\"\nmodels = \"src/models.rs\"");
    sandbox.write("src/models.rs", MODEL);
    sandbox.schema("check").ok().says("warning[schema-unknown]").says("run `cargo schema lock`");
    sandbox.schema("lock").ok();
    let output = sandbox.schema("check --only models --format json").exits(1);
    assert_eq!(rules(&output), ["models-ahead"]);
    let finding = &output.json()["findings"][0];
    assert_eq!((&finding["family"], &finding["line"]), (&"models".into(), &6.into()), "{finding}");
    sandbox.schema("check --skip models").ok();
    sandbox.schema("generate phone --drop orders").ok();
    sandbox.schema("check").exits(1).says("error[drop-table]");
    sandbox.schema("check --allow drop-table").ok().lacks("warning");
    sandbox.replace("src/schema.rs", "phone", "telephone");
    sandbox
        .schema("check")
        .exits(1)
        .says("error[tables-file]: `src/schema.rs` is not what the structs make it");
}

#[test]
fn families_are_named_as_they_are() {
    let sandbox = Sandbox::of("skeleton");
    sandbox.schema("check --only proofs").exits(2).says("proof").says("history");
    sandbox.schema("check --only proof --skip models").exits(2);
}
