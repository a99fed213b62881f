//! From models to migrations: a struct is edited, a migration is written, a real database is moved by it.

mod blocks;
mod by_hand;
mod bytes;
mod kept;
mod questions;

use crate::harness::{Run, Sandbox};

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
    [package.metadata.schema]\ndialect = \"sqlite\"\n\n[workspace]\n";

const USERS: &str = "#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::users)]
pub struct User {
    pub id: i32,
    pub email: String,
}
";

/// A project with these models and no migrations.
fn project(models: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write("Cargo.toml", MANIFEST);
    sandbox.write("src/lib.rs", "mod schema;\nmod models;\n");
    sandbox.write("src/models.rs", models);
    std::fs::create_dir(sandbox.path("migrations")).unwrap();
    sandbox
}

/// A project whose first revision made `users`, applied to `app.db`.
fn with_users() -> Sandbox {
    let sandbox = project(USERS);
    sandbox.schema("generate \"create users\" --rev-id 0a1b2c3d4e5f").ok();
    upgrade(&sandbox);
    sandbox
}

fn upgrade(sandbox: &Sandbox) {
    sandbox.schema("upgrade --database-url app.db").ok();
}

fn revert(sandbox: &Sandbox) {
    sandbox.schema("revert --database-url app.db").ok();
}

/// A file of the newest migration.
fn newest(sandbox: &Sandbox, file: &str) -> String {
    sandbox.read(&format!("migrations/{}/{file}", sandbox.migrations().pop().unwrap()))
}

fn generate(sandbox: &Sandbox, words: &str) -> Run {
    sandbox.schema(&format!("generate change {words}"))
}

#[test]
fn a_new_table_is_made_and_its_block_written() {
    let sandbox = project(USERS);
    sandbox
        .schema("generate \"create users\"")
        .ok()
        .says("Replaying 0 revisions on a scratch SQLite database")
        .says("Detected added table `users`")
        .says("Proving up and down with 3 rows per table")
        .says("Created migrations/")
        .says("Updated src/schema.rs, migrations/schema.lock")
        .says("Review up.sql, then run `cargo schema upgrade`");
    assert_eq!(
        newest(&sandbox, "up.sql"),
        "-- create users\nCREATE TABLE users (\n    id INTEGER PRIMARY KEY,\n    email TEXT NOT NULL\n);\n"
    );
    assert_eq!(newest(&sandbox, "down.sql"), "-- undo: create users\nDROP TABLE users;\n");
    assert!(sandbox.read("src/schema.rs").contains("users (id) {"));
    sandbox.schema("check").ok();
}

#[test]
fn scene_2_a_column_and_an_index() {
    let sandbox = with_users();
    sandbox.replace(
        "src/models.rs",
        "    pub email: String,\n",
        "    pub email: String,\n    #[schema(index)]\n    pub phone: Option<String>,\n",
    );
    sandbox
        .schema("generate \"add phone to users\"")
        .ok()
        .says("Replaying 1 revision on")
        .says("Detected added column `users.phone` (Text, null)")
        .says("Detected added index `users_phone_idx` on users(phone)");
    assert_eq!(
        newest(&sandbox, "up.sql"),
        "-- add phone to users\nALTER TABLE users ADD COLUMN phone TEXT;\n\nCREATE INDEX users_phone_idx ON users (phone);\n"
    );
    assert!(!newest(&sandbox, "metadata.toml").contains("foreign_keys"));
    upgrade(&sandbox);
    revert(&sandbox);
    upgrade(&sandbox);
}

#[test]
fn nothing_to_do_writes_nothing() {
    let sandbox = with_users();
    sandbox.untouched(|| {
        generate(&sandbox, "").ok().says("No changes the models and the history agree");
    });
    let document = sandbox.schema("generate change --format json").ok().json();
    assert_eq!(document["written"], false);
}

#[test]
fn a_dry_run_writes_nothing_and_shows_all() {
    let sandbox = project(USERS);
    sandbox.untouched(|| {
        generate(&sandbox, "--dry-run")
            .ok()
            .says("Detected added table `users`")
            .prints("CREATE TABLE users (");
    });
}

#[test]
fn who_is_in_a_hurry_proves_it_later() {
    let sandbox = with_users();
    sandbox.replace("src/models.rs", "email: String", "email: String,\n    pub age: Option<i32>");
    generate(&sandbox, "--no-proof").ok().says("Unproven").lacks("Proving");
    assert!(sandbox.read("migrations/schema.lock").contains("unproven"));
    sandbox.schema("check").ok().lacks("unproven").lacks("stale-schema");
    sandbox.schema("lock").ok();
    assert!(!sandbox.read("migrations/schema.lock").contains("unproven"));
    generate(&sandbox, "").ok().says("No changes");
    upgrade(&sandbox);
    revert(&sandbox);
}

#[test]
fn what_is_wrong_with_models_is_said_and_nothing_written() {
    let sandbox = project(&USERS.replace("email: String", "email: Mystery"));
    sandbox.untouched(|| {
        generate(&sandbox, "").exits(1).says("src/models.rs:5").says("sql_type").says("nothing was written");
    });
    let sandbox = project("");
    sandbox.untouched(|| generate(&sandbox, "").exits(2).says("there are no models"));
}

#[test]
fn a_history_that_does_not_run_is_shown_where_it_fails() {
    let sandbox = project(USERS);
    sandbox.migration(
        "2026-01-01-000000_first",
        "",
        "CREATE TABLE a (id);\nCREATE TABLE a (id);\n",
        Some("DROP TABLE a;\n"),
    );
    sandbox.untouched(|| {
        generate(&sandbox, "")
            .exits(3)
            .says("2026-01-01-000000_first/up.sql:2:1")
            .says("table a already exists");
    });
}

#[test]
fn json_says_what_was_detected() {
    let sandbox = project(USERS);
    let document = sandbox.schema("generate change --format json").ok().json();
    assert_eq!(document["detected"], serde_json::json!(["added table `users`"]));
    assert!(document["files"]["up.sql"].as_str().unwrap().contains("CREATE TABLE users"));
}

#[test]
fn indexes_beside_the_writes_are_postgres_own() {
    let sandbox = with_users();
    let flag = sandbox.schema("generate more --concurrently").exits(2);
    flag.says("`--concurrently` is about PostgreSQL, and this is SQLite");
    assert_eq!(sandbox.migrations().len(), 1);
    sandbox.write(
        "Cargo.toml",
        MANIFEST.replace("\n\n[workspace]", "\nconcurrent-indexes = true\n\n[workspace]"),
    );
    sandbox.schema("generate more").ok().says("Ignoring `concurrent-indexes`").says("No changes");
}
