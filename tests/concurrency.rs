//! Many at once, and killed at any moment: every revision runs once, and the next run completes.
//!
//! On SQLite alone, whose lock is the file's own. What servers have instead is in `locks`, and kills of a command that
//! has a server, or of that, in `kills`.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::{Database, Output, Run, Sandbox};

const UPGRADE: &str = "upgrade --migrations migrations --database-url";

/// A history that writes down what ran, and in the middle of it rebuilds a table with foreign keys off, which
/// needs a transaction of its own.
fn diary(sandbox: &Sandbox, revisions: usize) {
    for number in 1..=revisions {
        let (up, down) = match number {
            1 => (
                "CREATE TABLE diary (entry TEXT NOT NULL);\nCREATE TABLE owners (id INTEGER PRIMARY KEY);\nCREATE TABLE pets (id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES owners ON DELETE CASCADE);\nINSERT INTO owners VALUES (1), (2);\nINSERT INTO pets VALUES (1, 1), (2, 2), (3, 2);\nINSERT INTO diary VALUES ('1');".to_owned(),
                "DROP TABLE pets; DROP TABLE owners; DROP TABLE diary;".to_owned(),
            ),
            number if number % 7 == 0 => (
                format!(
                    "CREATE TABLE new_owners (id INTEGER PRIMARY KEY, number INTEGER DEFAULT {number});\nINSERT INTO new_owners (id) SELECT id FROM owners;\nDROP TABLE owners;\nALTER TABLE new_owners RENAME TO owners;\nINSERT INTO diary VALUES ('{number}');"
                ),
                format!("DELETE FROM diary WHERE entry = '{number}';"),
            ),
            number => (
                format!("CREATE TABLE t{number} (id INTEGER PRIMARY KEY, text TEXT);\nINSERT INTO t{number} (text) VALUES ('a'), ('b');\nINSERT INTO diary VALUES ('{number}');"),
                format!("DROP TABLE t{number};\nDELETE FROM diary WHERE entry = '{number}';"),
            ),
        };
        sandbox.migration(&format!("{number:04}_step"), "", &up, Some(&down));
    }
}

fn upgrade(root: &Path, file: &str) -> Run {
    Run::schema(root, UPGRADE).arg(file)
}

#[track_caller]
fn each_ran_once(database: &mut Database, revisions: usize) {
    let mut diary: Vec<usize> =
        database.rows("SELECT entry FROM diary").iter().map(|entry| entry.parse().unwrap()).collect();
    diary.sort_unstable();
    assert_eq!(diary, (1..=revisions).collect::<Vec<_>>());
    assert_eq!(database.versions().len(), revisions);
    assert_eq!(database.count("pets"), 3);
}

#[test]
fn sixteen_processes_upgrade_one_file_at_once() {
    let sandbox = Sandbox::empty();
    diary(&sandbox, 40);
    sixteen_at_once(&sandbox, 40);
}

#[test]
fn sixteen_processes_run_a_script_outside_a_transaction_at_once() {
    let sandbox = Sandbox::empty();
    diary(&sandbox, 5);
    let metadata = "run_in_transaction = false\n";
    let up = "CREATE TABLE one (id INTEGER);\nVACUUM;\nINSERT INTO one VALUES (1);\nINSERT INTO diary VALUES ('6');\n";
    sandbox.migration("0006_outside", metadata, up, Some("DROP TABLE one;"));
    sixteen_at_once(&sandbox, 6);
    assert_eq!(sandbox.database("app.db").count("one"), 1);
}

#[track_caller]
fn sixteen_at_once(sandbox: &Sandbox, revisions: usize) {
    let root = sandbox.root();
    let children: Vec<_> = (0..16).map(|_| upgrade(&root, "app.db").spawn()).collect();
    for child in children {
        let output = Output::of(child, UPGRADE, &root);
        assert!(output.code == 0, "{}", output.story());
    }
    let mut database = sandbox.database("app.db");
    each_ran_once(&mut database, revisions);
    let twice = database.rows(
        "SELECT revision FROM __schema_ledger WHERE outcome = 'done' GROUP BY revision HAVING count(*) > 1",
    );
    assert_eq!(twice, Vec::<String>::new());
}

#[test]
fn sixteen_applications_start_at_once() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.build().ok();
    let root = sandbox.root();
    let start = || sandbox.app("shop").arg("list").env("DATABASE_URL", "app.db").spawn();
    let children: Vec<_> = (0..16).map(|_| start()).collect();
    for child in children {
        let output = Output::of(child, "shop list", &root);
        assert!(output.code == 0, "{}", output.story());
    }
    assert_eq!(sandbox.database("app.db").versions().len(), 3);
}

