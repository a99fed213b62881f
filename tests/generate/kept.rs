//! What no model says lives through a change, or stops it.

use super::{USERS, generate, newest, project, revert, upgrade, with_users};

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
