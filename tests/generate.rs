//! From models to migrations: a struct is edited, a migration is written, a real database is moved by it.

use std::path::Path;

use crate::harness::{Output, Run, Sandbox};

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
fn scene_3_a_rename_is_never_guessed() {
    let sandbox = with_users();
    sandbox.replace("src/models.rs", "pub email:", "pub mail:");
    sandbox.untouched(|| {
        generate(&sandbox, "")
            .exits(1)
            .says("error: was `users.email` renamed to `users.mail`, or removed?")
            .says("--> src/models.rs:5:9")
            .says("    pub mail: String,")
            .says("new here, and `email` is gone")
            .says("= help: renamed: add `#[schema(was = \"email\")]` to the field, or pass `--rename users.email=mail`")
            .says("= help: removed: pass `--drop users.email`")
            .says("= note: nothing was written");
    });
    generate(&sandbox, "--rename users.email=mail --dry-run").ok().prints("RENAME COLUMN email TO mail;");
    sandbox.replace("src/models.rs", "    pub mail:", "    #[schema(was = \"email\")]\n    pub mail:");
    sandbox.database("app.db").run("INSERT INTO users VALUES (1, 'a@example.org')");
    generate(&sandbox, "").ok().says("Detected renamed column `users.email` -> `users.mail`");
    upgrade(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT mail FROM users"), ["a@example.org"]);
    generate(&sandbox, "").ok().says("No changes");
}

#[test]
fn an_answer_to_no_question_is_refused() {
    let sandbox = with_users();
    sandbox.untouched(|| {
        generate(&sandbox, "--drop users.nick").exits(1).says("`--drop users.nick` answers nothing");
        generate(&sandbox, "--rename users").exits(2).says("OLD=NEW");
    });
}

#[test]
fn a_new_column_needs_a_value_for_old_rows() {
    let sandbox = with_users();
    sandbox.database("app.db").run("INSERT INTO users VALUES (1, 'a')");
    sandbox.replace(
        "src/models.rs",
        "    pub email: String,\n",
        "    pub email: String,\n    pub age: i32,\n",
    );
    sandbox.untouched(|| {
        generate(&sandbox, "")
            .exits(1)
            .says("`users.age` may not be NULL, and existing rows have no value for it")
            .says("--> src/models.rs:6:9")
            .says("backfill")
            .says("--assume-empty users");
    });
    sandbox.replace(
        "src/models.rs",
        "    pub age:",
        "    #[schema(backfill = \"length(email)\")]\n    pub age:",
    );
    generate(&sandbox, "").ok();
    assert!(newest(&sandbox, "metadata.toml").contains("foreign_keys = false"));
    upgrade(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT id, email, age FROM users"), ["1|a|1"]);
}

#[test]
fn a_rebuild_keeps_rows_that_would_cascade() {
    let orders = "#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::orders)]
pub struct Order {
    pub id: i32,
    #[schema(references = users, on_delete = \"cascade\")]
    pub owner: i32,
}
";
    let sandbox = project(&format!("{USERS}{orders}"));
    generate(&sandbox, "").ok();
    upgrade(&sandbox);
    sandbox.database("app.db").run("INSERT INTO users VALUES (1, 'a'); INSERT INTO orders VALUES (7, 1)");
    sandbox.replace("src/models.rs", "pub email: String", "pub email: Option<String>");
    generate(&sandbox, "").ok().says("Detected changed column `users.email` (not null -> null)");
    upgrade(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT * FROM orders"), ["7|1"]);
    revert(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT * FROM orders"), ["7|1"]);
    assert!(sandbox.database("app.db").contents().contains("email TEXT NOT NULL"));
}

/// What careless rebuilds lose, all of it around one table, by the command itself and on a file.
#[test]
fn a_rebuild_loses_nothing_with_foreign_keys_on_and_off() {
    let kept = "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT COLLATE NOCASE, age INTEGER CHECK (age < 150),
           boss INTEGER REFERENCES users (id) ON DELETE CASCADE, twice INTEGER AS (age * 2), UNIQUE (email) ON CONFLICT IGNORE);
         CREATE TABLE orders (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES users ON DELETE CASCADE ON UPDATE SET NULL);
         CREATE TABLE log (id INTEGER PRIMARY KEY, line TEXT);
         CREATE INDEX some ON users (age DESC) WHERE age > 17;
         CREATE VIEW adults AS SELECT id, email FROM users WHERE age > 17;
         CREATE TRIGGER watch AFTER INSERT ON users BEGIN INSERT INTO log (line) VALUES (NEW.email); END;
         CREATE TRIGGER greet AFTER INSERT ON orders BEGIN UPDATE users SET age = age WHERE id = NEW.owner; END;\n";
    let models = "#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::users)]
#[schema(unique(email), index(desc(age), where = \"age > 17\"), check(\"age < 150\"))]
pub struct User {
    #[schema(identity)] pub id: i32,
    #[schema(collate = \"NOCASE\")] pub email: Option<String>,
    #[schema(backfill = 1)] pub age: i32,
    #[schema(references = users, on_delete = \"cascade\")] pub boss: Option<i32>,
    #[schema(generated = \"age * 2\", virtual)] pub twice: Option<i32>,
}

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::orders)]
pub struct Order {
    pub id: i32,
    #[schema(references = users, on_delete = \"cascade\", on_update = \"set null\")] pub owner: Option<i32>,
}

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::log)]
pub struct Log { pub id: i32, pub line: Option<String> }
";
    for setting in ["ON", "OFF"] {
        let sandbox = project(models);
        let line = format!("dialect = \"sqlite\"\non-connect = [\"PRAGMA foreign_keys = {setting}\"]\n");
        sandbox.replace("Cargo.toml", "dialect = \"sqlite\"\n", &line);
        sandbox.migration("2026-01-01-000000_first", "", kept, Some("SELECT 1;\n"));
        upgrade(&sandbox);
        sandbox.database("app.db").run(
            "INSERT INTO users (email, age, boss) VALUES ('a', 20, NULL), ('b', NULL, 1), ('c', 3, 2);
             DELETE FROM users WHERE id = 3; INSERT INTO orders VALUES (7, 1), (8, 2); DELETE FROM log;",
        );
        let what = "SELECT group_concat(line, ' ') FROM (
            SELECT id || email || age || ifnull(boss, '-') || twice AS line FROM users
            UNION ALL SELECT id || '>' || owner FROM orders UNION ALL SELECT name || ':' || seq FROM sqlite_sequence
            UNION ALL SELECT 'v' || id FROM adults UNION ALL SELECT line FROM log
            UNION ALL SELECT name FROM sqlite_master WHERE type IN ('view', 'trigger', 'index') AND sql IS NOT NULL ORDER BY 1)";
        generate(&sandbox, "").ok().says("Detected changed column `users.age` (null -> not null)");
        upgrade(&sandbox);
        let all = ["1a20-40 2b112 7>1 8>2 adults greet some users:3 v1 watch"];
        assert_eq!(sandbox.database("app.db").rows(what), all, "foreign keys {setting}");
        revert(&sandbox);
        assert_eq!(sandbox.database("app.db").rows(what), all, "foreign keys {setting}");
        upgrade(&sandbox);
        // All of it still does what it did.
        let mut database = sandbox.database("app.db");
        database.run(
            "INSERT INTO users (email, age) VALUES ('A', 5), ('d', 6); INSERT INTO orders VALUES (9, 5)",
        );
        assert_eq!(
            database.rows("SELECT id, email FROM users WHERE email = 'D'"),
            ["5|d"],
            "the next number"
        );
        assert_eq!(database.rows("SELECT line FROM log"), ["d"], "the trigger, and the conflict clause");
        database.run("PRAGMA foreign_keys = ON; DELETE FROM users WHERE id = 1");
        assert_eq!(database.rows("SELECT id FROM orders"), ["9"], "the cascades, by way of the table itself");
    }
}

