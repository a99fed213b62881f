//! How a run is to be done. One struct instead of a row of booleans.

use std::time::Duration;

/// What a caller may decide about a run; the default is right for an application.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long to wait for another run's lock.
    pub lock_wait: Duration,
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
