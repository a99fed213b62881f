//! The command or the server is killed, at each statement and at any moment. The next run ends with the same schema
//! and rows as one that nobody disturbed, or says what to run so that it does; and no lock is left behind.
//!
//! `SCHEMA_TEST_KILLS` is how many moments are tried, and `SCHEMA_TEST_SEED` which.

use std::io::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::{Engine, Private, Run, Sandbox, Served};

/// Who dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Command,
    Server,
}

/// A table of cases: each becomes a test per engine.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        cases!(@ postgres, Postgres, $($case),+);
        cases!(@ mysql, Mysql, $($case),+);
    };
    (@ $module:ident, $engine:ident, $($case:ident),+) => {
        mod $module {
            $(
                #[test]
                fn $case() {
                    if let Some(server) = crate::harness::Private::start(crate::harness::Engine::$engine, "") {
                        super::$case(&server);
                    }
                }
            )+
        }
    };
}

cases!(
    the_command_killed_at_any_moment,
    the_server_killed_at_any_moment,
    the_command_killed_at_each_statement,
    the_server_killed_at_each_statement,
);

fn the_command_killed_at_any_moment(server: &Private) {
    at_any_moment(server, Victim::Command);
}

fn the_server_killed_at_any_moment(server: &Private) {
    at_any_moment(server, Victim::Server);
}

fn the_command_killed_at_each_statement(server: &Private) {
    at_each_statement(server, Victim::Command);
}

fn the_server_killed_at_each_statement(server: &Private) {
    at_each_statement(server, Victim::Server);
}

/// What a history does to an empty database. A number that is counted up twice shows.
fn scripts(engine: Engine) -> Vec<(bool, Vec<&'static str>)> {
    let mut scripts = vec![
        (
            true,
            vec![
                "CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)",
                "INSERT INTO a VALUES (1, 0), (2, 0)",
                "CREATE TABLE diary (entry VARCHAR(40) NOT NULL)",
                "UPDATE a SET n = n + 1",
            ],
        ),
        (true, vec!["CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id))"]),
        (
            true,
            vec![
                "ALTER TABLE a ADD COLUMN m INTEGER DEFAULT 0 NOT NULL",
                "UPDATE a SET m = m + n",
                "CREATE INDEX a_m ON a (m)",
                "INSERT INTO b VALUES (1, 1), (2, 2)",
                "UPDATE a SET m = m + 1",
            ],
        ),
    ];
    if engine == Engine::Postgres {
        scripts.push((
            false,
            vec![
                "CREATE INDEX CONCURRENTLY a_n ON a (n)",
                "UPDATE a SET n = n + 1",
                "VACUUM a",
                "DO $$ BEGIN INSERT INTO diary VALUES ('did'); END $$",
                "BEGIN",
                "UPDATE a SET n = n + 1",
                "INSERT INTO diary VALUES ('inside')",
                "COMMIT",
                "DROP INDEX CONCURRENTLY a_m",
            ],
        ));
    } else {
        scripts.push((
            false,
            vec![
                "ALTER TABLE b ADD CONSTRAINT b_a FOREIGN KEY (a) REFERENCES a (id)",
                "CREATE PROCEDURE fill() INSERT INTO diary VALUES ('did')",
                "CALL fill()",
                "DROP INDEX a_m ON a",
                "ALTER TABLE a RENAME COLUMN m TO o",
                "START TRANSACTION",
                "UPDATE a SET n = n + 1",
                "INSERT INTO diary VALUES ('inside')",
                "COMMIT",
                "RENAME TABLE b TO c",
            ],
        ));
    }
    // As many as make it worth while to prepare what is said with each.
    scripts.extend((0..4).map(|_| (true, vec!["UPDATE a SET n = n + 3"])));
    scripts.push((true, vec!["INSERT INTO diary VALUES ('last')", "UPDATE a SET n = n * 10"]));
    scripts
}

/// The history in files; with a gate, at which a run stands for a while, before a statement.
fn history(sandbox: &Sandbox, engine: Engine, gate: Option<(usize, usize)>) {
    for (number, (is_joined, statements)) in scripts(engine).into_iter().enumerate() {
        let sleep = if engine == Engine::Mysql { "SELECT sleep(1)" } else { "SELECT pg_sleep(1)" };
        let stands = |index: usize| gate == Some((number, index));
        let mut up = String::new();
        for (index, statement) in statements.iter().enumerate() {
            let gate = if stands(index) { sleep } else { "SELECT 1" };
            up.push_str(&format!("{gate};\n{statement};\n"));
        }
        let metadata = format!("run_in_transaction = {is_joined}\n");
        sandbox.migration(&format!("2026-11-20-100{number}00_step"), &metadata, &up, None);
    }
}

fn upgrade(sandbox: &Sandbox, database: &Served) -> Run {
    sandbox.schema(&format!("upgrade --wait 2s --migrations migrations --database-url {}", database.url()))
}