#[test]
fn blocks_say_columns_and_no_more() {
    let sandbox = project("");
    sandbox.migration(
        "2026-01-01-000000_first",
        "",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99) NOT NULL UNIQUE, secret TEXT CHECK (secret <> ''));
         CREATE TABLE hidden (id INTEGER);\n",
        Some("DROP TABLE hidden; DROP TABLE users;\n"),
    );
    sandbox.write("src/schema.rs", "diesel::table! { users (id) { id -> Integer, email -> Text, } }\n");
    sandbox.untouched(|| {
        generate(&sandbox, "")
            .ok()
            .says(
                "Keeping column `users.secret`: no `table!` block names it; `--drop users.secret` removes it",
            )
            .says("Keeping table `hidden`")
            .says("No changes");
    });
    sandbox.write("src/schema.rs", "diesel::table! { users (id) { id -> Integer, email -> Text, phone -> Nullable<Text>, age -> Nullable<BigInt>, } }\n");
    sandbox.untouched(|| {
        generate(&sandbox, "").exits(1).says("another one: pass `--keep users.secret`, and both are there");
        let kept = generate(&sandbox, "--keep users.secret --dry-run").ok();
        kept.says("Keeping column `users.secret`")
            .says("Detected added column `users.phone`")
            .lacks("removed");
    });
    generate(&sandbox, "--drop users.secret --drop hidden")
        .ok()
        .says("Detected added column `users.phone` (Text, null)")
        .says("Detected added column `users.age` (Bigint, null)")
        .says("Detected removed column `users.secret`")
        .says("Detected removed table `hidden`");
    assert!(sandbox.read("src/schema.rs").starts_with("diesel::table!"), "blocks are written by people");
    generate(&sandbox, "").ok().says("No changes");
}

