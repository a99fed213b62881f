//! Opens a database. An SQLite file is opened for reading in a way that creates and changes nothing, and everything
//! that can be wrong with a file is worded here; what is on a server is the business of `server`.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::result::Error as DieselError;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection as _, ConnectionError};
use schema_build::config::Config;
use schema_runtime::dialect::Dialect;

use super::connection::Connection;
use super::server::Secret;
use super::url::{DatabaseUrl, Location};
use super::{percent, server};
use crate::exit::Exit;
use crate::failure::{self, Failure};
use crate::shell::Shell;

/// What a verb is going to do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Look. A missing file is an empty database.
    Read,
    /// Change it, and create a missing file.
    Write,
}

/// An open database.
pub(crate) struct Database {
    /// Under which name.
    pub(crate) url: DatabaseUrl,
    /// The session, prepared as the application prepares its own.
    pub(crate) connection: Connection,
    /// There is no file: the connection is to an empty database in memory.
    pub(crate) is_missing: bool,
}

impl Database {
    /// For the end of a verb that left nothing open. Closing a file's database frees what it knows of thousands of
    /// tables, one by one, which gains nothing; servers want to be told, and so do write-ahead logs.
    pub(crate) fn leave(self) {
        if matches!(&self.url.place, Location::File { path, .. } if !is_wal(path)) {
            std::mem::forget(self);
        }
    }
}

/// Whether opening it would find a file. Of what cannot be looked at, opening says why.
pub(crate) fn is_missing(url: &DatabaseUrl) -> bool {
    match &url.place {
        Location::File { path, .. } => {
            matches!(fs::metadata(path), Err(error) if error.kind() == ErrorKind::NotFound)
        }
        Location::Memory | Location::Server(_) => false,
    }
}

/// Says that there is no file, for verbs that only look.
pub(crate) fn tell_if_missing(database: &Database, shell: &Shell) {
    if database.is_missing {
        tell_of_missing(&database.url, shell);
    }
}

/// The same before it is opened.
pub(crate) fn tell_if_absent(url: &DatabaseUrl, shell: &Shell) {
    if is_missing(url) {
        tell_of_missing(url, shell);
    }
}

fn tell_of_missing(url: &DatabaseUrl, shell: &Shell) {
    shell.attention("Missing", format_args!("{} does not exist yet: taken for an empty database", url.shown));
}

/// Whether there can be nothing in it.
pub(crate) fn is_blank(url: &DatabaseUrl) -> bool {
    match &url.place {
        Location::File { path, .. } => fs::metadata(path).map_or(true, |found| found.len() == 0),
        Location::Memory => true,
        Location::Server(_) => false,
    }
}

/// How long to wait for a database. By default a server that does not answer is not waited for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wait {
    /// While another program has it locked.
    pub(crate) lock: Duration,
    /// Until its server answers.
    pub(crate) server: Duration,
}

impl From<Duration> for Wait {
    fn from(lock: Duration) -> Self {
        Self { lock, server: Duration::ZERO }
    }
}

/// How long opening it may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience<'s> {
    /// At most.
    pub(crate) limit: Wait,
    /// Who is told that we wait.
    pub(crate) shell: &'s Shell,
}

/// Opens it.
pub(crate) fn open(
    url: DatabaseUrl,
    access: Access,
    config: &Config,
    patience: Patience<'_>,
) -> Result<Database, Failure> {
    let is_missing = is_missing(&url);
    let uri = match &url.place {
        Location::Server(secret) => {
            let mut connection = answered(&url, secret, patience)?;
            prepare(&mut connection, config, access)?;
            return Ok(Database { url, connection, is_missing });
        }
        Location::File { path, query } if !is_missing || access == Access::Write => {
            refuse_strange_file(&url, path, access)?;
            percent::sqlite_uri(path, &parameters(path, query, access))
        }
        Location::Memory | Location::File { .. } => ":memory:".to_owned(),
    };
    let mut connection = SqliteConnection::establish(&uri).map_err(|error| not_opened(&url, &error))?;
    touch(&mut connection, patience).map_err(|error| refused(&url, &error))?;
    let mut connection = Connection::Sqlite(connection);
    prepare(&mut connection, config, access)?;
    Ok(Database { url, connection, is_missing })
}

