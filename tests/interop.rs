//! Side by side with Diesel: an adopted folder runs unconverted, either hand may run the rest after the other, and
//! both agree on the order.
//!
//! On SQLite alone, for Diesel's own connections to servers need C libraries. That its table holds the same rows there is
//! in `servers`.

use std::path::{Path, PathBuf};

use diesel::migration::{Migration, MigrationSource};
use diesel::sqlite::Sqlite;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::harness::{Database, Sandbox, checkout};

/// Every fixture with a migrations folder that is sound.
const SOUND: [(&str, &str); 8] = [
    ("adopted", "migrations"),
    ("library", "migrations"),
    ("merged", "migrations"),
    ("quickstart", "migrations"),
    ("skeleton", "migrations"),
    ("workspace", "billing/audit"),
    ("workspace", "billing/migrations"),
    ("workspace", "catalog/migrations"),
];

#[test]
fn every_sound_fixture_is_listed() {
    let fixtures = checkout().join("fixtures");
    let mut found = Vec::new();
    // Broken ones, and cases whose scripts are no histories.
    let others = ["broken", "models", "target"];
    for fixture in folders(&fixtures).filter(|path| !others.iter().any(|other| path.ends_with(other))) {
        for package in std::iter::once(fixture.clone()).chain(folders(&fixture)) {
            let is_history =
                |path: &PathBuf| folders(path).any(|migration| migration.join("up.sql").exists());
            for history in folders(&package).filter(is_history) {
                let name = fixture.file_name().unwrap().to_str().unwrap().to_owned();
                found.push((name, history.strip_prefix(&fixture).unwrap().to_str().unwrap().to_owned()));
            }
        }
    }
    found.sort();
    let listed: Vec<_> =
        SOUND.iter().map(|(fixture, folder)| (fixture.to_string(), folder.to_string())).collect();
    assert_eq!(found, listed);
}

fn folders(path: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = std::fs::read_dir(path).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
}

fn diesel(sandbox: &Sandbox, folder: &str) -> FileBasedMigrations {
    FileBasedMigrations::from_path(sandbox.path(folder)).unwrap()
}

