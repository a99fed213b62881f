//! A database that is made for one comparison and goes with it, on the server of the project's own. The session that
//! uses it holds a lock of its name, so that what a killed run leaves behind is recognised by everybody: nobody holds
//! its lock.

use schema_runtime::engine::{self, Migrator};

use super::catalogue::Catalogue;
use super::local::Local;
use super::name::{quoted, string};
use super::server::Server;
use super::{introspect, outside};
use crate::database::connection::{Connection, Work};
use crate::database::interrupt::{self, Guard};
use crate::database::scratch::{Error, Site};
use crate::database::server::{Secret, mysql_beside};
use crate::database::url::{DatabaseUrl, Location};
use crate::exit::Exit;
use crate::failure::Failure;

/// What their names begin with; the rest is random.
const PREFIX: &str = "cargo_schema_scratch_";

/// What messages say when a row is in the way of a statement that is right.
const ABOUT_ROWS: [&str; 13] = [
    "Duplicate entry",
    "foreign key constraint fails",
    "Data truncated",
    "cannot be null",
    "Invalid use of NULL",
    "Incorrect ",
    "Truncated incorrect",
    "Out of range",
    "Data too long",
    "Subquery returns more than 1 row",
    "CONSTRAINT `",
    "Check constraint",
    "Invalid JSON text",
];

/// A session in a scratch database.
pub(crate) struct Scratch {
    session: Connection,
    server: Server,
    name: String,
    /// What prepares a session: the application's own statements.
    prepared: Vec<String>,
    /// What it holds, until something runs.
    seen: Option<Catalogue>,
    /// Cleans up after Ctrl-C.
    guard: Option<Guard>,
    /// The server, where it is our own; it ends after the session.
    local: Option<Local>,
}

impl Scratch {
    /// Makes one for a history: beside the database of the project, else on a server of our own.
    pub(super) fn for_history(site: &Site<'_>, scripts: &[(String, &str)]) -> Result<Self, Failure> {
        let failure = match Self::beside(site, scripts) {
            Ok(scratch) => return Ok(scratch),
            Err(failure) => failure,
        };
        let local = match Local::start() {
            Ok(local) => local,
            Err(reason) => return Err(failure.note(format!("a server of our own would do, but {reason}"))),
        };
        let reason = failure.findings.first().map_or(String::new(), |finding| finding.message.clone());
        site.context.shell.status("Starting", format!("a server of our own: {reason}"));
        Self::within(local, site.project.config.on_connect.clone())
            .map_err(|error| failure.note(error.to_string()))
    }

    fn beside(site: &Site<'_>, scripts: &[(String, &str)]) -> Result<Self, Failure> {
        let url = site.url()?;
        let Location::Server(secret) = url.place.clone() else {
            return Err(Failure::usage(format!("`{}` is no MySQL or MariaDB database", url.shown)));
        };
        let (mut session, name) = mysql_beside(&url, &secret)?;
        refuse_reaching(&mut session, &name, scripts)?;
        let mut scratch = Self::new(session, &name, site.project.config.on_connect.clone()).map_err(|error| {
            let message = format!("could not make a scratch database on the server of `{}`", url.shown);
            Failure::new(Exit::Failed, "scratch", message).note(error.message).note("nothing was changed").help(
                "``GRANT ALL ON `cargo\\_schema\\_scratch\\_%`.*`` lets this user make some; `DATABASE_URL` may name another server",
            )
        })?;
        scratch.leave_nothing(url, secret);
        Ok(scratch)
    }

    /// Makes one on a server of our own.
    pub(super) fn within(local: Local, prepared: Vec<String>) -> Result<Self, Error> {
        let session = local.session().map_err(|reason| Error::new("reach our own server", reason))?;
        let mut scratch = Self::new(session, "", prepared)?;
        scratch.local = Some(local);
        Ok(scratch)
    }

    /// Ctrl-C ends us in the middle of a statement: that is ended, too, and the database goes.
    fn leave_nothing(&mut self, url: DatabaseUrl, secret: Secret) {
        let Ok(id) = self.session.texts("SELECT CAST(CONNECTION_ID() AS CHAR) AS text") else { return };
        let (id, name) = (id.concat(), quoted(&self.name));
        self.guard = Some(interrupt::before_the_end(move || {
            if let Ok((mut session, _)) = mysql_beside(&url, &secret) {
                let _ = session.execute(&format!("KILL {id}"));
                let _ = session.execute(&format!("DROP DATABASE IF EXISTS {name}"));
            }
        }));
    }

    /// Makes one on the server that this session is on, like the database of that name.
    pub(super) fn new(mut session: Connection, like: &str, prepared: Vec<String>) -> Result<Self, Error> {
        let server = Server::ask(&mut session)?;
        let name = format!("{PREFIX}{:016x}", random());
        let mut scratch = Self { session, server, name, prepared, seen: None, guard: None, local: None };
        scratch.sweep();
        scratch.make(like)?;
        Ok(scratch)
    }

