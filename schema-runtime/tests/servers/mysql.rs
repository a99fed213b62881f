//! MySQL and MariaDB: the ledger counts statements, and the catalogue is asked about the one in doubt.

use std::cell::RefCell;
use std::time::Duration;

use schema_runtime::engine::{Error, Event, Lock, Migrator, Obstacle, Options, Transactions};
use schema_runtime::history::History;

use crate::support::*;

/// As if the process had died just there.
const KILLED: &str = "UPDATE __schema_ledger SET outcome = NULL, error = NULL WHERE outcome = 'failed'";

#[test]
fn a_run_goes_on_at_the_statement_that_failed() {
    let Some(database) = Database::mysql() else { return };
    let mut connection = database.my();
    let wrong = "CREATE TABLE a (x int);\nINSERT INTO a VALUES (1);\nINSERT INTO a\nVALUES (nope);\nINSERT INTO a VALUES (3);\n";
    let failure = failure(upgrade(&line(&[(wrong, "")]), &mut connection));
    assert_eq!((failure.index, failure.kept, failure.position), (2, 2, (4, 9)), "{}", failure.message);
    assert_eq!(query(&mut connection, LEDGER), ["0000|upgrade|2/4|failed"]);
    upgrade(&line(&[(&wrong.replace("nope", "2"), "")]), &mut connection).unwrap();
    assert_eq!(query(&mut connection, "SELECT CAST(x AS CHAR) AS line FROM a ORDER BY x"), ["1", "2", "3"]);
}

#[test]
fn the_grammar_names_no_statement_of_ours() {
    let Some(database) = Database::mysql() else { return };
    let failure =
        failure(upgrade(&line(&[("SELECT 1;\nCREATE TABEL t (x int);\n", "")]), &mut database.my()));
    assert_eq!((failure.index, failure.position), (1, (2, 8)));
    assert!(!failure.message.contains("ledger"), "{}", failure.message);
}

#[test]
fn what_was_under_way_is_looked_up() {
    let up = "CREATE TABLE a (x int);\nALTER TABLE a ADD COLUMN y int;\nINSERT INTO a VALUES (1, 1);\n";
    for is_altered in [false, true] {
        let Some(database) = Database::mysql() else { return };
        let mut connection = database.my();
        failure(upgrade(&line(&[(&up.replace("ADD COLUMN y", "ADD COLUMN x"), "")]), &mut connection));
        run(&mut connection, KILLED);
        if is_altered {
            run(&mut connection, "ALTER TABLE a ADD COLUMN y int");
        }
        let announced = "CREATE TRIGGER g AFTER INSERT ON __schema_ledger FOR EACH ROW SET @announced = NEW.statements_done";
        run(&mut connection, announced);
        upgrade(&line(&[(up, "")]), &mut connection).unwrap();
        let announced = query(&mut connection, "SELECT CAST(@announced AS CHAR) AS line");
        assert_eq!(announced, [if is_altered { "2" } else { "1" }]);
        assert_eq!(query(&mut connection, "SELECT CAST(y AS CHAR) AS line FROM a"), ["1"]);
    }
}

#[test]
fn what_failed_for_good_reason_is_not_taken_for_done() {
    let Some(database) = Database::mysql() else { return };
    let mut connection = database.my();
    let history = line(&[("CREATE TABLE a (x int);\nALTER TABLE a ADD COLUMN x int;\n", "")]);
    for _ in 0..2 {
        assert_eq!(failure(upgrade(&history, &mut connection)).message, "Duplicate column name 'x'");
    }
}

