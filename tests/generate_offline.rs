//! Migrations from models while no server answers: schema.lock is what there is, and what it does not say is refused.

use crate::harness::{Engine, Run, Sandbox, Served};

const SHOP: &str = r#"#[derive(schema_runtime::Schema)]
pub enum Mood { Happy, Sad }

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::users)]
#[schema(check("age >= 0 and age < 150"), check("age in (1,2,3) or age is null"))]
pub struct User {
    #[schema(identity)] pub id: i64,
    #[schema(unique, max_length = 120)] pub email: String,
    #[schema(default = "'happy'")] pub mood: Mood,
    #[schema(default = 5)] pub age: Option<i32>,
    #[schema(default = "now()")] pub created: chrono::NaiveDateTime,
    #[schema(generated = "lower(email)", max_length = 120)] pub low: Option<String>,
}

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::orders)]
pub struct Order {
    #[schema(identity)] pub id: i64,
    #[schema(references = users, on_delete = "cascade", index)] pub user_id: i64,
    #[schema(default = "0.5")] pub rate: f64,
    pub data: serde_json::Value,
}
"#;

/// A project whose models and history agree, and its database.
struct Bed {
    sandbox: Sandbox,
    served: Served,
    engine: Engine,
}

impl Bed {
    fn new(engine: Engine) -> Option<Self> {
        let bed = Self { sandbox: Sandbox::empty(), served: Served::new(engine)?, engine };
        let dialect = if engine == Engine::Postgres { "postgres" } else { "mysql" };
        let manifest = format!(
            "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [package.metadata.schema]\ndialect = \"{dialect}\"\n\n[workspace]\n"
        );
        bed.sandbox.write("Cargo.toml", manifest);
        bed.sandbox.write("src/lib.rs", "mod schema;\nmod models;\n");
        bed.sandbox.write("src/models.rs", SHOP);
        std::fs::create_dir(bed.sandbox.path("migrations")).unwrap();
        bed.online("generate \"create shop\"").ok();
        Some(bed)
    }

    fn online(&self, words: &str) -> Run {
        self.sandbox.schema(&format!("{words} --database-url {}", self.served.url()))
    }

    /// At a port where nobody listens, and without a place for a server of our own.
    fn offline(&self, words: &str) -> Run {
        let url = match self.engine {
            Engine::Postgres => "postgres://postgres@127.0.0.1:1/shop",
            _ => "mysql://root@127.0.0.1:1/shop",
        };
        self.sandbox.schema(&format!("{words} --database-url {url}")).env("TMPDIR", "/nowhere")
    }

    fn edit(&self, from: &str, to: &str) {
        self.sandbox.replace("src/models.rs", from, to);
    }

    fn newest(&self, file: &str) -> String {
        let text =
            self.sandbox.read(&format!("migrations/{}/{file}", self.sandbox.migrations().pop().unwrap()));
        text.lines().skip(1).map(|line| format!("{line}\n")).collect()
    }

    /// What was written offline holds where there is a server, and is then no longer unproven.
    fn is_proven_later(&self) {
        self.offline("check").output().says("warning[unproven]");
        self.online("check --only proof").ok().lacks("unproven").lacks("stale-schema");
        self.online("upgrade").ok();
        self.online("revert").ok();
        self.online("upgrade").ok();
        self.online("generate again").ok().says("No changes");
        self.online("lock").ok();
        assert!(!self.sandbox.read("migrations/schema.lock").contains("unproven"));
        self.offline("check").output().lacks("unproven");
        self.offline("generate again").ok().says("No changes");
    }
}

fn on_both(test: impl Fn(Bed)) {
    [Engine::Postgres, Engine::Mysql].into_iter().filter_map(Bed::new).for_each(test);
}

#[test]
fn an_unchanged_project_has_no_changes_offline() {
    on_both(|bed| {
        bed.sandbox.untouched(|| {
            bed.offline("generate again").ok().says("the server does not answer").says("No changes");
        });
    });
}

#[test]
fn a_new_column_is_written_offline_and_proven_later() {
    on_both(|bed| {
        bed.edit("    pub data:", "    #[schema(max_length = 9)] pub code: Option<String>,\n    pub data:");
        bed.offline("generate \"add code\"")
            .ok()
            .says("Detected added column `orders.code`")
            .says("Unproven nothing ran")
            .lacks("Proving");
        let (up, down) = match bed.engine {
            Engine::Postgres => {
                ("ALTER TABLE orders ADD COLUMN code VARCHAR(9);\n", "ALTER TABLE orders DROP COLUMN code;\n")
            }
            _ => (
                "ALTER TABLE `orders` ADD COLUMN `code` VARCHAR(9);\n",
                "ALTER TABLE `orders` DROP COLUMN `code`;\n",
            ),
        };
        assert_eq!((bed.newest("up.sql").as_str(), bed.newest("down.sql").as_str()), (up, down));
        assert!(bed.sandbox.read("migrations/schema.lock").contains("unproven = true"));
        bed.offline("generate again").ok().says("No changes");
        bed.is_proven_later();
    });
}

