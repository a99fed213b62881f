//! For applications that bring their database up to date when they start, or refuse to start on an old one.
//! Only wiring: what is run and how is in `executor`.

use std::fmt::Display;
use std::time::Instant;

use super::backend::Engine;
use super::{Connection, Error, Event, Migrator, Report};
use crate::embedded::Embedded;
use crate::history::Node;
use crate::target::Applied;

/// Values of `RUN_MIGRATIONS` with which an application leaves its database alone.
const NO: [&str; 4] = ["false", "0", "no", "off"];

/// The way out where something has to run.
const UPGRADE: &str = "run `cargo schema upgrade`";

/// The way out where nothing may run.
const RESTORE: &str = "restore the files, or accept them with `cargo schema stamp current --verify`";

impl Embedded {
    /// Runs everything pending, under the lock.
    pub fn upgrade<C: Connection>(&self, connection: &mut C) -> Result<Report, Error> {
        self.migrator::<C>()?.upgrade(connection, "heads")
    }

    /// See [`Migrator::upgrade_on_startup`]; nobody is told what happens, for which [`Migrator::observe`] is there.
    pub fn upgrade_on_startup<C: Connection, E: Display>(
        &self,
        connect: impl FnMut() -> Result<C, E>,
    ) -> Result<C, Error> {
        self.migrator::<C>()?.upgrade_on_startup(connect)
    }

    /// See [`Migrator::assert_current`].
    pub fn assert_current<C: Connection>(&self, connection: &mut C) -> Result<(), Error> {
        self.migrator::<C>()?.assert_current(connection)
    }

    /// SQL for one engine is never sent to another.
    fn migrator<C: Connection>(&self) -> Result<Migrator<'_>, Error> {
        let (written, spoken) = (self.dialect(), <C::Backend as Engine>::DIALECT);
        if written == spoken {
            return Ok(Migrator::new(self));
        }
        Err(Error::Refused {
            rule: "dialect",
            message: format!("the history is written for {written}, and the connection is to {spoken}"),
            revisions: Vec::new(),
            help: "connect to the database that it was written for".to_owned(),
        })
    }
}

impl Migrator<'_> {
    /// Connects, waiting as long as for the lock until the database answers, and runs everything pending;
    /// then hands over the connection. With `RUN_MIGRATIONS=false` (or `0`, `no`, `off`) it only says what is
    /// pending. Costs one round trip when nothing is.
    pub fn upgrade_on_startup<C: Connection, E: Display>(
        &self,
        connect: impl FnMut() -> Result<C, E>,
    ) -> Result<C, Error> {
        let mut connection = self.connect(connect)?;
        if self.is_current(&mut connection) {
            return Ok(connection);
        }
        let answer = std::env::var("RUN_MIGRATIONS").unwrap_or_default();
        if NO.iter().any(|no| answer.eq_ignore_ascii_case(no)) {
            let pending = self.pending(&mut connection)?;
            if !pending.is_empty() {
                let message = format!("RUN_MIGRATIONS={answer}: not upgrading; {}", self.told(&pending));
                self.tell(&Event::Warning { message });
            }
        } else {
            self.upgrade(&mut connection, "heads")?;
        }
        Ok(connection)
    }

    /// Fails unless every revision is applied as it is written. Changes nothing.
    pub fn assert_current(&self, connection: &mut impl Connection) -> Result<(), Error> {
        let state = self.state(connection)?;
        let ids = |nodes: &[Node]| -> Vec<String> {
            nodes.iter().map(|&node| self.history().revision(node).id.to_string()).collect()
        };
        let pending = self.missing(&state.applied);
        let (message, revisions, help) = match (pending.is_empty(), state.interrupted.first()) {
            (false, _) => {
                (format!("the database is not current: {}", self.told(&pending)), ids(&pending), UPGRADE)
            }
            (true, Some(half)) => (
                format!("revision `{}` was interrupted", half.revision),
                vec![half.revision.clone()],
                UPGRADE,
            ),
            (true, None) if state.edited.is_empty() => return Ok(()),
            (true, None) => ("applied revisions were edited since".to_owned(), ids(&state.edited), RESTORE),
        };
        Err(Error::Refused { rule: "not-current", message, revisions, help: help.to_owned() })
    }

    fn connect<C, E: Display>(&self, mut connect: impl FnMut() -> Result<C, E>) -> Result<C, Error> {
        let start = Instant::now();
        let mut pause = std::time::Duration::from_millis(100);
        loop {
            let error = match connect() {
                Ok(connection) => return Ok(connection),
                Err(error) => error,
            };
            if start.elapsed() + pause > self.lock_wait() {
                return Err(Error::Database { doing: "connect", message: error.to_string() });
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(std::time::Duration::from_secs(2));
        }
    }

    fn pending(&self, connection: &mut impl Connection) -> Result<Vec<Node>, Error> {
        Ok(self.missing(&self.state(connection)?.applied))
    }

    fn missing(&self, applied: &Applied) -> Vec<Node> {
        (0..self.history().len()).filter(|&node| !applied.contains(node)).collect()
    }

    fn told(&self, pending: &[Node]) -> String {
        let revisions = if pending.len() == 1 { "revision" } else { "revisions" };
        let first = &self.history().revision(pending[0]).id;
        let more = if pending.len() == 1 { "" } else { ", .." };
        format!("{} {revisions} pending ({first}{more})", pending.len())
    }
}
