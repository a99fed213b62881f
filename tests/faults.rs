//! What a server or the way to it can do to a run: each fault has words of its own, an exit code, and changes nothing
//! that the next run would stumble over.

use std::fs;
use std::io::Write as _;
use std::sync::OnceLock;

use crate::harness::{Engine, Private, Proxy, Run, Sandbox, Served, Session, checkout, folder};

pub const ID: &str = "0a1b2c3d4e5f";

/// One revision.
pub fn history() -> Sandbox {
    let sandbox = Sandbox::empty();
    let metadata = format!("run_in_transaction = true\nrevision = \"{ID}\"\nparents = []\n");
    sandbox.migration(
        "2026-11-20-1000-0a1b2c3d4e5f_first",
        &metadata,
        "CREATE TABLE a (x INTEGER);\n",
        Some("DROP TABLE a;\n"),
    );
    sandbox
}

fn second(sandbox: &Sandbox, up: &str) {
    let metadata = format!("run_in_transaction = true\nrevision = \"1f0e9d8c7b6a\"\nparents = [\"{ID}\"]\n");
    sandbox.migration("2026-11-20-1001-1f0e9d8c7b6a_second", &metadata, up, Some("DROP TABLE b;\n"));
}

fn upgrade(sandbox: &Sandbox, url: &str) -> Run {
    sandbox.schema(&format!("upgrade --migrations migrations --database-url {url}"))
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
                    if let Some(server) = super::guarded(crate::harness::Engine::$engine) {
                        super::$case(&crate::harness::Served::on(server.engine, server.url()));
                    }
                }
            )+
        }
    };
}

cases!(
    a_line_that_is_cut_in_mid_statement,
    a_revision_costs_one_round_trip,
    a_wrong_password,
    a_database_that_is_not_there,
    a_user_who_may_only_read,
    a_server_with_too_many_connections,
    a_statement_that_takes_too_long,
    a_table_that_somebody_else_has,
    an_expired_certificate,
);

/// One server per engine for all of these, with users and a certificate of its own.
fn guarded(engine: Engine) -> Option<&'static Private> {
    static SERVERS: [OnceLock<Option<Private>>; 2] = [const { OnceLock::new() }; 2];
    SERVERS[usize::from(engine == Engine::Mysql)].get_or_init(|| start_guarded(engine)).as_ref()
}

