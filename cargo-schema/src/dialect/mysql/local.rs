//! A server of our own, for scratch databases alone: started from installed binaries in a temporary folder, reachable
//! through a socket there and by nobody else, and gone with this process, however that ends.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use schema_runtime::dialect::Dialect;
use tempfile::TempDir;

use crate::database::connection::Connection;
use crate::database::server::{Secret, mysql_beside};
use crate::database::url::{DatabaseUrl, Location};

/// Making the system's tables takes a second or two, on a busy machine more.
const PATIENCE: Duration = Duration::from_secs(60);

/// What makes it fast and small: nothing of it has to outlive a crash.
const OPTIONS: &str = "--no-defaults --skip-networking --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 \
    --innodb-buffer-pool-size=64M --character-set-server=utf8mb4";

/// A running server.
pub(crate) struct Local {
    shell: Child,
    url: DatabaseUrl,
    secret: Secret,
    /// Removed last.
    folder: TempDir,
}

impl Local {
    /// Starts one, or says why that cannot be.
    pub(crate) fn start() -> Result<Self, String> {
        let folder = tempfile::Builder::new().prefix("cargo-schema-server-").tempdir();
        let folder = folder.map_err(|error| format!("there is no place for its files: {error}"))?;
        let start = start(folder.path())?;
        // The shell waits for the end of its input, which is the end of this process.
        let script = format!(
            "({start}) >log 2>&1 </dev/null & server=$!; read -r _; kill $(cat pid) 2>/dev/null || kill $server; \
             wait $server; cd / && rm -rf '{}'",
            folder.path().display()
        );
        let shell = Command::new("sh")
            .args(["-c", &script])
            .current_dir(folder.path())
            // A server that starts, or is only made, removes all temporary tables from its folder for them: in one
            // that it shares those of others, too, and these die of it.
            .env("TMPDIR", folder.path())
            // Ctrl-C is for us; the server ends after we have.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("it could not be started: {error}"))?;
        let text = format!("mysql://root@localhost/mysql?socket={}", folder.path().join("socket").display());
        let secret = Secret(text);
        let url = DatabaseUrl {
            dialect: Dialect::Mysql,
            shown: "a server of our own".to_owned(),
            place: Location::Server(secret.clone()),
        };
        let local = Self { shell, url, secret, folder };
        local.wait()
    }

    fn wait(self) -> Result<Self, String> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if self.session().is_ok() {
                return Ok(self);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let last = log.lines().last().unwrap_or("it said nothing").to_owned();
        Err(format!("it did not answer within {} s: {last}", PATIENCE.as_secs()))
    }

    /// A session on it.
    pub(crate) fn session(&self) -> Result<Connection, String> {
        let session = mysql_beside(&self.url, &self.secret);
        session.map(|(session, _)| session).map_err(|failure| format!("{failure:?}"))
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        // The end of its input is the sign; the folder must not go before the server.
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// The shell commands that make a server's files and run it in the current folder.
fn start(folder: &Path) -> Result<String, String> {
    let server = program(&["mariadbd", "mysqld"]).ok_or("neither `mariadbd` nor `mysqld` is installed")?;
    let server = server.display();
    let folder = folder.display();
    let files =
        format!("--datadir={folder}/data --tmpdir={folder} --socket={folder}/socket --pid-file={folder}/pid");
    // Either server refuses to run as root unless it is told so.
    let run = format!("exec {server} {OPTIONS} --user=\"$(id -un)\" {files}");
    Ok(match program(&["mariadb-install-db", "mysql_install_db"]) {
        Some(install) => format!(
            "{} --no-defaults --datadir={folder}/data --auth-root-authentication-method=normal --skip-test-db && {run}",
            install.display()
        ),
        None => format!(
            "{server} --no-defaults --initialize-insecure --user=\"$(id -un)\" --datadir={folder}/data && {run} --mysqlx=OFF"
        ),
    })
}

/// On the path, or where Debian keeps what it does not put there.
fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> =
        std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/libexec".into()]).collect();
    let mut places = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.find(|place| place.is_file())
}
