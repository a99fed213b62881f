//! Several revisions of a new PostgreSQL database in one message: nobody sees that they were, whatever goes wrong.

use std::cell::RefCell;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use schema_runtime::engine::{Error, Event, Migrator, Obstacle};
use schema_runtime::history::History;

use crate::proxy::Proxy;
use crate::support::*;

/// Fifty revisions of one table each, but for this one.
fn fifty(odd: usize, up: &str) -> History {
    let ups: Vec<String> = (0..50)
        .map(|index| if index == odd { up.to_owned() } else { format!("CREATE TABLE t{index} (x int);\n") })
        .collect();
    let scripts: Vec<(&str, &str)> = ups.iter().map(|up| (&**up, "")).collect();
    line(&scripts)
}

/// What the session holds.
const LOCKS: &str =
    "SELECT objid::text AS line FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()";

/// Goes to the end, from wherever it is, and nothing ran twice.
fn complete(database: &Database, history: &History, expected: usize) {
    let mut connection = database.pg();
    upgrade(history, &mut connection).unwrap();
    let done = query(
        &mut connection,
        "SELECT revision AS line FROM __schema_ledger WHERE outcome = 'done' ORDER BY id",
    );
    assert_eq!(done, (0..50).map(|index| format!("{index:04}")).collect::<Vec<_>>());
    assert_eq!(query(&mut connection, VERSIONS).len(), 50);
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
    for failing in [1, 2, 17, 31, 32, 33, 34, 48, 49] {
        for (up, index, position) in faults {
            let Some(database) = Database::postgres() else { return };
            let mut connection = database.pg();
            let failure = failure(upgrade(&fifty(failing, up), &mut connection));
            let told = (failure.revision.parse(), failure.index, failure.position, failure.revisions_done);
            assert_eq!(told, (Ok(failing), index, position, failing), "{}", failure.message);
            assert_eq!((failure.kept, connection.tables().len()), (0, failing), "{up}");
            let ledger = query(&mut connection, LEDGER);
            assert_eq!(ledger.len(), failing + 1, "{ledger:?}");
            assert!(ledger[failing].ends_with("|failed"), "{ledger:?}");
            assert_eq!(query(&mut connection, VERSIONS).len(), failing);
            assert_eq!(query(&mut connection, LOCKS), Vec::<String>::new());
            complete(&database, &fifty(50, ""), 50);
        }
    }
}

/// A clock that was ahead, or a server's that was set back.
#[test]
fn what_an_earlier_run_wrote_is_not_taken_for_this_ones() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    let ledger = "UPDATE __schema_ledger SET started_at = '2999-01-01T00:00:00.000Z'";
    upgrade(&fifty(50, ""), &mut connection).unwrap();
    let tables = connection.tables();
    run(
        &mut connection,
        &format!("{ledger}; DELETE FROM __diesel_schema_migrations; DROP TABLE {}", tables.join(", ")),
    );
    let failure = failure(upgrade(&fifty(20, "CREATE TABLE t0 (x int);\n"), &mut connection));
    assert_eq!((failure.revision.as_str(), failure.revisions_done), ("0020", 20), "{}", failure.message);
    assert_eq!((query(&mut connection, VERSIONS).len(), connection.tables().len()), (20, 20));
}

#[test]
fn each_begins_and_ends_once() {
    for failing in [50, 1, 7, 33, 49] {
        let Some(database) = Database::postgres() else { return };
        let (history, told) = (fifty(failing, "CREATE TABLE t0 (x int);\n"), RefCell::new(Vec::new()));
        let ran = Migrator::new(&history)
            .observe(|event| match event {
                Event::Started { revision, .. } => told.borrow_mut().push(format!("+{}", revision.id)),
                Event::Finished { revision, .. } => told.borrow_mut().push(format!("-{}", revision.id)),
                _ => {}
            })
            .upgrade(&mut database.pg(), "heads");
        assert_eq!(ran.is_ok(), failing == 50);
        let events = (0..50).flat_map(|index| [format!("+{index:04}"), format!("-{index:04}")]);
        let expected: Vec<String> = events.take((2 * failing + 1).min(100)).collect();
        assert_eq!(told.into_inner(), expected);
    }
}

