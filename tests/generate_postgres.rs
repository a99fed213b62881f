//! From models to migrations on PostgreSQL: structs and blocks are edited, a real database is moved.

use crate::harness::{Engine, Run, Sandbox, Served, Session};

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
    [package.metadata.schema]\ndialect = \"postgres\"\n\n[workspace]\n";

const SHOP: &str = r#"#[derive(schema_runtime::Schema)]
pub enum Mood { Happy, Sad }

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::users)]
#[schema(index("lower(email)", desc(age), name = "users_low", where = "age in (1,2,3)"))]
#[schema(check("age >= 0 and age < 150"), comment = "people")]
pub struct User {
    #[schema(identity)] pub id: i64,
    #[schema(unique, max_length = 120)] pub email: String,
    #[schema(default = "'happy'")] pub mood: Mood,
    #[schema(default = 5)] pub age: Option<i32>,
    #[schema(comment = "the order's")] pub tags: Vec<String>,
    #[schema(default = "now()")] pub created: chrono::DateTime<chrono::Utc>,
    #[schema(sql_type = "NUMERIC(10,2)")] pub price: Option<bigdecimal::BigDecimal>,
    #[schema(generated = "lower(email)")] pub low: Option<String>,
    #[schema(sql_type = "SERIAL")] pub num: i32,
}

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::orders)]
pub struct Order {
    #[schema(identity)] pub id: i64,
    #[schema(references = users, on_delete = "cascade", index)] pub user_id: i64,
    pub data: serde_json::Value,
}
"#;

const CHANGED: &str = r#"#[derive(schema_runtime::Schema)]
pub enum Mood { #[schema(was = "happy")] Glad, Neutral }

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::users)]
#[schema(index("lower(email)", age, name = "users_low", where = "age in (1,2)"))]
#[schema(check("age >= 0 and age < 120"), comment = "persons")]
pub struct User {
    #[schema(identity = "always")] pub id: i64,
    #[schema(unique, max_length = 60)] pub email: String,
    #[schema(default = "'glad'")] pub mood: Mood,
    #[schema(backfill = "7")] pub age: i64,
    #[schema(comment = "the order's")] pub tags: Option<Vec<String>>,
    #[schema(default = "now()", was = "created")] pub created_at: chrono::NaiveDateTime,
    pub price: Option<i32>,
    #[schema(generated = "upper(email)")] pub low: Option<String>,
    #[schema(identity)] pub num: i32,
    #[schema(backfill = "email || '!'")] pub nick: String,
}

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::orders)]
pub struct Order {
    #[schema(identity)] pub id: i64,
    #[schema(references = users, on_delete = "restrict", index, was = "user_id")] pub buyer_id: i64,
    pub data: serde_json::Value,
    pub moods: Option<Vec<Mood>>,
}
"#;

/// A project with these models, and its database.
struct Shop {
    sandbox: Sandbox,
    served: Served,
}

impl Shop {
    fn new(models: &str) -> Option<Self> {
        let served = Served::new(Engine::Postgres)?;
        let sandbox = Sandbox::empty();
        sandbox.write("Cargo.toml", MANIFEST);
        sandbox.write("src/lib.rs", "mod schema;\nmod models;\n");
        sandbox.write("src/models.rs", models);
        std::fs::create_dir(sandbox.path("migrations")).unwrap();
        Some(Self { sandbox, served })
    }

    /// A hand-written first revision.
    fn with_history(models: &str, up: &str) -> Option<Self> {
        let shop = Self::new(models)?;
        shop.sandbox.write("migrations/2026-01-01-000000_first/up.sql", up);
        shop.sandbox.write("migrations/2026-01-01-000000_first/down.sql", "SELECT 1;\n");
        Some(shop)
    }

    fn schema(&self, words: &str) -> Run {
        self.sandbox.schema(&format!("{words} --database-url {}", self.served.url()))
    }

    fn newest(&self, file: &str) -> String {
        self.sandbox.read(&format!("migrations/{}/{file}", self.sandbox.migrations().pop().unwrap()))
    }

    fn session(&self) -> Session {
        self.served.session()
    }
}

const PLAIN: &str = r#"#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::users)]
pub struct User {
    pub id: i64,
    pub email: String,
    #[schema(index)] pub age: i32,
}
"#;

