//! From models to migrations on MySQL or MariaDB: the same words as on SQLite, on a server's scratch databases.

use crate::harness::{Engine, Run, Sandbox, Served};

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
    [package.metadata.schema]\ndialect = \"mysql\"\n\n[workspace]\n";

const MODELS: &str = "#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::users)]
pub struct User {
    #[schema(identity)]
    pub id: i32,
    #[schema(unique, max_length = 64)]
    pub email: String,
    #[schema(default = \"active\")]
    pub state: State,
    #[schema(default = \"now()\")]
    pub created: chrono::NaiveDateTime,
    pub settings: Option<serde_json::Value>,
}

#[derive(schema_runtime::Schema)]
pub enum State {
    Active,
    Gone,
}

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::orders)]
#[schema(check(\"stock >= 0 and stock<1000\"))]
pub struct Order {
    #[schema(identity)]
    pub id: u64,
    #[schema(references = users, on_delete = \"cascade\")]
    pub user_id: i32,
    #[schema(default = 0)]
    pub stock: i32,
    #[schema(sql_type = \"DECIMAL(10,2)\", default = \"1.5\")]
    pub price: bigdecimal::BigDecimal,
    #[schema(collate = \"utf8mb4_bin\", comment = \"it's a code\")]
    pub code: Option<String>,
}
";

/// A project and a database of its own.
struct Bed {
    sandbox: Sandbox,
    served: Served,
}

impl Bed {
    fn new(models: &str) -> Option<Self> {
        let bed = Self { sandbox: Sandbox::empty(), served: Served::new(Engine::Mysql)? };
        bed.sandbox.write("Cargo.toml", MANIFEST);
        bed.sandbox.write("src/lib.rs", "mod schema;\nmod models;\n");
        bed.sandbox.write("src/models.rs", models);
        std::fs::create_dir(bed.sandbox.path("migrations")).unwrap();
        Some(bed)
    }

    /// With the models applied.
    fn settled() -> Option<Self> {
        let bed = Self::new(&MODELS.replace("default = \"active\"", "default = \"'active'\""))?;
        bed.schema("generate \"create shop\" --rev-id 0a1b2c3d4e5f").ok();
        bed.schema("upgrade").ok();
        Some(bed)
    }

    fn schema(&self, words: &str) -> Run {
        self.sandbox.schema(&format!("{words} --database-url {}", self.served.url()))
    }

    fn generate(&self, words: &str) -> Run {
        self.schema(&format!("generate change {words}"))
    }

    fn edit(&self, from: &str, to: &str) {
        self.sandbox.replace("src/models.rs", from, to);
    }

    /// A file of the newest migration, without its heading.
    fn newest(&self, file: &str) -> String {
        let text =
            self.sandbox.read(&format!("migrations/{}/{file}", self.sandbox.migrations().pop().unwrap()));
        text.lines().skip(1).map(|line| format!("{line}\n")).collect()
    }

    fn run(&self, sql: &str) {
        self.served.session().run(sql).unwrap();
    }

    fn rows(&self, sql: &str) -> Vec<String> {
        self.served.session().rows(sql)
    }

    /// The migration goes up, down and up again on the real database, and nothing is left to do.
    fn holds(&self) {
        self.schema("upgrade").ok();
        self.schema("revert").ok();
        self.schema("upgrade").ok();
        self.generate("").ok().says("No changes");
    }

    /// Scratch databases that are there.
    fn scratches(&self) -> Vec<String> {
        self.rows(
            "SELECT CAST(schema_name AS CHAR) AS line FROM information_schema.schemata \
             WHERE schema_name LIKE 'cargo\\_schema\\_scratch\\_%' AND IS_FREE_LOCK(schema_name) = 1",
        )
    }
}

