//! What a database remembers, and what it means when others have written into it.

use schema_runtime::engine::{AppliedRevision, Migrator};
use schema_runtime::history::History;

use crate::support::*;

#[test]
fn the_state_creates_nothing() {
    let (history, database) = (tables(1), Database::with("PRAGMA user_version = 1"));
    let before = std::fs::read(database.path()).unwrap();
    let found = state(&history, &mut database.connect());
    assert_eq!((found.applied.nodes().count(), found.details.len()), (0, 0));
    assert_eq!(std::fs::read(database.path()).unwrap(), before);
}

#[test]
fn it_tells_who_when_how_long_and_with_what() {
    let (history, database) = (tables(1), Database::new());
    let mut connection = database.connect();
    let named = options(|options| {
        options.actor = Some("it's me".to_owned());
        options.tool = "test 1".to_owned();
    });
    Migrator::new(&history).options(named).upgrade(&mut connection, "heads").unwrap();
    let [detail] = &state(&history, &mut connection).details[..] else { panic!("one row") };
    assert!(detail.took.is_some_and(|took| took.as_secs() < 60));
    assert!(detail.at.as_ref().is_some_and(|at| at.ends_with('Z') && at.len() == 24));
    assert_eq!((detail.actor.as_deref(), detail.tool.as_deref()), (Some("it's me"), Some("test 1")));
    assert!(!detail.is_stamped);
}

#[test]
fn what_diesel_ran_is_applied_and_has_no_history() {
    let (history, database) = (tables(2), Database::new());
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    run(&mut connection, "DELETE FROM __schema_ledger");
    let details = state(&history, &mut connection).details;
    let AppliedRevision { node: 1, at: Some(_), took: None, actor: None, .. } = &details[1] else {
        panic!("{details:?}")
    };
    run(&mut connection, "DROP TABLE __schema_ledger");
    assert_eq!(applied(&history, &mut connection), [0, 1]);
    let longer = tables(3);
    assert_eq!(upgrade(&longer, &mut connection).unwrap().done.nodes, [2]);
}

#[test]
fn what_diesel_reverted_is_pending_and_written_down() {
    let (history, database) = (tables(2), Database::new());
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    run(&mut connection, "DROP TABLE t1; DELETE FROM __diesel_schema_migrations WHERE version = '20260001'");
    assert_eq!(applied(&history, &mut connection), [0]);
    upgrade(&history, &mut connection).unwrap();
    assert_eq!(applied(&history, &mut connection), [0, 1]);
    assert_eq!(ledger(&mut connection)[2..], ["0001|gone|0/0|done", "0001|upgrade|1/1|done"]);
}

/// The same revisions under other versions, as after a rebase.
fn renamed(versions: &[&str]) -> History {
    let mut revisions = tables(versions.len()).revisions().to_vec();
    for (revision, version) in revisions.iter_mut().zip(versions) {
        revision.version = (*version).to_owned().into();
    }
    history(revisions)
}

#[test]
fn a_renamed_folder_is_the_same_revision() {
    let (history, database) = (tables(2), Database::new());
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    let dates = query(&mut connection, "run_on", "FROM __diesel_schema_migrations");
    let moved = renamed(&["20260000", "20270001"]);
    assert_eq!(applied(&moved, &mut connection), [0, 1]);
    assert_eq!(state(&moved, &mut connection).renamed, [(1, "20260001".to_owned())]);
    assert!(upgrade(&moved, &mut connection).unwrap().done.is_empty());
    assert_eq!(versions(&mut connection), ["20260000", "20270001"]);
    assert_eq!(query(&mut connection, "run_on", "FROM __diesel_schema_migrations"), dates);
    assert_eq!(ledger(&mut connection)[2..], ["0001|move|0/0|done"]);
    assert_eq!(state(&moved, &mut connection).renamed, []);
    revert(&moved, &mut connection, "base").unwrap();
    assert_eq!(versions(&mut connection), Vec::<String>::new());
}

#[test]
fn a_renamed_revision_can_be_reverted_at_once() {
    let (history, moved) = (tables(2), renamed(&["20260001", "20270000"]));
    for is_stamped in [false, true] {
        let database = Database::new();
        let mut connection = database.connect();
        upgrade(&history, &mut connection).unwrap();
        let gone = match is_stamped {
            false => revert(&moved, &mut connection, "base"),
            true => Migrator::new(&moved).stamp(&mut connection, &[], false),
        };
        gone.unwrap();
        assert_eq!(versions(&mut connection), Vec::<String>::new());
        assert_eq!(applied(&moved, &mut connection), [0; 0]);
    }
}

