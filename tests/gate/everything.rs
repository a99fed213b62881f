//! A project in which everything is wrong at once: one run says all of it, in each format, and what is mended is gone
//! from it while all else stays.

use std::fs;

use super::{revision, rules};
use crate::harness::{Engine, Sandbox, Served};

/// Something that is wrong, and how it is mended.
struct Wrong {
    rule: &'static str,
    mend: Box<dyn Fn(&Sandbox)>,
}

fn folder(number: usize) -> String {
    format!("migrations/2026-11-20-100{number}-00000000000{number}_step")
}

/// A statement that hurts a table in use: the rule that says so, the statement, the way back.
type Hazard = (&'static str, &'static str, &'static str);

const POSTGRES: [Hazard; 5] = [
    (
        "set-not-null",
        "ALTER TABLE carts ALTER COLUMN note SET NOT NULL;\n",
        "ALTER TABLE carts ALTER COLUMN note DROP NOT NULL;\n",
    ),
    RENAMED,
    (
        "type-change-rewrite",
        "ALTER TABLE carts ALTER COLUMN age TYPE bigint;\n",
        "ALTER TABLE carts ALTER COLUMN age TYPE integer;\n",
    ),
    ("index-not-concurrent", "CREATE INDEX carts_title ON carts (title);\n", "DROP INDEX carts_title;\n"),
    (
        "drop-table",
        "DROP TABLE carts;\n",
        "CREATE TABLE carts (id integer PRIMARY KEY, note text NOT NULL, name text, age bigint);\n\
         ALTER TABLE carts RENAME COLUMN name TO title;\nCREATE INDEX carts_title ON carts (title);\n",
    ),
];

const SQLITE: [Hazard; 5] = [
    ("drop-column", "ALTER TABLE carts DROP COLUMN note;\n", "ALTER TABLE carts ADD COLUMN note TEXT;\n"),
    RENAMED,
    ("update-delete-without-where", "UPDATE carts SET age = 0;\n", "SELECT 1;\n"),
    ("rename-table", "ALTER TABLE carts RENAME TO baskets;\n", "ALTER TABLE baskets RENAME TO carts;\n"),
    (
        "drop-table",
        "DROP TABLE baskets;\n",
        "CREATE TABLE baskets (id INTEGER PRIMARY KEY NOT NULL, title TEXT, age INTEGER);\n",
    ),
];

const MYSQL: [Hazard; 5] = [
    (
        "drop-column",
        "ALTER TABLE carts DROP COLUMN note;\n",
        "ALTER TABLE carts ADD COLUMN note TEXT AFTER id;\n",
    ),
    RENAMED,
    ("type-change-copy", "ALTER TABLE carts MODIFY age BIGINT;\n", "ALTER TABLE carts MODIFY age INTEGER;\n"),
    (
        "fulltext-index",
        "CREATE FULLTEXT INDEX carts_title ON carts (title);\n",
        "DROP INDEX carts_title ON carts;\n",
    ),
    (
        "drop-table",
        "DROP TABLE carts;\n",
        "CREATE TABLE carts (id INTEGER PRIMARY KEY NOT NULL, title TEXT, age BIGINT, FULLTEXT KEY carts_title (title));\n",
    ),
];

const RENAMED: Hazard = (
    "rename-column",
    "ALTER TABLE carts RENAME COLUMN name TO title;\n",
    "ALTER TABLE carts RENAME COLUMN title TO name;\n",
);

fn hazards(engine: Engine) -> [Hazard; 5] {
    match engine {
        Engine::Postgres => POSTGRES,
        Engine::Sqlite => SQLITE,
        Engine::Mysql => MYSQL,
    }
}

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY NOT NULL, email TEXT NOT NULL);\n\
    CREATE TABLE carts (id INTEGER PRIMARY KEY NOT NULL, note TEXT, name TEXT, age INTEGER);\n";
const CONFLICT: &str = "<<<<<<< HEAD\nCREATE TABLE ours (id INTEGER);\n=======\nCREATE TABLE theirs (id INTEGER);\n>>>>>>> theirs\n";
const MODEL: &str = "#[derive(schema_runtime::Schema)]\n#[diesel(table_name = crate::schema::users)]\n\
    pub struct User {\n    pub id: i32,\n    pub email: String,\n}\n";