/// All tables with their columns, indexes and rows, the ledger's left out.
fn contents(database: &Served) -> Vec<String> {
    let (mut session, is_mysql) = (database.session(), database.engine == Engine::Mysql);
    let schema = if is_mysql { "DATABASE()" } else { "'public'" };
    let mut lines = session.rows(&format!(
        "SELECT CONCAT(table_name, ' ', column_name, ' ', data_type, ' ', is_nullable) AS line \
         FROM information_schema.columns WHERE table_schema = {schema} AND table_name NOT LIKE '\\_\\_%' ORDER BY 1"
    ));
    lines.extend(session.rows(if is_mysql {
        "SELECT CONCAT(table_name, ' ', index_name, ' ', column_name) AS line FROM information_schema.statistics \
         WHERE table_schema = DATABASE() AND table_name NOT LIKE '\\_\\_%' ORDER BY 1"
    } else {
        "SELECT concat(indexrelid::regclass, ' ', indisvalid) AS line FROM pg_index \
         WHERE indrelid::regclass::text IN ('a', 'b', 'diary') ORDER BY 1"
    }));
    let (m, b) = if is_mysql { ("o", "c") } else { ("m", "b") };
    lines.extend(session.rows(&format!("SELECT CONCAT(id, ' ', n, ' ', {m}) AS line FROM a ORDER BY id")));
    lines.extend(session.rows(&format!("SELECT CONCAT(id, ' ', a) AS line FROM {b} ORDER BY id")));
    lines.extend(session.rows("SELECT entry AS line FROM diary ORDER BY 1"));
    lines.extend(session.rows("SELECT version AS line FROM __diesel_schema_migrations ORDER BY 1"));
    lines
}

/// Kills, and finds out that nothing was lost. Says whether the run was killed before its end.
fn kill(
    server: &Private,
    sandbox: &Sandbox,
    victim: Victim,
    when: impl FnOnce(&Served),
    expected: &[String],
) -> String {
    let database = Served::on(server.engine, server.url());
    let mut command = upgrade(sandbox, &database).spawn();
    when(&database);
    match victim {
        Victim::Command => command.kill().unwrap(),
        Victim::Server => server.kill(),
    }
    let output = command.wait_with_output().unwrap();
    if victim == Victim::Server {
        server.run();
        let heard = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 3)), "{heard}");
    }
    let how = complete(sandbox, &database);
    assert_eq!(contents(&database), expected, "{victim:?} {how} {}", String::from_utf8_lossy(&output.stderr));
    how.to_owned()
}

/// Runs it to its end, and follows what it says where only a person can know.
fn complete(sandbox: &Sandbox, database: &Served) -> &'static str {
    let next = upgrade(sandbox, database).output();
    match next.code {
        0 => return if next.stderr.contains("nothing is pending") { "done" } else { "resumed" },
        code => assert_eq!(code, 5, "{}", next.story()),
    }
    // The one that cannot be looked up writes this.
    let did = database.session().rows("SELECT entry AS line FROM diary WHERE entry = 'did'");
    let answer = if did.is_empty() { "--statement-undone" } else { "--statement-done" };
    let advice = next.stderr.split('`').find(|part| part.contains("resolve") && part.contains(answer));
    let advice = advice.unwrap_or_else(|| panic!("{}", next.story()));
    let words = advice.trim_start_matches("cargo schema ");
    sandbox.schema(&format!("{words} --migrations migrations --database-url {}", database.url())).ok();
    upgrade(sandbox, database).ok();
    "resolved"
}

/// Of the commits that the last one had not made durable yet, only the latest are lost, and each wholly.
#[test]
fn what_survives_a_plug_that_is_pulled_is_whole_and_in_order() {
    killed_in_a_long_run(Victim::Server, true);
}

/// The same where several revisions are in one message.
#[test]
fn what_survives_of_several_at_once_is_whole_and_in_order() {
    killed_in_a_long_run(Victim::Server, false);
    killed_in_a_long_run(Victim::Command, false);
}

