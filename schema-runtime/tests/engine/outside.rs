//! Scripts outside a transaction: exactly once, whatever happens.

use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::Connection;
use diesel::connection::Instrumentation;
use schema_runtime::engine::{Error, Migrator, Resolution, Transactions};
use schema_runtime::history::History;
use schema_runtime::plan::Direction;

use crate::support::*;

const COUNTED: &str = "-- outside\nCREATE TABLE n (x);
INSERT INTO n VALUES (1);
VACUUM;
UPDATE n SET x = x + 1;
PRAGMA user_version = 7;
UPDATE n SET x = x * 10;\n";

const OWN_TRANSACTION: &str = "-- outside\nPRAGMA foreign_keys = OFF;
CREATE TABLE n (x);
BEGIN;
INSERT INTO n VALUES (1);
UPDATE n SET x = x + 1;
SAVEPOINT s;
INSERT INTO n VALUES (5);
ROLLBACK TO s;
RELEASE s;
COMMIT;
UPDATE n SET x = x * 10;
BEGIN IMMEDIATE;
DELETE FROM n;
ROLLBACK;
PRAGMA foreign_keys = ON;\n";

/// Dies at the so-manieth query.
fn killer(mut left: usize) -> impl Instrumentation {
    Before(move |_: &str| {
        left -= 1;
        if left == 0 {
            // Without a word on the terminal, unlike `panic!`.
            std::panic::resume_unwind(Box::new("killed"));
        }
    })
}

/// Makes an interrupted attempt as old as if nobody had come for years.
const AGED: &str = "UPDATE __schema_ledger SET started_at = '2020-01-01T00:00:00.000Z',
    finished_at = '2020-01-01T00:00:00.000Z' WHERE outcome IS NULL";

/// Whether the database was free, and had the tables.
fn run_if_free(connection: &mut diesel::SqliteConnection, sql: &str) -> bool {
    use diesel::connection::SimpleConnection;
    connection.batch_execute(sql).is_ok()
}

fn age(database: &Database) {
    run_if_free(&mut database.connect_unsynced(), AGED);
}

/// Kills the upgrade at each of its queries in turn; the next one must complete it.
fn survives_kills(history: &History, prepare: &str, rows: &[&str]) -> usize {
    let mut kills = 0;
    loop {
        let database = Database::new();
        let mut connection = database.connect_unsynced();
        run(&mut connection, prepare);
        connection.set_instrumentation(killer(kills + 1));
        let ran = catch_unwind(AssertUnwindSafe(move || upgrade(history, &mut connection).map(drop)));
        if let Ok(result) = ran {
            result.unwrap();
            return kills;
        }
        kills += 1;
        age(&database);
        let mut connection = database.connect_unsynced();
        upgrade(history, &mut connection).unwrap_or_else(|error| panic!("after kill {kills}: {error}"));
        let found = query(&mut connection, "CAST(x AS TEXT)", "FROM n ORDER BY 1");
        assert_eq!(found, rows, "after kill {kills}");
        assert_eq!(versions(&mut connection).len(), history.len(), "after kill {kills}");
        assert_eq!(state(history, &mut connection).interrupted, []);
    }
}

#[test]
fn a_killed_script_is_completed_wherever_it_was_killed() {
    let history = line(&[("CREATE TABLE a (x);\n", ""), (COUNTED, ""), ("INSERT INTO a VALUES (1);\n", "")]);
    assert!(survives_kills(&history, "", &["20"]) > 30);
    assert!(survives_kills(&history, "PRAGMA journal_mode = WAL", &["20"]) > 30);
}

#[test]
fn a_killed_script_with_its_own_transactions_is_completed() {
    assert!(survives_kills(&line(&[(OWN_TRANSACTION, "")]), "", &["20"]) > 40);
}

#[test]
fn a_killed_rebuild_keeps_the_rows_of_child_tables() {
    let rebuild = "-- outside\nPRAGMA foreign_keys = OFF;\nBEGIN;\nCREATE TABLE q (id INTEGER PRIMARY KEY);
INSERT INTO q SELECT id FROM p;\nDROP TABLE p;\nALTER TABLE q RENAME TO p;\nCOMMIT;\nPRAGMA foreign_keys = ON;\n";
    let prepare = "CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1);
        CREATE TABLE n (x REFERENCES p ON DELETE CASCADE); INSERT INTO n VALUES (1)";
    assert!(survives_kills(&line(&[(rebuild, "")]), prepare, &["1"]) > 20);
}

