//! Databases on servers: the one that a variable names, else the one on the usual port of this machine, else a
//! private one from installed binaries, which ends with the tests. With none of them a test says that it was skipped,
//! and fails when `CI` is `true`. `private` as a variable's value asks for a private one.

use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncMysqlConnection, AsyncPgConnection};

/// An engine that a test can be run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
    Mysql,
}

/// A connection to one.
pub enum Session {
    Postgres(Box<AsyncConnectionWrapper<AsyncPgConnection>>),
    Mysql(AsyncConnectionWrapper<AsyncMysqlConnection>),
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

impl Session {
    pub fn open(engine: Engine, url: &str) -> Result<Self, String> {
        match engine {
            Engine::Mysql => AsyncConnectionWrapper::establish(url).map(Self::Mysql),
            Engine::Postgres | Engine::Sqlite => {
                AsyncConnectionWrapper::establish(url).map(Box::new).map(Self::Postgres)
            }
        }
        .map_err(|error| error.to_string())
    }

    pub fn run(&mut self, sql: &str) -> Result<(), String> {
        match self {
            Self::Postgres(open) => open.batch_execute(sql),
            Self::Mysql(open) => open.batch_execute(sql),
        }
        .map_err(|error| format!("{error}: {sql}"))
    }

    /// The rows of a query of one text column named `line`.
    #[track_caller]
    pub fn rows(&mut self, sql: &str) -> Vec<String> {
        self.try_rows(sql).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same, where the query may be wrong.
    pub fn try_rows(&mut self, sql: &str) -> Result<Vec<String>, String> {
        let query = diesel::sql_query(sql);
        let lines: Result<Vec<Line>, _> = match self {
            Self::Postgres(open) => query.load(&mut **open),
            Self::Mysql(open) => query.load(open),
        };
        let lines = lines.map_err(|error| format!("{error}: {sql}"))?;
        Ok(lines.into_iter().map(|line| line.line).collect())
    }
}

/// A test's own database on a server; it goes with the test.
pub struct Served {
    pub engine: Engine,
    server: String,
    name: String,
    /// Whether it goes with its server.
    is_private: bool,
}

impl Served {
    /// `None` when there is no server, and nobody demands one.
    pub fn new(engine: Engine) -> Option<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let server = demanded(&format!("{engine:?} server"), server(engine))?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("schema_box_{}_{number}", std::process::id());
        let administrator = Session::open(engine, &administered(engine, &server));
        let mut administrator =
            administrator.unwrap_or_else(|error| panic!("the {engine:?} server does not answer: {error}"));
        administrator.run(&format!("CREATE DATABASE {name}")).unwrap();
        Some(Self { engine, server, name, is_private: false })
    }

