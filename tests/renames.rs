//! A rename is never a silent drop and add: on every engine, for columns, tables and values of enums, an attribute, a
//! flag and a prompt say the same, and where nobody can be asked `generate` stops with the lines to paste. The lines
//! are pasted here as they were printed.

use std::path::Path;

use crate::harness::{Engine, Output, Run, Sandbox, Served};

const ENGINES: [Engine; 3] = [Engine::Sqlite, Engine::Postgres, Engine::Mysql];

/// Something that gets another name.
struct Rename {
    models: &'static str,
    /// The edit.
    from: &'static str,
    to: &'static str,
    /// One row, and where its value is before and after.
    row: &'static str,
    before: &'static str,
    after: &'static str,
    value: &'static str,
}

const COLUMN: Rename = Rename {
    models: "#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::users)]
pub struct User {
    pub id: i32,
    pub colour: Option<String>,
}
",
    from: "pub colour",
    to: "pub color",
    row: "INSERT INTO users (id, colour) VALUES (1, 'red')",
    before: "SELECT colour AS line FROM users",
    after: "SELECT color AS line FROM users",
    value: "red",
};

const TABLE: Rename = Rename {
    models: "#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::users)]
pub struct User {
    pub id: i32,
    pub name: Option<String>,
}
",
    from: "#[diesel(table_name = crate::schema::users)]",
    to: "#[diesel(table_name = crate::schema::people)]",
    row: "INSERT INTO users (id, name) VALUES (1, 'ann')",
    before: "SELECT name AS line FROM users",
    after: "SELECT name AS line FROM people",
    value: "ann",
};

const VALUE: Rename = Rename {
    models: "#[derive(schema_runtime::Schema)]
pub enum Mood {
    Happy,
    Sad,
}

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::days)]
pub struct Day {
    pub id: i32,
    pub mood: Mood,
}
",
    from: "Sad",
    to: "Unhappy",
    row: "INSERT INTO days (id, mood) VALUES (1, 'sad')",
    before: "SELECT CONCAT(mood, '') AS line FROM days WHERE mood = 'sad'",
    after: "SELECT CONCAT(mood, '') AS line FROM days WHERE mood = 'unhappy'",
    value: "",
};

/// A project on an engine, and its database.
struct Bed {
    sandbox: Sandbox,
    served: Option<Served>,
}

impl Bed {
    fn new(engine: Engine, models: &str) -> Option<Self> {
        let served = match engine {
            Engine::Sqlite => None,
            Engine::Postgres | Engine::Mysql => Some(Served::new(engine)?),
        };
        let bed = Self { sandbox: Sandbox::empty(), served };
        let dialect = format!("{engine:?}").to_lowercase();
        bed.sandbox.write(
            "Cargo.toml",
            format!("[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[package.metadata.schema]\ndialect = \"{dialect}\"\n\n[workspace]\n"),
        );
        bed.sandbox.write("src/lib.rs", "mod schema;\nmod models;\n");
        bed.sandbox.write("src/models.rs", models);
        std::fs::create_dir(bed.sandbox.path("migrations")).unwrap();
        bed.schema("generate first").ok();
        bed.schema("upgrade").ok();
        Some(bed)
    }

    fn url(&self) -> String {
        self.served.as_ref().map_or("app.db".to_owned(), Served::url)
    }

    fn schema(&self, words: &str) -> Run {
        self.sandbox.schema(&format!("{words} --database-url {}", self.url()))
    }

    fn run(&self, sql: &str) {
        match &self.served {
            Some(served) => served.session().run(sql).unwrap(),
            None => self.sandbox.database("app.db").run(sql),
        }
    }

    fn rows(&self, sql: &str) -> Vec<String> {
        match &self.served {
            Some(served) => served.session().rows(sql),
            // SQLite before 3.44 has no `concat`.
            None => self.sandbox.database("app.db").rows(&sql.replace("CONCAT(mood, '')", "mood")),
        }
    }

    fn newest(&self, file: &str) -> String {
        self.sandbox.read(&format!("migrations/{}/{file}", self.sandbox.migrations().pop().unwrap()))
    }

    /// What `generate` would write.
    fn planned(&self, words: &str) -> String {
        let document = self.schema(&format!("generate rename {words} --dry-run --format json")).ok().json();
        document["files"]["up.sql"].as_str().unwrap().to_owned()
    }

    /// `generate` at a terminal, where somebody types this.
    fn at_a_terminal(&self, typed: &str) -> Output {
        let program = env!("CARGO_BIN_EXE_cargo-schema");
        let command =
            format!("stty -echo; exec '{program}' schema generate rename --database-url {}", self.url());
        let script = format!("printf '{typed}' | script -qefc \"{command}\" /dev/null");
        Run::new(Path::new("sh"), &self.sandbox.root()).arg("-c").arg(script).output()
    }
}