/// Lets the upgrade sleep before its so-manieth query while another one takes over, if it can: as long as the
/// sleeper has SQLite's own lock, nobody can. `None` when there are not so many queries.
fn taken_over(history: &'static History, sleep_at: usize) -> Option<bool> {
    let database = std::sync::Arc::new(Database::new());
    let mut connection = database.connect_unsynced();
    let (others, mut queries) = (database.clone(), 0);
    let (sender, receiver) = std::sync::mpsc::channel();
    connection.set_instrumentation(Before(move |_: &str| {
        queries += 1;
        if queries == sleep_at {
            let mut other = others.connect_unsynced();
            let now = options(|options| options.lock_wait = std::time::Duration::ZERO);
            let migrator = Migrator::new(history).options(now);
            let ran = run_if_free(&mut other, AGED).then(|| migrator.upgrade(&mut other, "heads"));
            sender.send(ran.is_some_and(|ran| ran.is_ok_and(|report| !report.done.is_empty()))).unwrap();
        }
    }));
    let ran = upgrade(history, &mut connection);
    drop(connection);
    let was_taken_over = receiver.try_recv().ok()?;
    assert!(ran.is_ok() || was_taken_over, "slept at {sleep_at}: {ran:?}");
    assert_eq!(query(&mut database.connect(), "CAST(x AS TEXT)", "FROM n"), ["20"], "slept at {sleep_at}");
    assert_eq!(state(history, &mut database.connect()).interrupted, []);
    Some(was_taken_over && ran.is_err())
}

#[test]
fn a_run_that_was_taken_over_while_it_slept_does_no_more() {
    let history: &'static History = Box::leak(Box::new(line(&[(COUNTED, "")])));
    let nights: Vec<bool> = (1..).map_while(|sleep_at| taken_over(history, sleep_at)).collect();
    assert!(nights.iter().filter(|was_taken_over| **was_taken_over).count() > 5, "{nights:?}");
}

#[test]
fn what_could_not_be_committed_at_the_end_is_not_run_again() {
    let guard = "CREATE TRIGGER no BEFORE INSERT ON __diesel_schema_migrations BEGIN SELECT RAISE(ABORT, 'no'); END;\n";
    let up = format!("-- outside\nCREATE TABLE n (x);\n{guard}INSERT INTO n VALUES (1);\n");
    let (history, database) = (line(&[(&up, "")]), Database::new());
    assert_eq!(failure(upgrade(&history, &mut database.connect())).message, "no");
    run(&mut database.connect(), "DROP TRIGGER no");
    age(&database);
    upgrade(&history, &mut database.connect()).unwrap();
    assert_eq!(query(&mut database.connect(), "CAST(x AS TEXT)", "FROM n"), ["1"]);
}

#[test]
fn a_killed_run_inside_transactions_is_completed() {
    let rebuild = "-- off\nCREATE TABLE m (x);\nINSERT INTO m SELECT x + 1 FROM n;\nDROP TABLE n;\nALTER TABLE m RENAME TO n;\n";
    let up = "CREATE TABLE n (x);\nINSERT INTO n VALUES (1);\n";
    let history = line(&[(up, ""), (rebuild, ""), ("UPDATE n SET x = x * 10;\n", "")]);
    assert!(survives_kills(&history, "", &["20"]) > 20);
}

#[test]
fn a_script_outside_leaves_the_connection_as_it_was() {
    let history = line(&[("-- outside\nPRAGMA foreign_keys = OFF;\nCREATE TABLE a (x);\n", "")]);
    let database = Database::new();
    let mut connection = database.connect();
    run(&mut connection, "PRAGMA busy_timeout = 1234");
    upgrade(&history, &mut connection).unwrap();
    assert_eq!(pragma(&mut connection, "foreign_keys"), "1");
    assert_eq!(query(&mut connection, "CAST(timeout AS TEXT)", "FROM pragma_busy_timeout"), ["1234"]);
    assert_eq!(ledger(&mut connection), ["0000|upgrade|2/2|done"]);
}

#[test]
fn a_database_can_be_moved_to_a_write_ahead_log() {
    let history = line(&[("-- outside\nPRAGMA journal_mode = WAL;\n", ""), ("CREATE TABLE a (x);\n", "")]);
    let database = Database::new();
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    assert_eq!(pragma(&mut database.connect(), "journal_mode"), "wal");
    run(&mut database.connect(), "INSERT INTO a VALUES (1)");
}