const INDEXED: &str = r#"#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::users)]
pub struct User {
    pub id: i64,
    #[schema(unique)] pub email: String,
    pub age: i32,
    #[schema(index)] pub phone: Option<String>,
}

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::letters)]
pub struct Letter {
    pub id: i64,
    #[schema(references = users(email))] pub email: String,
}
"#;

#[test]
fn indexes_are_built_beside_the_writes_in_migrations_of_their_own() {
    let Some(shop) = Shop::new(PLAIN) else { return };
    shop.schema("generate \"create users\"").ok();
    shop.schema("upgrade").ok();
    let mut session = shop.session();
    session.run("INSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 500) n").unwrap();
    shop.sandbox.write("src/models.rs", INDEXED);
    let before = shop.sandbox.tree();
    let dry = shop.schema("generate --concurrently \"find users\" --dry-run --format json").ok();
    let document = dry.json();
    assert_eq!(document["message"], "find users");
    assert_eq!(document["then"][0]["message"], "find users: indexes");
    assert_eq!(document["then"][0]["parents"][0], document["revision"]);
    assert_eq!(document["then"][1]["message"], "find users: foreign keys");
    assert_eq!(shop.sandbox.tree(), before);

    shop.schema("generate --concurrently \"find users\"").ok().says("Proving");
    let names = shop.sandbox.migrations();
    let slugs: Vec<&str> = names.iter().filter_map(|name| Some(name.split_once('_')?.1)).collect();
    assert_eq!(slugs, ["create_users", "find_users", "find_users_indexes", "find_users_foreign_keys"]);
    let read = |number: usize, file: &str| shop.sandbox.read(&format!("migrations/{}/{file}", names[number]));
    assert!(read(1, "metadata.toml").contains("run_in_transaction = true"));
    assert!(read(2, "metadata.toml").contains("run_in_transaction = false"));
    let up = read(2, "up.sql");
    for part in [
        "CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);",
        "ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;",
        "CREATE INDEX CONCURRENTLY users_phone_idx ON users (phone);",
        "DROP INDEX CONCURRENTLY users_age_idx;",
    ] {
        assert!(up.contains(part), "{up}");
    }
    shop.schema("check").ok().lacks("not-concurrent").lacks("unique-constraint").lacks("unproven");
    shop.schema("check --proof").ok().lacks("unproven").lacks("way-back");
    shop.schema("upgrade").ok();
    let count =
        "SELECT count(*)::text AS line FROM pg_index WHERE indrelid = 'users'::regclass AND indisvalid";
    assert_eq!(session.rows(count), ["3"]);
    shop.schema("generate again").ok().says("No changes");
    shop.schema("revert -3").ok();
    assert_eq!(session.rows(count), ["2"]);
    shop.schema("upgrade").ok();
    assert_eq!(session.rows("SELECT count(*)::text AS line FROM users"), ["500"]);
}

const TASKS: &str = r#"#[derive(schema_runtime::Schema)]
pub enum Status { Open, Done }

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::tasks)]
pub struct Task {
    #[schema(identity)] pub id: i64,
    #[schema(default = "'open'")] pub status: Status,
}
"#;

#[test]
fn a_new_value_and_its_use_are_two_migrations() {
    let Some(shop) = Shop::new(TASKS) else { return };
    shop.schema("generate \"create tasks\"").ok();
    shop.schema("upgrade").ok();
    let mut session = shop.session();
    session.run("INSERT INTO tasks DEFAULT VALUES").unwrap();
    shop.sandbox.replace("src/models.rs", "Open, Done", "Open, Archived, Done");
    shop.sandbox.replace("src/models.rs", "'open'", "'archived'");
    shop.schema("generate archive").ok().says("Proving");
    let names = shop.sandbox.migrations();
    let slugs: Vec<&str> = names.iter().filter_map(|name| Some(name.split_once('_')?.1)).collect();
    assert_eq!(slugs, ["create_tasks", "archive_enum_values", "archive"]);
    let read = |number: usize, file: &str| shop.sandbox.read(&format!("migrations/{}/{file}", names[number]));
    assert!(read(1, "up.sql").ends_with("\nALTER TYPE status ADD VALUE 'archived' AFTER 'open';\n"));
    assert!(read(1, "metadata.toml").contains("run_in_transaction = true"), "its way back is all or nothing");
    shop.schema("check --proof").ok().lacks("unproven").lacks("way-back");

    // What one transaction cannot do is refused by the server, and changes nothing.
    shop.schema("upgrade --transaction all").exits(3).says("must be committed before they can be used");
    shop.schema("upgrade").ok();
    session.run("INSERT INTO tasks DEFAULT VALUES").unwrap();
    assert_eq!(session.rows("SELECT status::text AS line FROM tasks ORDER BY id"), ["open", "archived"]);
    shop.schema("generate again").ok().says("No changes");

    shop.schema("revert 2").exits(3).says("invalid input value for enum status: \"archived\"");
    session.run("UPDATE tasks SET status = 'done' WHERE status = 'archived'").unwrap();
    shop.schema("revert").ok();
    assert_eq!(session.rows("SELECT status::text AS line FROM tasks ORDER BY id"), ["open", "done"]);
    shop.schema("upgrade").ok();
}