/// A sound and locked history: users, two steps, five more, and one for what is to conflict.
fn sound(engine: Engine, url: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    let dialect = format!("{engine:?}").to_lowercase();
    sandbox.write(
        "Cargo.toml",
        format!(
            "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [package.metadata.schema]\ndialect = \"{dialect}\"\ndatabase-url = \"{url}\"\n\n[workspace]\n"
        ),
    );
    sandbox.write("src/lib.rs", "mod models;\n");
    sandbox.write("src/models.rs", MODEL);
    revision(&sandbox, 1, USERS, "DROP TABLE carts;\nDROP TABLE users;\n");
    let logs = "CREATE TABLE logs (id INTEGER PRIMARY KEY NOT NULL);\nCREATE TABLE parts (id INTEGER PRIMARY KEY NOT NULL);\n";
    revision(&sandbox, 2, logs, "DROP TABLE parts;\nDROP TABLE logs;\n");
    revision(&sandbox, 3, "CREATE TABLE tax (id INTEGER PRIMARY KEY NOT NULL);\n", "DROP TABLE tax;\n");
    for (index, (rule, up, down)) in hazards(engine).into_iter().enumerate() {
        revision(&sandbox, 4 + index, &format!("-- schema:allow({rule}) as a test\n{up}"), down);
    }
    revision(&sandbox, 9, "CREATE TABLE ours (id INTEGER);\n", "DROP TABLE ours;\n");
    sandbox.schema("lock").ok();
    sandbox.schema("check --proof").ok().says("nothing is wrong");
    sandbox
}

/// What is wrong with it now, and how each is mended.
fn broken(sandbox: &Sandbox, engine: Engine) -> Vec<Wrong> {
    let sound = sandbox.read("migrations/schema.lock");
    let mut wrong = Vec::new();
    // These two were so from the beginning, so the lock file knows them as they are.
    let mut unlocked = |rule: &'static str, number: usize, text: Option<&str>| {
        let path = folder(number) + "/down.sql";
        let (before, sound) = (sandbox.read(&path), sound.clone());
        match text {
            Some(text) => sandbox.write(&path, text),
            None => fs::remove_file(sandbox.path(&path)).unwrap(),
        }
        sandbox.schema(&format!("lock --accept 00000000000{number}")).ok();
        let mend = move |sandbox: &Sandbox| {
            sandbox.write(&path, &before);
            relock(sandbox, number, &sound);
        };
        wrong.push(Wrong { rule, mend: Box::new(mend) });
    };
    unlocked("inexact-down", 2, Some("DROP TABLE parts;\n"));
    unlocked("missing-down", 3, None);
    let mut spoil = |rule: &'static str, path: String, text: &str| {
        let before = sandbox.read(&path);
        sandbox.write(&path, text);
        wrong.push(Wrong { rule, mend: Box::new(move |sandbox| sandbox.write(&path, &before)) });
    };
    spoil("merge-conflict", folder(9) + "/down.sql", CONFLICT);
    spoil("edited-revision", folder(1) + "/up.sql", &USERS.replace("email TEXT", "email TEXT DEFAULT 'x'"));
    spoil(
        "models-ahead",
        "src/models.rs".to_owned(),
        &MODEL.replace("i32,\n", "i32,\n    pub nick: String,\n"),
    );
    for (index, (rule, up, _)) in hazards(engine).into_iter().enumerate() {
        spoil(rule, folder(4 + index) + "/up.sql", up);
    }
    let lock = sandbox.read("migrations/schema.lock");
    sandbox.write("migrations/schema.lock", without(&lock, 8));
    wrong.push(Wrong { rule: "lock-out-of-date", mend: Box::new(move |sandbox| relock(sandbox, 8, &sound)) });
    wrong
}

/// A lock file without the lines of a revision; lines stand alone.
fn without(lock: &str, number: usize) -> String {
    let id = format!("00000000000{number}");
    lock.lines().filter(|line| !line.contains(&id)).map(|line| format!("{line}\n")).collect()
}