/// Opens it, and tries again while its server is down or starting.
fn answered(url: &DatabaseUrl, secret: &Secret, patience: Patience<'_>) -> Result<Connection, Failure> {
    const STEP: Duration = Duration::from_millis(200);
    let start = Instant::now();
    let mut is_told = false;
    loop {
        match server::open(url, secret) {
            Err(failure) if may_pass(&failure) && start.elapsed() < patience.limit.server => {
                if !is_told {
                    patience.shell.hint("Waiting", format_args!("for the server of {}", url.shown));
                    is_told = true;
                }
                std::thread::sleep(STEP);
            }
            opened => return opened,
        }
    }
}

fn may_pass(failure: &Failure) -> bool {
    failure.is(server::DOWN) || failure.is(server::CROWDED)
}

/// What is no file that could be a database, and a file in a folder that is not there.
pub(crate) fn refuse_strange_file(url: &DatabaseUrl, path: &Path, access: Access) -> Result<(), Failure> {
    let shown = &url.shown;
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(database(format!("`{shown}` is a folder, not a database"))),
        Ok(found) if !found.is_file() => Err(database(format!("`{shown}` is not a regular file"))),
        Ok(_) => File::open(path).map(drop).map_err(|error| unreadable(url, &error)),
        Err(error) if error.kind() == ErrorKind::NotFound && access == Access::Write => {
            refuse_uncreatable(url, path)
        }
        Err(error) => Err(unreadable(url, &error)),
    }
}

/// A missing file that opening it would not create.
fn refuse_uncreatable(url: &DatabaseUrl, path: &Path) -> Result<(), Failure> {
    if let Location::File { query, .. } = &url.place
        && let Some((_, mode)) = query.iter().find(|(key, value)| key == "mode" && value != "rwc")
    {
        return Err(database(format!(
            "`{}` does not exist, and `mode={mode}` does not create it",
            url.shown
        ))
        .help("`mode=rwc`, or no mode at all, creates it"));
    }
    let folder = path.parent().unwrap_or(path);
    if folder.is_dir() {
        return Ok(());
    }
    let failure = database(format!("could not create `{}`: its folder does not exist", url.shown))
        .note(format!("there is no folder `{}`", folder.display()));
    Err(match url.shown.starts_with("sqlite:///") && !url.shown.starts_with("sqlite:////") {
        true => {
            failure.help("three slashes are relative and four absolute, as in `sqlite:////var/lib/app.db`")
        }
        false => failure.help("make the folder, or name another file"),
    })
}

fn unreadable(url: &DatabaseUrl, error: &std::io::Error) -> Failure {
    database(format!("could not open `{}`: {}", url.shown, failure::reason(error)))
}

fn database(message: String) -> Failure {
    Failure::new(Exit::Failed, "database", message)
}

/// What SQLite is to make of the file.
pub(crate) fn parameters(path: &Path, query: &[(String, String)], access: Access) -> Vec<(String, String)> {
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let mut parameters = query.to_vec();
    match access {
        Access::Write => {
            if !query.iter().any(|(key, _)| key == "mode") {
                parameters.push(pair("mode", "rwc"));
            }
        }
        Access::Read if needs_recovery(path) => {}
        Access::Read => {
            parameters.retain(|(key, _)| key != "mode");
            parameters.push(pair("mode", "ro"));
            if is_closed_wal(path) {
                parameters.push(pair("immutable", "1"));
            }
        }
    }
    parameters
}

/// A process that was killed left a journal, which whoever reads next has to roll back.
fn needs_recovery(path: &Path) -> bool {
    fs::metadata(beside(path, "-journal")).is_ok_and(|journal| journal.len() > 0)
}

/// A database in WAL mode that nobody has open. Even a read-only connection would leave `-wal` and `-shm` files
/// beside it, and fail where it cannot; as all of it is in the one file, that can be read as it is.
fn is_closed_wal(path: &Path) -> bool {
    is_wal(path) && !fs::metadata(beside(path, "-wal")).is_ok_and(|wal| wal.len() > 0)
}

