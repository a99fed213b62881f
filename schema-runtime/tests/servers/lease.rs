//! The lock in a table: one holder after another, by number, and who was taken over commits nothing more.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::Connection as _;
use schema_runtime::engine::{Error, Event, Lock, Migrator, Options};
use schema_runtime::history::History;

use crate::proxy::Proxy;
use crate::support::*;

const HOLDER: &str = "SELECT holder AS line FROM __schema_lock";

/// On PostgreSQL and on MySQL, with the same words for the row.
const TAKEN_OVER: [&str; 2] = [
    "UPDATE __schema_lock SET fence = fence + 1, holder = 'somebody else', ends_at = now() + interval '1 hour'",
    "UPDATE __schema_lock SET fence = fence + 1, holder = 'somebody else', ends_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR",
];
const ENDED: [&str; 2] = [
    "UPDATE __schema_lock SET holder = 'a dead one', ends_at = now() + interval '1 second'",
    "UPDATE __schema_lock SET holder = 'a dead one', ends_at = UTC_TIMESTAMP(6) + INTERVAL 1 SECOND",
];

fn options(lock_wait: u64) -> Options {
    Options {
        lock: Lock::Table,
        lock_wait: Duration::from_millis(lock_wait),
        lease: Duration::from_millis(500),
        ..Options::default()
    }
}

fn three() -> History {
    line(&[
        ("CREATE TABLE a (x int);\nINSERT INTO a VALUES (1);\n", "DROP TABLE a;\n"),
        ("CREATE TABLE b (x int);\n", "DROP TABLE b;\n"),
        ("INSERT INTO a VALUES (2);\n", "DELETE FROM a WHERE x = 2;\n"),
    ])
}

/// The same test on both engines.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            use super::*;

            #[test]
            fn postgres() {
                if let Some(database) = Database::postgres() {
                    super::$test(|| Postgres::establish(&database.url()).unwrap(), 0);
                }
            }

            #[test]
            fn mysql() {
                if let Some(database) = Database::mysql() {
                    super::$test(|| Mysql::establish(&database.url()).unwrap(), 1);
                }
            }
        }
    )+};
}

on_both!(
    it_is_given_back,
    who_was_taken_over_commits_nothing_more,
    a_dead_one_is_waited_for_no_longer_than_it_lasts,
    a_table_without_its_row_is_no_lease_of_anybody
);

/// What these tests ask of either connection.
trait Open: schema_runtime::engine::Connection + diesel::connection::SimpleConnection {
    fn lines(&mut self, sql: &str) -> Vec<String>;
}

impl Open for Postgres {
    fn lines(&mut self, sql: &str) -> Vec<String> {
        query(self, sql)
    }
}

impl Open for Mysql {
    fn lines(&mut self, sql: &str) -> Vec<String> {
        query(self, sql)
    }
}

fn it_is_given_back<C: Open>(open: impl Fn() -> C, _: usize) {
    let (history, mut connection) = (three(), open());
    let held = Cell::new(None);
    let migrator = Migrator::new(&history).options(options(1000)).observe(|event| {
        if let Event::Started { .. } = event {
            held.set(Migrator::new(&history).lock_holder(&mut open()).unwrap());
        }
    });
    migrator.upgrade(&mut connection, "heads").unwrap();
    let holder = held.take().expect("it holds the lock while it runs");
    assert!(holder.since.is_some_and(|since| since.starts_with("20") && since.ends_with('Z')));
    assert!(!holder.is_dead);
    assert_eq!(Migrator::new(&history).lock_holder(&mut open()).unwrap(), None);
    assert_eq!(connection.lines(HOLDER), [""]);
    migrator.revert(&mut connection, "base").unwrap();
    assert_eq!(connection.lines("SELECT concat('', fence) AS line FROM __schema_lock"), ["2"]);
}

