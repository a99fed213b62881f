//! Rebuilds with foreign keys off, and everything else with the connection's own setting.

use schema_runtime::engine::{Migrator, Transactions};
use schema_runtime::history::History;

use crate::support::*;

const PARENTS: &str = "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents(id) ON DELETE CASCADE);
    INSERT INTO parents VALUES (1, 'a'), (2, 'b');
    INSERT INTO children VALUES (1, 1), (2, 1), (3, 2);";

const REBUILD: &str = "-- off\nCREATE TABLE parents_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO parents_new SELECT id, name FROM parents;
DROP TABLE parents;
ALTER TABLE parents_new RENAME TO parents;\n";

const LOSES_ONE: &str = "-- off\nCREATE TABLE parents_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO parents_new SELECT id, name FROM parents WHERE id = 1;
DROP TABLE parents;
ALTER TABLE parents_new RENAME TO parents;\n";

fn children(database: &Database) -> Vec<String> {
    query(&mut database.connect(), "CAST(id AS TEXT)", "FROM children ORDER BY 1")
}

/// Rebuilds with the pragma on or off beforehand, and looks at rows and pragma afterwards.
fn check(history: &History, pragma_before: &str, rows: &[&str]) {
    let database = Database::with(PARENTS);
    let mut connection = database.connect();
    run(&mut connection, &format!("PRAGMA foreign_keys = {pragma_before}"));
    upgrade(history, &mut connection).unwrap();
    assert_eq!(children(&database), rows);
    assert_eq!(pragma(&mut connection, "foreign_keys"), pragma_before);
}

#[test]
fn a_rebuild_keeps_the_rows_of_child_tables() {
    check(&line(&[(REBUILD, "")]), "1", &["1", "2", "3"]);
    check(&line(&[(REBUILD, "")]), "0", &["1", "2", "3"]);
}

#[test]
fn a_data_migration_beside_a_rebuild_still_cascades() {
    let delete = "DELETE FROM parents WHERE id = 1;\n";
    check(&line(&[(delete, ""), (REBUILD, ""), ("DELETE FROM parents WHERE id = 2;\n", "")]), "1", &[]);
    check(&line(&[(REBUILD, ""), (delete, "")]), "1", &["3"]);
    check(&line(&[(REBUILD, ""), (delete, "")]), "0", &["1", "2", "3"]);
}

#[test]
fn rows_that_a_rebuild_leaves_without_parent_fail_it() {
    let history = line(&[("CREATE TABLE before (x);\n", ""), (LOSES_ONE, "")]);
    let database = Database::with(PARENTS);
    let mut connection = database.connect();
    let failure = failure(upgrade(&history, &mut connection));
    assert_eq!(failure.message, "1 row refers to nothing once the script has run");
    assert_eq!(failure.details, ["row 3 of `children` has no match in `parents`"]);
    assert_eq!((&*failure.revision, failure.revisions_done), ("0001", 1));
    assert_eq!(children(&database), ["1", "2", "3"]);
    assert_eq!(query(&mut connection, "name", "FROM parents"), ["a", "b"]);
    assert_eq!(pragma(&mut connection, "foreign_keys"), "1");
    assert_eq!(applied(&history, &mut connection), [0]);
}

#[test]
fn rows_that_had_no_parent_before_are_not_held_against_a_rebuild() {
    let history = line(&[(REBUILD, "")]);
    let database = Database::with(PARENTS);
    run(&mut database.connect(), "PRAGMA foreign_keys = OFF; INSERT INTO children VALUES (4, 99)");
    upgrade(&history, &mut database.connect()).unwrap();
    assert_eq!(children(&database), ["1", "2", "3", "4"]);
    let worse = line(&[(REBUILD, ""), (LOSES_ONE, "")]);
    let failure = failure(upgrade(&worse, &mut database.connect()));
    assert_eq!(failure.details, ["row 3 of `children` has no match in `parents`"]);
}

#[test]
fn the_pragma_comes_back_after_a_failing_statement() {
    let history = line(&[("-- off\nDROP TABLE nope;\n", "")]);
    let database = Database::with(PARENTS);
    let mut connection = database.connect();
    assert_eq!(failure(upgrade(&history, &mut connection)).position, (2, 12));
    assert_eq!(pragma(&mut connection, "foreign_keys"), "1");
}

#[test]
fn the_pragma_comes_back_when_the_lock_is_not_obtained() {
    let history = line(&[(REBUILD, "")]);
    let database = Database::with(PARENTS);
    let (mut holder, mut connection) = (database.connect(), database.connect());
    run(&mut holder, "BEGIN IMMEDIATE");
    let options = options(|options| options.lock_wait = std::time::Duration::ZERO);
    Migrator::new(&history).options(options).upgrade(&mut connection, "heads").unwrap_err();
    assert_eq!(pragma(&mut connection, "foreign_keys"), "1");
    run(&mut holder, "ROLLBACK");
    upgrade(&history, &mut connection).unwrap();
}

#[test]
fn a_dry_run_of_a_rebuild_leaves_everything() {
    let history = line(&[("CREATE TABLE x (a);\n", ""), (REBUILD, "")]);
    let database = Database::with(PARENTS);
    let mut connection = database.connect();
    let migrator = Migrator::new(&history).options(options(|options| options.dry_run = true));
    assert_eq!(migrator.upgrade(&mut connection, "heads").unwrap().done.nodes, [0, 1]);
    assert_eq!(schema(&mut connection), ["children", "parents"]);
    assert_eq!((children(&database).len(), &*pragma(&mut connection, "foreign_keys")), (3, "1"));
    let losing = line(&[(LOSES_ONE, "")]);
    let migrator = Migrator::new(&losing).options(options(|options| options.dry_run = true));
    failure(migrator.upgrade(&mut connection, "heads"));
}

#[test]
fn all_or_nothing_refuses_to_mix_and_takes_rebuilds_alone() {
    let all = || options(|options| options.transactions = Transactions::All);
    let (mixed, alone) = (line(&[("CREATE TABLE x (a);\n", ""), (REBUILD, "")]), line(&[(REBUILD, "")]));
    let database = Database::with(PARENTS);
    let mut connection = database.connect();
    let refused = Migrator::new(&mixed).options(all()).upgrade(&mut connection, "heads");
    assert_eq!(refusal(refused), ("outside-transaction", vec!["0001".to_owned()]));
    Migrator::new(&alone).options(all()).upgrade(&mut connection, "heads").unwrap();
    assert_eq!(children(&database).len(), 3);
}
