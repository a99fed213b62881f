//! PostgreSQL: one message per revision, and everything that cannot be in one.

use std::time::Duration;

use schema_runtime::engine::{Error, Lock, Migrator, Options, Transactions};
use schema_runtime::history::History;

use crate::support::*;

fn options(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options { lock_wait: Duration::from_secs(5), ..Options::default() };
    change(&mut options);
    options
}

#[test]
fn a_fault_is_found_at_its_statement_line_and_column() {
    let fault = |up: &str| {
        let database = Database::postgres()?;
        let history = line(&[("CREATE TABLE a (x int UNIQUE);\n", ""), (up, "")]);
        let mut connection = database.pg();
        let failure = failure(upgrade(&history, &mut connection));
        assert_eq!((failure.kept, failure.revisions_done), (0, 1), "{up}");
        assert_eq!(connection.tables(), ["a"], "{up}");
        assert_eq!(query(&mut connection, LEDGER)[1].split('|').nth(3), Some("failed"), "{up}");
        let locks = "SELECT count(*)::text AS line FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
        assert_eq!(query(&mut connection, locks), ["0"]);
        upgrade(&line(&[("CREATE TABLE a (x int UNIQUE);\n", ""), ("SELECT 1;\n", "")]), &mut connection)
            .unwrap();
        Some((failure.index, failure.position, failure.message))
    };
    let Some(first) = fault("CREATE TABLE b (x int);\nINSERT INTO b\nVALUES ('\u{e9}\u{1f600}', nope);\n")
    else {
        return;
    };
    assert_eq!((first.0, first.1), (1, (3, 15)), "{}", first.2);
    // The grammar, which is looked at before anything runs.
    assert_eq!(fault("CREATE TABLE b (x int);\nCREATE TABEL c (x int);\n").unwrap().1, (2, 8));
    // No place is told: the statement is known all the same.
    let told =
        fault("CREATE TABLE b (x int);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (1);\nSELECT 1;\n")
            .unwrap();
    assert_eq!((told.0, told.1), (2, (3, 1)));
    let one = fault("INSERT INTO a VALUES (1), (1);\n").unwrap();
    assert_eq!((one.0, one.1), (0, (1, 1)));
    // A place in a function's body is none in the script.
    let body = fault(
        "SELECT 1;\nDO $$ BEGIN EXECUTE 'SELECT nope FROM nowhere_at_all_with_a_long_name_to_point_far'; END $$;\n",
    );
    assert_eq!(body.unwrap().0, 1);
}

#[test]
fn a_hundred_statements_are_counted() {
    let Some(database) = Database::postgres() else { return };
    for failing in [0, 1, 2, 3, 7, 8, 63, 64, 99] {
        let up: String =
            (0..100)
                .map(|index| {
                    if index == failing { "SELECT 1 / 0;\n".to_owned() } else { format!("SELECT {index};\n") }
                })
                .collect();
        let failure = failure(upgrade(&line(&[(&up, "")]), &mut database.pg()));
        assert_eq!(failure.index, failing, "{}", failure.message);
    }
}

#[test]
fn a_dry_run_really_runs_and_leaves_nothing() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    let dry = |history: &History, connection: &mut Postgres| {
        Migrator::new(history).options(options(|options| options.dry_run = true)).upgrade(connection, "heads")
    };
    assert_eq!(dry(&three(), &mut connection).unwrap().done.nodes.len(), 3);
    let wrong = line(&[("CREATE TABLE a (x int);\n", ""), ("SELECT x FROM a;\nSELECT 1 / 0;\n", "")]);
    assert_eq!(failure(dry(&wrong, &mut connection)).index, 1);
    assert_eq!(connection.all_tables(), Vec::<String>::new());
}

#[test]
fn all_or_nothing_is_nothing_when_one_fails() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    let history = line(&[("CREATE TABLE a (x int);\n", ""), ("SELECT 1 / 0;\n", "")]);
    let all = options(|options| options.transactions = Transactions::All);
    let ran = Migrator::new(&history).options(all.clone()).upgrade(&mut connection, "heads");
    assert_eq!(failure(ran).index, 0);
    assert_eq!(connection.tables(), Vec::<String>::new());
    Migrator::new(&three()).options(all).upgrade(&mut connection, "heads").unwrap();
    assert_eq!(connection.tables(), ["a", "b", "c"]);
}

