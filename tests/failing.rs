//! A statement that fails in the middle of a revision: shown where it stands, undone, and followed by what to do.
//!
//! On SQLite alone: word for word, and SQLite finds the place by itself. On all engines it is in `servers::failing`.

use crate::harness::Sandbox;

const FOLDER: &str = "2026-11-20-1010-5e6f7a8b9c0d_make_names_unique";

fn shop() -> Sandbox {
    let sandbox = Sandbox::of("quickstart");
    sandbox.migration(
        FOLDER,
        "run_in_transaction = true\nrevision = \"5e6f7a8b9c0d\"\nparents = [\"4f1c2a9b7d03\"]\nmessage = \"make names unique\"\n",
        "-- make names unique\nCREATE TABLE names (name TEXT);\nINSERT INTO names VALUES ('a'), ('a');\n\n  CREATE UNIQUE INDEX names_key ON names (name);\nDROP TABLE orders;\n",
        Some("DROP TABLE names;\n"),
    );
    sandbox
}

#[test]
fn it_shows_the_statement_and_changes_nothing() {
    let sandbox = shop();
    sandbox.schema("upgrade 4f1c --database-url app.db").ok();
    let before = sandbox.database("app.db").contents();
    sandbox
        .schema("upgrade --database-url app.db")
        .exits(3)
        .says("could not apply revision `5e6f7a8b9c0d` make names unique")
        .says(&format!("--> migrations/{FOLDER}/up.sql:5:3"))
        .says("5 |   CREATE UNIQUE INDEX names_key ON names (name);")
        .says("UNIQUE constraint failed: names.name")
        .says("rolled back")
        .says("the database is at 4f1c2a9b7d03")
        .says("= help:");
    let mut database = sandbox.database("app.db");
    assert_eq!(database.contents(), before);
    assert_eq!(database.versions().len(), 3);
    let attempts =
        database.rows("SELECT outcome, error FROM __schema_ledger WHERE revision = '5e6f7a8b9c0d'");
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    assert!(attempts[0].contains("UNIQUE constraint failed"), "{attempts:?}");
}

#[test]
fn the_revisions_before_it_stay_and_the_next_run_goes_on() {
    let sandbox = shop();
    sandbox.schema("upgrade --database-url app.db").exits(3).says("3 revisions");
    assert_eq!(sandbox.database("app.db").versions().len(), 3);
    sandbox.replace(&format!("migrations/{FOLDER}/up.sql"), "('a'), ('a')", "('a'), ('b')");
    sandbox.schema("upgrade --database-url app.db").ok();
    assert_eq!(sandbox.database("app.db").versions().len(), 4);
}

#[test]
fn all_or_nothing_when_asked() {
    let sandbox = shop();
    sandbox.schema("upgrade --transaction all --database-url app.db").exits(3).says("rolled back");
    let mut database = sandbox.database("app.db");
    assert!(!database.tables().contains(&"products".to_owned()), "{:?}", database.tables());
}

#[test]
fn a_failing_down_is_shown_in_down_sql() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.schema("upgrade --database-url app.db").ok();
    let before = sandbox.database("app.db").contents();
    let down = "migrations/2026-11-20-0915-4f1c2a9b7d03_count_the_stock/down.sql";
    sandbox.write(down, "DROP TRIGGER orders_take_stock;\nDROP TABLE no_such_table;\n");
    sandbox
        .schema("revert --database-url app.db")
        .exits(3)
        .says(&format!("{down}:2:1"))
        .says("no such table: no_such_table")
        .says("rolled back");
    assert_eq!(sandbox.database("app.db").contents(), before);
}

#[test]
fn outside_a_transaction_it_says_what_stays() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.migration(
        FOLDER,
        "run_in_transaction = false\nrevision = \"5e6f7a8b9c0d\"\nparents = [\"4f1c2a9b7d03\"]\nmessage = \"make names unique\"\n",
        "CREATE TABLE names (name TEXT);\nCREATE TABLE names (name TEXT);\n",
        Some("DROP TABLE names;\n"),
    );
    sandbox
        .schema("upgrade --database-url app.db")
        .exits(3)
        .says(&format!("{FOLDER}/up.sql:2:1"))
        .says("table names already exists")
        .says("statement 1");
}

#[test]
fn as_json_it_is_data() {
    let sandbox = shop();
    let document = sandbox.schema("upgrade --database-url app.db --format json").exits(3).json();
    let finding = &document["error"]["findings"][0];
    assert_eq!(document["error"]["exit_code"], 3);
    assert_eq!(finding["file"], format!("migrations/{FOLDER}/up.sql"));
    assert_eq!((finding["line"].as_u64(), finding["column"].as_u64()), (Some(5), Some(3)));
}

#[test]
fn an_application_says_the_same() {
    let sandbox = shop();
    sandbox.build().ok();
    let output = sandbox.app("shop").arg("list").env("DATABASE_URL", "app.db").exits(1);
    output
        .says("5e6f7a8b9c0d make names unique")
        .says("up.sql:5:3")
        .says("UNIQUE constraint failed: names.name");
    assert_eq!(sandbox.database("app.db").versions().len(), 3);
}
