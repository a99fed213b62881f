//! Table rebuilds inside migrations: SQLite ignores `PRAGMA foreign_keys` inside a transaction and cascades. No
//! child row may be lost, whatever the setting was before; and what relies on a cascade still cascades.

use crate::harness::{Database, Sandbox};

const START: &str = "
CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors (id) ON DELETE CASCADE);
CREATE TABLE pages (id INTEGER PRIMARY KEY, book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE);
INSERT INTO authors VALUES (1, 'Ada'), (2, 'Grace');
INSERT INTO books VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO pages VALUES (1, 1), (2, 2), (3, 3), (4, 3);
";

const REBUILD: &str = "
CREATE TABLE authors_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');
INSERT INTO authors_new SELECT id, name FROM authors;
DROP TABLE authors;
ALTER TABLE authors_new RENAME TO authors;
";

/// A rebuild that only its metadata can give away.
const UNRECOGNISED: &str = "
CREATE TABLE authors_copy AS SELECT * FROM authors;
DROP TABLE authors;
CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');
INSERT INTO authors SELECT id, name FROM authors_copy;
DROP TABLE authors_copy;
";

/// Three revisions: tables with rows, a rebuild of the outermost, and a deletion that cascades.
fn library(setting: &str, metadata: &str, rebuild: &str) -> Sandbox {
    let sandbox = Sandbox::of("skeleton");
    std::fs::remove_dir_all(sandbox.path("migrations")).unwrap();
    sandbox.replace(
        "Cargo.toml",
        "dialect = \"sqlite\"",
        &format!("dialect = \"sqlite\"\non-connect = [\"PRAGMA foreign_keys = {setting}\"]"),
    );
    sandbox.migration(
        "0001_start",
        "",
        START,
        Some("DROP TABLE pages; DROP TABLE books; DROP TABLE authors;"),
    );
    sandbox.migration("0002_rebuild", metadata, rebuild, Some(REBUILD));
    sandbox.migration(
        "0003_forget_ada",
        "",
        "DELETE FROM authors WHERE id = 1;",
        Some("INSERT INTO authors VALUES (1, 'Ada');"),
    );
    sandbox
}

#[track_caller]
fn counts(database: &mut Database, expected: [usize; 3]) {
    assert_eq!(["authors", "books", "pages"].map(|table| database.count(table)), expected);
}

#[track_caller]
fn check(metadata: &str, rebuild: &str) {
    for (setting, after_deletion) in [("ON", [1, 1, 2]), ("OFF", [1, 3, 4])] {
        let sandbox = library(setting, metadata, rebuild);
        sandbox.schema("upgrade +2 --database-url app.db").ok();
        counts(&mut sandbox.database("app.db"), [2, 3, 4]);
        sandbox.schema("upgrade --database-url app.db").ok();
        counts(&mut sandbox.database("app.db"), after_deletion);
        sandbox.schema("upgrade --database-url once.db").ok();
        assert_eq!(sandbox.database("once.db").contents(), sandbox.database("app.db").contents());
        sandbox.schema("revert -2 --database-url app.db").ok();
        let [_, books, pages] = after_deletion;
        counts(&mut sandbox.database("app.db"), [2, books, pages]);
    }
}

#[test]
fn a_rebuild_is_recognised_and_keeps_every_row() {
    check("", REBUILD);
}

#[test]
fn a_rebuild_that_says_so_keeps_every_row() {
    let metadata = "run_in_transaction = true\nrevision = \"0002\"\nparents = [\"0001\"]\nmessage = \"rebuild\"\nforeign_keys = false\n";
    check(metadata, UNRECOGNISED);
}

#[test]
fn a_rebuild_with_the_pragma_in_its_file_keeps_every_row() {
    check("", &format!("PRAGMA foreign_keys = OFF;\n{UNRECOGNISED}\nPRAGMA foreign_keys = ON;\n"));
}

#[test]
fn a_rebuild_that_breaks_a_key_is_rolled_back() {
    let loses = REBUILD.replace("FROM authors;", "FROM authors WHERE id = 1;");
    let sandbox = library("ON", "", &loses);
    sandbox.schema("upgrade +1 --database-url app.db").ok();
    let before = sandbox.database("app.db").contents();
    sandbox
        .schema("upgrade --database-url app.db")
        .exits(3)
        .says("row 3 of `books` has no match in `authors`")
        .says("rolled back")
        .says("books")
        .says("0002");
    let mut database = sandbox.database("app.db");
    assert_eq!(database.contents(), before);
    assert_eq!(database.versions(), ["0001"]);
}

#[test]
fn keys_that_were_broken_before_do_not_count() {
    let sandbox = library("ON", "", REBUILD);
    sandbox.schema("upgrade +1 --database-url app.db").ok();
    sandbox.database("app.db").run("PRAGMA foreign_keys = OFF; INSERT INTO books VALUES (9, 99);");
    sandbox.schema("upgrade +1 --database-url app.db").ok();
    counts(&mut sandbox.database("app.db"), [2, 4, 4]);
}

/// What Diesel does with the same files, to show that the trap is real.
#[test]
fn diesel_loses_the_rows() {
    use diesel_migrations::{FileBasedMigrations, MigrationHarness};
    let sandbox = library("ON", "", REBUILD);
    let mut database = sandbox.database("app.db");
    let source = FileBasedMigrations::from_path(sandbox.path("migrations")).unwrap();
    database.0.run_next_migration(source.clone()).unwrap();
    database.0.run_next_migration(source).unwrap();
    counts(&mut database, [2, 0, 0]);
}
