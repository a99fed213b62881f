//! `check --database`, on each engine and on many databases.

use super::{revision, rules};
use crate::harness::{Engine, Run, Sandbox, Served};

/// A history of two revisions, and a database.
struct Bed {
    sandbox: Sandbox,
    served: Option<Served>,
}

const ENGINES: [Engine; 3] = [Engine::Sqlite, Engine::Postgres, Engine::Mysql];

impl Bed {
    fn new(engine: Engine) -> Option<Self> {
        let served = match engine {
            Engine::Sqlite => None,
            Engine::Postgres | Engine::Mysql => Some(Served::new(engine)?),
        };
        let sandbox = Sandbox::empty();
        revision(
            &sandbox,
            1,
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL);\n",
            "DROP TABLE users;\n",
        );
        revision(&sandbox, 2, "CREATE TABLE orders (id INTEGER PRIMARY KEY);\n", "DROP TABLE orders;\n");
        Some(Self { sandbox, served })
    }

    fn url(&self) -> String {
        self.served.as_ref().map_or_else(|| "app.db".to_owned(), Served::url)
    }

    fn schema(&self, words: &str) -> Run {
        self.sandbox.schema(&format!("{words} --migrations migrations --database-url {}", self.url()))
    }

    fn run(&self, sql: &str) {
        match &self.served {
            Some(served) => served.session().run(sql).unwrap(),
            None => self.sandbox.database("app.db").run(sql),
        }
    }

    #[track_caller]
    fn found(&self) -> Vec<String> {
        rules(&self.schema("check --only database --format json").output())
    }
}

#[test]
fn a_database_is_held_against_what_it_ran() {
    for bed in ENGINES.into_iter().filter_map(Bed::new) {
        bed.schema("upgrade +1").ok();
        let pending = bed.schema("check --only database").ok();
        pending.says("warning[pending-revision]").says("lacks 1 revision").says("000000000002 step");
        bed.schema("check --only database --deny pending-revision").exits(1);
        bed.schema("upgrade").ok();
        bed.schema("check --database --only database").ok().says("1 database: nothing is wrong");
        // Nobody asked for it.
        bed.run("ALTER TABLE users ADD COLUMN nick INTEGER");
        bed.schema("check --only history").ok();
        bed.schema("check --only database --skip history").exits(2);
        let drift = bed.schema("check --only database").exits(1);
        drift.says("error[schema-drift]").says("added column `users.nick`").says("DROP COLUMN");
        // What it says mends it.
        let document = bed.schema("check --only database --format json").exits(1).json();
        let help = document["findings"][0]["help"].as_array().unwrap().last().unwrap();
        let sql = help.as_str().unwrap().split_once('\n').unwrap().1.to_owned();
        bed.run(&sql);
        assert_eq!(bed.found(), [] as [&str; 0]);
    }
}

#[test]
fn a_look_changes_nothing() {
    for bed in ENGINES.into_iter().filter_map(Bed::new) {
        assert_eq!(bed.found(), ["pending-revision"]);
        bed.schema("check --only database").ok().says("lacks 2 revisions");
        assert!(!bed.sandbox.path("app.db").exists());
        bed.schema("list --format json").ok();
        // The ledger is made by whoever changes something.
        bed.run("CREATE TABLE __schema_ledger (id INTEGER)");
    }
}

#[test]
fn what_a_ledger_knows_and_the_files_do_not_is_found() {
    for bed in ENGINES.into_iter().filter_map(Bed::new) {
        bed.schema("upgrade").ok();
        bed.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231')");
        // A table that nobody knows might be that revision's.
        bed.run("CREATE TABLE strange (id INTEGER PRIMARY KEY)");
        assert_eq!(bed.found(), ["unknown-revision"]);
        bed.run("DELETE FROM __diesel_schema_migrations WHERE version = '20991231'");
        assert_eq!(bed.found(), ["schema-drift"]);
        bed.run("DROP TABLE strange");
        let up = "CREATE TABLE orders (id INTEGER PRIMARY KEY);\nSELECT 2;\n";
        bed.sandbox.write("migrations/2026-11-20-1002-000000000002_step/up.sql", up);
        assert_eq!(bed.found(), ["edited-applied-revision"]);
    }
}

#[test]
fn a_revision_that_was_left_out_is_an_error() {
    for bed in ENGINES.into_iter().filter_map(Bed::new) {
        bed.schema("upgrade").ok();
        bed.run("DELETE FROM __diesel_schema_migrations WHERE version LIKE '%000000000001'");
        assert_eq!(bed.found(), ["skipped-revision"]);
    }
}

#[test]
fn a_server_that_does_not_answer_hides_nothing_else() {
    let sandbox = Sandbox::of("skeleton");
    let words =
        "check --database --database-url postgres://nobody@127.0.0.1:1/nowhere --migrations migrations";
    std::fs::remove_file(sandbox.path("migrations/2026-11-19-1602-1f0e9d8c7b6a_add_orders/down.sql"))
        .unwrap();
    let output = sandbox.schema(&format!("{words} --format json")).exits(3);
    let found = rules(&output);
    assert!(found.contains(&"missing-down".to_owned()), "{found:?}");
    assert_eq!(output.json()["exit_code"], 3);
}