#[test]
fn the_configuration_asks_for_it_too() {
    let Some(shop) = Shop::new(PLAIN) else { return };
    shop.sandbox
        .write("Cargo.toml", MANIFEST.replace("\"postgres\"\n", "\"postgres\"\nconcurrent-indexes = true\n"));
    shop.schema("generate \"create users\"").ok();
    assert!(shop.newest("metadata.toml").contains("run_in_transaction = true"));
    shop.sandbox.write("src/models.rs", PLAIN.replace("#[schema(index)] ", ""));
    shop.schema("generate \"no index\"").ok();
    assert_eq!(shop.sandbox.migrations().len(), 2);
    assert!(shop.newest("up.sql").contains("DROP INDEX CONCURRENTLY users_age_idx;"));
    assert!(shop.newest("down.sql").contains("CREATE INDEX CONCURRENTLY users_age_idx"));
}

#[test]
fn models_become_tables_change_and_come_back() {
    let Some(shop) = Shop::new(SHOP) else { return };
    shop.schema("generate \"create users\"")
        .ok()
        .says("on a scratch PostgreSQL database")
        .says("Detected added enum `mood`");
    let up = shop.newest("up.sql");
    assert!(up.contains("CREATE TYPE mood AS ENUM ('happy', 'sad');"), "{up}");
    assert!(up.contains("    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,\n"), "{up}");
    assert!(
        up.contains("CREATE INDEX users_low ON users (lower(email), age DESC) WHERE age in (1,2,3);"),
        "{up}"
    );
    shop.schema("upgrade").ok();
    shop.schema("generate again").ok().says("No changes");
    shop.session()
        .run("INSERT INTO users (email, age, tags) VALUES ('a@x', NULL, '{}'), ('b@x', 3, '{y}'); INSERT INTO orders (user_id, data) VALUES (1, '{}')")
        .unwrap();

    shop.sandbox.write("src/models.rs", CHANGED);
    shop.schema("generate change --drop mood.sad")
        .ok()
        .says("Detected renamed column `users.created` -> `users.created_at`");
    shop.schema("upgrade").ok();
    shop.schema("generate again").ok().says("No changes");
    let rows = shop
        .session()
        .rows("SELECT concat_ws(' ', id, email, mood, age, low, num, nick) AS line FROM users ORDER BY id");
    assert_eq!(rows, ["1 a@x glad 7 A@X 1 a@x!", "2 b@x glad 3 B@X 2 b@x!"]);
    // The numbers go on where the sequence was.
    shop.session().run("INSERT INTO users (email, age, nick) VALUES ('c@x', 1, 'c')").unwrap();
    assert_eq!(shop.session().rows("SELECT num::text AS line FROM users WHERE email = 'c@x'"), ["3"]);

    shop.session().run("UPDATE users SET tags = '{}'").unwrap();
    shop.schema("revert").ok();
    let rows = shop
        .session()
        .rows("SELECT concat_ws(' ', id, email, mood, age, num) AS line FROM users ORDER BY id");
    assert_eq!(rows, ["1 a@x happy 7 1", "2 b@x happy 3 2", "3 c@x happy 1 3"]);
    assert_eq!(shop.session().rows("SELECT nextval('users_num_seq')::text AS line"), ["4"]);
}