fn is_wal(path: &Path) -> bool {
    let mut header = [0; 20];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok() && header[18..] == [2, 2]
}

/// The file that SQLite keeps next to a database.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Opening reads nothing; this does, so that what is no database is noticed here. It reads the whole schema, which
/// takes its time when there are thousands of tables: better now, while the migrations are read, than later. And as
/// every change of a table looks through the whole schema, the cache must have room for it.
fn touch(connection: &mut SqliteConnection, patience: Patience<'_>) -> Result<(), DieselError> {
    const STEP: Duration = Duration::from_millis(50);
    const LOOK: &str = "PRAGMA cache_size = -65536; SELECT 1 FROM sqlite_master LIMIT 0";
    let start = Instant::now();
    let mut is_told = false;
    loop {
        match connection.batch_execute(LOOK) {
            Err(error) if is_locked(&error) && start.elapsed() < patience.limit.lock => {
                if !is_told {
                    patience.shell.hint("Waiting", "for the database: another program has it locked");
                    is_told = true;
                }
                std::thread::sleep(STEP);
            }
            touched => return touched,
        }
    }
}

/// Whether somebody else has it.
pub(crate) fn is_locked(error: &DieselError) -> bool {
    error.to_string().contains("is locked")
}

/// The statements that an application prepares its sessions with.
fn prepare(connection: &mut Connection, config: &Config, access: Access) -> Result<(), Failure> {
    for statement in &config.on_connect {
        match connection.execute(statement) {
            Err(error) if access == Access::Write || !error.to_string().contains("readonly") => {
                return Err(Failure::new(Exit::Failed, "on-connect", "a statement of `on-connect` failed")
                    .note(error)
                    .note(format!("the statement is `{statement}`"))
                    .help("mend `on-connect` in [package.metadata.schema]"));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

fn not_opened(url: &DatabaseUrl, error: &ConnectionError) -> Failure {
    match error {
        ConnectionError::BadConnection(message) => said(url, "read the header", message),
        other => said(url, "read the header", &other.to_string()),
    }
}

/// What SQLite said about a database as a whole.
pub(crate) fn refused(url: &DatabaseUrl, error: &DieselError) -> Failure {
    said(url, "read the schema", &error.to_string())
}

/// The engine, as its makers write it.
pub(crate) fn product(engine: Dialect) -> &'static str {
    match engine {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
        Dialect::Mysql => "MySQL",
    }
}

/// The message behind what SQLite said, while something was being done: "read the ledger".
pub(crate) fn said(url: &DatabaseUrl, doing: &str, message: &str) -> Failure {
    let shown = &url.shown;
    let is = |part: &str| message.contains(part);
    let engine = product(url.dialect);
    let failure =
        |exit, code, what: String| Failure::new(exit, code, what).note(format!("{engine}: {message}"));
    if url.dialect != Dialect::Sqlite {
        return failure(Exit::Failed, "database", format!("could not {doing}, in `{shown}`"));
    }
    if is("not a database") {
        failure(Exit::Failed, "not-a-database", format!("`{shown}` is not an SQLite database"))
            .help("name another file, or decrypt this one if it is encrypted; nothing was changed in it")
    } else if is("is locked") {
        failure(Exit::Locked, "locked", format!("`{shown}` is locked by another program"))
            .help("run it again when that is done; what writes waits for it with `--wait`")
    } else if is("readonly") {
        failure(Exit::Failed, "read-only", format!("`{shown}` can be read but not written"))
            .help("make the file and its folder writable for this user")
    } else if is("unable to open") {
        failure(Exit::Failed, "database", format!("could not open `{shown}`"))
            .help("the file and its folder must be readable, and writable where SQLite keeps a journal")
    } else if is("disk is full") {
        failure(Exit::Failed, "disk-full", format!("the disk of `{shown}` is full"))
            .help("make room and run it again; what was under way was rolled back")
    } else if is("malformed") {
        failure(Exit::Failed, "damaged", format!("`{shown}` is damaged")).help(
            "bring back a copy with `cargo schema restore`, or save what `sqlite3 FILE .recover` can read",
        )
    } else {
        failure(Exit::Failed, "database", format!("could not {doing}, in `{shown}`"))
    }
}