/// Gives a revision back the lines that it had; their order means nothing.
fn relock(sandbox: &Sandbox, number: usize, sound: &str) {
    let (id, lock) = (format!("00000000000{number}"), sandbox.read("migrations/schema.lock"));
    let known = sound.lines().filter(|line| line.contains(&id)).map(|line| format!("{line}\n"));
    sandbox.write("migrations/schema.lock", without(&lock, number) + &known.collect::<String>());
}

/// How a format names a rule.
type Name = fn(&str) -> String;

/// What each format says, and how it names a rule as that of a finding.
fn formats(sandbox: &Sandbox) -> [(String, Name); 4] {
    let said = |format: &str| {
        let output = sandbox.schema(&format!("check --proof --format {format}")).exits(1);
        output.stdout + &output.stderr
    };
    [
        (said("human"), |rule| format!("[{rule}]: ")),
        (said("github"), |rule| format!("title={rule}::")),
        (said("sarif"), |rule| format!("\"ruleId\":\"{rule}\"")),
        (said("junit"), |rule| format!("classname=\"{rule}\"")),
    ]
}

fn everything_at_once(engine: Engine, url: &str) {
    let sandbox = sound(engine, url);
    let wrong = broken(&sandbox, engine);
    let look = || sandbox.schema("check --proof --format json").output();
    let output = look();
    let mut expected: Vec<String> = wrong.iter().map(|wrong| wrong.rule.to_owned()).collect();
    expected.sort();
    assert_eq!(rules(&output), expected, "{}", output.story());
    assert_eq!(output.code, 1);
    for (said, name) in formats(&sandbox) {
        for rule in &expected {
            assert_eq!(said.matches(&name(rule)).count(), 1, "{rule}: {said}");
        }
    }
    for Wrong { rule, mend } in &wrong {
        mend(&sandbox);
        let at = expected.iter().position(|expected| expected == rule).unwrap();
        expected.remove(at);
        let output = look();
        assert_eq!(rules(&output), expected, "{rule} was mended: {}", output.story());
    }
    sandbox.schema("check --proof").ok().says("nothing is wrong");
}

#[test]
fn everything_is_said_at_once_and_goes_one_by_one_on_sqlite() {
    everything_at_once(Engine::Sqlite, "app.db");
}

#[test]
fn everything_is_said_at_once_and_goes_one_by_one_on_postgres() {
    let Some(served) = Served::new(Engine::Postgres) else { return };
    everything_at_once(Engine::Postgres, &served.url());
}

#[test]
fn everything_is_said_at_once_and_goes_one_by_one_on_mariadb() {
    let Some(served) = Served::new(Engine::Mysql) else { return };
    everything_at_once(Engine::Mysql, &served.url());
}

#[test]
fn a_conflict_in_the_graph_itself_hides_no_hazard() {
    let sandbox = Sandbox::empty();
    revision(&sandbox, 1, "CREATE TABLE users (id INTEGER PRIMARY KEY);\n", "DROP TABLE users;\n");
    revision(&sandbox, 2, "DROP TABLE users;\n", "SELECT 1;\n");
    revision(&sandbox, 3, "SELECT 1;\n", "SELECT 1;\n");
    let metadata = folder(3) + "/metadata.toml";
    sandbox.replace(&metadata, "\"000000000002\"", "\"00000000000f\"");
    let words = "check --proof --database --migrations migrations --database-url postgres://postgres@127.0.0.1:1/none";
    let output = sandbox.schema(words).exits(1);
    let output = output.says("error[missing-parent]").says("error[drop-table]");
    output
        .says("Unjudged safety: the history cannot be put in order")
        .says("Unjudged proof: ")
        .says("Unjudged database: the history is broken");
    let document = sandbox.schema(&format!("{words} --format json")).exits(1).json();
    assert_eq!(document["unjudged"].as_array().unwrap().len(), 3, "{document}");
    for (format, word) in [
        ("github", "::notice title=proof::"),
        ("junit", "classname=\"unjudged\""),
        ("sarif", "toolExecutionNotifications\":[{"),
    ] {
        sandbox.schema(&format!("{words} --format {format}")).exits(1).prints(word);
    }
}