/// What stands in back-ticks after these words.
fn quoted<'t>(text: &'t str, words: &str) -> &'t str {
    let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("no {words:?} in\n{text}"));
    rest.split('`').next().unwrap()
}

fn check(rename: &Rename) {
    for engine in ENGINES {
        let Some(bed) = Bed::new(engine, rename.models) else { continue };
        bed.run(rename.row);
        bed.sandbox.replace("src/models.rs", rename.from, rename.to);
        let edited = bed.sandbox.read("src/models.rs");

        let refused = bed.sandbox.untouched(|| bed.schema("generate rename").exits(1)).stderr;
        assert!(refused.contains("nothing was written"), "{refused}");
        let flag = quoted(&refused, "or pass `--rename ");
        let by_flag = bed.planned(&format!("--rename {flag}"));

        let attribute = quoted(&refused, "renamed: add `");
        let place = if rename.to.starts_with('#') { "pub struct" } else { rename.to };
        bed.sandbox.write("src/models.rs", edited.replacen(place, &format!("{attribute}\n{place}"), 1));
        assert_eq!(bed.planned(""), by_flag, "{engine:?}");
        bed.sandbox.write("src/models.rs", &edited);

        let drop = quoted(&refused, "= help: removed: pass `--drop ");
        assert_ne!(bed.planned(&format!("--drop {drop}")), by_flag, "{engine:?}");

        bed.sandbox.untouched(|| assert_eq!(bed.at_a_terminal("3\\n").code, 1));
        let asked = bed.at_a_terminal("1\\n");
        assert_eq!(asked.code, 0, "{}", asked.stdout);
        asked.prints("keep the data");
        assert_eq!(bed.newest("up.sql"), by_flag, "{engine:?}");

        bed.schema("upgrade").ok();
        let is_there = |rows: Vec<String>| rows.len() == 1 && rows[0].contains(rename.value);
        assert!(is_there(bed.rows(rename.after)), "{engine:?}\n{by_flag}");
        bed.schema("generate again").ok().says("No changes");
        bed.schema("revert").ok();
        assert!(is_there(bed.rows(rename.before)), "{engine:?}\n{by_flag}");
    }
}

#[test]
fn a_column() {
    check(&COLUMN);
}

#[test]
fn a_table() {
    check(&TABLE);
}

#[test]
fn a_value_of_an_enum() {
    check(&VALUE);
}

/// They have no data, so the same definition under another name is renamed without a question; a flag that says so is
/// no mistake.
#[test]
fn keys_indexes_and_checks() {
    let models = "#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::teams)]
pub struct Team {
    pub id: i32,
}

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::users)]
#[schema(index(age, name = \"old_idx\"), unique(team_id, age, name = \"old_key\"))]
#[schema(check(\"age > 0\", name = \"old_check\"), foreign_key(team_id, references = teams, name = \"old_fkey\"))]
pub struct User {
    pub id: i32,
    pub age: i32,
    pub team_id: i32,
}
";
    for engine in ENGINES {
        let Some(bed) = Bed::new(engine, models) else { continue };
        bed.run("INSERT INTO teams (id) VALUES (1)");
        bed.run("INSERT INTO users (id, age, team_id) VALUES (1, 7, 1)");
        bed.sandbox.write("src/models.rs", models.replace("\"old_", "\"new_"));
        let silent = bed.planned("");
        let flags: Vec<String> = ["idx", "key", "check", "fkey"]
            .iter()
            .filter(|part| engine != Engine::Sqlite || **part != "fkey")
            .map(|part| format!("--rename old_{part}=new_{part}"))
            .collect();
        assert_eq!(bed.planned(&flags.join(" ")), silent, "{engine:?}");
        let told = bed.schema("generate rename").ok();
        told.says("Detected renamed index `old_idx` -> `new_idx` on users")
            .says("Detected renamed unique key `old_key` -> `new_key` on users")
            .says("Detected renamed check `old_check` -> `new_check` on users")
            .lacks("added")
            .lacks("removed");
        bed.schema("upgrade").ok();
        assert_eq!(
            bed.rows("SELECT name AS line FROM (SELECT 'kept' AS name FROM users WHERE age = 7) kept"),
            ["kept"]
        );
        bed.schema("generate again").ok().says("No changes");
        bed.schema("revert").ok();
        assert_eq!(
            bed.rows("SELECT name AS line FROM (SELECT 'kept' AS name FROM users WHERE age = 7) kept"),
            ["kept"]
        );
    }
}