#[test]
fn swapped_versions_are_swapped() {
    let (history, database) = (tables(2), Database::new());
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    let swapped = renamed(&["20260001", "20260000"]);
    upgrade(&swapped, &mut connection).unwrap();
    assert_eq!(versions(&mut connection), ["20260000", "20260001"]);
    let found = state(&swapped, &mut connection);
    assert_eq!((found.applied.nodes().count(), found.renamed), (2, vec![]));
    assert_eq!(revert(&swapped, &mut connection, "1").unwrap().done.nodes, [1]);
    assert_eq!(versions(&mut connection), ["20260001"]);
}

#[test]
fn a_renamed_revision_that_diesel_ran_again_has_one_row_in_the_end() {
    let (history, database) = (tables(1), Database::new());
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    run(&mut connection, "INSERT INTO __diesel_schema_migrations (version) VALUES ('20270000')");
    let moved = renamed(&["20270000"]);
    upgrade(&moved, &mut connection).unwrap();
    assert_eq!(versions(&mut connection), ["20270000"]);
}

#[test]
fn a_version_that_got_another_id_is_the_same_revision() {
    let (history_before, database) = (tables(1), Database::new());
    let mut connection = database.connect();
    upgrade(&history_before, &mut connection).unwrap();
    let mut adopted = tables(1).revisions().to_vec();
    adopted[0].id = "4f1c2a9b7d03".into();
    let adopted = history(adopted);
    assert!(upgrade(&adopted, &mut connection).unwrap().done.is_empty());
    revert(&adopted, &mut connection, "base").unwrap();
    assert_eq!(schema(&mut connection), Vec::<String>::new());
}

#[test]
fn a_stamp_marks_without_running() {
    let (history, database) = (tables(3), Database::new());
    let mut connection = database.connect();
    let migrator = Migrator::new(&history);
    let report = migrator.stamp(&mut connection, &[1], false).unwrap();
    assert_eq!((report.done.nodes, report.now_at), (vec![0, 1], vec!["0001".to_owned()]));
    assert_eq!((schema(&mut connection).len(), versions(&mut connection).len()), (0, 2));
    assert!(
        state(&history, &mut connection)
            .details
            .iter()
            .all(|detail| detail.is_stamped && detail.took.is_none())
    );
    let report = migrator.stamp(&mut connection, &[0], false).unwrap();
    assert_eq!((report.done.nodes, report.unmarked), (vec![1], vec![1]));
    assert_eq!(report.now_at, ["0000"]);
    assert_eq!(migrator.stamp(&mut connection, &[], false).unwrap().now_at, Vec::<String>::new());
    let rows =
        ["0000|stamp|0/0|done", "0001|stamp|0/0|done", "0001|unstamp|0/0|done", "0000|unstamp|0/0|done"];
    assert_eq!(ledger(&mut connection), rows);
}

#[test]
fn a_stamp_on_another_branch_says_what_it_unmarked() {
    let fork = history(vec![
        revision("0000", &[], "CREATE TABLE a (x);\n", ""),
        revision("0001", &["0000"], "CREATE TABLE b (x);\n", ""),
        revision("0002", &["0000"], "CREATE TABLE c (x);\n", ""),
    ]);
    let database = Database::new();
    let mut connection = database.connect();
    let migrator = Migrator::new(&fork);
    migrator.stamp(&mut connection, &[1], false).unwrap();
    let report = migrator.stamp(&mut connection, &[2], false).unwrap();
    assert_eq!((report.done.nodes, report.unmarked), (vec![2], vec![1]));
}

#[test]
fn a_purge_removes_what_nobody_knows() {
    let (history, database) = (tables(1), Database::new());
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    run(&mut connection, "INSERT INTO __diesel_schema_migrations (version) VALUES ('stranger')");
    assert_eq!(state(&history, &mut connection).unknown, [("stranger".to_owned(), None)]);
    Migrator::new(&history).stamp(&mut connection, &[0], false).unwrap();
    assert_eq!(versions(&mut connection).len(), 2);
    Migrator::new(&history).stamp(&mut connection, &[0], true).unwrap();
    assert_eq!(versions(&mut connection), ["20260000"]);
    assert_eq!(ledger(&mut connection)[1..], ["NULL|purge|0/0|done"]);
}

#[test]
fn words_with_quotes_are_data() {
    let nasty = "it's \"quoted\"; DROP TABLE t0; --";
    let mut revisions = tables(1).revisions().to_vec();
    revisions[0].version = nasty.into();
    let history = history(revisions);
    let database = Database::new();
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    assert_eq!(versions(&mut connection), [nasty]);
    revert(&history, &mut connection, "base").unwrap();
}