#[test]
fn what_cannot_be_looked_up_is_asked() {
    let Some(database) = Database::mysql() else { return };
    let mut connection = database.my();
    let history = line(&[("CREATE TABLE a (x int);\nALTER TABLE a ADD INDEX (nope);\n", "")]);
    failure(upgrade(&history, &mut connection));
    run(&mut connection, KILLED);
    match upgrade(&history, &mut connection) {
        Err(Error::Interrupted { statements_done, .. }) => assert_eq!(statements_done, 1),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_killed_connection_is_completed_by_the_next_run() {
    let Some(database) = Database::mysql() else { return };
    let up = "CREATE TABLE a (x int);\nINSERT INTO a VALUES (1);\nUPDATE a SET x = x + 1 + sleep(30);\nUPDATE a SET x = x * 10;\n";
    let history: &'static History = Box::leak(Box::new(line(&[(up, "")])));
    let url = database.url();
    let victim = std::thread::spawn(move || {
        use diesel::Connection as _;
        upgrade(history, &mut Mysql::establish(&url).unwrap()).map(drop)
    });
    std::thread::sleep(Duration::from_millis(700));
    let mut connection = database.my();
    let id = query(
        &mut connection,
        "SELECT CAST(id AS CHAR) AS line FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'UPDATE a SET x = x + 1%'",
    );
    run(&mut connection, &format!("KILL {}", id[0]));
    assert!(victim.join().unwrap().is_err());
    assert_eq!(query(&mut connection, LEDGER), ["0000|upgrade|2/4|NULL"]);
    run(&mut connection, "SET SESSION max_statement_time = 0");
    let fast = up.replace(" + sleep(30)", "");
    upgrade(&line(&[(&fast, "")]), &mut connection).unwrap();
    assert_eq!(query(&mut connection, "SELECT CAST(x AS CHAR) AS line FROM a"), ["20"]);
}

#[test]
fn whoever_ends_a_statement_is_told_of() {
    let Some(database) = Database::mysql() else { return };
    let mut connection = database.my();
    let up = "CREATE TABLE a (x int);\nINSERT INTO a VALUES (1);\nUPDATE a SET x = x + 1 + sleep(30);\n";
    let failure = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut other = database.my();
            let at_work = "SELECT CAST(id AS CHAR) AS line FROM information_schema.processlist \
                WHERE db = DATABASE() AND info LIKE 'UPDATE a SET x = x + 1%'";
            let id = loop {
                if let [id] = &query(&mut other, at_work)[..] {
                    break id.clone();
                }
                std::thread::sleep(Duration::from_millis(5));
            };
            run(&mut other, &format!("KILL QUERY {id}"));
        });
        failure(upgrade(&line(&[(up, "")]), &mut connection))
    });
    assert_eq!((failure.index, failure.kept, failure.obstacle), (2, 2, Some(Obstacle::Cancelled)));
    upgrade(&line(&[(&up.replace(" + sleep(30)", ""), "")]), &mut connection).unwrap();
    assert_eq!(query(&mut connection, "SELECT CAST(x AS CHAR) AS line FROM a"), ["2"]);
}

#[test]
fn locked_tables_and_transactions_of_its_own_are_the_scripts_business() {
    let Some(database) = Database::mysql() else { return };
    let mut connection = database.my();
    let up = "CREATE TABLE a (x int);\nLOCK TABLES a WRITE;\nINSERT INTO a VALUES (1);\nUNLOCK TABLES;\n\
        START TRANSACTION;\nINSERT INTO a VALUES (2);\nROLLBACK;\nSTART TRANSACTION;\nINSERT INTO a VALUES (3);\nCOMMIT;\nSET autocommit = 0;\nINSERT INTO a VALUES (4);\n";
    let history = line(&[(&format!("-- outside\n{up}"), "")]);
    upgrade(&history, &mut connection).unwrap();
    assert_eq!(query(&mut connection, "SELECT CAST(x AS CHAR) AS line FROM a ORDER BY x"), ["1", "3", "4"]);
    let mut other = database.my();
    assert_eq!(query(&mut other, VERSIONS).len(), 1);
}

#[test]
fn stored_programs_are_one_statement() {
    let Some(database) = Database::mysql() else { return };
    let mut connection = database.my();
    let up = "CREATE TABLE a (x int);\nCREATE PROCEDURE p() BEGIN INSERT INTO a VALUES (1); INSERT INTO a VALUES (2); END;\nCALL p();\n";
    upgrade(&line(&[(up, "")]), &mut connection).unwrap();
    assert_eq!(query(&mut connection, "SELECT CAST(count(*) AS CHAR) AS line FROM a"), ["2"]);
}

