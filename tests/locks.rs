//! Many runs at once on one empty server database: each revision runs once, whatever keeps the runs apart. And what is
//! said of a lock that somebody holds.
//!
//! `SCHEMA_TEST_ROUNDS` says how often; once when nobody asks.

use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::harness::{Engine, Output, Run, Sandbox, Served, Session, beds};

/// How many start at once.
const PROCESSES: usize = 32;

/// A history that writes down what ran; on PostgreSQL it builds an index in nobody's way.
struct Crowd {
    sandbox: Sandbox,
    served: Served,
    /// Where the processes go, one after another.
    urls: Vec<String>,
    flags: &'static str,
}

impl Crowd {
    fn new(served: Served, urls: Vec<String>, flags: &'static str) -> Self {
        let sandbox = Sandbox::empty();
        let revision = |number: usize, metadata: &str, up: &str| {
            sandbox.migration(&format!("{number:04}_step"), metadata, up, Some("SELECT 1;\n"));
        };
        revision(1, "", "CREATE TABLE diary (entry VARCHAR(9) NOT NULL);\nINSERT INTO diary VALUES ('1');\n");
        // As many as make it worth while to prepare what is said with each.
        for number in [2, 3, 5, 6, 7, 8, 9] {
            let table = format!("CREATE TABLE t{number} (id INTEGER PRIMARY KEY);\n");
            revision(number, "", &format!("{table}INSERT INTO diary VALUES ('{number}');\n"));
        }
        let (metadata, index) = match served.engine {
            Engine::Postgres => ("run_in_transaction = false\n", "INDEX CONCURRENTLY"),
            Engine::Mysql | Engine::Sqlite => ("", "INDEX"),
        };
        let up = format!("CREATE {index} entries ON diary (entry);\nINSERT INTO diary VALUES ('4');\n");
        revision(4, metadata, &up);
        Self { sandbox, served, urls, flags }
    }

    fn upgrade(&self, number: usize) -> Run {
        let url = &self.urls[number % self.urls.len()];
        let flags = self.flags;
        self.sandbox
            .schema(&format!("upgrade --wait 5m {flags} --migrations migrations --database-url {url}"))
    }

    fn run(&self) -> Duration {
        let start = Instant::now();
        let children: Vec<Child> = (0..PROCESSES).map(|number| self.upgrade(number).spawn()).collect();
        for child in children {
            let output = Output::of(child, "upgrade", &self.sandbox.root());
            assert!(output.code == 0, "{}", output.story());
        }
        let took = start.elapsed();
        let mut session = self.served.session();
        let once = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
        assert_eq!(session.rows("SELECT entry AS line FROM diary ORDER BY entry"), once);
        let done =
            "SELECT SUBSTRING(version, 4, 1) AS line FROM __schema_ledger WHERE outcome = 'done' ORDER BY id";
        assert_eq!(session.rows(done), once);
        assert_eq!(session.rows("SELECT version AS line FROM __diesel_schema_migrations").len(), once.len());
        self.upgrade(0).ok().says("nothing is pending");
        took
    }

    /// How often a lease was taken.
    fn leases(&self) -> String {
        self.served.session().rows("SELECT CONCAT('', fence) AS line FROM __schema_lock").remove(0)
    }
}

