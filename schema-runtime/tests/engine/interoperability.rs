//! Side by side with diesel_migrations, and inside applications.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::Connection;
use diesel::connection::InstrumentationEvent;
use diesel_migrations::MigrationHarness;
use schema_runtime::dialect::Dialect;
use schema_runtime::engine::Error;
use schema_runtime::{Embedded, blob};

use crate::support::*;

#[test]
fn diesel_runs_the_history_and_we_go_on() {
    let (history, longer) = (tables(2), tables(3));
    let database = Database::new();
    let mut connection = database.connect();
    let ran = connection.run_pending_migrations(&history).unwrap().len();
    assert_eq!((ran, applied(&history, &mut connection)), (2, vec![0, 1]));
    assert_eq!(upgrade(&longer, &mut connection).unwrap().done.nodes, [2]);
    assert!(!connection.has_pending_migration(&longer).unwrap());
    connection.revert_last_migration(&longer).unwrap();
    assert_eq!(applied(&longer, &mut connection), [0, 1]);
}

#[test]
fn diesel_loses_no_child_rows_either() {
    let rebuild = "-- off\nCREATE TABLE q (id INTEGER PRIMARY KEY);\nINSERT INTO q SELECT id FROM p;
DROP TABLE p;\nALTER TABLE q RENAME TO p;\n";
    let losing = "-- off\nDELETE FROM p;\n";
    let up = "CREATE TABLE p (id INTEGER PRIMARY KEY);\nCREATE TABLE c (p REFERENCES p ON DELETE CASCADE);
INSERT INTO p VALUES (1);\nINSERT INTO c VALUES (1);\n";
    let half = "CREATE TABLE x (a);\nCREATE TABLE x (a);\n";
    let history = |last, down| line(&[(up, ""), (rebuild, rebuild), (last, down)]);
    let database = Database::new();
    let mut connection = database.connect();
    for broken in [history(losing, ""), history(half, rebuild)] {
        connection.run_pending_migrations(&broken).unwrap_err();
        assert_eq!(query(&mut connection, "CAST(p AS TEXT)", "FROM c"), ["1"]);
        assert_eq!((schema(&mut connection).len(), &*pragma(&mut connection, "foreign_keys")), (2, "1"));
        assert_eq!(applied(&broken, &mut connection), [0, 1]);
    }
    let whole = history("CREATE TABLE x (a);\n", rebuild);
    connection.run_pending_migrations(&whole).unwrap();
    connection.revert_last_migration(&whole).unwrap();
    assert_eq!(query(&mut connection, "CAST(p AS TEXT)", "FROM c"), ["1"]);
}

#[test]
fn diesels_table_is_made_as_diesel_makes_it() {
    let made = |database: &Database| {
        query(&mut database.connect(), "sql", "FROM sqlite_master WHERE name = '__diesel_schema_migrations'")
    };
    let (ours, diesels) = (Database::new(), Database::new());
    upgrade(&tables(1), &mut ours.connect()).unwrap();
    diesels.connect().run_pending_migrations(&tables(1)).unwrap();
    assert_eq!(made(&ours), made(&diesels));
}

#[test]
fn with_nothing_pending_one_query_is_all_it_takes() {
    let (history, database) = (tables(3), Database::new());
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    let queries = Arc::new(AtomicUsize::new(0));
    let counter = queries.clone();
    connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    upgrade(&history, &mut connection).unwrap();
    assert_eq!(queries.load(Ordering::Relaxed), 1);
}

/// A history as a build script embeds it.
fn embedded(dialect: Dialect, count: usize) -> &'static Embedded {
    let bytes = blob::encode(tables(count).revisions(), dialect).leak();
    Box::leak(Box::new(Embedded::new(bytes)))
}

#[test]
fn an_application_upgrades_on_startup_and_waits_for_its_database() {
    let (history, database) = (embedded(Dialect::Sqlite, 2), Database::new());
    let mut attempts = 0;
    let mut connection = history
        .upgrade_on_startup(|| {
            attempts += 1;
            if attempts < 3 { Err("not yet") } else { Ok(database.connect()) }
        })
        .unwrap();
    assert_eq!(applied(history, &mut connection), [0, 1]);
    assert!(history.upgrade(&mut connection).unwrap().done.is_empty());
    assert!(!connection.has_pending_migration(history).unwrap());
}

#[test]
fn an_application_can_be_told_to_leave_its_database_alone() {
    const NAME: &str = "interoperability::an_application_can_be_told_to_leave_its_database_alone";
    if std::env::var_os("RUN_MIGRATIONS").is_none() {
        let itself = std::env::current_exe().unwrap();
        let mut child = std::process::Command::new(itself);
        let output = child.args(["--exact", NAME]).env("RUN_MIGRATIONS", "Off").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    let (history, database) = (tables(2), Database::with("PRAGMA user_version = 1"));
    let (connection, events) = watched(&history, options(|_| ()), |migrator| {
        migrator.upgrade_on_startup(|| Ok::<_, String>(database.connect()))
    });
    assert_eq!(schema(&mut connection.unwrap()), Vec::<String>::new());
    assert_eq!(events, ["warning: RUN_MIGRATIONS=Off: not upgrading; 2 revisions pending (0000, ..)"]);
}

#[test]
fn an_application_can_insist_on_a_current_database() {
    let (history, database) = (embedded(Dialect::Sqlite, 2), Database::new());
    let mut connection = database.connect();
    match history.assert_current(&mut connection) {
        Err(Error::Refused { rule: "not-current", message, .. }) => {
            assert_eq!(message, "the database is not current: 2 revisions pending (0000, ..)");
        }
        other => panic!("{other:?}"),
    }
    history.upgrade(&mut connection).unwrap();
    history.assert_current(&mut connection).unwrap();
}

#[test]
fn a_history_for_another_engine_is_refused() {
    let mut connection = Database::new().connect();
    let refused = refusal(embedded(Dialect::Postgres, 1).upgrade(&mut connection));
    assert_eq!(refused, ("dialect", Vec::new()));
}