#[test]
fn other_connections_to_a_write_ahead_log_are_in_nobodys_way() {
    let database = Database::with("PRAGMA journal_mode = WAL; CREATE TABLE other (x)");
    let mut application = database.connect();
    assert_eq!(query(&mut application, "x", "FROM other"), Vec::<String>::new());
    upgrade(&line(&[(COUNTED, "")]), &mut database.connect()).unwrap();
    assert_eq!(query(&mut application, "CAST(x AS TEXT)", "FROM n"), ["20"]);
}

#[test]
fn a_failed_script_goes_on_where_it_failed_once_it_is_mended() {
    let broken = "-- outside\nCREATE TABLE n (x);\nINSERT INTO n VALUES (1);\nINSERT INTO m VALUES (1);\n";
    let mended = "-- outside\nCREATE TABLE n (x);\nINSERT INTO n VALUES (1);\nINSERT INTO n VALUES (2);\n";
    let database = Database::new();
    let mut connection = database.connect();
    let failure = failure(upgrade(&line(&[(broken, "")]), &mut connection));
    assert_eq!((failure.index, failure.kept, failure.total, failure.position), (2, 2, 3, (4, 13)));
    assert_eq!(ledger(&mut connection), ["0000|upgrade|2/3|failed"]);
    let half = &state(&line(&[(broken, "")]), &mut connection).interrupted[0];
    assert_eq!((half.statements_done, half.direction, half.failed), (2, Direction::Up, true));
    upgrade(&line(&[(mended, "")]), &mut connection).unwrap();
    assert_eq!(query(&mut connection, "CAST(x AS TEXT)", "FROM n"), ["1", "2"]);
    assert_eq!(ledger(&mut connection), ["0000|upgrade|2/3|failed", "0000|upgrade|3/3|done"]);
    assert_eq!(state(&line(&[(mended, "")]), &mut connection).edited, Vec::<usize>::new());
}

#[test]
fn a_script_whose_done_part_was_edited_needs_a_person() {
    let broken = "-- outside\nCREATE TABLE n (x);\nINSERT INTO m VALUES (1);\n";
    let edited = line(&[("-- outside\nCREATE TABLE n (x, y);\nINSERT INTO n VALUES (1, 2);\n", "")]);
    let database = Database::new();
    let mut connection = database.connect();
    failure(upgrade(&line(&[(broken, "")]), &mut connection));
    match upgrade(&edited, &mut connection) {
        Err(Error::Interrupted { revision, statements_done: 1, statements_total: 2 }) => {
            assert_eq!(revision, "0000");
        }
        other => panic!("{other:?}"),
    }
    let resolve = |connection: &mut _, what| Migrator::new(&edited).resolve(connection, 0, what).unwrap();
    resolve(&mut connection, Resolution::Reverted);
    run(&mut connection, "DROP TABLE n");
    upgrade(&edited, &mut connection).unwrap();
    assert_eq!(applied(&edited, &mut connection), [0]);
}

#[test]
fn a_person_can_say_what_became_of_the_statement_in_doubt() {
    let broken = "-- outside\nCREATE TABLE n (x);\nINSERT INTO m VALUES (1);\nINSERT INTO n VALUES (2);\n";
    let history = line(&[(broken, "")]);
    let check = |resolution, rows: &[&str]| {
        let database = Database::new();
        let mut connection = database.connect();
        failure(upgrade(&history, &mut connection));
        run(&mut connection, "CREATE TABLE m (x)");
        Migrator::new(&history).resolve(&mut connection, 0, resolution).unwrap();
        upgrade(&history, &mut connection).unwrap();
        assert_eq!(
            query(&mut connection, "CAST(x AS TEXT)", "FROM m UNION ALL SELECT CAST(x AS TEXT) FROM n"),
            rows
        );
        assert_eq!(applied(&history, &mut connection), [0]);
        refusal(Migrator::new(&history).resolve(&mut connection, 0, resolution));
    };
    check(Resolution::StatementDone, &["2"]);
    check(Resolution::StatementUndone, &["1", "2"]);
    check(Resolution::Applied, &[]);
}