#[test]
fn a_deferred_constraint_is_found_at_the_commit() {
    let Some(database) = Database::postgres() else { return };
    let up = "CREATE TABLE p (id int PRIMARY KEY);\n\
        CREATE TABLE q (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO q VALUES (7);\n";
    let mut connection = database.pg();
    let failure = failure(upgrade(&line(&[(up, "")]), &mut connection));
    assert!(failure.message.contains("violates foreign key"), "{}", failure.message);
    assert_eq!(connection.tables(), Vec::<String>::new());
}

#[test]
fn a_script_that_moves_the_search_path_does_not_move_the_ledger() {
    let Some(database) = Database::postgres() else { return };
    let up = "CREATE SCHEMA s;\nSELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE s.t (x int);\n";
    let mut connection = database.pg();
    upgrade(&line(&[(up, ""), ("CREATE TABLE a (x int);\n", "")]), &mut connection).unwrap();
    assert_eq!(connection.tables(), ["a"]);
    assert_eq!(query(&mut connection, VERSIONS).len(), 2);
}

#[test]
fn who_waits_is_told_who_holds_the_lock() {
    let Some(database) = Database::postgres() else { return };
    let history: &'static History = Box::leak(Box::new(line(&[("SELECT pg_sleep(1);\n", "")])));
    let url = database.url();
    let holder = std::thread::spawn(move || {
        use diesel::Connection as _;
        upgrade(history, &mut Postgres::establish(&url).unwrap()).map(drop)
    });
    std::thread::sleep(Duration::from_millis(400));
    let impatient = options(|options| options.lock_wait = Duration::ZERO);
    let ran = Migrator::new(history).options(impatient).upgrade(&mut database.pg(), "heads");
    match ran {
        Err(Error::Locked { holder: Some(holder), .. }) => {
            assert!(holder.starts_with("postgres@127.0.0.1, process"), "{holder}");
        }
        other => panic!("{other:?}"),
    }
    assert!(upgrade(history, &mut database.pg()).unwrap().done.is_empty(), "the waiter ran it again");
    holder.join().unwrap().unwrap();
}

#[test]
fn a_connection_inside_a_transaction_is_refused() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    run(&mut connection, "BEGIN");
    match upgrade(&three(), &mut connection) {
        Err(Error::Refused { rule, .. }) => assert_eq!(rule, "open-transaction"),
        other => panic!("{other:?}"),
    }
    run(&mut connection, "ROLLBACK");
    assert_eq!(upgrade(&three(), &mut connection).unwrap().done.nodes.len(), 3);
}

const OUTSIDE: &str = "-- outside\nCREATE TABLE t (x int);\nINSERT INTO t VALUES (1), (2);\nVACUUM t;\n\
    CREATE UNIQUE INDEX CONCURRENTLY i ON t (x);\nBEGIN;\nINSERT INTO t VALUES (3);\nCOMMIT;\nUPDATE t SET x = x * 10;\n";

#[test]
fn a_script_outside_runs_statement_by_statement() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    upgrade(&line(&[(OUTSIDE, "")]), &mut connection).unwrap();
    assert_eq!(query(&mut connection, "SELECT x::text AS line FROM t ORDER BY x"), ["10", "20", "30"]);
    assert_eq!(query(&mut connection, LEDGER), ["0000|upgrade|8/8|done"]);
}

/// What a run may leave in a session that goes on: nothing.
fn left_in(connection: &mut Postgres) -> Vec<String> {
    query(
        connection,
        "SELECT concat(classid, ' ', objid) AS line FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()  \
         UNION ALL SELECT name FROM pg_prepared_statements WHERE from_sql \
         UNION ALL SELECT setting FROM pg_settings WHERE name = 'client_connection_check_interval' AND setting <> '0' \
         UNION ALL SELECT word FROM (SELECT current_setting('cargo_schema.session', true) AS word) AS w WHERE word <> ''",
    )
}