#[test]
fn what_was_done_when_the_line_was_cut_is_not_done_again() {
    for cut in [2, 9, 32, 40] {
        let Some(database) = Database::postgres() else { return };
        let (proxy, url) = Proxy::before(&database.url());
        proxy.cut_at(&format!("CREATE TABLE t{cut} "));
        let ran = {
            use diesel::Connection as _;
            upgrade(&fifty(50, ""), &mut Postgres::establish(&url).unwrap())
        };
        match ran {
            Err(Error::Lost { revision, revisions_done, others, .. }) => {
                assert_eq!(revision.parse(), Ok(revisions_done));
                assert!(
                    (revisions_done..=revisions_done + others).contains(&cut),
                    "{revisions_done}, {others}"
                );
            }
            other => panic!("{other:?}"),
        }
        complete(&database, &fifty(50, ""), 50);
    }
}

#[test]
fn a_lock_that_is_lost_among_them_is_taken_again() {
    let Some(database) = Database::postgres() else { return };
    // As if a run that thinks us dead had made it.
    let lease = "CREATE TABLE __schema_lock (id INTEGER PRIMARY KEY NOT NULL, fence BIGINT NOT NULL, holder TEXT, \
        taken_at TIMESTAMPTZ NOT NULL, ends_at TIMESTAMPTZ NOT NULL);\n";
    let mut connection = database.pg();
    let history = fifty(9, lease);
    assert_eq!(upgrade(&history, &mut connection).unwrap().now_at, ["0049"]);
    complete(&database, &history, 49);
}

/// Somebody who holds a table until he is told to let go, or for so long.
fn hold(database: &Database, patience: Duration) -> (Sender<()>, JoinHandle<()>) {
    let (mut other, (held, is_held), (free, is_free)) = (database.pg(), channel(), channel());
    run(&mut other, "CREATE TABLE held (x int)");
    let holder = std::thread::spawn(move || {
        run(&mut other, "BEGIN; LOCK TABLE held");
        held.send(()).unwrap();
        let _ = is_free.recv_timeout(patience);
        run(&mut other, "ROLLBACK");
    });
    is_held.recv().unwrap();
    (free, holder)
}

#[test]
fn a_table_that_others_hold_is_asked_for_again_by_the_one_that_needs_it() {
    let Some(database) = Database::postgres() else { return };
    let (_free, holder) = hold(&database, Duration::from_millis(3500));
    let history = fifty(5, "ALTER TABLE held ADD y int;\n");
    assert_eq!(upgrade(&history, &mut database.pg()).unwrap().done.nodes.len(), 50);
    holder.join().unwrap();
    complete(&database, &history, 50);
}

#[test]
fn whoever_cancels_one_of_them_is_heeded() {
    let Some(database) = Database::postgres() else { return };
    let (free, holder) = hold(&database, Duration::from_secs(20));
    let history = fifty(5, "ALTER TABLE held ADD y int;\n");
    let mut connection = database.pg();
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut other = database.pg();
            let cancelled = "SELECT pg_cancel_backend(pid)::text AS line FROM pg_stat_activity \
                WHERE datname = current_database() AND wait_event_type = 'Lock'";
            while query(&mut other, cancelled).is_empty() {
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        upgrade(&history, &mut connection)
    });
    match ran {
        Err(Error::Obstructed { obstacle: Obstacle::Cancelled, revisions_done: 5, .. }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(query(&mut connection, VERSIONS).len(), 5);
    assert_eq!(query(&mut connection, LOCKS), Vec::<String>::new());
    free.send(()).unwrap();
    holder.join().unwrap();
    complete(&database, &history, 50);
}

#[test]
fn each_has_its_own_time() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    upgrade(&fifty(50, ""), &mut connection).unwrap();
    let times = query(
        &mut connection,
        "SELECT concat(started_at, ' ', finished_at) AS line FROM __schema_ledger ORDER BY id",
    );
    let times: Vec<&str> = times.iter().flat_map(|times| times.split(' ')).collect();
    assert_eq!(times.len(), 100);
    assert!(times.is_sorted(), "{times:?}");
    let moments = "SELECT DISTINCT run_on::text AS line FROM __diesel_schema_migrations";
    assert_eq!(query(&mut connection, moments).len(), 50);
}

#[test]
fn what_may_take_long_is_sent_by_itself() {
    let Some(database) = Database::postgres() else { return };
    let (proxy, url) = Proxy::before(&database.url());
    let up = "CREATE TABLE t5 AS\nselect 1 AS x;\n";
    let (plain, filled) = (fifty(50, ""), fifty(5, up));
    let round_trips = |history: &History| {
        use diesel::Connection as _;
        let mut connection = Postgres::establish(&url).unwrap();
        proxy.round_trips();
        upgrade(history, &mut connection).unwrap();
        let taken = proxy.round_trips();
        run(&mut connection, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        taken
    };
    // The four before it, and it alone.
    assert_eq!(round_trips(&filled), round_trips(&plain) + 2);
}