fn who_was_taken_over_commits_nothing_more<C: Open>(open: impl Fn() -> C, engine: usize) {
    let (history, mut connection) = (three(), open());
    for at in 0..3 {
        let started = Cell::new(0);
        let migrator = Migrator::new(&history).options(options(300)).observe(|event| {
            if let Event::Started { .. } = event
                && started.replace(started.get() + 1) == at
            {
                run(&mut open(), TAKEN_OVER[engine]);
            }
        });
        match migrator.upgrade(&mut connection, "heads") {
            Err(Error::Locked { holder: Some(holder), .. }) => {
                assert!(holder.contains("somebody else"), "{holder}");
            }
            other => panic!("{other:?}"),
        }
        let versions = connection.lines(VERSIONS);
        assert_eq!(versions.len(), at, "{versions:?}");
        assert_eq!(connection.lines(LEDGER).iter().filter(|row| row.ends_with("|done")).count(), at);
        let freed = "UPDATE __schema_lock SET holder = NULL, ends_at = taken_at";
        run(&mut connection, freed);
        if at > 0 {
            Migrator::new(&history).options(options(300)).revert(&mut connection, "base").unwrap();
        }
        run(&mut connection, "DELETE FROM __schema_ledger");
    }
    Migrator::new(&history).options(options(300)).upgrade(&mut connection, "heads").unwrap();
    assert_eq!(connection.lines("SELECT concat('', x) AS line FROM a ORDER BY x"), ["1", "2"]);
}

fn a_dead_one_is_waited_for_no_longer_than_it_lasts<C: Open>(open: impl Fn() -> C, engine: usize) {
    let (history, mut connection) = (three(), open());
    let migrator = Migrator::new(&history).options(options(5000));
    migrator.upgrade(&mut connection, "+1").unwrap();
    run(&mut connection, ENDED[engine]);
    let told = Cell::new(String::new());
    let waiting = Migrator::new(&history).options(options(5000)).observe(|event| {
        if let Event::Waiting { holder: Some(holder), .. } = event {
            told.set(holder.clone());
        }
    });
    assert!(!migrator.lock_holder(&mut connection).unwrap().unwrap().is_dead);
    assert!(!migrator.break_lock(&mut connection).unwrap().unwrap().is_dead);
    let start = Instant::now();
    waiting.upgrade(&mut connection, "+1").unwrap();
    let waited = start.elapsed();
    assert!(waited > Duration::from_millis(900) && waited < Duration::from_secs(4), "{waited:?}");
    assert!(told.take().starts_with("a dead one, since 20"));
    run(
        &mut connection,
        &ENDED[engine].replace("1 SECOND", "-1 SECOND").replace("'1 second'", "'-1 second'"),
    );
    assert!(migrator.break_lock(&mut connection).unwrap().unwrap().is_dead);
    assert_eq!(migrator.lock_holder(&mut connection).unwrap(), None);
}

fn a_table_without_its_row_is_no_lease_of_anybody<C: Open>(open: impl Fn() -> C, _: usize) {
    let (history, mut connection) = (three(), open());
    let migrator = Migrator::new(&history).options(options(0));
    migrator.upgrade(&mut connection, "+1").unwrap();
    run(&mut connection, "DELETE FROM __schema_lock");
    migrator.upgrade(&mut connection, "heads").unwrap();
    assert_eq!(connection.lines("SELECT concat('', fence) AS line FROM __schema_lock"), ["1"]);
}

#[test]
fn a_statement_of_postgres_may_take_longer_than_the_lease() {
    let Some(database) = Database::postgres() else { return };
    let mut holder = database.pg();
    run(&mut holder, "CREATE TABLE t (x int)");
    run(&mut holder, "BEGIN; INSERT INTO t VALUES (1)");
    let slow = ["SELECT pg_sleep(3);\n", "-- outside\nCREATE INDEX CONCURRENTLY i ON t (x);\n"];
    for (number, up) in slow.into_iter().enumerate() {
        let scripts: Vec<(&str, &str)> = slow[..=number].iter().map(|up| (*up, "")).collect();
        let history: &'static History = Box::leak(Box::new(line(&scripts)));
        let url = database.url();
        let at_work = std::thread::spawn(move || {
            let mut connection = Postgres::establish(&url).unwrap();
            Migrator::new(history).options(options(9000)).upgrade(&mut connection, "heads").map(drop)
        });
        let mut connection = database.pg();
        let is_at_work = "SELECT pid::text AS line FROM pg_stat_activity WHERE datname = current_database() \
            AND state = 'active' AND pid <> pg_backend_pid() AND (query LIKE '%pg_sleep(3)%' OR query LIKE '/* cargo%')";
        while query(&mut connection, is_at_work).is_empty() {
            if at_work.is_finished() {
                panic!("{up}: {:?}", at_work.join().unwrap());
            }
        }
        match Migrator::new(history).options(options(2200)).upgrade(&mut connection, "heads") {
            Err(Error::Locked { holder: Some(_), .. }) => {}
            other => panic!("{up}: {other:?}"),
        }
        if number == 1 {
            run(&mut holder, "COMMIT");
        }
        at_work.join().unwrap().unwrap();
    }
    assert_eq!(query(&mut database.pg(), LEDGER).len(), 2);
}