#[test]
fn a_script_outside_that_moves_the_search_path_does_not_move_the_ledger() {
    let Some(database) = Database::postgres() else { return };
    let up = "-- outside\nCREATE SCHEMA s;\nSET search_path = s;\nCREATE TABLE t (x int);\n\
        CREATE INDEX CONCURRENTLY i ON t (x);\n";
    let fails = format!("{up}SELECT 1 / 0;\n");
    let mut connection = database.pg();
    let first = ("CREATE TABLE a (x int);\n", "");
    let failure = failure(upgrade(&line(&[first, (&fails, "")]), &mut connection));
    assert_eq!((failure.index, failure.kept), (4, 4), "{}", failure.message);
    assert_eq!(left_in(&mut connection), Vec::<String>::new());
    assert_eq!(query(&mut connection, LEDGER), ["0000|upgrade|1/1|done", "0001|upgrade|4/5|failed"]);
    upgrade(&line(&[first, (up, ""), ("CREATE TABLE b (x int);\n", "")]), &mut connection).unwrap();
    assert_eq!(connection.tables(), ["a", "b"]);
    assert_eq!(query(&mut connection, VERSIONS).len(), 3);
    assert_eq!(left_in(&mut connection), Vec::<String>::new());
}

/// It would take the session's word and its lock along, and the path by which a fleet goes from schema to schema.
#[test]
fn a_script_outside_may_not_reset_everything() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    for reset in ["DISCARD ALL", "reset all"] {
        let up = format!("-- outside\nCREATE TABLE a (x int);\n{reset};\n");
        let failure = failure(upgrade(&line(&[(&up, "")]), &mut connection));
        assert_eq!((failure.index, failure.kept, failure.position), (1, 0, (3, 1)), "{}", failure.message);
        assert!(failure.message.contains("lock"), "{}", failure.message);
        assert_eq!(connection.tables(), Vec::<String>::new());
        assert_eq!(left_in(&mut connection), Vec::<String>::new());
    }
    // In a transaction it does no harm.
    upgrade(&line(&[("CREATE TABLE a (x int);\nRESET ALL;\n", "")]), &mut connection).unwrap();
}

#[test]
fn a_script_outside_that_resets_the_search_path_is_where_the_run_began() {
    let up = "-- outside\nCREATE TABLE t (x int);\nSET search_path = public;\nRESET search_path;\n\
        CREATE TABLE u (x int);\nINSERT INTO late VALUES (1);\nVACUUM u;\nCREATE TABLE v (x int);\n";
    for lock in [Lock::Engine, Lock::Table] {
        let Some(database) = Database::postgres() else { return };
        let history = line(&[(up, ""), ("CREATE TABLE w (x int);\n", "")]);
        let mut connection = database.pg();
        run(&mut connection, "CREATE SCHEMA s; SET search_path = s; CREATE TABLE public.late (x int)");
        let upgrade = |connection: &mut Postgres| {
            let options = options(|options| options.lock = lock);
            Migrator::new(&history).options(options).upgrade(connection, "heads")
        };
        assert_eq!(failure(upgrade(&mut connection)).index, 4);
        run(&mut connection, "CREATE TABLE s.late (x int)");
        upgrade(&mut connection).unwrap();
        let there = "SELECT concat(schemaname, '.', tablename) AS line FROM pg_tables \
            WHERE schemaname IN ('s', 'public') AND tablename !~ '^__' ORDER BY 1";
        assert_eq!(query(&mut connection, there), ["public.late", "s.late", "s.t", "s.u", "s.v", "s.w"]);
        assert_eq!(query(&mut connection, VERSIONS).len(), 2);
        assert_eq!(left_in(&mut connection), Vec::<String>::new());
    }
}