#[test]
fn a_half_reverted_revision_is_finished_by_a_revert_and_stops_an_upgrade() {
    let down = "-- outside\nDROP TABLE b;\nDROP TABLE nope;\nDROP TABLE a;\n";
    let mended = "-- outside\nDROP TABLE b;\nDROP TABLE IF EXISTS nope;\nDROP TABLE a;\n";
    let history = |down| line(&[("CREATE TABLE a (x);\nCREATE TABLE b (x);\n", down)]);
    let database = Database::new();
    let mut connection = database.connect();
    upgrade(&history(down), &mut connection).unwrap();
    assert_eq!(failure(revert(&history(down), &mut connection, "base")).kept, 1);
    assert!(matches!(upgrade(&history(down), &mut connection), Err(Error::Interrupted { .. })));
    revert(&history(mended), &mut connection, "base").unwrap();
    assert_eq!(schema(&mut connection), Vec::<String>::new());
    assert_eq!(versions(&mut connection), Vec::<String>::new());
}

#[test]
fn a_half_done_revision_does_not_stop_a_branch_that_runs_before_it() {
    let broken = "-- outside\nCREATE TABLE b (x);\nINSERT INTO m VALUES (1);\n";
    let base = || revision("0000", &[], "CREATE TABLE a (x);\n", "");
    let before = history(vec![base(), revision("0002", &["0000"], broken, "")]);
    let beside = || revision("0001", &["0000"], "CREATE TABLE m (x);\n", "");
    let merged = history(vec![base(), beside(), revision("0002", &["0000"], broken, "")]);
    let database = Database::new();
    let mut connection = database.connect();
    failure(upgrade(&before, &mut connection));
    let target = Migrator::new(&merged).upgrade(&mut connection, "0001");
    assert!(matches!(target, Err(Error::Interrupted { .. })), "{target:?}");
    assert_eq!(upgrade(&merged, &mut connection).unwrap().done.nodes, [1, 2]);
    assert_eq!(query(&mut connection, "CAST(x AS TEXT)", "FROM m"), ["1"]);
}

#[test]
fn a_transaction_that_a_script_leaves_open_is_rolled_back() {
    let up = "-- outside\nCREATE TABLE a (x);\nBEGIN;\nINSERT INTO a VALUES (1);\n";
    let database = Database::new();
    let mut connection = database.connect();
    let failure = failure(upgrade(&line(&[(up, "")]), &mut connection));
    assert_eq!((&*failure.message, failure.kept), ("the script leaves its transaction open", 1));
    assert_eq!(query(&mut connection, "x", "FROM a"), Vec::<String>::new());
}

#[test]
fn a_living_attempt_is_waited_for_and_a_dead_one_taken_over() {
    let history = line(&[(COUNTED, "")]);
    let database = Database::new();
    let mut connection = database.connect();
    connection.set_instrumentation(killer(23));
    catch_unwind(AssertUnwindSafe(|| upgrade(&history, &mut connection).map(drop))).unwrap_err();
    drop(connection);
    let mut connection = database.connect();
    assert_eq!(state(&history, &mut connection).interrupted.len(), 1);
    let now = options(|options| options.lock_wait = std::time::Duration::ZERO);
    match Migrator::new(&history).options(now).upgrade(&mut connection, "heads") {
        Err(Error::Locked { holder: Some(holder), .. }) => assert!(holder.contains('@'), "{holder}"),
        other => panic!("{other:?}"),
    }
    let (report, events) =
        watched(&history, options(|_| ()), |migrator| migrator.upgrade(&mut connection, "heads"));
    assert_eq!((report.unwrap().done.nodes, &*events[0]), (vec![0], "waiting"));
    assert_eq!(query(&mut connection, "CAST(x AS TEXT)", "FROM n"), ["20"]);
}

#[test]
fn many_processes_run_each_statement_once() {
    let history = line(&[("CREATE TABLE a (x);\n", ""), (COUNTED, "")]);
    for journal in ["delete", "wal"] {
        let database = Database::with(&format!("PRAGMA journal_mode = {journal}"));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| upgrade(&history, &mut database.connect()).unwrap());
            }
        });
        assert_eq!(query(&mut database.connect(), "CAST(x AS TEXT)", "FROM n"), ["20"]);
    }
}

#[test]
fn nothing_that_must_be_undone_may_run_outside() {
    let history = line(&[(COUNTED, "")]);
    let database = Database::new();
    let mut connection = database.connect();
    for change in [
        options(|options| options.dry_run = true),
        options(|options| options.transactions = Transactions::All),
    ] {
        let refused = Migrator::new(&history).options(change).upgrade(&mut connection, "heads");
        assert_eq!(refusal(refused), ("outside-transaction", vec!["0000".to_owned()]));
    }
}
