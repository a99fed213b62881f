//! The plain case: up, down, failing, dry, all or nothing.

use schema_runtime::engine::{Error, Migrator, Obstacle, Options, Transactions};

use crate::support::*;

#[test]
fn an_upgrade_runs_everything_and_remembers_it() {
    let (history, database) = (tables(3), Database::new());
    let mut connection = database.connect();
    let (report, events) =
        watched(&history, Options::default(), |migrator| migrator.upgrade(&mut connection, "heads").unwrap());
    assert_eq!(report.done.nodes, [0, 1, 2]);
    assert_eq!(report.now_at, ["0002"]);
    let expected = [
        "locked 3",
        "started 0000",
        "finished 0000",
        "started 0001",
        "finished 0001",
        "started 0002",
        "finished 0002",
    ];
    assert_eq!(events, expected);
    assert_eq!(schema(&mut connection), ["t0", "t1", "t2"]);
    assert_eq!(versions(&mut connection), ["20260000", "20260001", "20260002"]);
    let rows = ["0000|upgrade|1/1|done", "0001|upgrade|1/1|done", "0002|upgrade|1/1|done"];
    assert_eq!(ledger(&mut connection), rows);
}

#[test]
fn a_revert_goes_back_step_by_step() {
    let (history, database) = (tables(3), Database::new());
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    let report = revert(&history, &mut connection, "2").unwrap();
    assert_eq!((report.done.nodes, report.now_at), (vec![2, 1], vec!["0000".to_owned()]));
    assert_eq!(schema(&mut connection), ["t0"]);
    assert_eq!(versions(&mut connection), ["20260000"]);
    assert_eq!(ledger(&mut connection).len(), 5);
    upgrade(&history, &mut connection).unwrap();
    assert_eq!(applied(&history, &mut connection), [0, 1, 2]);
    revert(&history, &mut connection, "base").unwrap();
    assert_eq!(schema(&mut connection), Vec::<String>::new());
}

#[test]
fn with_nothing_pending_nothing_is_written_and_no_lock_is_taken() {
    let (history, database) = (tables(2), Database::new());
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    let mut holder = database.connect();
    run(&mut holder, "BEGIN IMMEDIATE");
    let before = std::fs::read(database.path()).unwrap();
    let options = options(|options| options.lock_wait = std::time::Duration::ZERO);
    let (report, events) = watched(&history, options, |migrator| migrator.upgrade(&mut connection, "heads"));
    assert!(report.unwrap().done.is_empty());
    assert_eq!(events, Vec::<String>::new());
    assert_eq!(std::fs::read(database.path()).unwrap(), before);
}

#[test]
fn a_failing_statement_leaves_what_ran_before_and_nothing_of_its_own() {
    let up = "CREATE TABLE b (x);\nINSERT INTO b\nVALUES (nope);\n";
    let history = line(&[("CREATE TABLE a (x);\n", ""), (up, ""), ("CREATE TABLE c (x);\n", "")]);
    let database = Database::new();
    let mut connection = database.connect();
    let failure = failure(upgrade(&history, &mut connection));
    assert_eq!(failure.message, "no such column: nope");
    assert_eq!((failure.index, failure.total, failure.position), (1, 2, (3, 9)));
    assert_eq!((failure.kept, failure.revisions_done), (0, 1));
    assert_eq!(failure.now_at, ["0000"]);
    assert_eq!(schema(&mut connection), ["a"]);
    assert_eq!(ledger(&mut connection), ["0000|upgrade|1/1|done", "0001|upgrade|0/2|failed"]);
    assert_eq!(
        query(&mut connection, "error", "FROM __schema_ledger WHERE id = 2"),
        ["no such column: nope"]
    );
    assert_eq!(state(&history, &mut connection).interrupted, []);
}

#[test]
fn a_disk_that_is_full_is_an_obstacle_and_no_fault_of_the_revision() {
    let up = "CREATE TABLE b (x);\nINSERT INTO b VALUES (zeroblob(1000000));\n";
    let history = line(&[("CREATE TABLE a (x);\n", ""), (up, "")]);
    let database = Database::new();
    let mut connection = database.connect();
    run(&mut connection, "PRAGMA max_page_count = 20");
    let failure = failure(upgrade(&history, &mut connection));
    assert_eq!((failure.obstacle, failure.revisions_done), (Some(Obstacle::DiskFull), 1));
    assert_eq!(schema(&mut connection), ["a"]);
}

#[test]
fn what_ran_before_stays_when_sqlite_itself_ends_the_transaction() {
    let up = "INSERT OR ROLLBACK INTO a VALUES (1), (1);\n";
    let history = line(&[("CREATE TABLE a (x UNIQUE);\n", ""), (up, "")]);
    let database = Database::new();
    let mut connection = database.connect();
    let failure = failure(upgrade(&history, &mut connection));
    assert_eq!((failure.revisions_done, failure.now_at), (1, vec!["0000".to_owned()]));
    assert_eq!(schema(&mut connection), ["a"]);
    assert_eq!(ledger(&mut connection), ["0000|upgrade|1/1|done", "0001|upgrade|0/1|failed"]);
}