#[test]
fn a_ledger_is_where_it_is_found() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    run(&mut connection, "CREATE SCHEMA s; SET search_path = nope, s");
    let made = ("CREATE SCHEMA nope;\n", "");
    upgrade(&line(&[made]), &mut connection).unwrap();
    let outside = ("-- outside\nCREATE TABLE t (x int);\nCREATE INDEX CONCURRENTLY i ON t (x);\n", "");
    upgrade(&line(&[made, outside, ("CREATE TABLE u (x int);\n", "")]), &mut connection).unwrap();
    assert_eq!(query(&mut connection, "SELECT count(*)::text AS line FROM s.__schema_ledger"), ["3"]);
    assert_eq!(left_in(&mut connection), Vec::<String>::new());
}

#[test]
fn a_script_that_resets_everything_leaves_no_lease() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    let history = line(&[("CREATE TABLE a (x int);\nRESET ALL;\n", ""), ("CREATE TABLE b (x int);\n", "")]);
    let table = options(|options| (options.lock, options.lock_wait) = (Lock::Table, Duration::ZERO));
    let upgrade = |connection: &mut Postgres, target: &str| {
        Migrator::new(&history).options(table.clone()).upgrade(connection, target).unwrap()
    };
    upgrade(&mut connection, "+1");
    assert_eq!(left_in(&mut connection), Vec::<String>::new());
    upgrade(&mut connection, "heads");
}

#[test]
fn one_transaction_puts_back_what_each_script_has_set() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    let history =
        line(&[("CREATE SCHEMA s;\nSET search_path = s;\n", ""), ("CREATE TABLE a (x int);\n", "")]);
    let all = options(|options| options.transactions = Transactions::All);
    Migrator::new(&history).options(all).upgrade(&mut connection, "heads").unwrap();
    assert_eq!(connection.tables(), ["a"]);
}

#[test]
fn a_ledger_that_cannot_be_made_leaves_no_lock() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    run(
        &mut connection,
        "CREATE FUNCTION deny() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$; \
         CREATE EVENT TRIGGER deny ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION deny()",
    );
    match upgrade(&three(), &mut connection) {
        Err(Error::Database { message, .. }) => assert_eq!(message, "not today"),
        other => panic!("{other:?}"),
    }
    assert_eq!(left_in(&mut connection), Vec::<String>::new());
    run(&mut connection, "DROP EVENT TRIGGER deny");
    upgrade(&three(), &mut connection).unwrap();
}

#[test]
fn a_schema_that_comes_into_the_path_does_not_keep_the_lock() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    run(&mut connection, "SET search_path = nope, public");
    upgrade(&line(&[("CREATE SCHEMA nope;\n", "")]), &mut connection).unwrap();
    assert_eq!(left_in(&mut connection), Vec::<String>::new());
}

#[test]
fn an_index_that_could_not_be_built_is_dropped_before_it_is_built_again() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    let up = "-- outside\nCREATE TABLE t (x int);\nINSERT INTO t VALUES (1), (1);\nCREATE UNIQUE INDEX CONCURRENTLY i ON t (x);\nSELECT x,\n nope FROM t;\n";
    let first = failure(upgrade(&line(&[(up, "")]), &mut connection));
    assert_eq!((first.index, first.kept), (2, 2), "{}", first.message);
    let invalid = "SELECT count(*)::text AS line FROM pg_index WHERE NOT indisvalid";
    assert_eq!(query(&mut connection, invalid), ["0"]);
    // As a killed client leaves it.
    run(&mut connection, "UPDATE t SET x = 1; SET client_min_messages = error");
    let _ = diesel::connection::SimpleConnection::batch_execute(
        &mut connection,
        "CREATE UNIQUE INDEX CONCURRENTLY i ON t (x)",
    );
    assert_eq!(query(&mut connection, invalid), ["1"]);
    run(&mut connection, "DELETE FROM t WHERE ctid = (SELECT max(ctid) FROM t)");
    let second = failure(upgrade(&line(&[(up, "")]), &mut connection));
    assert_eq!((second.index, second.kept, second.position), (3, 3, (6, 2)), "{}", second.message);
    assert_eq!(query(&mut connection, invalid), ["0"]);
}