fn killed_in_a_long_run(victim: Victim, has_rows: bool) {
    let Some(server) = Private::start(Engine::Postgres, "-c wal_writer_delay=10s") else { return };
    let sandbox = Sandbox::empty();
    for number in 0..60 {
        let begin = if number == 0 { "CREATE TABLE diary (entry INTEGER);\n" } else { "" };
        let row = if has_rows { format!("INSERT INTO diary VALUES ({number});\n") } else { String::new() };
        let up = format!("{begin}CREATE TABLE t{number} (x INTEGER);\n{row}");
        sandbox.migration(
            &format!("2026-11-20-1000{number:02}_step"),
            "run_in_transaction = true\n",
            &up,
            None,
        );
    }
    let mut survivors = Vec::new();
    for goal in [1, 5, 12, 20, 28, 36, 44, 52] {
        let database = Served::on(Engine::Postgres, server.url());
        let mut command = upgrade(&sandbox, &database).spawn();
        let mut watcher = database.session();
        let made = "SELECT 'yes' AS line FROM pg_class WHERE relname ~ '^t[0-9]+$'";
        while watcher.rows(made).len() < goal && command.try_wait().unwrap().is_none() {}
        match victim {
            Victim::Command => command.kill().unwrap(),
            Victim::Server => server.kill(),
        }
        command.wait().unwrap();
        if victim == Victim::Server {
            server.run();
        }
        let rows = |sql: &str| database.session().rows(sql);
        // A server that has the whole message goes on with it: then nothing is in order before it has come to its end.
        if victim == Victim::Command {
            upgrade(&sandbox, &database).ok();
        }
        if !rows("SELECT 'yes' AS line FROM pg_class WHERE relname = '__schema_ledger'").is_empty() {
            let first = |of: usize, line: fn(usize) -> String| (0..of).map(line).collect::<Vec<_>>();
            let versions = rows("SELECT version AS line FROM __diesel_schema_migrations ORDER BY 1");
            let count = versions.len();
            assert_eq!(versions, first(count, |number| format!("202611201000{number:02}")));
            let done = rows("SELECT version AS line FROM __schema_ledger WHERE outcome = 'done' ORDER BY id");
            assert_eq!(done, versions);
            let tables = rows("SELECT count(*)::text AS line FROM pg_tables WHERE tablename ~ '^t[0-9]+$'");
            assert_eq!(tables, [count.to_string()]);
            if count > 0 {
                let entries = rows("SELECT entry::text AS line FROM diary ORDER BY entry");
                assert_eq!(entries, first(if has_rows { count } else { 0 }, |number| number.to_string()));
            }
            survivors.push(count);
        }
        upgrade(&sandbox, &database).ok();
        assert_eq!(rows("SELECT count(*)::text AS line FROM __diesel_schema_migrations"), ["60"]);
    }
    assert!(
        victim == Victim::Command || survivors.iter().any(|count| (1..60).contains(count)),
        "{survivors:?}"
    );
}

/// What comes out when nobody disturbs it, and how long that takes. The shortest of three: one that a busy machine made
/// long would have nobody killed before the end.
fn undisturbed(server: &Private, sandbox: &Sandbox) -> (Vec<String>, Duration) {
    history(sandbox, server.engine, None);
    let runs = (0..3).map(|_| {
        let database = Served::on(server.engine, server.url());
        let start = Instant::now();
        upgrade(sandbox, &database).ok();
        (start.elapsed(), contents(&database))
    });
    let (took, contents) = runs.min().expect("three");
    (contents, took)
}

fn at_any_moment(server: &Private, victim: Victim) {
    let number = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
    };
    let (moments, mut seed) = (number("SCHEMA_TEST_KILLS", 6), number("SCHEMA_TEST_SEED", 1));
    let sandbox = Sandbox::empty();
    let (expected, took) = undisturbed(server, &sandbox);
    let mut ends = Vec::new();
    for _ in 0..moments {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pause = took.mul_f64((seed >> 40) as f64 / f64::from(1 << 24));
        ends.push(kill(server, &sandbox, victim, |_| thread::sleep(pause), &expected));
    }
    let count = |how: &str| ends.iter().filter(|end| *end == how).count();
    let told = format!(
        "{:?}, {victim:?} killed at {moments} moments within {took:?}: {} were done, {} resumed, {} resolved",
        server.engine,
        count("done"),
        count("resumed"),
        count("resolved")
    );
    let _ = writeln!(std::io::stderr(), "{told}");
    assert!(count("resumed") > 0, "{told}");
}

fn at_each_statement(server: &Private, victim: Victim) {
    let sandbox = Sandbox::empty();
    let (expected, _) = undisturbed(server, &sandbox);
    for (revision, (_, statements)) in scripts(server.engine).iter().enumerate() {
        for statement in 0..statements.len() {
            history(&sandbox, server.engine, Some((revision, statement)));
            let end = kill(server, &sandbox, victim, stands_at_the_gate, &expected);
            // A server that has the whole message goes on without the one who sent it.
            let is_carried_out = (server.engine, victim) == (Engine::Mysql, Victim::Command);
            assert!(is_carried_out || end != "done", "{revision}.{statement}");
        }
    }
}

/// Waits until the run stands at the gate.
fn stands_at_the_gate(database: &Served) {
    let sleeping = match database.engine {
        Engine::Mysql => {
            "SELECT 'yes' AS line FROM information_schema.processlist WHERE db = DATABASE() AND state = 'User sleep'"
        }
        Engine::Postgres | Engine::Sqlite => {
            "SELECT 'yes' AS line FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        }
    };
    let mut session = database.session();
    let deadline = Instant::now() + Duration::from_secs(30);
    while session.rows(sleeping).is_empty() {
        assert!(Instant::now() < deadline, "it never came to the gate");
        thread::sleep(Duration::from_millis(5));
    }
}