#[test]
fn one_offline_migration_follows_another() {
    on_both(|bed| {
        bed.edit("default = 5", "default = 6");
        bed.edit("age < 150", "age < 120");
        bed.offline("generate \"other ages\"")
            .ok()
            .says("Detected changed column `users.age`")
            .says("Detected removed check")
            .says("Detected added check")
            .lacks("orders");
        bed.edit("pub rate:", "#[schema(was = \"rate\")] pub price:");
        bed.edit("Happy, Sad", "Happy, Sad, Calm");
        bed.edit("index)] pub user_id", "index, was = \"user_id\")] pub buyer_id");
        bed.offline("generate \"rename\"")
            .ok()
            .says("Detected renamed column `orders.rate` -> `orders.price`")
            .says("Detected renamed column `orders.user_id` -> `orders.buyer_id`")
            .lacks("age");
        bed.is_proven_later();
    });
}

#[test]
fn a_new_value_and_its_use_are_two_migrations_offline() {
    let Some(bed) = Bed::new(Engine::Postgres) else { return };
    bed.edit("Happy, Sad", "Happy, Sad, Calm");
    bed.edit("'happy'", "'calm'");
    bed.offline("generate calmer").ok().says("Detected changed enum `mood`");
    assert_eq!(bed.sandbox.migrations().len(), 3);
    assert_eq!(bed.newest("up.sql"), "ALTER TABLE users ALTER COLUMN mood SET DEFAULT 'calm';\n");
    bed.is_proven_later();
}

#[test]
fn a_table_comes_and_goes_offline() {
    on_both(|bed| {
        let table = "\n#[derive(schema_runtime::Schema)]\n#[schema(check(\"size > 1\"), index(size, id))]\npub struct Box {\n    \
                     pub id: i64,\n    #[schema(references = orders)] pub order_id: Option<i64>,\n    pub size: i32,\n}\n";
        bed.sandbox.write("src/models.rs", format!("{SHOP}{table}"));
        bed.offline("generate \"add boxes\"").ok().says("Detected added table `boxs`");
        bed.is_proven_later();
        bed.sandbox.write("src/models.rs", SHOP);
        bed.offline("generate \"drop boxes\"").ok().says("Detected removed table `boxs`");
        bed.is_proven_later();
    });
}

#[test]
fn what_no_schema_says_is_refused_offline() {
    on_both(|bed| {
        let (up, down) = match bed.engine {
            Engine::Postgres => ("CREATE VIEW ages AS SELECT age FROM users;\n", "DROP VIEW ages;\n"),
            _ => (
                "CREATE TRIGGER seen AFTER DELETE ON orders FOR EACH ROW SET @seen = 1;\n",
                "DROP TRIGGER seen;\n",
            ),
        };
        bed.online("generate watch --empty --rev-id 0a0b0c0d0e0f").ok();
        let folder = bed.sandbox.migrations().pop().unwrap();
        bed.sandbox.write(&format!("migrations/{folder}/up.sql"), up);
        bed.sandbox.write(&format!("migrations/{folder}/down.sql"), down);
        bed.online("lock").ok();
        bed.edit("    pub data:", "    pub note: Option<i32>,\n    pub data:");
        bed.offline("generate \"add note\"").ok().says("added column `orders.note`");
        bed.edit("#[schema(default = \"0.5\")] pub rate: f64,", "");
        let what =
            if bed.engine == Engine::Postgres { "the view `ages` may be in the way" } else { "TRIGGER" };
        bed.sandbox.untouched(|| {
            bed.offline("generate \"drop rate\"")
                .exits(1)
                .says("without a server it cannot be said what this change does")
                .says(what)
                .says("nothing was written");
        });
    });
}

#[test]
fn a_lock_file_that_does_not_know_leaves_it_at_that() {
    on_both(|bed| {
        bed.edit("    pub data:", "    pub note: Option<i32>,\n    pub data:");
        bed.online("generate watch --empty --rev-id 0a0b0c0d0e0f").ok();
        bed.sandbox.untouched(|| {
            bed.offline("generate \"add note\"")
                .exits(3)
                .says("could not reach the server")
                .says("schema.lock does not know the schema that the history leads to");
        });
        std::fs::remove_file(bed.sandbox.path("migrations/schema.lock")).unwrap();
        bed.sandbox.untouched(|| {
            bed.offline("generate \"add note\"").exits(3).says("`cargo schema lock` writes it");
        });
    });
}

#[test]
fn what_was_foreseen_wrongly_is_found_by_the_proof() {
    on_both(|bed| {
        bed.edit("    pub data:", "    pub note: Option<i32>,\n    pub data:");
        bed.offline("generate \"add note\"").ok();
        bed.online("check --only proof").ok().lacks("stale-schema");
        bed.sandbox.replace(
            "migrations/schema.lock",
            "schema.table.orders.column.note",
            "schema.table.orders.column.remark",
        );
        bed.online("check --only proof")
            .exits(1)
            .says("error[stale-schema]: the revisions that were generated without a database do not lead to")
            .says("added column `orders.remark`")
            .says("removed column `orders.note`");
        bed.online("lock").ok();
        bed.online("check --only proof").ok().lacks("stale-schema");
    });
}