#[test]
fn a_run_that_is_killed_at_any_moment_is_completed_by_the_next() {
    const REVISIONS: usize = 20;
    let sandbox = Sandbox::empty();
    diary(&sandbox, REVISIONS);
    let root = sandbox.root();
    let length = (0..3).map(|number| measured(upgrade(&root, &format!("whole{number}.db")))).min().unwrap();
    let whole = sandbox.database("whole0.db").contents();
    let mut killed_half_way = 0;
    for moment in 0..200_u32 {
        let file = format!("killed{moment}.db");
        let mut child = upgrade(&root, &file).spawn();
        thread::sleep(scattered(moment, length));
        child.kill().unwrap();
        let code = Output::of(child, UPGRADE, &root).code;
        killed_half_way += usize::from(code == 128 + 9);
        upgrade(&root, &file).ok();
        let mut database = sandbox.database(&file);
        assert_eq!(database.contents(), whole, "killed at moment {moment}");
        each_ran_once(&mut database, REVISIONS);
        drop(database);
        std::fs::remove_file(sandbox.path(&file)).unwrap();
    }
    assert!(killed_half_way > 50, "only {killed_half_way} of 200 were killed before they were done");
}

#[track_caller]
fn measured(run: Run) -> Duration {
    let begin = Instant::now();
    run.ok();
    begin.elapsed()
}

/// Anywhere in the run, the same places every time: the golden ratio scatters evenly.
fn scattered(moment: u32, length: Duration) -> Duration {
    length.mul_f64((f64::from(moment) * 0.618_033_988_749_895).fract())
}

#[test]
fn a_revert_that_is_killed_is_completed_by_the_next() {
    const REVISIONS: usize = 20;
    let sandbox = Sandbox::empty();
    diary(&sandbox, REVISIONS);
    let root = sandbox.root();
    let revert =
        |file: &str| Run::schema(&root, "revert base --migrations migrations --database-url").arg(file);
    upgrade(&root, "app.db").ok();
    std::fs::copy(sandbox.path("app.db"), sandbox.path("copy.db")).unwrap();
    let length = measured(revert("copy.db"));
    let whole = sandbox.database("copy.db").contents();
    for moment in 0..40_u32 {
        std::fs::copy(sandbox.path("app.db"), sandbox.path("copy.db")).unwrap();
        let mut child = revert("copy.db").spawn();
        thread::sleep(scattered(moment, length));
        child.kill().unwrap();
        child.wait().unwrap();
        revert("copy.db").ok();
        assert_eq!(sandbox.database("copy.db").contents(), whole, "killed at moment {moment}");
    }
}

/// Outside a transaction a kill leaves a revision half-done: the ledger knows where, and the next run goes on there.
#[test]
fn a_revision_outside_a_transaction_is_gone_on_with() {
    let sandbox = Sandbox::empty();
    diary(&sandbox, 3);
    let mut up = String::from("VACUUM;\n");
    (0..30).for_each(|row| up.push_str(&format!("INSERT INTO diary VALUES ('outside {row}');\n")));
    up.push_str("VACUUM;\n");
    sandbox.migration("0004_outside", "run_in_transaction = false\n", &up, Some("VACUUM;\n"));
    let root = sandbox.root();
    let length = measured(upgrade(&root, "whole.db"));
    let whole = sandbox.database("whole.db").contents();
    // Side by side: a run that finds a row of a dead process waits a while for signs of life.
    thread::scope(|scope| {
        for moment in 0..24_u32 {
            let (root, whole) = (&root, &whole);
            scope.spawn(move || {
                let file = format!("killed{moment}.db");
                let mut child = upgrade(root, &file).spawn();
                thread::sleep(scattered(moment, length));
                child.kill().unwrap();
                child.wait().unwrap();
                let next = upgrade(root, &file).output();
                if next.code == 5 {
                    next.says("resolve 0004 --statement-done").says("resolve 0004 --statement-undone");
                    // Only `VACUUM` leaves no trace of whether it took effect, and it does no harm twice.
                    let resolve = "resolve 0004 --statement-undone --migrations migrations --database-url";
                    Run::schema(root, resolve).arg(&file).ok();
                    upgrade(root, &file).ok();
                } else {
                    assert_eq!(next.code, 0, "{}", next.story());
                }
                let contents = Database::open(&root.join(&file)).contents();
                assert_eq!(contents, *whole, "killed at moment {moment}");
            });
        }
    });
}
