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