#[test]
fn what_was_under_way_is_looked_up() {
    let up = "-- outside\nCREATE TABLE t (x int);\nCREATE INDEX CONCURRENTLY i ON t (x);\nINSERT INTO t VALUES (1);\n";
    for is_built in [false, true] {
        let Some(database) = Database::postgres() else { return };
        let (history, mut connection) = (line(&[(up, "")]), database.pg());
        let stop = "-- outside\nCREATE TABLE t (x int);\nCREATE INDEX CONCURRENTLY i ON nowhere (x);\nINSERT INTO t VALUES (1);\n";
        failure(upgrade(&line(&[(stop, "")]), &mut connection));
        run(&mut connection, "UPDATE __schema_ledger SET outcome = NULL, error = NULL");
        if is_built {
            run(&mut connection, "CREATE INDEX i ON t (x)");
        }
        upgrade(&history, &mut connection).unwrap();
        assert_eq!(query(&mut connection, "SELECT x::text AS line FROM t"), ["1"]);
        assert_eq!(query(&mut connection, VERSIONS).len(), 1);
    }
}

#[test]
fn what_cannot_be_looked_up_is_asked() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    let up = "-- outside\nCREATE TABLE t (x int);\nDO $$ BEGIN INSERT INTO t VALUES (1); COMMIT; RAISE 'no'; END $$;\n";
    failure(upgrade(&line(&[(up, "")]), &mut connection));
    run(&mut connection, "UPDATE __schema_ledger SET outcome = NULL, error = NULL");
    match upgrade(&line(&[(up, "")]), &mut connection) {
        Err(Error::Interrupted { statements_done, statements_total, .. }) => {
            assert_eq!((statements_done, statements_total), (1, 2));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn text_is_quoted_whatever_is_in_it() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    run(&mut connection, "SET standard_conforming_strings = off");
    let actor = "it's \\' a; \"name\" \u{1f600}";
    let options = options(|options| options.actor = Some(actor.to_owned()));
    Migrator::new(&three()).options(options).upgrade(&mut connection, "heads").unwrap();
    assert_eq!(query(&mut connection, "SELECT actor AS line FROM __schema_ledger LIMIT 1"), [actor]);
}

#[test]
fn a_table_that_others_hold_is_asked_for_again() {
    let Some(database) = Database::postgres() else { return };
    let (mut holder, mut connection) = (database.pg(), database.pg());
    run(&mut holder, "CREATE TABLE t (x int)");
    run(&mut holder, "BEGIN; SELECT x FROM t");
    let history: &'static History =
        Box::leak(Box::new(line(&[("CREATE TABLE u (x int);\nALTER TABLE t ADD COLUMN y int;\n", "")])));
    let hasty = options(|options| {
        options.lock_timeout = Some(Duration::from_millis(50));
        options.lock_wait = Duration::ZERO;
    });
    let failure = failure(Migrator::new(history).options(hasty).upgrade(&mut connection, "heads"));
    assert!(
        failure.index == 1 && failure.message.contains("lock timeout"),
        "{} {}",
        failure.index,
        failure.message
    );
    let url = database.url();
    let patient = std::thread::spawn(move || {
        use diesel::Connection as _;
        let patient = options(|options| options.lock_timeout = Some(Duration::from_millis(50)));
        Migrator::new(history)
            .options(patient)
            .upgrade(&mut Postgres::establish(&url).unwrap(), "heads")
            .map(drop)
    });
    std::thread::sleep(Duration::from_millis(600));
    run(&mut holder, "ROLLBACK");
    patient.join().unwrap().unwrap();
    assert_eq!(connection.tables(), ["t", "u"]);
}

#[test]
fn a_statement_may_not_run_for_ever() {
    let Some(database) = Database::postgres() else { return };
    let mut connection = database.pg();
    let history = line(&[("SELECT 1;\nSELECT pg_sleep(20);\n", "")]);
    let limited = options(|options| options.statement_timeout = Some(Duration::from_millis(200)));
    let failure = failure(Migrator::new(&history).options(limited).upgrade(&mut connection, "heads"));
    assert!(failure.message.contains("statement timeout"), "{}", failure.message);
    assert_eq!(query(&mut connection, "SELECT current_setting('statement_timeout') AS line"), ["0"]);
}
