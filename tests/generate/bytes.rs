//! The same models give the same bytes on every engine, whatever the order of files and items.

use crate::harness::{Engine, Sandbox, Served};

const USERS: &str = r#"
#[derive(schema_runtime::Schema)]
pub enum Mood { Happy, Sad }

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::users)]
#[schema(index(age, mood), check("age >= 0"), check("age < 150"))]
pub struct User {
    #[schema(identity)] pub id: i32,
    #[schema(unique, max_length = 120)] pub email: String,
    #[schema(default = "'happy'")] pub mood: Mood,
    #[schema(default = 5, index)] pub age: i32,
    #[schema(references = teams)] pub team: Option<i32>,
}
"#;

const TEAMS: &str = r#"
#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::teams)]
#[schema(unique(name, lead), index(lead))]
pub struct Team {
    #[schema(identity)] pub id: i32,
    #[schema(max_length = 64)] pub name: String,
    #[schema(references = users)] pub lead: i32,
}

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::matches)]
pub struct Match {
    #[schema(identity)] pub id: i32,
    #[schema(references = teams, on_delete = "cascade")] pub home: i32,
    #[schema(references = teams, on_delete = "cascade")] pub guest: i32,
}
"#;

/// What is edited in either file.
const EDITS: [(&str, &str); 6] = [
    ("Happy, Sad", "Happy, Sad, Calm"),
    ("#[schema(unique, max_length = 120)]", "#[schema(unique, max_length = 240)]"),
    ("#[schema(default = 5, index)] pub age: i32,", "pub age: i64, pub nick: Option<i32>,"),
    ("check(\"age < 150\")", "check(\"age < 120\")"),
    ("unique(name, lead), index(lead)", "index(lead, name)"),
    ("pub guest: i32,", "pub guest: i32, pub day: Option<chrono::NaiveDate>,"),
];

#[test]
fn the_same_models_give_the_same_bytes_on_sqlite() {
    compared(None);
}

#[test]
fn the_same_models_give_the_same_bytes_on_postgres() {
    let Some(served) = Served::new(Engine::Postgres) else { return };
    compared(Some(("postgres", served.url())));
}

#[test]
fn the_same_models_give_the_same_bytes_on_mysql() {
    let Some(served) = Served::new(Engine::Mysql) else { return };
    compared(Some(("mysql", served.url())));
}

/// Modules and items in one order, in the other, and once more.
fn compared(server: Option<(&str, String)>) {
    let (dialect, url) = server.unwrap_or(("sqlite", "app.db".to_owned()));
    let one = written(dialect, &url, ["users", "teams"], str::to_owned);
    let other = written(dialect, &url, ["teams", "users"], upside_down);
    let again = written(dialect, &url, ["users", "teams"], str::to_owned);
    assert_eq!(one, other, "the order of files and items decides");
    assert_eq!(one, again, "not the same every time");
}

/// Everything that two migrations wrote of models in these modules.
fn written(dialect: &str, url: &str, modules: [&str; 2], order: fn(&str) -> String) -> Vec<String> {
    let sandbox = Sandbox::empty();
    sandbox.write(
        "Cargo.toml",
        format!(
            "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [package.metadata.schema]\ndialect = \"{dialect}\"\nname = \"{{rev}}_{{slug}}\"\n\n[workspace]\n"
        ),
    );
    let [first, second] = modules;
    sandbox.write("src/lib.rs", format!("mod {first};\nmod schema;\nmod {second};\n"));
    std::fs::create_dir(sandbox.path("migrations")).unwrap();
    let mut files = Vec::new();
    for (revision, edits) in [("0a1b2c3d4e5f", &EDITS[..0]), ("1a1b2c3d4e5f", &EDITS[..])] {
        let edited =
            |models: &str| edits.iter().fold(order(models), |text, (from, to)| text.replace(from, to));
        sandbox.write("src/users.rs", edited(USERS));
        sandbox.write("src/teams.rs", edited(TEAMS));
        sandbox.schema(&format!("generate change --rev-id {revision} --database-url {url}")).ok();
        let folder = format!("migrations/{revision}_change");
        files.extend(["up.sql", "down.sql"].map(|file| sandbox.read(&format!("{folder}/{file}"))));
        files.extend(["src/schema.rs", "migrations/schema.lock"].map(|file| sandbox.read(file)));
    }
    files
}

/// The last item first.
fn upside_down(models: &str) -> String {
    let mut items: Vec<&str> = models.split("\n\n").collect();
    items.reverse();
    items.join("\n\n")
}