    /// On a server that the test started.
    pub fn on(engine: Engine, server: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("moment_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let served = Self { engine, server: server.to_owned(), name, is_private: true };
        served.administrator().run(&format!("CREATE DATABASE {}", served.name)).unwrap();
        served
    }

    pub fn url(&self) -> String {
        self.url_through(&self.server)
    }

    /// The same database, by another way.
    pub fn url_through(&self, server: &str) -> String {
        format!("{server}/{}", self.name)
    }

    pub(super) fn server(&self) -> &str {
        &self.server
    }

    pub fn session(&self) -> Session {
        Session::open(self.engine, &self.url()).unwrap()
    }

    fn administrator(&self) -> Session {
        Session::open(self.engine, &administered(self.engine, &self.server)).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A private server may be gone already, with all that was in it.
        if self.is_private && Session::open(self.engine, &administered(self.engine, &self.server)).is_err() {
            return;
        }
        let force = if self.engine == Engine::Postgres { " WITH (FORCE)" } else { "" };
        let dropped = self.administrator().run(&format!("DROP DATABASE {}{force}", self.name));
        assert!(dropped.is_ok() || std::thread::panicking(), "{dropped:?}");
    }
}

/// What is not there is missing loudly, and not at all where everything has to be there.
pub fn demanded<T>(what: &str, found: Result<T, String>) -> Option<T> {
    match found {
        Ok(found) => Some(found),
        Err(error) => {
            let is_demanded = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!is_demanded, "no {what}: {error}");
            let _ = writeln!(std::io::stderr(), "SKIPPED: no {what}: {error}");
            None
        }
    }
}

pub(super) fn administered(engine: Engine, server: &str) -> String {
    match engine {
        Engine::Mysql => format!("{server}/mysql"),
        Engine::Postgres | Engine::Sqlite => format!("{server}/postgres"),
    }
}

fn server(engine: Engine) -> Result<String, String> {
    static POSTGRES: OnceLock<Result<String, String>> = OnceLock::new();
    static MYSQL: OnceLock<Result<String, String>> = OnceLock::new();
    let (found, variable, default) = match engine {
        Engine::Mysql => (&MYSQL, "SCHEMA_TEST_MYSQL", "mysql://root@127.0.0.1:3306"),
        Engine::Postgres | Engine::Sqlite => {
            (&POSTGRES, "SCHEMA_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432")
        }
    };
    let find = || match std::env::var(variable).as_deref() {
        Ok("private") => private(engine),
        Ok(url) => Ok(url.to_owned()),
        Err(_) if Session::open(engine, &administered(engine, default)).is_ok() => Ok(default.to_owned()),
        Err(_) => private(engine),
    };
    found.get_or_init(find).clone()
}

/// Starts a server that listens on a free port and ends when this process does, however that ends.
fn private(engine: Engine) -> Result<String, String> {
    let port = free_port();
    let mut url = String::new();
    let user = if engine == Engine::Mysql { None } else { unprivileged("postgres") };
    let folder = start(user, |folder| {
        let recipe = Recipe::of(engine, folder, port)?;
        url.clone_from(&recipe.url);
        Ok(format!("{} && exec {}", recipe.install, recipe.serve))
    })?;
    let is_up = || Session::open(engine, &administered(engine, &url)).is_ok();
    answered(&folder, is_up).map(|()| url.clone())
}

/// Runs a shell's command in a folder of its own, as this user, until this process ends.
pub(super) fn start(
    user: Option<u32>,
    command: impl FnOnce(&Path) -> Result<String, String>,
) -> Result<PathBuf, String> {
    let folder = tempfile::Builder::new().prefix("cargo-schema-server-").tempdir().unwrap().keep();
    let command = command(&folder)?;
    // MariaDB starts by removing what looks like its own temporary files, in a folder that others may share.
    // The shell waits for the end of its input, which is the end of this process.
    let script = format!(
        "export TMPDIR={folder}; ({command}) >{folder}/log 2>&1 </dev/null & server=$!; read -r _; pkill -INT -P $server; kill $server; wait $server; rm -rf {folder}",
        folder = folder.display()
    );
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some(user) = user {
        std::os::unix::fs::chown(&folder, Some(user), Some(user)).unwrap();
        shell.uid(user).gid(user).current_dir(&folder);
    }
    keep(shell.spawn().map_err(|error| error.to_string())?);
    Ok(folder)
}

/// Waits until it does.
pub(super) fn answered(folder: &Path, is_up: impl Fn() -> bool) -> Result<(), String> {
    let deadline = Instant::now() + Duration::from_secs(90);
    while Instant::now() < deadline {
        if is_up() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    Err(format!("the private server does not answer: {log}"))
}

pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The pipe stays open as long as the process lives.
fn keep(mut shell: Child) {
    let _ = shell.stdin.as_mut().map(|pipe| pipe.flush());
    std::mem::forget(shell);
}

/// How a private server is made and started.
pub(super) struct Recipe {
    /// Makes its folder.
    pub(super) install: String,
    /// Is the server.
    pub(super) serve: String,
    pub(super) url: String,
}

impl Recipe {
    pub(super) fn of(engine: Engine, folder: &Path, port: u16) -> Result<Self, String> {
        let shown = folder.display();
        if engine == Engine::Mysql {
            let (install, server) = (program(&["mariadb-install-db"])?, program(&["mariadbd", "mysqld"])?);
            return Ok(Self {
                // In a folder for temporary tables that is its own: it removes those of others.
                install: format!(
                    "TMPDIR={shown} {} --no-defaults --datadir={shown}/data --auth-root-authentication-method=normal --skip-test-db",
                    install.display()
                ),
                serve: format!(
                    "{} --no-defaults --user=$(id -un) --datadir={shown}/data --tmpdir={shown} --port={port} --bind-address=127.0.0.1 --socket={shown}/socket --pid-file={shown}/pid",
                    server.display()
                ),
                url: format!("mysql://root@127.0.0.1:{port}"),
            });
        }
        let initdb = program(&["initdb"])?;
        let server = initdb.canonicalize().unwrap().with_file_name("postgres");
        Ok(Self {
            install: format!("{} -D {shown}/data -U postgres -A trust -N", initdb.display()),
            // What was written outlives a server that is killed, if not a machine that is. And one that starts after
            // a kill would have each of its thousand files on the disk first, which can take a busy one a minute.
            serve: format!(
                "{} -D {shown}/data -k {shown} -p {port} -c listen_addresses=127.0.0.1 -c fsync=off",
                server.display()
            ),
            url: format!("postgres://postgres@127.0.0.1:{port}"),
        })
    }
}

/// On the path, or where Debian keeps what it does not put there.
pub fn program(names: &[&str]) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.push("/usr/sbin".into());
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.splice(0..0, versions.map(|version| version.path().join("bin")));
    let places = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| place.is_file()).ok_or_else(|| format!("`{}` is not installed", names[0]))
}

/// Some servers do not start as root: the number of this user then, or of one who has no rights at all.
pub(super) fn unprivileged(name: &str) -> Option<u32> {
    let id = |arguments: &[&str]| {
        let output = Command::new("id").args(arguments).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse::<u32>().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    Some(id(&["-u", name]).unwrap_or(65_534))
}