#[test]
fn a_value_that_would_change_stops_the_upgrade() {
    let before = "#[derive(schema_runtime::Schema)]\n#[diesel(table_name = crate::schema::prices)]\npub struct Price { #[schema(identity)] pub id: i64, pub price: f64, pub label: String }\n";
    let Some(shop) = Shop::new(before) else { return };
    shop.schema("generate first").ok();
    shop.schema("upgrade").ok();
    shop.session().run("INSERT INTO prices (price, label) VALUES (1.5, 'longer than that')").unwrap();
    let whole = before.replace("price: f64", "price: i32");
    shop.sandbox.write("src/models.rs", &whole);
    shop.schema("generate second").ok();
    shop.schema("upgrade").exits(3).says("a value of prices.price would not be the same as INTEGER");
    assert_eq!(shop.session().rows("SELECT price::text AS line FROM prices"), ["1.5"]);
    shop.session().run("UPDATE prices SET price = 2").unwrap();
    shop.schema("upgrade").ok();
    shop.sandbox.write("src/models.rs", whole.replace("pub label", "#[schema(max_length = 4)] pub label"));
    shop.schema("generate third").ok();
    shop.schema("upgrade").exits(3).says("value too long");
    assert_eq!(shop.session().rows("SELECT label AS line FROM prices"), ["longer than that"]);
}

#[test]
fn views_triggers_and_policies_live_through_a_change_of_type() {
    let models = "#[derive(schema_runtime::Schema)]\n#[diesel(table_name = crate::schema::users)]\npub struct User { #[schema(identity)] pub id: i64, #[schema(max_length = 40)] pub email: String, pub age: i32 }\n";
    let up = "CREATE TABLE users (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, email VARCHAR(20) NOT NULL, age INTEGER NOT NULL);
CREATE VIEW mails AS SELECT id, email FROM users WHERE email <> '';
COMMENT ON VIEW mails IS 'who can be written to';
GRANT SELECT ON mails TO PUBLIC;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS number FROM mails;
CREATE UNIQUE INDEX counted_number ON counted (number);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON users USING (age > 0);
";
    let Some(shop) = Shop::with_history(models, up) else { return };
    shop.schema("generate longer")
        .ok()
        .says("Detected changed column `users.email` (Varchar(20) -> Varchar(40))");
    let text = shop.newest("up.sql");
    assert!(text.contains("DROP MATERIALIZED VIEW counted;\nDROP VIEW mails;"), "{text}");
    shop.schema("upgrade").ok();
    shop.schema("generate again").ok().says("No changes");
    let what = "SELECT concat_ws(' ', obj_description('mails'::regclass), has_table_privilege('public', 'mails', 'SELECT'), (SELECT count(*) FROM pg_indexes WHERE indexname = 'counted_number'), (SELECT count(*) FROM pg_policies), (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal)) AS line";
    assert_eq!(shop.session().rows(what), ["who can be written to t 1 1 1"]);

    shop.sandbox.write("src/models.rs", models.replace("#[schema(max_length = 40)] pub email: String, ", ""));
    shop.schema("generate gone")
        .exits(1)
        .says("other objects depend on it")
        .says("view mails depends on column email")
        .says("nothing was written");
    assert_eq!(shop.sandbox.migrations().len(), 2);
}