fn start_guarded(engine: Engine) -> Option<Private> {
    let folder = folder();
    for file in ["expired.pem", "expired.key"] {
        fs::copy(certificate(file), folder.join(file)).unwrap();
    }
    fs::set_permissions(folder.join("expired.key"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .unwrap();
    let here = folder.display();
    let settings = if engine == Engine::Mysql {
        format!("--ssl-cert={here}/expired.pem --ssl-key={here}/expired.key")
    } else {
        let rules = "local all all trust\nhost all limited 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n";
        fs::write(folder.join("hba"), rules).unwrap();
        format!(
            "-c hba_file={here}/hba -c ssl=on -c ssl_cert_file={here}/expired.pem -c ssl_key_file={here}/expired.key"
        )
    };
    let server = Private::within(engine, folder, &settings)?;
    server.administrator().run(match engine {
        Engine::Mysql => "CREATE USER limited@'127.0.0.1' IDENTIFIED BY 'right'; GRANT SELECT ON *.* TO limited@'127.0.0.1'",
        Engine::Postgres | Engine::Sqlite => "CREATE ROLE limited LOGIN PASSWORD 'right'",
    }).unwrap();
    Some(server)
}

fn certificate(file: &str) -> std::path::PathBuf {
    checkout().join("tests/certificates").join(file)
}

/// The URL with another user.
fn limited(served: &Served, password: &str) -> String {
    let url = served.url();
    let (scheme, rest) = url.split_once("://").unwrap();
    format!("{scheme}://limited:{password}@{}", rest.split_once('@').unwrap().1)
}

/// No table was made.
fn is_untouched(served: &Served) {
    let schema = if served.engine == Engine::Mysql { "DATABASE()" } else { "'public'" };
    let tables = format!(
        "SELECT CONCAT(table_name, '') AS line FROM information_schema.tables WHERE table_schema = {schema}"
    );
    assert_eq!(served.session().rows(&tables), Vec::<String>::new());
}

fn a_wrong_password(served: &Served) {
    let url = limited(served, "wrong");
    for words in ["upgrade", "list"] {
        history()
            .schema(&format!("{words} --migrations migrations --database-url {url}"))
            .exits(3)
            .says("refused the login")
            .says("nothing was changed")
            .lacks("wrong");
    }
    is_untouched(served);
}

fn a_database_that_is_not_there(served: &Served) {
    let url = format!("{}_nope", served.url());
    upgrade(&history(), &url)
        .exits(3)
        .says("there is no database")
        .says("nothing was changed")
        .says("create it");
}

fn a_user_who_may_only_read(served: &Served) {
    upgrade(&history(), &limited(served, "right"))
        .exits(3)
        .says("may not")
        .says("nothing was changed")
        .says("GRANT");
    is_untouched(served);
}

fn a_server_with_too_many_connections(served: &Served) {
    let (limit, free) = match served.engine {
        Engine::Mysql => (
            "CREATE USER crowd@'127.0.0.1' WITH MAX_USER_CONNECTIONS 1; GRANT ALL ON *.* TO crowd@'127.0.0.1'",
            "DROP USER crowd@'127.0.0.1'",
        ),
        Engine::Postgres | Engine::Sqlite => {
            ("CREATE ROLE crowd LOGIN CONNECTION LIMIT 1", "DROP ROLE crowd")
        }
    };
    let mut administrator = served.session();
    administrator.run(limit).unwrap();
    let url = limited(served, "").replace("limited:@", "crowd@");
    let other = Session::open(served.engine, &url).unwrap();
    upgrade(&history(), &url)
        .exits(3)
        .says("takes no more connections")
        .says("nothing was changed")
        .says("--wait");
    is_untouched(served);
    drop(other);
    administrator.run(free).unwrap();
}

fn a_statement_that_takes_too_long(served: &Served) {
    let sandbox = history();
    let slow = match served.engine {
        Engine::Mysql => "SELECT sleep(20);\n",
        Engine::Postgres | Engine::Sqlite => "SELECT pg_sleep(20);\n",
    };
    second(&sandbox, slow);
    sandbox
        .schema(&format!(
            "upgrade --statement-timeout 300ms --migrations migrations --database-url {}",
            served.url()
        ))
        .exits(3)
        .says("_second/up.sql:1:1")
        .says("the database is at 0a1b2c3d4e5f")
        .says("pass a longer `--statement-timeout`");
    second(&sandbox, "CREATE TABLE b (x INTEGER);\n");
    upgrade(&sandbox, &served.url()).ok();
}

fn a_table_that_somebody_else_has(served: &Served) {
    let sandbox = history();
    upgrade(&sandbox, &served.url()).ok();
    second(&sandbox, "ALTER TABLE a ADD COLUMN y INTEGER;\nCREATE TABLE b (x INTEGER);\n");
    let mut other = served.session();
    other.run("BEGIN").unwrap();
    other.run("INSERT INTO a VALUES (1)").unwrap();
    sandbox
        .schema(&format!(
            "upgrade --wait 1s --lock-timeout 1s --migrations migrations --database-url {}",
            served.url()
        ))
        .exits(3)
        .says("_second/up.sql:1:1")
        .says("the database is at 0a1b2c3d4e5f")
        .says("when the session that is in the way is done");
    other.run("COMMIT").unwrap();
    upgrade(&sandbox, &served.url()).ok();
}

fn an_expired_certificate(served: &Served) {
    let root = certificate("root.pem");
    let url = format!("{}?sslmode=verify-full&sslrootcert={}", served.url(), root.display());
    upgrade(&history(), &url)
        .exits(3)
        .says("no encrypted connection")
        .says("expired")
        .says("nothing was changed");
    is_untouched(served);
}

fn a_line_that_is_cut_in_mid_statement(served: &Served) {
    let sandbox = history();
    let sleep = match served.engine {
        Engine::Mysql => "SELECT sleep(1)",
        Engine::Postgres | Engine::Sqlite => "SELECT pg_sleep(1)",
    };
    second(&sandbox, &format!("CREATE TABLE b (x INTEGER);\n{sleep};\nINSERT INTO b VALUES (7);\n"));
    let (proxy, url) = Proxy::before(&served.url());
    proxy.cut_at(sleep);
    upgrade(
        &sandbox,
        &format!("{url}{}", if url.contains('?') { "&sslmode=disable" } else { "?sslmode=disable" }),
    )
    .exits(3)
    .says("was lost while revision `1f0e9d8c7b6a` second ran")
    .says("whether it was applied is not known yet; 1 revision run before it stays")
    .says("run `cargo schema upgrade` again");
    upgrade(&sandbox, &served.url()).ok();
    let count = "SELECT CONCAT(count(*), '') AS line FROM b";
    assert_eq!(served.session().rows(count), ["1"]);
}

fn a_revision_costs_one_round_trip(served: &Served) {
    const REVISIONS: usize = 20;
    let sandbox = Sandbox::empty();
    for number in 0..REVISIONS {
        let up = format!("CREATE TABLE t{number} (x INTEGER);\nINSERT INTO t{number} VALUES (1);\n");
        sandbox.migration(
            &format!("2026-11-20-10{number:02}00_step"),
            "",
            &up,
            Some(&format!("DROP TABLE t{number};\n")),
        );
    }
    let (proxy, url) = Proxy::before(&served.url());
    let round_trips = |words: &str| {
        sandbox.schema(&format!("{words} --migrations migrations --database-url {url}")).ok();
        proxy.round_trips()
    };
    let fresh = round_trips("upgrade");
    let nothing = round_trips("upgrade");
    let back = round_trips("revert base");
    // Whoever has nothing to do connects and reads, which is two.
    let connecting = nothing - 2;
    assert!(fresh - connecting <= REVISIONS + 12, "{fresh} - {connecting}");
    assert!(back - connecting <= REVISIONS + 12, "{back} - {connecting}");
    assert!(connecting <= 9, "{connecting}");
}

#[test]
fn a_standby_takes_no_changes() {
    let Some(primary) = Private::start(Engine::Postgres, "") else { return };
    let served = Served::on(Engine::Postgres, primary.url());
    let sandbox = history();
    upgrade(&sandbox, &served.url()).ok();
    second(&sandbox, "CREATE TABLE b (x INTEGER);\n");
    let standby = primary.standby();
    let url = served.url().replace(primary.url(), standby.url());
    upgrade(&sandbox, &url).exits(3).says("read-only").says("nothing was changed").says("primary");
    sandbox
        .schema(&format!("list --migrations migrations --database-url {url}"))
        .ok()
        .prints("pending  1f0e9d8c7b6a");
    upgrade(&sandbox, &served.url()).ok();
}

#[test]
fn a_read_only_mariadb_takes_no_changes() {
    let Some(server) = Private::start(Engine::Mysql, "--read-only") else { return };
    let served = Served::on(Engine::Mysql, server.url());
    let mut administrator = server.administrator();
    administrator.run("CREATE USER limited@'127.0.0.1' IDENTIFIED BY 'right'; GRANT ALL ON *.* TO limited@'127.0.0.1'; REVOKE SUPER, READ_ONLY ADMIN ON *.* FROM limited@'127.0.0.1'").unwrap();
    upgrade(&history(), &limited(&served, "right"))
        .exits(3)
        .says("read-only")
        .says("nothing was changed")
        .says("primary");
    is_untouched(&served);
}

#[test]
fn no_c_library_is_needed_to_compile_it() {
    let locked = checkout().join("Cargo.lock");
    let locked = fs::read_to_string(locked).unwrap();
    for library in ["pq-sys", "mysqlclient-sys", "openssl-sys", "native-tls"] {
        assert!(!locked.contains(&format!("name = \"{library}\"")), "{library}");
    }
}

/// Someone stops the server while a statement runs.
fn an_orderly_shutdown(engine: Engine) {
    let Some(server) = Private::start(engine, "") else { return };
    let served = Served::on(engine, server.url());
    let (sleep, asleep) = match engine {
        Engine::Postgres => {
            ("SELECT pg_sleep(3)", "SELECT 'x' AS line FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        }
        Engine::Mysql | Engine::Sqlite => {
            let state = "SELECT 'x' AS line FROM information_schema.processlist WHERE state = 'User sleep'";
            ("SELECT sleep(3)", state)
        }
    };
    let sandbox = history();
    second(&sandbox, &format!("CREATE TABLE b (x INTEGER);\n{sleep};\nINSERT INTO b VALUES (1);\n"));
    let running = upgrade(&sandbox, &served.url()).spawn();
    let mut looker = served.session();
    while looker.rows(asleep).is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    drop(looker);
    server.stop();
    let output = running.wait_with_output().unwrap();
    let heard = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{heard}");
    for words in ["was lost while revision `1f0e9d8c7b6a`", "1 revision run before it stays"] {
        assert!(heard.contains(words), "{words}: {heard}");
    }
    server.run();
    upgrade(&sandbox, &served.url()).ok();
    assert_eq!(served.session().rows("SELECT CONCAT(x, '') AS line FROM b"), ["1"]);
}

#[test]
fn a_postgresql_that_is_shut_down_is_gone_on_with() {
    an_orderly_shutdown(Engine::Postgres);
}

#[test]
fn a_mariadb_that_is_shut_down_is_gone_on_with() {
    an_orderly_shutdown(Engine::Mysql);
}

/// A time limit that the server has for everybody.
#[test]
fn a_mariadb_that_lets_no_statement_take_long() {
    let Some(server) = Private::start(Engine::Mysql, "--max-statement-time=1") else { return };
    let served = Served::on(Engine::Mysql, server.url());
    let sandbox = history();
    let slow =
        "INSERT INTO b SELECT count(*) FROM seq_1_to_20000 v, seq_1_to_20000 w WHERE (v.seq * w.seq) % 7 = 1";
    second(&sandbox, &format!("CREATE TABLE b (x BIGINT);\n{slow};\n"));
    upgrade(&sandbox, &served.url())
        .exits(3)
        .says("up.sql:2:1")
        .says("max_statement_time exceeded")
        .says("statement 1 ran and stays")
        .says("the database is at 0a1b2c3d4e5f");
    second(&sandbox, "CREATE TABLE b (x BIGINT);\nINSERT INTO b VALUES (1);\n");
    upgrade(&sandbox, &served.url()).ok();
    assert_eq!(served.session().rows("SELECT CONCAT(x, '') AS line FROM b"), ["1"]);
}

/// A private server whose data has little room; `None` where no such room can be made, and nobody demands it.
fn cramped(engine: Engine, size: &str, settings: &str) -> Option<(Private, Room)> {
    let room = Room::new(size)?;
    let server = Private::within(engine, room.0.join("server"), settings)?;
    Some((server, room))
}

/// A file system of its own.
struct Room(std::path::PathBuf);

impl Room {
    fn new(size: &str) -> Option<Self> {
        let room = Self(folder());
        let mounted = room.mount(&format!("size={size},mode=755"));
        let is_demanded = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(mounted || !is_demanded, "no file system can be mounted here");
        if !mounted {
            let _ = writeln!(std::io::stderr(), "SKIPPED: no file system can be mounted here");
            return None;
        }
        fs::create_dir(room.0.join("server")).unwrap();
        Some(room)
    }

    fn mount(&self, options: &str) -> bool {
        let mount = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(&self.0)
            .output();
        mount.is_ok_and(|output| output.status.success())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
        let _ = fs::remove_dir(&self.0);
    }
}

#[test]
fn a_full_disk_of_postgresql() {
    // Rows that are written without a log cannot fill the log's disk, on which the server would give up.
    let settings = "-c wal_level=minimal -c max_wal_senders=0 -c min_wal_size=32MB -c max_wal_size=48MB";
    let Some((server, room)) = cramped(Engine::Postgres, "160m", settings) else { return };
    let fill = "CREATE TABLE b AS SELECT g AS x, repeat('x', 1000) AS y FROM generate_series(1, 300000) g;\n";
    a_full_disk(&server, &room, fill);
}

#[test]
fn a_full_disk_of_mariadb() {
    let settings = "--innodb-log-file-size=4M --innodb-buffer-pool-size=24M";
    let Some((server, room)) = cramped(Engine::Mysql, "260m", settings) else { return };
    let fill = "CREATE TABLE b (x INTEGER, y TEXT);\nINSERT INTO b SELECT seq, repeat('x', 1000) FROM seq_1_to_300000;\n";
    a_full_disk(&server, &room, fill);
}

/// What fits into SQLite's cache is written, and refused, no earlier than by the commit.
#[test]
fn a_full_disk_under_a_file() {
    let Some(room) = Room::new("96k") else { return };
    let sandbox = history();
    second(&sandbox, "CREATE TABLE b (x);\nINSERT INTO b VALUES (zeroblob(400000));\n");
    let file = room.0.join("app.db");
    upgrade(&sandbox, &file.to_string_lossy())
        .exits(3)
        .says("could not apply revision `1f0e9d8c7b6a` second")
        .says("make room on the disk of the database")
        .says("the database is at 0a1b2c3d4e5f");
    assert!(room.mount("remount,size=2m"));
    upgrade(&sandbox, &file.to_string_lossy()).ok();
}

fn a_full_disk(server: &Private, room: &Room, fill: &str) {
    let served = Served::on(server.engine, server.url());
    let sandbox = history();
    second(&sandbox, fill);
    upgrade(&sandbox, &served.url())
        .exits(3)
        .says("could not apply revision `1f0e9d8c7b6a` second")
        .says("make room on the disk of the database")
        .says("the database is at 0a1b2c3d4e5f");
    assert!(room.mount("remount,size=2g"));
    upgrade(&sandbox, &served.url()).ok();
    assert_eq!(served.session().rows("SELECT CONCAT(count(*), '') AS line FROM b"), ["300000"]);
}

#[test]
fn a_server_that_is_down_or_starting_is_waited_for_when_asked() {
    for engine in [Engine::Postgres, Engine::Mysql] {
        let Some(server) = Private::start(engine, "") else { return };
        let served = Served::on(engine, server.url());
        let sandbox = history();
        server.kill();
        upgrade(&sandbox, &served.url())
            .exits(3)
            .says("could not reach the server")
            .says("nothing was changed")
            .says("start the server");
        let waiting = sandbox
            .schema(&format!("upgrade --wait 60s --migrations migrations --database-url {}", served.url()))
            .spawn();
        std::thread::sleep(std::time::Duration::from_millis(600));
        server.run();
        let output = waiting.wait_with_output().unwrap();
        let heard = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && heard.contains("Waiting for the server"), "{heard}");
    }
}

#[test]
fn a_server_that_is_starting_says_so() {
    let Some(primary) = Private::start(Engine::Postgres, "") else { return };
    let served = Served::on(Engine::Postgres, primary.url());
    let standby = primary.standby();
    standby.kill();
    // One that takes no sessions before it is promoted looks like one that is starting, for as long as one likes.
    fs::write(standby.folder().join("data/postgresql.auto.conf"), "hot_standby = off\n").unwrap();
    standby.launch();
    let url = served.url().replace(primary.url(), standby.url());
    for _ in 0..100 {
        let output = upgrade(&history(), &url).exits(3);
        if output.stderr.contains("Connection refused") || output.stderr.contains("connection refused") {
            std::thread::sleep(std::time::Duration::from_millis(50));
            continue;
        }
        output.says("could not reach the server").says("nothing was changed").says("the database system");
        return;
    }
    panic!("it never started: {}", standby.log());
}
