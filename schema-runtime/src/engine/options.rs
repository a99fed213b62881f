//! How a run is to be done. One struct instead of a row of booleans.

use std::time::Duration;

/// What a caller may decide about a run; the default is right for an application.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long to wait for another run's lock.
    pub lock_wait: Duration,
    /// Which lock keeps runs apart.
    pub lock: Lock,
    /// How long the lock in a table lasts without a sign of life of its holder, which gives one before each statement.
    /// A killed run is in the way for that long.
    pub lease: Duration,
    /// How long a statement may wait for a lock of the engine's own; zero is for ever. The default on a
    /// server is three seconds for tables, unless the connection says otherwise: a statement that waits for a table
    /// keeps everybody who comes after it from that table. On PostgreSQL a revision that did not get its locks is
    /// rolled back and tried again, on MySQL the one statement, as long as [`Self::lock_wait`] lasts.
    pub lock_timeout: Option<Duration>,
    /// How long a statement may run; zero is for ever. The default is the connection's own.
    pub statement_timeout: Option<Duration>,
    /// Run, then roll everything back; refused where something in the plan cannot be rolled back.
    pub dry_run: bool,
    /// How far one transaction reaches.
    pub transactions: Transactions,
    /// Go on although the database has revisions that this history lacks.
    pub allow_newer: bool,
    /// Run a pending revision although a descendant of it is applied.
    pub out_of_order: bool,
    /// Revert revisions whose way down is missing or empty by changing the ledger alone.
    pub allow_empty_down: bool,
    /// Who is said to have done it; the default is `user@host (pid)` as far as the environment tells.
    pub actor: Option<String>,
    /// Which program is said to have done it, with its version.
    pub tool: String,
}

/// What keeps runs apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lock {
    /// The engine's own, which ends with its session; where that does not hold (through a pooler in transaction mode,
    /// on Galera, CockroachDB, Yugabyte), or where somebody has taken it before, a lease in a table.
    #[default]
    Engine,
    /// A lease in the table `__schema_lock`. SQLite has none: there the file is locked.
    Table,
}

/// How far one transaction reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transactions {
    /// The whole run on SQLite, each revision elsewhere.
    #[default]
    Engine,
    /// The whole run, all or nothing.
    All,
    /// Each revision.
    Revision,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lock_wait: Duration::from_secs(60),
            lock: Lock::Engine,
            lease: Duration::from_secs(15),
            lock_timeout: None,
            statement_timeout: None,
            dry_run: false,
            transactions: Transactions::Engine,
            allow_newer: false,
            out_of_order: false,
            allow_empty_down: false,
            actor: None,
            tool: concat!("schema-runtime ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}
