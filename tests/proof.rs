//! What `check` finds by running revisions on a scratch database, and by comparing models with schema.lock.

use crate::harness::{Engine, Output, Sandbox, Served};

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

/// A history on PostgreSQL; each revision is its up and its down.
fn on_postgres(served: &Served, revisions: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::empty();
    let url = served.url();
    sandbox.write(
        "Cargo.toml",
        format!(
            "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[package.metadata.schema]\n\
             dialect = \"postgres\"\ndatabase-url = \"{url}\"\n\n[workspace]\n"
        ),
    );
    sandbox.write("src/lib.rs", "");
    for (number, (up, down)) in revisions.iter().enumerate() {
        let parent =
            number.checked_sub(1).map_or_else(String::new, |before| format!("\"00000000000{before}\""));
        let is_inside = !up.contains("CONCURRENTLY");
        let metadata = format!(
            "run_in_transaction = {is_inside}\nrevision = \"00000000000{number}\"\nparents = [{parent}]\n"
        );
        let folder = format!("2026-11-20-100{number}-00000000000{number}_step");
        sandbox.migration(&folder, &metadata, up, Some(down));
    }
    sandbox.schema("lock").ok();
    sandbox
}

/// What the proof finds: the rule and the folder's number.
#[track_caller]
fn proven(sandbox: &Sandbox) -> Vec<String> {
    let document = sandbox.schema("check --proof --only proof --format json").output().json();
    let findings = document["findings"].as_array().unwrap().clone();
    let text = |finding: &serde_json::Value| {
        let file = finding["file"].as_str().unwrap_or_default().to_owned();
        let number = file.split("00000000000").nth(1).and_then(|rest| rest.chars().next());
        format!("{} {}", finding["rule"].as_str().unwrap(), number.unwrap_or('?'))
    };
    let mut texts: Vec<String> = findings.iter().map(text).collect();
    texts.sort();
    texts
}

const USERS: (&str, &str) = (
    "CREATE TABLE users (id BIGSERIAL PRIMARY KEY, email TEXT NOT NULL);\n\
     CREATE TABLE orders (id BIGSERIAL PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED);\n",
    "DROP TABLE orders;\nDROP TABLE users;\n",
);

#[test]
fn a_sound_history_goes_up_and_down_and_up_on_postgres() {
    let Some(served) = Served::new(Engine::Postgres) else { return };
    let sandbox = on_postgres(
        &served,
        &[
            USERS,
            ("CREATE INDEX CONCURRENTLY i ON users (email);\n", "DROP INDEX CONCURRENTLY i;\n"),
            // Our rows have no age.
            ("ALTER TABLE users ADD COLUMN age INT NOT NULL;\n", "ALTER TABLE users DROP COLUMN age;\n"),
            ("INSERT INTO users (email, age) VALUES ('a', 1);\n", "DELETE FROM users WHERE email = 'a';\n"),
            // It ends the transaction that is around it.
            ("CREATE TABLE tax (id INT);\n", "DROP TABLE tax;\nCOMMIT;\nBEGIN;\n"),
            ("CREATE VIEW v AS SELECT email FROM users;\n", "DROP VIEW v;\n"),
        ],
    );
    assert_eq!(proven(&sandbox), [] as [&str; 0]);
}

#[test]
fn what_is_wrong_with_ways_down_on_postgres_is_found_with_rows_in_the_tables() {
    let Some(served) = Served::new(Engine::Postgres) else { return };
    let sandbox = on_postgres(
        &served,
        &[
            USERS,
            // Something stays.
            ("CREATE TABLE tax (id INT);\nCREATE INDEX i ON users (email);\n", "DROP TABLE tax;\n"),
            // Without rows that would do.
            (
                "ALTER TABLE users DROP COLUMN email;\n",
                "ALTER TABLE users ADD COLUMN email TEXT NOT NULL;\nCREATE INDEX i ON users (email);\n",
            ),
            // No commit lets that through.
            (
                "CREATE TABLE more (id INT);\n",
                "DROP TABLE more;\nINSERT INTO orders (user_id) VALUES (77);\n",
            ),
            ("INSERT INTO users (id) VALUES (77);\n", "SELECT 1;\n"),
        ],
    );
    assert_eq!(proven(&sandbox), ["failing-down 2", "failing-down 3", "failing-redo 4", "inexact-down 1"]);
}