/// Fifty tables as an application has them, and the blocks that `diesel print-schema` writes of them.
fn fifty() -> (String, String) {
    let mut sql = String::from(
        "CREATE TYPE mood AS ENUM ('happy', 'sad');\nCREATE DOMAIN posint AS INTEGER CHECK (VALUE > 0);\n",
    );
    let mut blocks = String::from(
        "// @generated automatically by Diesel CLI.\n\npub mod sql_types {\n    #[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]\n    #[diesel(postgres_type(name = \"mood\"))]\n    pub struct Mood;\n}\n\n",
    );
    for number in 0..50 {
        let parent = if number == 0 {
            String::new()
        } else {
            format!(" REFERENCES table_{}(id) ON DELETE CASCADE", number / 2)
        };
        sql += &format!("CREATE TABLE table_{number} (
    id {key} PRIMARY KEY, parent_id INTEGER{parent}, name VARCHAR(40) NOT NULL DEFAULT 'x', body TEXT,
    mood mood NOT NULL DEFAULT 'happy', small SMALLINT, big BIGINT NOT NULL UNIQUE, price NUMERIC(10,2), ratio REAL, precise DOUBLE PRECISION,
    is_on BOOLEAN NOT NULL DEFAULT FALSE, seen TIMESTAMPTZ NOT NULL DEFAULT now(), born DATE, at TIME, made TIMESTAMP,
    data JSONB NOT NULL DEFAULT '{{}}', token UUID DEFAULT gen_random_uuid(), raw BYTEA, tags TEXT[] NOT NULL DEFAULT '{{}}', address INET, \"type\" CHAR(3),
    stock posint, CHECK (big > 0));
CREATE INDEX ON table_{number} (lower(name)) WHERE is_on;\n", key = if number % 2 == 0 { "SERIAL" } else { "INTEGER GENERATED ALWAYS AS IDENTITY" });
        blocks += &format!(
            "diesel::table! {{
    use diesel::sql_types::*;
    use super::sql_types::Mood;

    table_{number} (id) {{
        id -> Int4,
        parent_id -> Nullable<Int4>,
        #[max_length = 40]
        name -> Varchar,
        body -> Nullable<Text>,
        mood -> Mood,
        small -> Nullable<Int2>,
        big -> Int8,
        price -> Nullable<Numeric>,
        ratio -> Nullable<Float4>,
        precise -> Nullable<Float8>,
        is_on -> Bool,
        seen -> Timestamptz,
        born -> Nullable<Date>,
        at -> Nullable<Time>,
        made -> Nullable<Timestamp>,
        data -> Jsonb,
        token -> Nullable<Uuid>,
        raw -> Nullable<Bytea>,
        tags -> Array<Nullable<Text>>,
        address -> Nullable<Inet>,
        #[sql_name = \"type\"]
        #[max_length = 3]
        type_ -> Nullable<Bpchar>,
        stock -> Nullable<Int4>,
    }}
}}\n\n"
        );
    }
    sql += "CREATE VIEW happy AS SELECT id, name FROM table_0 WHERE mood = 'happy';\nCREATE SCHEMA audit;\nCREATE TABLE audit.log (id BIGINT PRIMARY KEY, line TEXT);\n";
    blocks += "diesel::joinable!(table_1 -> table_0 (parent_id));\n\ndiesel::allow_tables_to_appear_in_same_query!(table_0, table_1,);\n";
    (sql, blocks)
}

#[test]
fn blocks_that_diesel_wrote_of_fifty_tables_find_nothing_but_what_has_drifted() {
    let (sql, blocks) = fifty();
    let Some(shop) = Shop::with_history("", &sql) else { return };
    shop.sandbox.write("src/schema.rs", &blocks);
    shop.schema("generate nothing").ok().says("No changes");
    let drifted = blocks
        .replacen(
            "        stock -> Nullable<Int4>,\n",
            "        stock -> Nullable<Int4>,\n        extra -> Nullable<Text>,\n",
            1,
        )
        .replacen("ratio -> Nullable<Float4>", "ratio -> Nullable<Float8>", 1);
    shop.sandbox.write("src/schema.rs", &drifted);
    shop.schema("generate drift").ok();
    let up = shop.newest("up.sql");
    let statements = up.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n");
    assert_eq!(
        statements,
        "ALTER TABLE table_0\n    ADD COLUMN extra TEXT,\n    ALTER COLUMN ratio TYPE DOUBLE PRECISION;"
    );
    shop.schema("upgrade").ok();
    shop.schema("generate nothing").ok().says("No changes");
}

#[test]
fn a_server_s_database_can_be_the_beginning() {
    let Some(shop) = Shop::new(PLAIN) else { return };
    shop.schema("generate \"create users\"").ok();
    shop.schema("upgrade").ok();
    shop.session()
        .run("ALTER TABLE users ADD COLUMN nick text; CREATE VIEW names AS SELECT nick FROM users")
        .unwrap();
    shop.sandbox.write(
        "src/models.rs",
        PLAIN.replace("}\n", "    pub nick: Option<String>,\n    pub phone: Option<String>,\n}\n"),
    );
    shop.schema("generate --from database \"add phone\"").ok().says("Copying the schema of").says("Lacking");
    assert!(shop.newest("up.sql").contains("ALTER TABLE users ADD COLUMN phone TEXT;"));
    shop.schema("upgrade").ok();
    shop.schema("diff database models").ok();
}