/// The versions of the adopted folder in Diesel's order.
fn adopted_versions() -> Vec<String> {
    [
        "20170923101500",
        "20170923110000",
        "20171001",
        "20180101120000",
        "20190305090000",
        "202406011200000000",
        "202406011200000001",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn run_all(database: &mut Database, source: FileBasedMigrations) -> Vec<String> {
    let done = database.0.run_pending_migrations(source).unwrap();
    done.iter().map(ToString::to_string).collect()
}

#[test]
fn both_agree_on_the_order_of_every_fixture() {
    for (fixture, folder) in SOUND {
        let sandbox = Sandbox::of(fixture);
        let theirs = run_all(&mut sandbox.database("theirs.db"), diesel(&sandbox, folder));
        let upgrade = format!("upgrade --migrations {folder} --database-url ours.db --format json");
        let ours: Vec<String> = sandbox.schema(&upgrade).ok().json()["revisions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|revision| revision["version"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ours, theirs, "{fixture}/{folder}");
        let (mut ours, mut theirs) = (sandbox.database("ours.db"), sandbox.database("theirs.db"));
        assert_eq!(ours.contents(), theirs.contents(), "{fixture}/{folder}");
        assert_eq!(ours.versions(), theirs.versions(), "{fixture}/{folder}");
    }
}

#[test]
fn an_adopted_folder_runs_unconverted_and_back() {
    let sandbox = Sandbox::of("adopted");
    let before = sandbox.tree();
    sandbox.schema("upgrade --database-url app.db").ok();
    assert_eq!(sandbox.database("app.db").versions(), adopted_versions());
    assert_eq!(sandbox.database("app.db").count("users"), 1);
    sandbox.schema("revert base --allow-empty-down --database-url app.db").ok();
    assert_eq!(sandbox.database("app.db").versions(), Vec::<String>::new());
    let mut after = sandbox.tree();
    after.remove("app.db");
    assert_eq!(before, after, "something was converted");
}

#[test]
fn diesel_runs_the_rest_after_ours_from_files() {
    for count in 0..=7 {
        let sandbox = Sandbox::of("adopted");
        if count > 0 {
            sandbox.schema(&format!("upgrade +{count} --database-url app.db")).ok();
        }
        let mut database = sandbox.database("app.db");
        assert_eq!(run_all(&mut database, diesel(&sandbox, "migrations")).len(), 7 - count);
        assert_eq!(database.versions(), adopted_versions());
        drop(database);
        sandbox.schema("upgrade --database-url app.db").ok().says("nothing is pending");
    }
}

#[test]
fn ours_runs_the_rest_after_diesel_from_files() {
    for count in 0..=7 {
        let sandbox = Sandbox::of("adopted");
        let mut database = sandbox.database("app.db");
        for _ in 0..count {
            database.0.run_next_migration(diesel(&sandbox, "migrations")).unwrap();
        }
        let before = if count == 0 { Vec::new() } else { database.versions() };
        assert_eq!(before, adopted_versions()[..count]);
        drop(database);
        sandbox.schema("upgrade --database-url app.db").ok();
        let mut database = sandbox.database("app.db");
        assert_eq!(database.versions(), adopted_versions());
        assert!(!database.0.has_pending_migration(diesel(&sandbox, "migrations")).unwrap());
    }
}

/// The embedded history as ours, as Diesel's `MigrationSource`, and as the plain constant.
#[test]
fn three_hands_share_one_embedded_history() {
    let sandbox = Sandbox::of("adopted");
    sandbox.build().ok();
    let hands = ["ours +", "source ", "const "];
    for (first, second) in hands.iter().flat_map(|first| hands.map(|second| (*first, second))) {
        let file =
            format!("{}{}.db", first.trim_end_matches([' ', '+']), second.trim_end_matches([' ', '+']));
        let run = |words: String| sandbox.app("adopted").words(&words).env("DATABASE_URL", &file).ok();
        run(format!("{first}3"));
        assert_eq!(sandbox.database(&file).versions(), adopted_versions()[..3], "{file}");
        run(format!("{second}4"));
        assert_eq!(sandbox.database(&file).versions(), adopted_versions(), "{file}");
        run("ours-back -2".to_owned());
        run("source-back 1".to_owned());
        run("const-back 1".to_owned());
        assert_eq!(sandbox.database(&file).versions(), adopted_versions()[..3], "{file}");
    }
}

#[test]
fn what_diesel_reverted_behind_our_back_runs_again() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.schema("upgrade --database-url app.db").ok();
    let mut database = sandbox.database("app.db");
    let whole = database.contents();
    database.0.revert_last_migration(diesel(&sandbox, "migrations")).unwrap();
    drop(database);
    sandbox.schema("current --database-url app.db").ok().prints("1f0e9d8c7b6a");
    sandbox.schema("upgrade --database-url app.db").ok();
    assert_eq!(sandbox.database("app.db").contents(), whole);
}

#[test]
fn duplicate_versions_that_diesel_drops_in_silence_are_refused() {
    let sandbox = Sandbox::broken("duplicate-id.by-version");
    let mut theirs = sandbox.database("theirs.db");
    assert_eq!(
        run_all(&mut theirs, diesel(&sandbox, "migrations")).len(),
        1,
        "Diesel has learnt to see both"
    );
    drop(theirs);
    sandbox.untouched(|| {
        sandbox
            .schema("upgrade --database-url ours.db")
            .exits(1)
            .says("0001_create_orders")
            .says("0001_create_users");
    });
}

#[test]
fn names_that_diesel_reads_are_read_alike() {
    let sandbox = Sandbox::of("adopted");
    let source = diesel(&sandbox, "migrations");
    let migrations: Vec<Box<dyn Migration<Sqlite>>> = source.migrations().unwrap();
    let mut theirs: Vec<String> = migrations.iter().map(|it| it.name().version().to_string()).collect();
    theirs.sort();
    assert_eq!(theirs, adopted_versions());
    let list = sandbox.schema("list --database-url none.db --format json").ok().json();
    let ours: Vec<&str> =
        list["revisions"].as_array().unwrap().iter().map(|it| it["version"].as_str().unwrap()).collect();
    assert_eq!(ours, theirs);
}

#[test]
fn a_revision_generated_in_an_adopted_folder_is_diesels_next() {
    let sandbox = Sandbox::of("adopted");
    sandbox.schema("init --adopt").ok();
    sandbox.schema("generate --empty").arg("add tax").ok();
    let folder = sandbox.migrations().pop().unwrap();
    sandbox.write(&format!("migrations/{folder}/up.sql"), "CREATE TABLE tax (id INTEGER PRIMARY KEY);");
    sandbox.write(&format!("migrations/{folder}/down.sql"), "DROP TABLE tax;");
    sandbox.schema("lock").ok();
    sandbox.schema("check").ok();
    sandbox.schema("upgrade 202406011200000001 --database-url app.db").ok();
    let mut database = sandbox.database("app.db");
    assert_eq!(run_all(&mut database, diesel(&sandbox, "migrations")).len(), 1);
    assert!(database.tables().contains(&"tax".to_owned()));
    drop(database);
    sandbox.schema("revert --database-url app.db").ok();
    assert!(!sandbox.database("app.db").tables().contains(&"tax".to_owned()));
}

/// A rebase renames folders, and Diesel knows revisions by their folders alone.
#[test]
fn diesel_finds_nothing_pending_after_a_rebase() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.schema("upgrade --database-url app.db").ok();
    sandbox.migration(
        "2026-11-20-1802-7d034f1c2a9b_add_tax",
        "run_in_transaction = true\nrevision = \"7d034f1c2a9b\"\nparents = [\"1f0e9d8c7b6a\"]\nmessage = \"add tax\"\n",
        "CREATE TABLE tax (id INTEGER PRIMARY KEY);\n",
        Some("DROP TABLE tax;\n"),
    );
    sandbox.schema("rebase 4f1c --onto 7d03").ok();
    sandbox.schema("upgrade --out-of-order --database-url app.db").ok();
    let mut database = sandbox.database("app.db");
    assert!(!database.0.has_pending_migration(diesel(&sandbox, "migrations")).unwrap());
    assert_eq!(database.versions().len(), 4);
    database.0.revert_all_migrations(diesel(&sandbox, "migrations")).unwrap();
    drop(database);
    sandbox.schema("current --database-url app.db").ok().says("no revision is applied");
}