#[test]
fn a_session_that_is_not_ours_any_more_commits_nothing() {
    let Some(database) = Database::postgres() else { return };
    // What a pooler does to a session, in words that are not taken for a script's own.
    let history = line(&[
        ("-- outside\nCREATE TABLE a (x int);\nDISCARD /* */ ALL;\n", ""),
        ("INSERT INTO a VALUES (1);\n", ""),
        ("INSERT INTO a VALUES (2);\n", ""),
    ]);
    upgrade(&history, &mut database.pg()).unwrap();
    let mut connection = database.pg();
    assert_eq!(query(&mut connection, "SELECT x::text AS line FROM a ORDER BY x"), ["1", "2"]);
    assert_eq!(query(&mut connection, HOLDER), [""]);
}

#[test]
fn eight_at_once_take_it_one_after_another() {
    let Some(postgres) = Database::postgres() else { return };
    let Some(mysql) = Database::mysql() else { return };
    let history: &'static History = Box::leak(Box::new(three()));
    let lease = || Options { lease: Duration::from_secs(15), ..options(60_000) };
    let threads: Vec<_> = (0..16)
        .map(|number| {
            let url = if number % 2 == 0 { postgres.url() } else { mysql.url() };
            std::thread::spawn(move || {
                let migrator = Migrator::new(history).options(lease());
                let ran = match number % 2 {
                    0 => migrator.upgrade(&mut Postgres::establish(&url).unwrap(), "heads"),
                    _ => migrator.upgrade(&mut Mysql::establish(&url).unwrap(), "heads"),
                };
                ran.unwrap().done.nodes.len()
            })
        })
        .collect();
    let ran: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert_eq!(ran, 6);
    assert_eq!(query(&mut postgres.pg(), LEDGER).len(), 3);
    assert_eq!(query(&mut mysql.my(), LEDGER).len(), 3);
}

