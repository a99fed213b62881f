//! Several runs on one file.

use std::time::Duration;

use diesel::Connection;
use schema_runtime::engine::{Error, Migrator};

use crate::support::*;

#[test]
fn sixteen_runs_at_once_apply_everything_once() {
    let history = tables(20);
    for journal in ["delete", "wal"] {
        let database = Database::with(&format!("PRAGMA journal_mode = {journal}"));
        let done: usize = std::thread::scope(|scope| {
            let run = || upgrade(&history, &mut database.connect()).unwrap().done.nodes.len();
            let runs: Vec<_> = (0..16).map(|_| scope.spawn(run)).collect();
            runs.into_iter().map(|run| run.join().unwrap()).sum()
        });
        assert_eq!(done, 20);
        assert_eq!(ledger(&mut database.connect()).len(), 20);
    }
}

#[test]
fn sixteen_runs_at_once_rebuild_once() {
    let rebuild = "-- off\nCREATE TABLE m (x);\nINSERT INTO m SELECT x + 1 FROM n;\nDROP TABLE n;\nALTER TABLE m RENAME TO n;\n";
    let up = "CREATE TABLE n (x);\nINSERT INTO n VALUES (0);\n";
    let history =
        line(&[(up, ""), (rebuild, ""), (rebuild, ""), ("UPDATE n SET x = x * 10;\n", ""), (rebuild, "")]);
    let database = Database::new();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| upgrade(&history, &mut database.connect()).unwrap());
        }
    });
    assert_eq!(query(&mut database.connect(), "CAST(x AS TEXT)", "FROM n"), ["21"]);
}

#[test]
fn who_waits_is_told_and_gives_up_in_the_end() {
    let (history, database) = (tables(1), Database::new());
    let mut holder = database.connect();
    run(&mut holder, "BEGIN IMMEDIATE");
    let mut connection = database.connect();
    let wait = options(|options| options.lock_wait = Duration::from_millis(400));
    let (report, events) = watched(&history, wait, |migrator| migrator.upgrade(&mut connection, "heads"));
    match report {
        Err(Error::Locked { waited, .. }) => assert!(waited >= Duration::from_millis(400), "{waited:?}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(events, ["waiting"]);
    run(&mut holder, "ROLLBACK");
    upgrade(&history, &mut connection).unwrap();
}

#[test]
fn a_busy_timeout_of_the_connection_does_not_prolong_the_wait() {
    let (history, database) = (tables(1), Database::new());
    let (mut holder, mut connection) = (database.connect(), database.connect());
    run(&mut holder, "BEGIN IMMEDIATE");
    run(&mut connection, "PRAGMA busy_timeout = 20000");
    let start = std::time::Instant::now();
    let now = options(|options| options.lock_wait = Duration::ZERO);
    assert!(matches!(
        Migrator::new(&history).options(now).upgrade(&mut connection, "heads"),
        Err(Error::Locked { .. })
    ));
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(query(&mut connection, "CAST(timeout AS TEXT)", "FROM pragma_busy_timeout"), ["20000"]);
}

#[test]
fn a_reader_holds_up_a_commit_and_does_not_break_it() {
    let (history, database) = (tables(2), Database::with("CREATE TABLE r (x); INSERT INTO r VALUES (1)"));
    let mut reader = database.connect();
    run(&mut reader, "BEGIN; SELECT * FROM r");
    std::thread::scope(|scope| {
        let upgraded = scope.spawn(|| upgrade(&history, &mut database.connect()).map(drop));
        // The commit is tried while the reader is there; whether it was is of no account for what follows.
        std::thread::sleep(Duration::from_millis(200));
        run(&mut reader, "COMMIT");
        upgraded.join().unwrap().unwrap();
    });
    assert_eq!(applied(&history, &mut reader), [0, 1]);
}

#[test]
fn what_somebody_else_did_meanwhile_is_left_out() {
    let (history, database) = (tables(3), Database::new());
    let mut connection = database.connect();
    let migrator = Migrator::new(&history);
    let plan = migrator.plan_upgrade(&migrator.state(&mut connection).unwrap(), "heads").unwrap();
    migrator.upgrade(&mut database.connect(), "0001").unwrap();
    assert_eq!(migrator.run(&mut connection, &plan).unwrap().done.nodes, [2]);
    let plan = migrator.plan_revert(&migrator.state(&mut connection).unwrap(), "-1").unwrap();
    migrator.revert(&mut database.connect(), "-1").unwrap();
    assert_eq!(migrator.run(&mut connection, &plan).unwrap().done.nodes, Vec::<usize>::new());
    assert_eq!(applied(&history, &mut connection), [0, 1]);
}

#[test]
fn a_plan_whose_ground_was_taken_away_is_refused() {
    let (history, database) = (tables(3), Database::new());
    let mut connection = database.connect();
    let migrator = Migrator::new(&history);
    migrator.upgrade(&mut connection, "0001").unwrap();
    let plan = migrator.plan_upgrade(&migrator.state(&mut connection).unwrap(), "heads").unwrap();
    migrator.revert(&mut connection, "base").unwrap();
    assert_eq!(refusal(migrator.run(&mut connection, &plan)), ("moved", vec!["0002".to_owned()]));
    assert_eq!(schema(&mut connection), Vec::<String>::new());
}

#[test]
fn what_changed_before_the_lock_was_taken_is_seen_under_it() {
    let (history, database) = (tables(2), Database::new());
    let mut connection = database.connect();
    Migrator::new(&history).upgrade(&mut connection, "0000").unwrap();
    let path = database.path();
    connection.set_instrumentation(Before(move |query: &str| {
        if query.contains("BEGIN IMMEDIATE") {
            let mut other = diesel::SqliteConnection::establish(&path).unwrap();
            run(&mut other, "INSERT OR IGNORE INTO __diesel_schema_migrations (version) VALUES ('stranger')");
        }
    }));
    assert_eq!(refusal(upgrade(&history, &mut connection)).0, "unknown");
    assert_eq!(schema(&mut connection), ["t0"]);
}
