//! A database that is made for one comparison and goes with it, on the server of the project's own. Whoever uses one
//! is connected to it, so that what a killed run leaves behind is recognised by everybody: nobody is there.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use schema_runtime::engine::{self, Migrator};

use super::introspect::{self, Catalogue};
use super::name::{quoted, string};
use crate::database::connection::{Connection, Work};
use crate::database::scratch::{Error, Site};
use crate::database::server::{self, Secret};
use crate::database::url::{DatabaseUrl, Location};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::signal;

/// What their names begin with; then the time, in seconds since 1970, and something random.
const PREFIX: &str = "cargo_schema_scratch_";

/// Seconds after which a database that nobody is connected to was left behind: between making and using one there
/// are but milliseconds.
const ABANDONED: u64 = 60;

/// A scratch database, and a session in it.
pub(crate) struct Scratch {
    session: Connection,
    /// A session elsewhere on the server: from within, a database cannot be dropped.
    administrator: Connection,
    name: String,
    /// What prepares a session: the application's own statements.
    prepared: Vec<String>,
    /// What it holds, until something runs.
    seen: Option<Catalogue>,
    /// Whether scripts are rehearsed, in a transaction that is taken back.
    is_rehearsing: bool,
    /// What it held before that.
    kept: Option<Catalogue>,
}

/// What is set for as long as the transaction of a rehearsal lasts.
const REHEARSAL: &str = "cargo_schema.rehearsal";

impl Scratch {
    /// Makes one beside the database of a project.
    pub(crate) fn beside(site: &Site<'_>) -> Result<Self, Failure> {
        let url = site.url()?;
        let Location::Server(secret) = &url.place else {
            return Err(Failure::usage(format!("`{}` is no PostgreSQL database", url.shown)));
        };
        let prepared = site.project.config.on_connect.clone();
        Self::new(&url, secret, prepared)
    }

    /// Makes one on the server of this URL.
    pub(super) fn new(url: &DatabaseUrl, secret: &Secret, prepared: Vec<String>) -> Result<Self, Failure> {
        let mut administrator = administrator(url, secret)?;
        sweep(&mut administrator);
        let name = format!("{PREFIX}{}_{:012x}", now(), random() & 0xffff_ffff_ffff);
        // Should that fail, the next run sweeps.
        let _ = signal::tidy_up(drop_the_living);
        {
            // Until it is made, a signal waits: it would find nothing to drop, and leave what then comes.
            let mut living = LIVING.lock().unwrap_or_else(PoisonError::into_inner);
            administrator
                .execute(&format!("CREATE DATABASE {} TEMPLATE template0", quoted(&name)))
                .map_err(|error| not_made(url, &error))?;
            living.push((url.clone(), secret.clone(), name.clone()));
        }
        let session = match server::postgres_named(url, secret, &name) {
            Ok(session) => session,
            Err(failure) => {
                drop_database(&mut administrator, &name);
                return Err(failure);
            }
        };
        let mut scratch =
            Self { session, administrator, name, prepared, seen: None, is_rehearsing: false, kept: None };
        scratch.prepare().map_err(crate::database::scratch::unusable)?;
        Ok(scratch)
    }

    /// The schemas that the search path names are there on the project's own server, before any migration. Nothing
    /// here is worth waiting for a disk, or compiling a query.
    fn prepare(&mut self) -> Result<(), Error> {
        self.run("SET synchronous_commit = off; SET jit = off; SET client_min_messages = warning")?;
        let path = self.texts(
            "SELECT pg_catalog.format('CREATE SCHEMA IF NOT EXISTS %I', name) AS text \
             FROM pg_catalog.unnest(pg_catalog.string_to_array(pg_catalog.current_setting('search_path'), ',')) part, \
             LATERAL (SELECT pg_catalog.btrim(part, ' \"') AS name) named \
             WHERE name NOT IN ('', '$user', 'public') AND name !~ '^pg_'",
        )?;
        let prepared = self.prepared.clone();
        path.iter().chain(&prepared).try_for_each(|statement| self.run(statement))
    }