#[test]
fn who_keeps_a_lease_alive_is_replaced_when_it_is_lost() {
    let Some(database) = Database::mysql() else { return };
    let history = line(&[("CREATE TABLE a (x int);\n", ""), ("SELECT sleep(8);\n", "")]);
    let lease = || Options { lease: Duration::from_secs(60), ..options(1000) };
    let mut beside = database.my();
    Migrator::new(&history).options(lease()).upgrade(&mut beside, "+1").unwrap();
    let opened = AtomicUsize::new(0);
    // The first time there is none to be had, and the first one that there is gets lost.
    let connect = || (opened.fetch_add(1, Ordering::Relaxed) > 0).then(|| without_autocommit(&database));
    std::thread::scope(|scope| {
        let at_work = scope.spawn(|| {
            let migrator = Migrator::new(&history).options(lease()).watched(connect, |_| ());
            migrator.upgrade(&mut database.my(), "heads").map(drop)
        });
        let (mut signs, mut killed) = (BTreeSet::new(), None);
        while !at_work.is_finished() {
            signs.extend(query(&mut beside, "SELECT concat('', ends_at) AS line FROM __schema_lock"));
            let idle = "SELECT CONCAT('', id) AS line FROM information_schema.processlist WHERE db = DATABASE() \
                AND command = 'Sleep' AND EXISTS (SELECT 1 FROM information_schema.processlist \
                WHERE db = DATABASE() AND state = 'User sleep') ORDER BY id DESC";
            // Signs of the first run, of the statement, and of whoever is beside it by now.
            if killed.is_none()
                && signs.len() >= 4
                && let Some(beat) = query(&mut beside, idle).first()
            {
                run(&mut beside, &format!("KILL {beat}"));
                killed = Some(signs.len());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        at_work.join().unwrap().unwrap();
        let alive_again = killed.is_some_and(|before| signs.len() >= before + 2);
        assert!(alive_again && opened.load(Ordering::Relaxed) == 3, "{killed:?} {signs:?} {opened:?}");
    });
}

/// As a server may have it for all connections.
fn without_autocommit(database: &Database) -> Mysql {
    let mut connection = database.my();
    run(&mut connection, "SET autocommit = 0");
    connection
}

#[test]
fn a_lease_is_seen_and_taken_and_freed_without_autocommit() {
    let Some(database) = Database::mysql() else { return };
    let (history, mut other) = (three(), database.my());
    Migrator::new(&history).options(options(0)).upgrade(&mut other, "+1").unwrap();
    run(&mut other, TAKEN_OVER[1]);
    let held = Cell::new(None);
    let migrator = Migrator::new(&history).options(options(5000)).observe(|event| match event {
        Event::Waiting { .. } => run(&mut database.my(), "UPDATE __schema_lock SET holder = NULL"),
        Event::Started { .. } => held.set(Migrator::new(&history).lock_holder(&mut database.my()).unwrap()),
        _ => {}
    });
    let mut connection = without_autocommit(&database);
    migrator.upgrade(&mut connection, "+1").unwrap();
    assert!(held.take().is_some());
    assert_eq!(Migrator::new(&history).lock_holder(&mut other).unwrap(), None);
    assert_eq!(query(&mut connection, "SELECT CAST(NOT @@autocommit AS CHAR) AS line"), ["1"]);
    run(&mut other, &ENDED[1].replace("1 SECOND", "-1 SECOND"));
    let mut connection = without_autocommit(&database);
    assert!(migrator.break_lock(&mut connection).unwrap().unwrap().is_dead);
    assert_eq!(Migrator::new(&history).lock_holder(&mut other).unwrap(), None);
}

#[test]
fn a_lease_of_which_nobody_could_say_that_it_was_taken_is_given_back() {
    let Some(database) = Database::mysql() else { return };
    let (history, mut other) = (three(), database.my());
    Migrator::new(&history).options(options(0)).upgrade(&mut other, "+1").unwrap();
    let (proxy, url) = Proxy::before(&database.url());
    let mut connection = Mysql::establish(&url).unwrap();
    run(&mut connection, "SET lock_wait_timeout = 1");
    proxy.delay(300);
    std::thread::scope(|scope| {
        let stopped = scope.spawn(|| {
            Migrator::new(&history).options(options(0)).upgrade(&mut connection, "heads").map(drop)
        });
        let mut until = |sql: &str| {
            while query(&mut other, sql).iter().all(String::is_empty) && !stopped.is_finished() {}
        };
        until(HOLDER);
        // It was taken, and is asked about after the next way to the server.
        let mut tables = database.my();
        run(&mut tables, "LOCK TABLES __schema_lock WRITE");
        until(
            "SELECT '1' AS line FROM information_schema.processlist WHERE info LIKE 'UPDATE __schema_lock SET holder = NULL%' AND db = DATABASE()",
        );
        run(&mut tables, "UNLOCK TABLES");
        match stopped.join().unwrap() {
            Err(Error::Obstructed { .. }) => {}
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(query(&mut other, HOLDER), [""]);
}

#[test]
fn nobody_is_beside_a_run_of_many_short_revisions() {
    let Some(database) = Database::postgres() else { return };
    let history = line(&[("SELECT pg_sleep(0.2);\n", ""); 8]);
    let opened = AtomicUsize::new(0);
    let connect = || {
        opened.fetch_add(1, Ordering::Relaxed);
        Some(database.pg())
    };
    let start = Instant::now();
    Migrator::new(&history).watched(connect, |_| ()).upgrade(&mut database.pg(), "heads").unwrap();
    assert!(start.elapsed() > Duration::from_millis(1500));
    assert_eq!(opened.into_inner(), 0);
}