#[test]
fn schemas_are_compared_one_by_one_and_what_is_alike_is_said_once() {
    let Some(bed) = Bed::new(Engine::Postgres) else { return };
    bed.run("CREATE SCHEMA tenant_1; CREATE SCHEMA tenant_2; CREATE SCHEMA tenant_3");
    bed.sandbox.write(
        "migrations/2026-11-20-1002-000000000002_step/up.sql",
        "CREATE TYPE mood AS ENUM ('a', 'b');
         CREATE TABLE orders (id INTEGER PRIMARY KEY, mood mood, total INTEGER CHECK (total > 0));
         CREATE INDEX orders_total ON orders ((total + 1)) WHERE mood = 'a';
         CREATE FUNCTION twice(x integer) RETURNS integer LANGUAGE sql AS 'SELECT 2 * x';
         CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
         CREATE TRIGGER touch BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch();
         CREATE VIEW happy AS SELECT id FROM orders WHERE mood = 'a';
         CREATE STATISTICS both_of ON id, total FROM orders;
         CREATE DOMAIN positive AS integer CHECK (VALUE > 0);\n",
    );
    bed.schema("upgrade --schemas tenant_*").ok();
    bed.schema("check --only database --schemas tenant_*").ok().prints("sound  tenant_3  000000000002");
    bed.run(
        "ALTER TABLE tenant_1.users ADD COLUMN x INTEGER; ALTER TABLE tenant_3.users ADD COLUMN x INTEGER",
    );
    bed.run("DROP VIEW tenant_2.happy");
    let output = bed.schema("check --only database --schemas tenant_* --jobs 2").exits(1);
    output.says("in `tenant_1` and `tenant_3`").says("in `tenant_2`").prints("error  tenant_2");
    let document = bed.schema("check --only database --schemas tenant_* --format json").exits(1).json();
    assert_eq!(document["findings"].as_array().unwrap().len(), 2, "{document}");
    assert_eq!(document["databases"].as_array().unwrap().len(), 3);
    assert_eq!(document["databases"][1]["findings"][0]["rule"], "schema-drift");
}

#[test]
fn a_file_of_databases_is_gone_through() {
    let Some(bed) = Bed::new(Engine::Sqlite) else { return };
    for name in ["a.db", "b.db"] {
        bed.sandbox.schema(&format!("upgrade --migrations migrations --database-url {name}")).ok();
    }
    bed.sandbox.write("no.db", "this is no database, and long enough to be seen as none");
    bed.sandbox.write("each.txt", "a.db\nb.db\nno.db\n");
    let words = "check --only database --migrations migrations --each each.txt";
    let output = bed.sandbox.schema(words).exits(3);
    output.prints("sound   a.db").prints("failed  no.db").says("file is not a database");
    bed.sandbox.write("each.txt", "a.db\nb.db\n");
    bed.sandbox.schema(words).ok().says("2 databases: nothing is wrong");
}

#[test]
fn what_pending_revisions_lock_is_told_before_they_run() {
    let Some(bed) = Bed::new(Engine::Postgres) else { return };
    bed.schema("upgrade").ok();
    bed.run("INSERT INTO users SELECT n, 'somebody' FROM generate_series(1, 1000) n; ANALYZE users");
    let up = "CREATE TABLE tags (id bigint PRIMARY KEY, user_id integer REFERENCES users (id));\n\
        CREATE INDEX users_name ON users (name);\nALTER TABLE users ALTER COLUMN id TYPE bigint;\nDROP TABLE orders;\n";
    revision(&bed.sandbox, 3, up, "SELECT 1;\n");
    for words in ["upgrade --dry-run", "check --only database"] {
        let output = bed.schema(words).ok();
        output
            .says("ShareRowExclusiveLock (")
            .says("Locks `users` ShareLock (")
            .says("Locks `users` AccessExclusiveLock, ")
            .says("written anew (")
            .says("about 1000 rows) by up.sql:3 of 000000000003 step")
            .says("Locks `orders` AccessExclusiveLock (")
            .lacks("`tags`");
        let locks = bed.schema(&format!("{words} --format json")).ok().json()["locks"].clone();
        let statements = locks["statements"].as_array().unwrap();
        assert_eq!(statements.len(), 4, "{locks}");
        let last = &statements[2]["tables"][0];
        assert_eq!(
            (last["is_rewritten"].as_bool(), last["rows"].as_i64()),
            (Some(true), Some(1000)),
            "{locks}"
        );
        assert!(last["bytes"].as_i64() > Some(8_000), "{locks}");
    }
    // Nothing of it happened, and nothing is left.
    assert_eq!(bed.found(), ["pending-revision"]);
    let metadata = "migrations/2026-11-20-1003-000000000003_step/metadata.toml";
    bed.sandbox.replace(metadata, "run_in_transaction = true", "run_in_transaction = false");
    bed.schema("check --only database").ok().says("Unseen what 000000000003 step locks");
}