#[test]
fn deferred_keys_are_blamed_on_the_revision_that_broke_them() {
    let child = "CREATE TABLE c (p REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED);\n";
    let history = line(&[
        ("CREATE TABLE p (id INTEGER PRIMARY KEY);\n", ""),
        (child, ""),
        ("INSERT INTO c VALUES (7);\n", ""),
        ("CREATE TABLE d (x);\n", ""),
    ]);
    let database = Database::new();
    let mut connection = database.connect();
    run(&mut connection, "PRAGMA foreign_keys = ON");
    let failure = failure(upgrade(&history, &mut connection));
    assert_eq!((&*failure.revision, failure.revisions_done), ("0002", 2));
    assert_eq!(schema(&mut connection), ["c", "p"]);
    assert_eq!(applied(&history, &mut connection), [0, 1]);
}

#[test]
fn all_or_nothing_is_nothing_when_one_fails() {
    let history = line(&[("CREATE TABLE a (x);\n", ""), ("CREATE TABLE a (x);\n", "")]);
    let database = Database::new();
    let mut connection = database.connect();
    let options = options(|options| options.transactions = Transactions::All);
    let migrator = Migrator::new(&history).options(options);
    let failure = failure(migrator.upgrade(&mut connection, "heads"));
    assert_eq!((failure.revisions_done, failure.now_at.len(), failure.position), (0, 0, (1, 14)));
    assert_eq!(schema(&mut connection), Vec::<String>::new());
    assert_eq!(ledger(&mut connection), ["0001|upgrade|0/1|failed"]);
}

#[test]
fn revision_by_revision_each_is_committed() {
    let history = line(&[("CREATE TABLE a (x);\n", ""), ("INSERT OR ROLLBACK INTO a VALUES (y);\n", "")]);
    let database = Database::new();
    let mut connection = database.connect();
    let options = options(|options| options.transactions = Transactions::Revision);
    let failure = failure(Migrator::new(&history).options(options).upgrade(&mut connection, "heads"));
    assert_eq!(failure.revisions_done, 1);
    assert_eq!(schema(&mut connection), ["a"]);
}

#[test]
fn a_dry_run_runs_and_leaves_nothing() {
    let (history, database) = (tables(2), Database::new());
    let mut connection = database.connect();
    let (report, events) = watched(&history, options(|options| options.dry_run = true), |migrator| {
        migrator.upgrade(&mut connection, "heads").unwrap()
    });
    assert_eq!((report.done.nodes.len(), report.now_at.len(), events.len()), (2, 0, 5));
    assert_eq!(query(&mut connection, "name", "FROM sqlite_master"), Vec::<String>::new());
    let broken = line(&[("CREATE TABLE a (x);\n", ""), ("CREATE TABLE a (x);\n", "")]);
    let migrator = Migrator::new(&broken).options(options(|options| options.dry_run = true));
    failure(migrator.upgrade(&mut connection, "heads"));
    assert_eq!(query(&mut connection, "name", "FROM sqlite_master"), Vec::<String>::new());
}

#[test]
fn scripts_of_comments_run_and_count() {
    let history = line(&[("-- nothing yet\n", "-- nothing\n")]);
    let database = Database::new();
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    assert_eq!(ledger(&mut connection), ["0000|upgrade|0/0|done"]);
}

#[test]
fn memory_databases_and_write_ahead_logs_work() {
    use diesel::Connection;
    let history = tables(2);
    let mut memory = diesel::SqliteConnection::establish(":memory:").unwrap();
    upgrade(&history, &mut memory).unwrap();
    assert_eq!(schema(&mut memory), ["t0", "t1"]);
    let database = Database::with("PRAGMA journal_mode = WAL");
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    assert_eq!(schema(&mut database.connect()), ["t0", "t1"]);
}

#[test]
fn a_connection_inside_a_transaction_is_refused() {
    let (history, database) = (tables(1), Database::new());
    let mut connection = database.connect();
    run(&mut connection, "BEGIN");
    assert_eq!(refusal(upgrade(&history, &mut connection)).0, "open-transaction");
    run(&mut connection, "ROLLBACK");
    upgrade(&history, &mut connection).unwrap();
}

#[test]
fn a_read_only_file_can_be_read_and_not_upgraded() {
    let (history, database) = (tables(2), Database::new());
    Migrator::new(&history).upgrade(&mut database.connect(), "0000").unwrap();
    use diesel::Connection;
    let url = format!("file:{}?mode=ro", database.path());
    let mut connection = diesel::SqliteConnection::establish(&url).unwrap();
    assert_eq!(applied(&history, &mut connection), [0]);
    match upgrade(&history, &mut connection) {
        Err(Error::Obstructed { obstacle: Obstacle::ReadOnly, message, .. }) => {
            assert_eq!(message, "attempt to write a readonly database");
        }
        other => panic!("{other:?}"),
    }
    let empty = Database::with("PRAGMA user_version = 1");
    let url = format!("file:{}?mode=ro", empty.path());
    let mut connection = diesel::SqliteConnection::establish(&url).unwrap();
    assert_eq!(applied(&history, &mut connection), Vec::<usize>::new());
}