#[test]
fn a_key_of_a_new_block_is_hinted_at_by_joinable() {
    let sandbox = project("");
    sandbox.write(
        "src/schema.rs",
        "diesel::table! { users (id) { id -> Integer, } }
         diesel::table! { posts (id) { id -> Integer, user_id -> Integer, } }
         diesel::joinable!(posts -> users (user_id));\n",
    );
    generate(&sandbox, "").ok();
    assert!(newest(&sandbox, "up.sql").contains("user_id INTEGER NOT NULL REFERENCES users (id)"));
    generate(&sandbox, "").ok().says("No changes");
}

#[test]
fn a_file_of_blocks_that_people_wrote_is_not_overwritten() {
    let sandbox = project(USERS);
    sandbox.write(
        "src/schema.rs",
        "// by hand\ndiesel::table! { users (id) { id -> Integer, email -> Text, } }\n",
    );
    sandbox.untouched(|| {
        generate(&sandbox, "")
            .exits(1)
            .says("src/schema.rs")
            .says("--overwrite-tables")
            .says("nothing was written");
    });
    generate(&sandbox, "--overwrite-tables").ok();
    assert!(sandbox.read("src/schema.rs").starts_with("// @generated"));
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
fn a_view_that_needs_a_removed_column_stops_the_change() {
    let sandbox = with_users();
    sandbox.migration(
        "2026-11-20-0916-1b2c3d4e5f6a_view",
        "run_in_transaction = true\nrevision = \"1b2c3d4e5f6a\"\nparents = [\"0a1b2c3d4e5f\"]\nmessage = \"view\"\n",
        "CREATE VIEW mails AS SELECT email FROM users;\n",
        Some("DROP VIEW mails;\n"),
    );
    sandbox.replace("src/models.rs", "    pub email: String,\n", "");
    sandbox.untouched(|| generate(&sandbox, "").exits(1).says("view `mails`").says("nothing was written"));
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
fn the_same_models_give_the_same_bytes() {
    let models = format!("{USERS}{}", USERS.replace("users", "people").replace("User", "Person"));
    let texts: Vec<String> = (0..2)
        .map(|_| {
            let sandbox = project(&models);
            generate(&sandbox, "").ok();
            newest(&sandbox, "up.sql") + &newest(&sandbox, "down.sql") + &sandbox.read("src/schema.rs")
        })
        .collect();
    assert_eq!(texts[0], texts[1]);
}

#[test]
fn json_says_what_was_detected() {
    let sandbox = project(USERS);
    let document = sandbox.schema("generate change --format json").ok().json();
    assert_eq!(document["detected"], serde_json::json!(["added table `users`"]));
    assert!(document["files"]["up.sql"].as_str().unwrap().contains("CREATE TABLE users"));
}

#[test]
fn a_trigger_that_needs_a_removed_column_stops_the_change() {
    let sandbox = with_users();
    sandbox.migration(
        "2026-11-20-0916-1b2c3d4e5f6a_trigger",
        "run_in_transaction = true\nrevision = \"1b2c3d4e5f6a\"\nparents = [\"0a1b2c3d4e5f\"]\nmessage = \"trigger\"\n",
        "CREATE TRIGGER watch AFTER INSERT ON users BEGIN SELECT NEW.email; END;\n",
        Some("DROP TRIGGER watch;\n"),
    );
    sandbox.replace("src/models.rs", "    pub email: String,\n", "");
    sandbox.untouched(|| {
        generate(&sandbox, "").exits(1).says("trigger").says("email").says("nothing was written")
    });
}

#[test]
fn what_the_configuration_ignores_is_left_alone() {
    let sandbox = project(USERS);
    sandbox.migration(
        "2026-01-01-000000_first",
        "",
        "CREATE TABLE audit_log (id INTEGER); CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL); CREATE TABLE gone (id INTEGER);\n",
        Some("DROP TABLE users; DROP TABLE audit_log; DROP TABLE gone;\n"),
    );
    sandbox.replace("Cargo.toml", "dialect = \"sqlite\"\n", "dialect = \"sqlite\"\nignore = [\"audit_*\"]\n");
    generate(&sandbox, "--dry-run").ok().says("removed table `gone`").lacks("audit_log");
    sandbox.replace("Cargo.toml", "ignore =", "unmodelled = \"keep\"\nignore =");
    generate(&sandbox, "--dry-run").ok().says("Keeping table `gone`").says("No changes");
}

#[test]
fn full_text_search_goes_on_after_a_rebuild() {
    let sandbox = with_users();
    sandbox.migration(
        "2026-11-20-0916-1b2c3d4e5f6a_search",
        "run_in_transaction = true\nrevision = \"1b2c3d4e5f6a\"\nparents = [\"0a1b2c3d4e5f\"]\nmessage = \"search\"\n",
        "CREATE VIRTUAL TABLE found USING fts5(email, content='users', content_rowid='id');
         CREATE TRIGGER users_found AFTER INSERT ON users BEGIN
           INSERT INTO found (rowid, email) VALUES (NEW.id, NEW.email);
         END;\n",
        Some("DROP TRIGGER users_found; DROP TABLE found;\n"),
    );
    upgrade(&sandbox);
    sandbox.database("app.db").run("INSERT INTO users VALUES (3, 'ann')");
    sandbox.replace("src/models.rs", "pub email: String", "pub email: Option<String>");
    generate(&sandbox, "").ok().says("with 3 rows per table").lacks("without rows");
    assert!(newest(&sandbox, "up.sql").contains("__new_users"));
    upgrade(&sandbox);
    sandbox.database("app.db").run("INSERT INTO users VALUES (4, 'bob')");
    assert_eq!(
        sandbox.database("app.db").rows("SELECT rowid FROM found WHERE found MATCH 'ann OR bob'"),
        ["3", "4"]
    );
}

/// Runs `generate` at a terminal, where somebody types these lines.
fn at_a_terminal(sandbox: &Sandbox, typed: &str) -> Output {
    let command = format!("stty -echo; exec '{}' schema generate change", env!("CARGO_BIN_EXE_cargo-schema"));
    let script = format!("printf '{typed}' | script -qefc \"{command}\" /dev/null");
    Run::new(Path::new("sh"), &sandbox.root()).arg("-c").arg(script).output()
}

#[test]
fn scene_3_a_person_is_asked() {
    let sandbox = with_users();
    sandbox.replace("src/models.rs", "pub email:", "pub mail:");
    let asked = |typed: &str| at_a_terminal(&sandbox, typed);
    sandbox.untouched(|| {
        let stopped = asked("3\\n");
        assert_eq!(stopped.code, 1, "{}", stopped.stdout);
        stopped
            .prints("`users.email` (Text) is gone and `users.mail` (Text) is new.")
            .prints("renamed, keep the data")
            .prints("removed and added, lose the data");
    });
    let renamed = asked("what\\n1\\n");
    assert_eq!(renamed.code, 0, "{}", renamed.stdout);
    assert!(newest(&sandbox, "up.sql").contains("ALTER TABLE users RENAME COLUMN email TO mail;"));
}

#[test]
fn renames_that_need_each_other_are_one_migration() {
    let two = "    pub email: String,\n    pub nick: Option<String>,\n";
    let sandbox = project(&USERS.replace("    pub email: String,\n", two));
    generate(&sandbox, "").ok();
    upgrade(&sandbox);
    sandbox.database("app.db").run("INSERT INTO users VALUES (1, 'a@example.org', 'al')");
    let line = "    #[schema(was = \"email\")]\n    pub nick: String,\n    #[schema(was = \"nick\")]\n    pub alias: Option<String>,\n";
    sandbox.replace("src/models.rs", two, line);
    generate(&sandbox, "")
        .ok()
        .says("Detected renamed column `users.nick` -> `users.alias`")
        .says("Detected renamed column `users.email` -> `users.nick`");
    upgrade(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT nick, alias FROM users"), ["a@example.org|al"]);
    generate(&sandbox, "").ok().says("No changes");
    revert(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT email, nick FROM users"), ["a@example.org|al"]);
    upgrade(&sandbox);

    // They change places, which an attribute would say again with every migration.
    let swapped = "    pub nick: Option<String>,\n    pub alias: String,\n";
    sandbox.replace("src/models.rs", line, swapped);
    generate(&sandbox, "--rename users.nick=alias --rename users.alias=nick").ok();
    upgrade(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT nick, alias FROM users"), ["al|a@example.org"]);
    generate(&sandbox, "").ok().says("No changes");
    revert(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT nick, alias FROM users"), ["a@example.org|al"]);
}

#[test]
fn tables_change_places() {
    let other = USERS.replace("users", "people").replace("User", "Person").replace("email", "name");
    let sandbox = project(&format!("{USERS}{other}"));
    generate(&sandbox, "").ok();
    upgrade(&sandbox);
    sandbox.database("app.db").run("INSERT INTO users VALUES (1, 'a'); INSERT INTO people VALUES (2, 'b')");
    sandbox.replace("src/models.rs", "pub email", "pub mail");
    sandbox.replace("src/models.rs", "pub name", "pub email");
    sandbox.replace("src/models.rs", "pub mail", "pub name");
    generate(&sandbox, "--rename users=people --rename people=users").ok();
    upgrade(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT id, name FROM users"), ["2|b"]);
    assert_eq!(sandbox.database("app.db").rows("SELECT id, email FROM people"), ["1|a"]);
    generate(&sandbox, "").ok().says("No changes");
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

/// The column that somebody has made by hand.
const NICK: &str = "    pub nick: Option<String>,\n}\n";

#[test]
fn a_database_that_was_changed_by_hand_can_be_the_beginning() {
    let sandbox = with_users();
    sandbox.database("app.db").run("ALTER TABLE users ADD COLUMN nick TEXT");
    sandbox.write("src/models.rs", USERS.replace("}\n", &format!("    pub phone: Option<String>,\n{NICK}")));
    let held = std::fs::read(sandbox.path("app.db")).unwrap();
    let from = "generate --from database --database-url app.db";
    sandbox
        .schema(&format!("{from} \"add phone\""))
        .ok()
        .says("Copying the schema of app.db to a scratch SQLite database")
        .says("Detected added column `users.phone`")
        .says("Lacking the history alone does not lead to the models; still to be written: added column `users.nick`");
    assert_eq!(std::fs::read(sandbox.path("app.db")).unwrap(), held, "the live database");
    assert!(!newest(&sandbox, "up.sql").contains("nick"));
    upgrade(&sandbox);
    sandbox.schema(&format!("{from} more")).ok().says("No changes the models and the database agree");
    sandbox.schema("generate \"add nick\"").ok().says("Detected added column `users.nick`");
    sandbox.schema("stamp head --database-url app.db").ok();
    sandbox.schema("diff history database --database-url app.db").ok();
    sandbox.schema("check").ok();
}

#[test]
fn what_fits_one_database_alone_is_no_migration() {
    let sandbox = with_users();
    sandbox.database("app.db").run("ALTER TABLE users ADD COLUMN nick TEXT");
    sandbox.untouched(|| {
        sandbox
            .schema("generate --from database \"drop nick\" --database-url app.db")
            .exits(1)
            .says("does not run where the history alone has run")
            .says("cargo schema diff database models --sql");
        sandbox
            .schema("generate --from database x --database-url none.db")
            .exits(2)
            .says("there is no database");
    });
    sandbox.schema("generate --empty more").ok();
    sandbox.untouched(|| {
        let pending = sandbox.schema("generate --from database x --database-url app.db").exits(1);
        pending.says("`app.db` has yet to run 1 revision that the new one would follow");
    });
}