#[test]
fn what_needs_one_transaction_is_refused() {
    let Some(database) = Database::mysql() else { return };
    let mut connection = database.my();
    let dry = Options { dry_run: true, ..Options::default() };
    let all = Options { transactions: Transactions::All, ..Options::default() };
    for options in [dry, all] {
        match Migrator::new(&three()).options(options).upgrade(&mut connection, "heads") {
            Err(Error::Refused { rule, .. }) => assert_eq!(rule, "outside-transaction"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(connection.tables(), Vec::<String>::new());
}

#[test]
fn a_script_that_goes_to_another_schema_comes_back() {
    for lock in [Lock::Engine, Lock::Table] {
        let (Some(database), Some(other)) = (Database::mysql(), Database::mysql()) else { return };
        let mut connection = database.my();
        let schema = |connection: &mut Mysql| query(connection, "SELECT DATABASE() AS line").remove(0);
        let (home, there) = (schema(&mut connection), schema(&mut other.my()));
        let up = format!(
            "USE {there};\nCREATE TABLE a (x int);\nINSERT INTO a VALUES (1);\nCREATE TABLE b (x int);\n"
        );
        let upgrade = |up: &str, connection: &mut Mysql| {
            let history = line(&[(up, ""), ("CREATE TABLE c (x int);\n", "")]);
            let options = Options { lock, ..Options::default() };
            Migrator::new(&history).options(options).upgrade(connection, "heads")
        };
        let failure = failure(upgrade(&up.replace("b (x int)", "b (x nope)"), &mut connection));
        assert_eq!((failure.index, failure.kept), (3, 3), "{}", failure.message);
        assert_eq!(schema(&mut connection), home);
        assert_eq!(query(&mut connection, LEDGER), ["0000|upgrade|3/4|failed"]);
        // What was under way when it was killed is looked up where it was made.
        run(&mut connection, &format!("{KILLED}; CREATE TABLE {there}.b (x int)"));
        upgrade(&up, &mut connection).unwrap();
        assert_eq!(schema(&mut connection), home);
        assert_eq!(
            (connection.tables(), other.my().tables()),
            (vec!["c".to_owned()], vec!["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(query(&mut connection, VERSIONS).len(), 2);
        let free =
            format!("SELECT CAST(IS_FREE_LOCK(CONCAT('cargo_schema:', MD5('{home}'))) AS CHAR) AS line");
        assert_eq!(query(&mut other.my(), &free), ["1"]);
    }
}

#[test]
fn a_script_comes_back_by_whatever_words_it_went() {
    for words in ["USE`OTHER`", "/*!USE OTHER */", "EXECUTE IMMEDIATE 'USE OTHER'", "use/**/OTHER"] {
        let (Some(database), Some(other)) = (Database::mysql(), Database::mysql()) else { return };
        let mut connection = database.my();
        let schema = |connection: &mut Mysql| query(connection, "SELECT DATABASE() AS line").remove(0);
        let (home, there) = (schema(&mut connection), schema(&mut other.my()));
        let up = format!("{};\nCREATE TABLE a (x int);\n", words.replace("OTHER", &there));
        let later = ("CREATE TABLE b (x int);\n", "");
        let fails = format!("{up}SELECT nope;\n");
        failure(upgrade(&line(&[(&fails, ""), later]), &mut connection));
        assert_eq!(schema(&mut connection), home, "{words}");
        run(&mut connection, &format!("DROP TABLE {there}.a; DELETE FROM __schema_ledger"));
        upgrade(&line(&[(&up, ""), later]), &mut connection).unwrap();
        assert_eq!((connection.tables(), other.my().tables()), (vec!["b".to_owned()], vec!["a".to_owned()]));
        assert_eq!(query(&mut connection, VERSIONS).len(), 2, "{words}");
    }
}

#[test]
fn a_schema_that_a_script_has_left_and_dropped_is_not_looked_for() {
    let Some(database) = Database::mysql() else { return };
    let mut connection = database.my();
    let home = query(&mut connection, "SELECT DATABASE() AS line").remove(0);
    let up = format!(
        "CREATE DATABASE {home}_x;\nUSE {home}_x;\nCREATE TABLE a (x int);\nDROP DATABASE {home}_x;\nUSE {home};\n\
         CREATE TABLE b (x int);\n"
    );
    failure(upgrade(&line(&[(&up.replace("b (x int)", "b (x nope)"), "")]), &mut connection));
    run(&mut connection, KILLED);
    upgrade(&line(&[(&up, "")]), &mut connection).unwrap();
    assert_eq!(connection.tables(), ["b"]);
}

#[test]
fn what_was_set_in_a_schema_is_set_there_again() {
    let (Some(database), Some(other)) = (Database::mysql(), Database::mysql()) else { return };
    let mut connection = database.my();
    let schema = |connection: &mut Mysql| query(connection, "SELECT DATABASE() AS line").remove(0);
    let (home, there) = (schema(&mut connection), schema(&mut other.my()));
    run(&mut connection, "CREATE TABLE items AS SELECT 1 AS x");
    run(&mut connection, &format!("CREATE TABLE {there}.items AS SELECT 100 AS x"));
    let up = format!(
        "USE {there};\nSET @n = (SELECT max(x) FROM items);\nUSE {home};\nINSERT INTO late VALUES (@n + 1);\n"
    );
    let history = line(&[(&up, "")]);
    assert_eq!(failure(upgrade(&history, &mut connection)).index, 3);
    run(&mut connection, "CREATE TABLE late (x int); SET @n = NULL");
    upgrade(&history, &mut connection).unwrap();
    assert_eq!(query(&mut connection, "SELECT CAST(x AS CHAR) AS line FROM late"), ["101"]);
}

#[test]
fn a_script_that_drops_its_own_schema_leaves_no_lock() {
    for lock in [Lock::Engine, Lock::Table] {
        let (Some(database), Some(other)) = (Database::mysql(), Database::mysql()) else { return };
        let mut connection = database.my();
        let home = query(&mut connection, "SELECT DATABASE() AS line").remove(0);
        let history = line(&[(&format!("DROP DATABASE {home};\n"), "")]);
        let options = Options { lock, ..Options::default() };
        assert!(Migrator::new(&history).options(options).upgrade(&mut connection, "heads").is_err());
        let free =
            format!("SELECT CAST(IS_FREE_LOCK(CONCAT('cargo_schema:', MD5('{home}'))) AS CHAR) AS line");
        assert_eq!(query(&mut other.my(), &free), ["1"]);
        run(&mut connection, &format!("CREATE DATABASE {home}"));
    }
}

#[test]
fn text_is_quoted_whatever_the_mode_says_of_backslashes() {
    for mode in ["", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES"] {
        let Some(database) = Database::mysql() else { return };
        let mut connection = database.my();
        run(&mut connection, &format!("SET sql_mode = '{mode}'"));
        let actor = "it's \\' a; \"name\" \u{1f600}";
        let options = Options { actor: Some(actor.to_owned()), ..Options::default() };
        Migrator::new(&three()).options(options).upgrade(&mut connection, "heads").unwrap();
        assert_eq!(query(&mut connection, "SELECT actor AS line FROM __schema_ledger LIMIT 1"), [actor]);
    }
}

#[test]
fn a_statement_waits_and_runs_no_longer_than_it_may() {
    let Some(database) = Database::mysql() else { return };
    let (mut holder, mut connection) = (database.my(), database.my());
    run(&mut holder, "CREATE TABLE t (x int); START TRANSACTION; INSERT INTO t VALUES (1)");
    let limited = |options: Options, up: &str, connection: &mut Mysql| {
        failure(Migrator::new(&line(&[(up, "")])).options(options).upgrade(connection, "heads")).message
    };
    let lock = Options {
        lock_timeout: Some(Duration::from_secs(1)),
        lock_wait: Duration::ZERO,
        ..Options::default()
    };
    let message = limited(lock, "ALTER TABLE t ADD COLUMN y int;\n", &mut connection);
    assert!(message.contains("Lock wait timeout"), "{message}");
    let statement = Options { statement_timeout: Some(Duration::from_millis(300)), ..Options::default() };
    let message = limited(statement, "SELECT sleep(9) FROM mysql.user;\n", &mut connection);
    assert!(message.contains("max_statement_time"), "{message}");
    assert_eq!(
        query(
            &mut connection,
            "SELECT CAST(@@lock_wait_timeout > 1 AND @@max_statement_time = 0 AS CHAR) AS line"
        ),
        ["1"]
    );
}

#[test]
fn a_table_that_others_hold_is_asked_for_again_from_the_statement_on() {
    let Some(database) = Database::mysql() else { return };
    let (mut holder, mut connection) = (database.my(), database.my());
    run(&mut holder, "CREATE TABLE t (x int); START TRANSACTION; INSERT INTO t VALUES (1)");
    let up = "CREATE TABLE u (x int);\nINSERT INTO u VALUES (1);\nALTER TABLE t ADD COLUMN y int;\nUPDATE u SET x = x + 1;\n";
    let history: &'static History = Box::leak(Box::new(line(&[(up, "")])));
    let url = database.url();
    let patient = std::thread::spawn(move || {
        use diesel::Connection as _;
        let mut connection = Mysql::establish(&url).unwrap();
        run(&mut connection, "SET lc_messages = 'de_DE'");
        let options = Options { lock_timeout: Some(Duration::from_secs(1)), ..Options::default() };
        Migrator::new(history).options(options).upgrade(&mut connection, "heads").map(drop)
    });
    std::thread::sleep(Duration::from_millis(2500));
    run(&mut holder, "COMMIT");
    patient.join().unwrap().unwrap();
    assert_eq!(query(&mut connection, "SELECT CAST(x AS CHAR) AS line FROM u"), ["2"]);
    assert_eq!(query(&mut connection, LEDGER), ["0000|upgrade|4/4|done"]);
}

#[test]
fn what_is_written_before_a_script_waits_too_and_the_script_is_run() {
    let Some(database) = Database::mysql() else { return };
    let mut connection = database.my();
    run(&mut connection, "CREATE TABLE t (x int)");
    let history = line(&[("INSERT INTO t VALUES (1);\n", "")]);
    upgrade(&history, &mut connection).unwrap();
    // Somebody reverted it with another program, which is written down first.
    run(&mut connection, "DELETE FROM t; DELETE FROM __diesel_schema_migrations");
    let mut holder = database.my();
    run(&mut holder, "START TRANSACTION; SELECT * FROM __schema_ledger FOR UPDATE");
    let freed = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(1500));
        run(&mut holder, "COMMIT");
    });
    let options = Options { lock_timeout: Some(Duration::from_secs(1)), ..Options::default() };
    Migrator::new(&history).options(options).upgrade(&mut connection, "heads").unwrap();
    freed.join().unwrap();
    assert_eq!(query(&mut connection, "SELECT CAST(x AS CHAR) AS line FROM t"), ["1"]);
    let ledger = ["0000|upgrade|1/1|done", "0000|gone|0/0|done", "0000|upgrade|1/1|done"];
    assert_eq!(query(&mut connection, LEDGER), ledger);
}

/// How an upgrade ends whose script sleeps for a second, and whose ledger is not to be written to from then on, until
/// `when` is over.
fn without_the_ledger(
    database: &Database,
    up: &'static str,
    lock_wait: u64,
    mut when: impl FnMut(&mut Mysql),
) -> Result<(), Error> {
    let (mut holder, mut connection) = (database.my(), database.my());
    std::thread::scope(|scope| {
        let patient = scope.spawn(|| {
            let options = Options {
                lock_timeout: Some(Duration::from_secs(1)),
                lock_wait: Duration::from_secs(lock_wait),
                ..Options::default()
            };
            Migrator::new(&line(&[(up, "")])).options(options).upgrade(&mut database.my(), "heads").map(drop)
        });
        let sleeping = "SELECT '' AS line FROM information_schema.processlist WHERE db = DATABASE() AND state = 'User sleep'";
        while query(&mut connection, sleeping).is_empty() {
            assert!(!patient.is_finished());
        }
        run(&mut holder, "START TRANSACTION; SELECT * FROM __schema_ledger FOR UPDATE");
        when(&mut connection);
        run(&mut holder, "COMMIT");
        patient.join().unwrap()
    })
}

/// Until the count of what slept was refused, and is asked for once more.
fn a_refusal(_: &mut Mysql) {
    std::thread::sleep(Duration::from_millis(2800));
}

/// Until a statement is under way that has this in it.
fn under_way(connection: &mut Mysql, part: &str) {
    let is_there = format!(
        "SELECT info AS line FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID() \
         AND info LIKE '%{part}%'"
    );
    let start = std::time::Instant::now();
    while query(connection, &is_there).is_empty() {
        assert!(start.elapsed() < Duration::from_secs(9), "{part}");
    }
}

const ROWS: &str = "SELECT CAST(x AS CHAR) AS line FROM a ORDER BY x";

#[test]
fn what_ran_and_could_not_be_counted_is_not_run_again() {
    let Some(database) = Database::mysql() else { return };
    let up = "CREATE TABLE a (x int);\nCREATE PROCEDURE p() BEGIN INSERT INTO a VALUES (1); DO sleep(1); END;\nCALL p();\nINSERT INTO a VALUES (2);\n";
    without_the_ledger(&database, up, 60, a_refusal).unwrap();
    assert_eq!(query(&mut database.my(), ROWS), ["1", "2"]);
    assert_eq!(query(&mut database.my(), LEDGER), ["0000|upgrade|4/4|done"]);
}

#[test]
fn who_gives_up_counts_what_ran_and_could_not_be_counted() {
    let Some(database) = Database::mysql() else { return };
    let up = "CREATE TABLE a (x int);\nCREATE PROCEDURE p() BEGIN INSERT INTO a VALUES (1); DO sleep(1); END;\nCALL p();\nINSERT INTO a VALUES (2);\n";
    let failure = failure(without_the_ledger(&database, up, 1, |other| under_way(other, "failed")));
    assert_eq!((failure.index, failure.kept), (3, 3));
    let mut connection = database.my();
    assert_eq!(query(&mut connection, LEDGER), ["0000|upgrade|3/4|failed"]);
    upgrade(&line(&[(up, "")]), &mut connection).unwrap();
    assert_eq!(query(&mut connection, ROWS), ["1", "2"]);
}

#[test]
fn a_change_of_the_schema_ends_the_transaction_that_it_is_in() {
    let Some(database) = Database::mysql() else { return };
    let up = "-- outside\nCREATE TABLE a (x int);\nSTART TRANSACTION;\nINSERT INTO a VALUES (1);\n\
        CREATE TABLE b AS SELECT sleep(1);\nINSERT INTO a VALUES (2);\nCOMMIT;\n";
    without_the_ledger(&database, up, 60, a_refusal).unwrap();
    assert_eq!(query(&mut database.my(), ROWS), ["1", "2"]);
    assert_eq!(query(&mut database.my(), LEDGER), ["0000|upgrade|6/6|done"]);
}

#[test]
fn a_table_of_the_session_ends_no_transaction() {
    let Some(database) = Database::mysql() else { return };
    let up = "-- outside\nCREATE TABLE a (x int);\nSTART TRANSACTION;\nINSERT INTO a VALUES (1);\n\
        CREATE TEMPORARY TABLE b (x int);\nDROP TEMPORARY TABLE b;\nROLLBACK;\nINSERT INTO a VALUES (2);\n";
    upgrade(&line(&[(up, "")]), &mut database.my()).unwrap();
    assert_eq!(query(&mut database.my(), ROWS), ["2"]);
}

#[test]
fn locked_tables_that_were_unlocked_are_not_locked_again() {
    let Some(database) = Database::mysql() else { return };
    let up = "-- outside\nCREATE TABLE a (x int);\nLOCK TABLES a WRITE;\nINSERT INTO a VALUES (1);\n\
        DO sleep(1);\nUNLOCK TABLES;\nINSERT INTO a VALUES (2);\n";
    without_the_ledger(&database, up, 60, a_refusal).unwrap();
    assert_eq!(query(&mut database.my(), ROWS), ["1", "2"]);
    assert_eq!(query(&mut database.my(), LEDGER), ["0000|upgrade|6/6|done"]);
}

#[test]
fn locked_tables_may_be_committed() {
    let Some(database) = Database::mysql() else { return };
    let up = "-- outside\nCREATE TABLE a (x int);\nSET autocommit = 0;\nLOCK TABLES a WRITE;\n\
        INSERT INTO a VALUES (1);\nCOMMIT;\nUNLOCK TABLES;\n";
    upgrade(&line(&[(up, "")]), &mut database.my()).unwrap();
    assert_eq!(query(&mut database.my(), ROWS), ["1"]);
}

#[test]
fn what_may_have_committed_within_is_not_run_again() {
    let Some(database) = Database::mysql() else { return };
    let mut holder = database.my();
    run(&mut holder, "CREATE TABLE a (x int); CREATE TABLE t (x int); INSERT INTO t VALUES (1)");
    run(&mut holder, "START TRANSACTION; UPDATE t SET x = 2");
    let options = Options { lock_timeout: Some(Duration::from_secs(1)), ..Options::default() };
    let program = "BEGIN INSERT INTO a VALUES (1); UPDATE t SET x = 3; END;\n";
    let called = format!("CREATE PROCEDURE p() {program}CALL p();\n");
    for (index, up) in [program.replacen("BEGIN", "BEGIN NOT ATOMIC", 1), called].iter().enumerate() {
        let failure = failure(
            Migrator::new(&line(&[(up, "")])).options(options.clone()).upgrade(&mut database.my(), "heads"),
        );
        assert_eq!((failure.index, failure.kept), (index, index), "{}", failure.message);
        assert_eq!(query(&mut database.my(), ROWS), ["1"]);
        assert_eq!(failure.details.len(), 1);
        run(&mut database.my(), "DELETE FROM a; DELETE FROM __schema_ledger");
    }
}

#[test]
fn a_script_that_ran_to_its_end_is_at_none_of_its_statements() {
    let Some(database) = Database::mysql() else { return };
    let up = "CREATE TABLE a (x int);\nINSERT INTO a VALUES (1);\nDO sleep(1);\n";
    let (history, mut holder) = (line(&[(up, "")]), database.my());
    let stopped = without_the_ledger(&database, up, 0, |_| {
        run(&mut holder, "LOCK TABLES __diesel_schema_migrations WRITE");
    });
    let failure = failure(stopped);
    assert_eq!((failure.index, failure.kept), (3, 3), "{}", failure.message);
    assert_eq!(query(&mut database.my(), LEDGER), ["0000|upgrade|3/3|failed"]);
    run(&mut holder, "UNLOCK TABLES");
    upgrade(&history, &mut database.my()).unwrap();
    assert_eq!(query(&mut database.my(), ROWS), ["1"]);
}

#[test]
fn what_could_not_be_read_under_the_lock_is_read_again() {
    let Some(database) = Database::mysql() else { return };
    let history = three();
    Migrator::new(&history).upgrade(&mut database.my(), "+1").unwrap();
    let (lock, tables) = (RefCell::new(database.my()), RefCell::new(database.my()));
    run(&mut *lock.borrow_mut(), "DO GET_LOCK(CONCAT('cargo_schema:', MD5(DATABASE())), 0)");
    let options = Options { lock_timeout: Some(Duration::from_secs(1)), ..Options::default() };
    let ran = Migrator::new(&history).options(options).observe(|event| match event {
        Event::Waiting { holder: Some(_), .. } => {
            run(
                &mut *tables.borrow_mut(),
                "CREATE TABLE b (x int); INSERT INTO __diesel_schema_migrations (version) VALUES ('20260001'); \
                 LOCK TABLES __schema_ledger WRITE, __diesel_schema_migrations WRITE",
            );
            run(&mut *lock.borrow_mut(), "DO RELEASE_ALL_LOCKS()");
        }
        Event::Waiting { holder: None, .. } => run(&mut *tables.borrow_mut(), "UNLOCK TABLES"),
        _ => {}
    });
    let report = ran.upgrade(&mut database.my(), "+1").unwrap();
    assert!(report.done.nodes.is_empty(), "{report:?}");
}
