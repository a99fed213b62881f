//! Several revisions of a new PostgreSQL database in one message: nobody sees that they were, whatever goes wrong.

use std::cell::RefCell;

use schema_runtime::engine::{Error, Event, Migrator};
use schema_runtime::history::History;

use crate::proxy::Proxy;
use crate::support::*;

/// Thirty revisions of one table each, but for this one.
fn thirty(odd: usize, up: &str) -> History {
    let ups: Vec<String> = (0..30)
        .map(|index| if index == odd { up.to_owned() } else { format!("CREATE TABLE t{index} (x int);\n") })
        .collect();
    let scripts: Vec<(&str, &str)> = ups.iter().map(|up| (&**up, "")).collect();
    line(&scripts)
}

/// Goes to the end, from wherever it is, and nothing ran twice.
fn complete(database: &Database, history: &History, expected: usize) {
    let mut connection = database.pg();
    upgrade(history, &mut connection).unwrap();
    let done = query(
        &mut connection,
        "SELECT revision AS line FROM __schema_ledger WHERE outcome = 'done' ORDER BY id",
    );
    assert_eq!(done, (0..30).map(|index| format!("{index:04}")).collect::<Vec<_>>());
    assert_eq!(query(&mut connection, VERSIONS).len(), 30);
    assert_eq!(connection.tables().len(), expected);
}

#[test]
fn the_one_that_fails_is_told_as_if_it_had_been_alone() {
    let faults = [
        ("CREATE TABLE t0 (x int);\n", 0, (1, 1)),
        ("CREATE TABLE n (x int);\nALTER TABLE n\n  ADD y nope;\n", 1, (3, 9)),
        // The grammar, which is looked at before anything runs.
        ("CREATE TABLE n (x int);\nCREATE TABEL m (x int);\n", 1, (2, 8)),
    ];
    for failing in [1, 2, 15, 16, 17, 18, 28, 29] {
        for (up, index, position) in faults {
            let Some(database) = Database::postgres() else { return };
            let mut connection = database.pg();
            let failure = failure(upgrade(&thirty(failing, up), &mut connection));
            let told = (failure.revision.parse(), failure.index, failure.position, failure.revisions_done);
            assert_eq!(told, (Ok(failing), index, position, failing), "{}", failure.message);
            assert_eq!((failure.kept, connection.tables().len()), (0, failing), "{up}");
            let ledger = query(&mut connection, LEDGER);
            assert_eq!(ledger.len(), failing + 1, "{ledger:?}");
            assert!(ledger[failing].ends_with("|failed"), "{ledger:?}");
            assert_eq!(query(&mut connection, VERSIONS).len(), failing);
            let locks = "SELECT objid::text AS line FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
            assert_eq!(query(&mut connection, locks), Vec::<String>::new());
            complete(&database, &thirty(30, ""), 30);
        }
    }
}

#[test]
fn each_begins_and_ends_once() {
    for failing in [30, 1, 7, 17, 29] {
        let Some(database) = Database::postgres() else { return };
        let (history, told) = (thirty(failing, "CREATE TABLE t0 (x int);\n"), RefCell::new(Vec::new()));
        let ran = Migrator::new(&history)
            .observe(|event| match event {
                Event::Started { revision, .. } => told.borrow_mut().push(format!("+{}", revision.id)),
                Event::Finished { revision, .. } => told.borrow_mut().push(format!("-{}", revision.id)),
                _ => {}
            })
            .upgrade(&mut database.pg(), "heads");
        assert_eq!(ran.is_ok(), failing == 30);
        let events = (0..30).flat_map(|index| [format!("+{index:04}"), format!("-{index:04}")]);
        let expected: Vec<String> = events.take((2 * failing + 1).min(60)).collect();
        assert_eq!(told.into_inner(), expected);
    }
}

#[test]
fn what_was_done_when_the_line_was_cut_is_not_done_again() {
    for cut in [2, 9, 16, 20] {
        let Some(database) = Database::postgres() else { return };
        let (proxy, url) = Proxy::before(&database.url());
        proxy.cut_at(&format!("CREATE TABLE t{cut} "));
        let ran = {
            use diesel::Connection as _;
            upgrade(&thirty(30, ""), &mut Postgres::establish(&url).unwrap())
        };
        match ran {
            Err(Error::Lost { revision, revisions_done, .. }) => {
                assert_eq!(revision.parse(), Ok(revisions_done));
                assert!(revisions_done <= cut, "{revisions_done}");
            }
            other => panic!("{other:?}"),
        }
        complete(&database, &thirty(30, ""), 30);
    }
}

#[test]
fn a_lock_that_is_lost_among_them_is_taken_again() {
    let Some(database) = Database::postgres() else { return };
    // As if a run that thinks us dead had made it.
    let lease = "CREATE TABLE __schema_lock (id INTEGER PRIMARY KEY NOT NULL, fence BIGINT NOT NULL, holder TEXT, \
        taken_at TIMESTAMPTZ NOT NULL, ends_at TIMESTAMPTZ NOT NULL);\n";
    let mut connection = database.pg();
    let history = thirty(9, lease);
    assert_eq!(upgrade(&history, &mut connection).unwrap().now_at, ["0029"]);
    complete(&database, &history, 29);
}

#[test]
fn a_table_that_others_hold_is_asked_for_again_by_the_one_that_needs_it() {
    let Some(database) = Database::postgres() else { return };
    run(&mut database.pg(), "CREATE TABLE held (x int)");
    let url = database.url();
    let (held, is_held) = std::sync::mpsc::channel();
    let holder = std::thread::spawn(move || {
        use diesel::Connection as _;
        let mut other = Postgres::establish(&url).unwrap();
        run(&mut other, "BEGIN; LOCK TABLE held");
        held.send(()).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(3500));
        run(&mut other, "ROLLBACK");
    });
    is_held.recv().unwrap();
    let history = thirty(5, "ALTER TABLE held ADD y int;\n");
    assert_eq!(upgrade(&history, &mut database.pg()).unwrap().done.nodes.len(), 30);
    holder.join().unwrap();
    complete(&database, &history, 30);
}