fn rounds(name: &str, crowd: impl Fn() -> Option<Crowd>, check: impl Fn(&Crowd)) {
    let rounds = std::env::var("SCHEMA_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1);
    for round in 1..=rounds {
        let Some(crowd) = crowd() else { return };
        let took = crowd.run();
        check(&crowd);
        eprintln!("{name}: round {round} of {rounds}, {PROCESSES} processes, {:.1} s", took.as_secs_f64());
    }
}

fn on(engine: Engine, flags: &'static str) -> Option<Crowd> {
    let served = Served::new(engine)?;
    let urls = vec![served.url()];
    Some(Crowd::new(served, urls, flags))
}

#[test]
fn thirty_two_on_postgres() {
    rounds(
        "advisory lock",
        || on(Engine::Postgres, ""),
        |crowd| {
            let tables = crowd
                .served
                .session()
                .rows("SELECT coalesce(to_regclass('__schema_lock')::text, 'none') AS line");
            assert_eq!(tables, ["none"], "nobody took a lease");
        },
    );
}

#[test]
fn thirty_two_take_a_lease_on_postgres() {
    rounds(
        "lease on PostgreSQL",
        || on(Engine::Postgres, "--lock table"),
        |crowd| assert_ne!(crowd.leases(), "0"),
    );
}

/// Somebody's administrator thought it safer; then the same row cannot be wanted twice.
#[test]
fn thirty_two_take_a_lease_where_transactions_are_serializable() {
    let crowd = || {
        let crowd = on(Engine::Postgres, "--lock table")?;
        let serializable = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', \
                            current_database()); END $$";
        crowd.served.session().run(serializable).unwrap();
        Some(crowd)
    };
    rounds("lease, serializable", crowd, |crowd| assert_ne!(crowd.leases(), "0"));
}

#[test]
fn thirty_two_on_mysql() {
    rounds("GET_LOCK", || on(Engine::Mysql, ""), |_| ());
}

#[test]
fn thirty_two_take_a_lease_on_mysql() {
    rounds("lease on MariaDB", || on(Engine::Mysql, "--lock table"), |crowd| assert_ne!(crowd.leases(), "0"));
}

/// Nobody asks for a lease: they find out.
#[test]
fn thirty_two_through_a_pooler() {
    let crowd = || {
        let served = Served::new(Engine::Postgres)?;
        let urls = vec![beds::pooled(&served)?];
        Some(Crowd::new(served, urls, ""))
    };
    rounds("PgBouncer", crowd, |crowd| assert_ne!(crowd.leases(), "0"));
}

/// Some replicas connect directly, others do not.
#[test]
fn thirty_two_half_of_them_through_a_pooler() {
    let crowd = || {
        let served = Served::new(Engine::Postgres)?;
        let urls = vec![beds::pooled(&served)?, served.url()];
        Some(Crowd::new(served, urls, ""))
    };
    rounds("PgBouncer and directly", crowd, |_| ());
}

#[test]
fn thirty_two_on_three_nodes() {
    let crowd = || beds::clustered().map(|(served, urls)| Crowd::new(served, urls, ""));
    rounds("Galera", crowd, |crowd| assert_ne!(crowd.leases(), "0"));
}

/// What one node does to the lock's table ends whatever looks at it on the others, which shall try again.
#[test]
fn a_node_that_is_in_the_way_all_the_time_stops_nobody() {
    let Some((served, urls)) = beds::clustered() else { return };
    let mut elsewhere = Session::open(Engine::Mysql, &urls[2]).unwrap();
    let crowd = Crowd::new(served, urls, "");
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                // It may not be there yet, and may be what somebody is at work on.
                let _ = elsewhere.run("ALTER TABLE __schema_lock COMMENT = ''");
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| crowd.run()));
        is_over.store(true, Ordering::Relaxed);
        ran.unwrap_or_else(|cause| std::panic::resume_unwind(cause));
    });
}

/// A run that sleeps, and what is said of it meanwhile and after it was killed.
fn who_holds_it_is_said(engine: Engine, flags: &'static str) -> Option<Crowd> {
    let crowd = on(engine, flags)?;
    let sleep = if engine == Engine::Postgres { "SELECT pg_sleep(60);\n" } else { "SELECT sleep(60);\n" };
    crowd.sandbox.migration("0001_step", "", sleep, None);
    let unlock = |words: &str| {
        let url = &crowd.urls[0];
        crowd.sandbox.schema(&format!("unlock {words} --migrations migrations --database-url {url}"))
    };
    let mut child = crowd.upgrade(0).spawn();
    while unlock("").output().code == 0 {
        assert!(child.try_wait().unwrap().is_none(), "the run was over before anybody met it");
    }
    unlock("--status").ok().says("writes to").says(", since 20").says("Z writes");
    unlock("").exits(1).says("holds the lock of").says(", since 20");
    let impatient =
        format!("upgrade --wait 0 {flags} --migrations migrations --database-url {}", crowd.urls[0]);
    crowd.sandbox.schema(&impatient).exits(4).says("was not obtained");
    let document = unlock("--status --format json").output().json();
    assert_eq!((&document["is_held"], &document["is_dead"]), (&true.into(), &false.into()), "{document}");
    child.kill().unwrap();
    child.wait().unwrap();
    Some(crowd)
}