    /// Gives the session back what migrations may have changed.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        self.run("RESET search_path; RESET ROLE; RESET check_function_bodies; RESET row_security")?;
        let prepared = self.prepared.clone();
        prepared.iter().try_for_each(|statement| self.run(statement))
    }

    /// Runs a revision and all that it needs.
    pub(super) fn upgrade(&mut self, migrator: &Migrator<'_>, target: &str) -> Result<(), engine::Error> {
        self.seen = None;
        self.session.run(migrator, Work::Upgrade(target)).map(drop)
    }

    /// Runs statements in one message.
    pub(crate) fn run(&mut self, sql: &str) -> Result<(), Error> {
        self.seen = None;
        self.session.execute(sql).map_err(|error| worded(sql, &error))
    }

    /// Runs statements in one transaction and one message; one by one where they fail, to name the one that does.
    pub(super) fn transaction(&mut self, statements: &[&str]) -> Result<(), Error> {
        if statements.is_empty() {
            return Ok(());
        }
        let (begin, commit, undo) = self.bounds();
        let all = format!("{begin};\n{};\n{commit}", statements.join(";\n"));
        if self.run(&all).is_ok() {
            return Ok(());
        }
        self.run(&format!("{undo}; {begin}"))?;
        let mut end = Ok(());
        for statement in statements {
            end = self.run(statement);
            if end.is_err() {
                break;
            }
        }
        let end = end.and_then(|()| self.run(commit));
        if end.is_err() {
            self.run(undo)?;
        }
        end
    }

    /// What begins, ends and takes back a transaction, or in a rehearsal what stands for one: as at a commit, all
    /// that was put off is checked.
    fn bounds(&self) -> (&'static str, &'static str, &'static str) {
        match self.is_rehearsing {
            true => (
                "SAVEPOINT script",
                "SET CONSTRAINTS ALL IMMEDIATE; RELEASE script",
                "ROLLBACK TO script; RELEASE script",
            ),
            false => ("BEGIN", "COMMIT", "ROLLBACK"),
        }
    }

    /// Opens a transaction that scripts are rehearsed in.
    pub(super) fn begin_rehearsal(&mut self) -> Result<(), Error> {
        self.kept = self.seen.take();
        self.run(&format!("BEGIN; SET LOCAL {REHEARSAL} = 'on'"))?;
        self.is_rehearsing = true;
        Ok(())
    }

    /// Takes back what was rehearsed; `false` where a script has ended the transaction.
    pub(super) fn end_rehearsal(&mut self) -> Result<bool, Error> {
        self.is_rehearsing = false;
        // What fails in ours is taken back at once: one that has failed as a whole is somebody else's.
        let query = format!("SELECT coalesce(pg_catalog.current_setting('{REHEARSAL}', true), '') AS text");
        let is_open = self.texts(&query).is_ok_and(|said| said == ["on"]);
        self.run("ROLLBACK")?;
        self.seen = self.kept.take().filter(|_| is_open);
        Ok(is_open)
    }

    /// The column `text` of a query's rows.
    pub(super) fn texts(&mut self, query: &str) -> Result<Vec<String>, Error> {
        self.session.texts(query).map_err(|error| worded(query, &error))
    }

    /// What is in the schema that the session is in, without its name.
    pub(super) fn here(&mut self) -> Result<Catalogue, Error> {
        introspect::here(&mut self.session)
    }

    /// What is in the session's temporary schema.
    pub(super) fn temporary(&mut self) -> Result<Catalogue, Error> {
        introspect::temporary(&mut self.session)
    }

    /// Runs statements and forgets them; what the database holds is what it was.
    pub(super) fn pretend<T>(
        &mut self,
        sql: &str,
        look: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let seen = self.seen.take();
        let looked = self.run(&format!("BEGIN;\n{sql}")).and_then(|()| look(self));
        self.run("ROLLBACK")?;
        self.seen = seen;
        looked
    }

    /// What it holds.
    pub(super) fn catalogue(&mut self) -> Result<Catalogue, Error> {
        if self.seen.is_none() {
            self.seen = Some(introspect::catalogue(&mut self.session)?);
        }
        Ok(self.seen.clone().unwrap_or_default())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop_database(&mut self.administrator, &self.name);
        if let Ok(mut living) = LIVING.lock() {
            living.retain(|(_, _, name)| *name != self.name);
        }
    }
}