#[test]
fn tables_are_made_and_nothing_is_left_to_do() {
    let Some(bed) = Bed::new(&MODELS.replace("default = \"active\"", "default = \"'active'\"")) else {
        return;
    };
    bed.schema("generate \"create shop\"")
        .ok()
        .says("Replaying 0 revisions on a scratch MySQL database")
        .says("Detected added table `users`")
        .says("Proving up and down with 3 rows per table");
    assert_eq!(
        bed.newest("up.sql"),
        "CREATE TABLE `users` (
  `id` INT NOT NULL AUTO_INCREMENT,
  `email` VARCHAR(64) NOT NULL,
  `state` ENUM('active','gone') NOT NULL DEFAULT 'active',
  `created` DATETIME NOT NULL DEFAULT now(),
  `settings` JSON,
  PRIMARY KEY (`id`),
  UNIQUE KEY `users_email_key` (`email`)
);

CREATE TABLE `orders` (
  `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  `user_id` INT NOT NULL,
  `stock` INT NOT NULL DEFAULT 0,
  `price` DECIMAL(10,2) NOT NULL DEFAULT 1.50,
  `code` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT 'it''s a code',
  PRIMARY KEY (`id`),
  KEY `orders_user_id_idx` (`user_id`),
  CONSTRAINT `orders_stock_check` CHECK (stock >= 0 and stock<1000),
  CONSTRAINT `orders_user_id_fkey` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
);
"
    );
    bed.holds();
    bed.schema("check").ok();
    assert_eq!(bed.scratches(), Vec::<String>::new());
}

#[test]
fn one_alter_has_all_changes_of_a_table() {
    let Some(bed) = Bed::settled() else { return };
    bed.edit("pub stock: i32", "pub stock: i64");
    bed.edit(
        "    pub code: Option<String>,\n",
        "    pub code: Option<String>,\n    #[schema(index, max_length = 9)]\n    pub ean: Option<String>,\n",
    );
    bed.edit("it's a code", "a code");
    bed.generate("").ok().says("Detected changed column `orders.stock` (int -> Bigint)");
    assert_eq!(
        bed.newest("up.sql"),
        "-- A value that does not fit stops the migration, whatever the server's sql_mode.
SET @schema_sql_mode = @@sql_mode, sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES');

ALTER TABLE `orders`
  MODIFY COLUMN `stock` BIGINT NOT NULL DEFAULT 0,
  MODIFY COLUMN `code` text CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT 'a code',
  ADD COLUMN `ean` VARCHAR(9),
  ADD KEY `orders_ean_idx` (`ean`);

SET sql_mode = @schema_sql_mode;
"
    );
    bed.holds();
}

#[test]
fn rows_get_their_value_before_the_column_is_not_null() {
    let Some(bed) = Bed::settled() else { return };
    bed.run("ALTER TABLE orders MODIFY COLUMN user_id INT NOT NULL COMMENT 'not ours'");
    bed.run("INSERT INTO users (email) VALUES ('a'), ('b')");
    bed.edit(
        "    pub settings:",
        "    #[schema(backfill = \"concat('n-', id)\", max_length = 20)]\n    pub nick: String,\n    pub settings:",
    );
    bed.generate("").ok();
    let up = bed.newest("up.sql");
    assert!(
        up.contains("ALTER TABLE `users` ADD COLUMN `nick` VARCHAR(20);")
            && up.contains("UPDATE `users` SET `nick` = concat('n-', id);")
            && up.contains("ALTER TABLE `users` MODIFY COLUMN `nick` VARCHAR(20) NOT NULL;"),
        "{up}"
    );
    bed.holds();
    assert_eq!(bed.rows("SELECT nick AS line FROM users ORDER BY id"), ["n-1", "n-2"]);
}

#[test]
fn values_of_an_enum_are_renamed_added_and_removed() {
    let Some(bed) = Bed::settled() else { return };
    bed.run("INSERT INTO users (email, state) VALUES ('a', 'gone'), ('b', 'active')");
    bed.edit("    Gone,", "    #[schema(was = \"gone\")]\n    Left,\n    New,");
    bed.generate("").ok();
    bed.holds();
    assert_eq!(bed.rows("SELECT CAST(state AS CHAR) AS line FROM users ORDER BY id"), ["left", "active"]);
    // A value that rows have is not taken away: the upgrade stops, and the table is as it was.
    bed.edit("    #[schema(was = \"gone\")]\n    Left,\n", "");
    bed.generate("--drop state.left").ok();
    assert!(bed.newest("up.sql").contains("-- Stops here where a value of users.state is no"));
    bed.schema("upgrade").exits(3).says("Subquery returns more than 1 row");
    assert_eq!(bed.rows("SELECT CAST(state AS CHAR) AS line FROM users ORDER BY id"), ["left", "active"]);
}

#[test]
fn what_no_model_says_is_kept_when_a_column_changes() {
    let Some(bed) = Bed::new(
        "#[derive(schema_runtime::Schema)]\n#[diesel(table_name = crate::schema::notes)]\npub struct Note {\n    pub id: i32,\n    pub n: i32,\n    pub seen: Option<chrono::DateTime<chrono::Utc>>,\n    #[schema(max_length = 20)]\n    pub name: String,\n}\n",
    ) else {
        return;
    };
    let sql = "CREATE TABLE notes (id INT PRIMARY KEY, n INT(5) UNSIGNED NOT NULL,
        seen TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP, name VARCHAR(10) NOT NULL, FULLTEXT KEY words (name))
        ROW_FORMAT = COMPRESSED;\n
        CREATE TRIGGER watch BEFORE INSERT ON notes FOR EACH ROW SET NEW.n = NEW.n + 1;\n
        CREATE VIEW shown AS SELECT id, name FROM notes;\n";
    bed.sandbox.migration(
        "2026-11-20-1000-0a1b2c3d4e5f_notes",
        "run_in_transaction = true\nrevision = \"0a1b2c3d4e5f\"\nparents = []\n",
        sql,
        Some("DROP TABLE notes;\nDROP VIEW shown;\n"),
    );
    bed.edit(
        "    pub n: i32,",
        "    #[schema(comment = \"a number\", sql_type = \"INT UNSIGNED\")]\n    pub n: u32,",
    );
    bed.edit("pub seen", "#[schema(comment = \"when\")]\n    pub seen");
    bed.edit(
        "#[schema(max_length = 20)]",
        "#[schema(max_length = 20, index(method = \"fulltext\"))]"
            .replace(", index(method = \"fulltext\")", "")
            .as_str(),
    );
    bed.edit("#[diesel(", "#[schema(index(name, method = \"fulltext\"))]\n#[diesel(");
    bed.generate("").ok();
    let up = bed.newest("up.sql");
    assert!(
        up.contains("MODIFY COLUMN `seen` timestamp NULL ON UPDATE current_timestamp() COMMENT 'when'"),
        "{up}"
    );
    bed.schema("upgrade").ok();
    let made = bed.rows(
        "SELECT CONCAT(extra, '|', column_comment) AS line FROM information_schema.columns \
         WHERE table_schema = DATABASE() AND table_name = 'notes' AND column_name = 'seen'",
    );
    assert_eq!(made, ["on update current_timestamp()|when"]);
    bed.run("INSERT INTO notes (id, n, name) VALUES (1, 1, 'x')");
    assert_eq!(bed.rows("SELECT CAST(n AS CHAR) AS line FROM notes"), ["2"]);
    bed.holds();
}

#[test]
fn a_rename_keeps_the_data_and_what_mentions_it_is_looked_at() {
    let Some(bed) = Bed::settled() else { return };
    bed.run("INSERT INTO users (email) VALUES ('a')");
    bed.edit(
        "    #[schema(unique, max_length = 64)]\n    pub email",
        "    #[schema(unique, max_length = 64, was = \"email\")]\n    pub mail",
    );
    bed.generate("").ok();
    assert_eq!(bed.newest("up.sql"), "ALTER TABLE `users` RENAME COLUMN `email` TO `mail`;\n");
    bed.holds();
    assert_eq!(bed.rows("SELECT mail AS line FROM users"), ["a"]);
}

#[test]
fn a_trigger_elsewhere_that_mentions_what_goes_stops_it() {
    let Some(bed) = Bed::settled() else { return };
    bed.sandbox.migration(
        "2026-11-21-1000-1f0e9d8c7b6a_watch",
        "run_in_transaction = true\nrevision = \"1f0e9d8c7b6a\"\nparents = [\"0a1b2c3d4e5f\"]\n",
        "CREATE TRIGGER watch AFTER INSERT ON orders FOR EACH ROW UPDATE users SET settings = NULL;\n",
        Some("DROP TRIGGER watch;\n"),
    );
    bed.edit("    pub settings: Option<serde_json::Value>,\n", "");
    bed.sandbox.untouched(|| {
        bed.generate("")
            .exits(1)
            .says("drop `users.settings`")
            .says("trigger `watch` mentions it")
            .says("nothing was written");
    });
}

#[test]
fn a_history_that_reaches_out_is_not_run_beside_real_databases() {
    let Some(bed) = Bed::settled() else { return };
    let other = Served::new(Engine::Mysql).unwrap();
    let name = other.url().rsplit('/').next().unwrap().to_owned();
    other.session().run("CREATE TABLE precious (id INT PRIMARY KEY)").unwrap();
    bed.sandbox.migration(
        "2026-11-21-1000-1f0e9d8c7b6a_out",
        "run_in_transaction = true\nrevision = \"1f0e9d8c7b6a\"\nparents = [\"0a1b2c3d4e5f\"]\n",
        &format!("DROP TABLE {name}.precious;\n"),
        Some(""),
    );
    bed.edit("    pub settings: Option<serde_json::Value>,\n", "");
    // On a server of our own there is no such table.
    bed.generate("").exits(3).says(&format!("it names the database `{name}`"));
    let there = "SELECT table_name AS line FROM information_schema.tables WHERE table_schema = DATABASE()";
    assert_eq!(other.session().rows(there), ["precious"]);
}

#[test]
fn a_server_that_is_down_is_replaced_by_one_of_our_own() {
    let Some(bed) = Bed::settled() else { return };
    bed.edit("pub stock: i32", "pub stock: i64");
    // Where servers keep their temporary tables unless they are told otherwise.
    let elsewhere = bed.sandbox.beside("tmp");
    std::fs::create_dir(&elsewhere).unwrap();
    let table = elsewhere.join("#sql-temptable-e10-1-1.MAI");
    std::fs::write(&table, "of another server").unwrap();
    bed.sandbox
        .schema("generate change --database-url mysql://root@127.0.0.1:1/shop")
        .env("TMPDIR", &elsewhere)
        .ok()
        .says("Starting a server of our own: could not reach the server")
        .says("Detected changed column `orders.stock`");
    assert!(table.exists(), "the temporary table of another server is gone");
    bed.holds();
}

/// Fifty tables, as `diesel print-schema` writes them for MySQL.
#[test]
fn print_schemas_own_world_is_left_alone_and_drift_is_found() {
    let Some(bed) = Bed::new("") else { return };
    let (mut sql, mut blocks) = (String::new(), String::new());
    for number in 0..50 {
        let parent = if number == 0 {
            String::new()
        } else {
            format!(
                ", CONSTRAINT fk{number} FOREIGN KEY (parent_id) REFERENCES t{} (id) ON DELETE SET NULL",
                number - 1
            )
        };
        sql += &format!(
            "CREATE TABLE t{number} (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, parent_id BIGINT UNSIGNED,
             name VARCHAR(255) NOT NULL DEFAULT 'x', body TEXT, big LONGTEXT, flag TINYINT(1) NOT NULL DEFAULT 0,
             small TINYINT NOT NULL, n INT UNSIGNED, amount DECIMAL(10,2), made DATETIME DEFAULT CURRENT_TIMESTAMP,
             changed TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP, doc JSON, kind ENUM('a','b') NOT NULL, raw BLOB,
             uid BINARY(16), ratio FLOAT, KEY by_name (name(10)), UNIQUE KEY one (uid){parent});\n"
        );
        blocks += &format!(
            "diesel::table! {{
    use diesel::sql_types::*;
    use super::sql_types::T{number}KindEnum;

    t{number} (id) {{
        id -> Unsigned<Bigint>,
        parent_id -> Nullable<Unsigned<Bigint>>,
        #[max_length = 255]
        name -> Varchar,
        body -> Nullable<Text>,
        big -> Nullable<Longtext>,
        flag -> Bool,
        small -> Tinyint,
        n -> Nullable<Unsigned<Integer>>,
        amount -> Nullable<Decimal>,
        made -> Nullable<Datetime>,
        changed -> Nullable<Timestamp>,
        doc -> Nullable<Longtext>,
        #[max_length = 1]
        kind -> T{number}KindEnum,
        raw -> Nullable<Blob>,
        #[max_length = 16]
        uid -> Nullable<Binary>,
        ratio -> Nullable<Float>,
    }}
}}
"
        );
    }
    let types: String = (0..50)
        .map(|number| format!("    #[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]\n    #[diesel(mysql_type(name = \"Enum\"))]\n    pub struct T{number}KindEnum;\n"))
        .collect();
    bed.sandbox.migration("20200101000000_all", "", &sql, Some(""));
    bed.sandbox.write(
        "src/schema.rs",
        format!("// @generated automatically by Diesel CLI.\n\npub mod sql_types {{\n{types}}}\n\n{blocks}"),
    );
    bed.generate("").ok().says("No changes");
    // Drift, and nothing else.
    bed.sandbox.replace(
        "src/schema.rs",
        "    t7 (id) {\n",
        "    t7 (id) {\n        extra -> Nullable<Bigint>,\n",
    );
    let told = bed.generate("--dry-run").ok().stderr;
    assert_eq!(told.matches("Detected").count(), 1, "{told}");
    assert!(told.contains("Detected added column `t7.extra`"), "{told}");
}

#[test]
fn a_run_that_is_interrupted_leaves_no_database() {
    let Some(bed) = Bed::settled() else { return };
    bed.sandbox.migration(
        "2026-11-21-1000-1f0e9d8c7b6a_slow",
        "run_in_transaction = true\nrevision = \"1f0e9d8c7b6a\"\nparents = [\"0a1b2c3d4e5f\"]\n",
        "SELECT SLEEP(30);\n",
        Some(""),
    );
    bed.edit("pub stock: i32", "pub stock: i64");
    let child = bed.generate("").spawn();
    let of_ours = || {
        bed.rows(
            "SELECT CAST(db AS CHAR) AS line FROM information_schema.processlist \
             WHERE db LIKE 'cargo\\_schema\\_scratch\\_%' AND info LIKE '%SLEEP(30)%'",
        )
    };
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while of_ours().is_empty() {
        assert!(std::time::Instant::now() < deadline, "it does not sleep");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let name = of_ours().remove(0);
    assert!(crate::harness::signal("INT", &[child.id()]));
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let left = format!(
        "SELECT CAST(schema_name AS CHAR) AS line FROM information_schema.schemata WHERE schema_name = '{name}'"
    );
    assert_eq!(bed.rows(&left), Vec::<String>::new());
}

#[test]
fn a_database_that_was_changed_by_hand_can_be_the_beginning() {
    let Some(bed) = Bed::settled() else { return };
    bed.run("ALTER TABLE users ADD COLUMN nick VARCHAR(20) COMMENT 'by hand'");
    bed.edit(
        "    pub settings: Option<serde_json::Value>,\n",
        "    pub settings: Option<serde_json::Value>,\n    #[schema(max_length = 20, comment = \"by hand\")]\n    \
         pub nick: Option<String>,\n    pub phone: Option<String>,\n",
    );
    bed.generate("--from database").ok().says("Copying the schema of").says("Lacking").says("`users.nick`");
    assert!(bed.newest("up.sql").contains("phone") && !bed.newest("up.sql").contains("nick"));
    bed.schema("upgrade").ok();
    bed.schema("diff database models").ok();
}