    /// The lock comes first: without it the new database would look like one that was left behind.
    fn make(&mut self, like: &str) -> Result<(), Error> {
        self.run(&format!("DO GET_LOCK({}, 0)", string(&self.name)))?;
        let query = format!(
            "SELECT CONCAT(' CHARACTER SET ', default_character_set_name, ' COLLATE ', default_collation_name) AS text \
             FROM information_schema.schemata WHERE schema_name = {}",
            string(like)
        );
        let charset = self.texts(&query)?.concat();
        self.run(&format!("CREATE DATABASE {}{charset}", quoted(&self.name)))?;
        self.enter()
    }

    fn enter(&mut self) -> Result<(), Error> {
        self.run(&format!("USE {}", quoted(&self.name)))?;
        let prepared = self.prepared.clone();
        prepared.iter().try_for_each(|statement| self.run(statement))
    }

    /// Removes what killed runs have left behind. What cannot be removed is somebody else's.
    fn sweep(&mut self) {
        let query = format!(
            "SELECT schema_name AS text FROM information_schema.schemata \
             WHERE schema_name REGEXP '^{PREFIX}[0-9a-f]{{16}}$' AND IS_FREE_LOCK(schema_name) = 1"
        );
        for name in self.texts(&query).unwrap_or_default() {
            let _ = self.run(&format!("DROP DATABASE IF EXISTS {}", quoted(&name)));
        }
    }

    /// Gives the session back what migrations may have changed.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        self.run("ROLLBACK")?;
        self.run("UNLOCK TABLES")?;
        self.run(
            "SET SESSION sql_mode = DEFAULT, foreign_key_checks = 1, unique_checks = 1, autocommit = 1",
        )?;
        self.enter()
    }

    /// Runs a revision and all that it needs.
    pub(super) fn upgrade(&mut self, migrator: &Migrator<'_>, target: &str) -> Result<(), engine::Error> {
        self.seen = None;
        self.session.run(migrator, Work::Upgrade(target)).map(drop)
    }

    /// How the server names what is in it.
    pub(super) fn prefix(&self) -> String {
        format!("{}.", self.name)
    }

    /// Takes everything out of it.
    #[cfg(test)]
    pub(super) fn renew(&mut self) -> Result<(), Error> {
        self.run("SET foreign_key_checks = 1")?;
        self.run(&format!("DROP DATABASE {}", quoted(&self.name)))?;
        self.run(&format!("CREATE DATABASE {}", quoted(&self.name)))?;
        self.enter()
    }

    /// Runs one statement.
    pub(super) fn run(&mut self, sql: &str) -> Result<(), Error> {
        self.seen = None;
        self.session.execute(sql).map_err(|error| {
            let line = sql.lines().next().unwrap_or_default();
            let error = Error::new(format!("run `{line}` on the scratch database"), error);
            let is_about_rows = ABOUT_ROWS.iter().any(|part| error.message.contains(part));
            if is_about_rows { error.of_rows() } else { error }
        })
    }

    /// The column `text` of a query's rows.
    pub(super) fn texts(&mut self, query: &str) -> Result<Vec<String>, Error> {
        self.session.texts(query).map_err(|error| Error::new("read the scratch database", error))
    }

    /// What it holds.
    pub(super) fn catalogue(&mut self) -> Result<Catalogue, Error> {
        let seen = match self.seen.take() {
            Some(seen) => seen,
            None => introspect::catalogue(&mut self.session, self.server)?,
        };
        self.seen = Some(seen.clone());
        Ok(seen)
    }

    /// The statement that would make this table, as the server writes it.
    pub(super) fn source(&mut self, table: &str) -> Result<String, Error> {
        introspect::source(&mut self.session, table)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.local.is_some() {
            return;
        }
        // Where this fails the next run sweeps.
        let _ = self.session.execute(&format!("DROP DATABASE IF EXISTS {}", quoted(&self.name)));
    }
}

/// A history that reaches beyond its own database.
fn refuse_reaching(session: &mut Connection, own: &str, scripts: &[(String, &str)]) -> Result<(), Failure> {
    let query = "SELECT schema_name AS text FROM information_schema.schemata \
                 WHERE schema_name <> 'information_schema'";
    let mut others = session.texts(query).unwrap_or_default();
    others.push(own.to_owned());
    for (title, script) in scripts {
        if let Some(reach) = outside::reach(script, &others) {
            let message = format!("`{title}` reaches beyond its own database: {reach}");
            return Err(Failure::new(Exit::No, "scratch", message)
                .note("it is not replayed on a server that holds other databases; nothing was changed")
                .help("install MariaDB's or MySQL's server on this machine: a private one is then used")
                .help("or name no database in migrations"));
        }
    }
    Ok(())
}

/// Not to be met by chance.
fn random() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