/// The databases that are there, and the way to their servers: a signal asks for a new session, for the old one is
/// busy.
static LIVING: Mutex<Vec<(DatabaseUrl, Secret, String)>> = Mutex::new(Vec::new());

fn drop_the_living() {
    let living = LIVING.lock().map(|living| living.clone()).unwrap_or_default();
    for (url, secret, name) in living {
        if let Ok(mut administrator) = administrator(&url, &secret) {
            drop_database(&mut administrator, &name);
        }
    }
}

/// Where this fails the next run sweeps.
fn drop_database(administrator: &mut Connection, name: &str) {
    let name = quoted(name);
    if administrator.execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).is_err() {
        // Before 13 there is no such word.
        let end = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}",
            string(&name)
        );
        let _ = administrator.execute(&end);
        let _ = administrator.execute(&format!("DROP DATABASE IF EXISTS {name}"));
    }
}

/// A session from which databases can be made: the project's own database may be still to come.
fn administrator(url: &DatabaseUrl, secret: &Secret) -> Result<Connection, Failure> {
    server::open(url, secret).or_else(|failure| {
        let is_missing = failure.findings.first().is_some_and(|finding| finding.rule == "no-such-database");
        if !is_missing {
            return Err(failure);
        }
        server::postgres_named(url, secret, "postgres").map_err(|_| failure)
    })
}

/// Removes what killed runs have left behind. What cannot be removed is somebody else's.
fn sweep(administrator: &mut Connection) {
    let query = format!(
        "SELECT datname::text AS text FROM pg_catalog.pg_database d WHERE datname ~ '^{PREFIX}[0-9]+_[0-9a-f]{{12}}$' \
         AND pg_catalog.split_part(datname, '_', 4)::numeric < {} \
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)",
        now().saturating_sub(ABANDONED)
    );
    for name in administrator.texts(&query).unwrap_or_default() {
        let _ = administrator.execute(&format!("DROP DATABASE IF EXISTS {}", quoted(&name)));
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}

fn random() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

fn not_made(url: &DatabaseUrl, error: &DieselError) -> Failure {
    let message = format!("could not make a scratch database on the server of `{}`", url.shown);
    Failure::new(Exit::Failed, "scratch", message).note(error).note("nothing was changed").help(
        "`ALTER ROLE .. CREATEDB` lets this user make databases; `DATABASE_URL` may name another server",
    )
}

/// An error with the first line of what was run.
fn worded(sql: &str, error: &DieselError) -> Error {
    let line = sql.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let (message, is_about_rows) = match error {
        DieselError::DatabaseError(kind, said) => {
            (said_in_full(&**said), is_about_rows(kind, said.message()))
        }
        other => (other.to_string(), false),
    };
    let error = Error::new(format!("run `{line}` on the scratch database"), message);
    if is_about_rows { error.of_rows() } else { error }
}

fn said_in_full(said: &(dyn DatabaseErrorInformation + Send + Sync)) -> String {
    let more = [said.details(), said.hint()].into_iter().flatten();
    std::iter::once(said.message()).chain(more).collect::<Vec<_>>().join("\n")
}

/// What messages say when a row is in the way of a statement that is right.
const ABOUT_ROWS: [&str; 15] = [
    "malformed",
    "bit string length",
    "is not a valid binary digit",
    "would not be the same as",
    "invalid input syntax",
    "invalid input value",
    "value too long",
    "out of range",
    "contains null values",
    "could not create unique index",
    "is violated by some row",
    "numeric field overflow",
    "cannot be cast to type",
    "could not create exclusion constraint",
    "is not a valid",
];

fn is_about_rows(kind: &DatabaseErrorKind, message: &str) -> bool {
    matches!(
        kind,
        DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::CheckViolation
    ) || ABOUT_ROWS.iter().any(|part| message.contains(part))
}