#[test]
fn who_holds_an_advisory_lock_is_said() {
    who_holds_it_is_said(Engine::Postgres, "");
}

#[test]
fn who_holds_a_named_lock_is_said() {
    who_holds_it_is_said(Engine::Mysql, "");
}

#[test]
fn a_killed_run_leaves_a_lease_that_ends() {
    let Some(crowd) = who_holds_it_is_said(Engine::Postgres, "--lock table") else { return };
    let start = Instant::now();
    let url = &crowd.urls[0];
    let unlock = || crowd.sandbox.schema(&format!("unlock --migrations migrations --database-url {url}"));
    let broken = loop {
        let output = unlock().output();
        if output.code == 0 {
            break output;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{}", output.story());
    };
    broken.says("had ended");
    unlock().ok().says("nobody holds the lock");
}

/// A table that somebody has locked: the run says who, and goes on when it can.
fn who_blocks_it_is_said(engine: Engine) {
    let Some(crowd) = on(engine, "") else { return };
    let (mut blocker, id) = (
        crowd.served.session(),
        match engine {
            Engine::Postgres => "SELECT pg_backend_pid()::text AS line",
            Engine::Mysql | Engine::Sqlite => "SELECT CAST(CONNECTION_ID() AS CHAR) AS line",
        },
    );
    blocker.run("CREATE TABLE t (x INTEGER)").unwrap();
    blocker.run("BEGIN").unwrap();
    blocker.run("INSERT INTO t VALUES (1)").unwrap();
    let id = blocker.rows(id).remove(0);
    crowd.sandbox.migration(
        "0001_step",
        "",
        "ALTER TABLE t ADD COLUMN y INTEGER;\nCREATE TABLE diary (entry VARCHAR(9));\n",
        None,
    );
    let mut child = crowd.upgrade(0).spawn();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let told = lines.find(|line| line.contains("Blocked")).expect("it says who is in its way");
    assert!(told.contains(&id) && told.contains("in a transaction since 20"), "{told}");
    blocker.run("ROLLBACK").unwrap();
    let rest: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success(), "{rest:?}");
    assert!(!rest.iter().any(|line| line.contains("Blocked")), "said once: {rest:?}");
}

#[test]
fn who_blocks_a_statement_of_postgres_is_said() {
    who_blocks_it_is_said(Engine::Postgres);
}

#[test]
fn who_blocks_a_statement_of_mysql_is_said() {
    who_blocks_it_is_said(Engine::Mysql);
}

/// What a script sets in one statement does not reach the next one.
#[test]
fn a_revision_that_needs_a_session_is_refused_through_a_pooler() {
    let Some(served) = Served::new(Engine::Postgres) else { return };
    let Some(url) = beds::pooled(&served) else { return };
    let crowd = Crowd::new(served, vec![url], "--lock table");
    crowd.run();
    // The word that another run has left behind in a session tells that it is shared.
    crowd.sandbox.migration(
        "0010_step",
        "run_in_transaction = false\n",
        "SET lock_timeout = '2s';\nVACUUM;\n",
        None,
    );
    crowd
        .upgrade(0)
        .exits(3)
        .says("up.sql:1:1")
        .says("gives the next statement another session")
        .says("past the pooler");
    crowd.sandbox.migration("0010_step", "run_in_transaction = false\n", "VACUUM;\n", None);
    crowd.upgrade(0).ok().says("1 revision in");
}
