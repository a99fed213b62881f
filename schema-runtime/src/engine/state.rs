//! What a database says about itself, held against a history: the result of reading the ledger.

use std::time::Duration;

use crate::history::Node;
use crate::plan::Direction;
use crate::target::Applied;

/// Where a database is.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct State {
    /// Which revisions of the history are applied.
    pub applied: Applied,
    /// What the ledger knows about each applied revision, by node.
    pub details: Vec<AppliedRevision>,
    /// Applied versions that no revision of the history has, with the revision id if the ledger knows it.
    pub unknown: Vec<(String, Option<String>)>,
    /// Applied revisions whose script is not the one that ran.
    pub edited: Vec<Node>,
    /// Revisions whose folder was renamed since: node and the version under which they are recorded.
    pub renamed: Vec<(Node, String)>,
    /// Revisions that an earlier run left half-done, with what is known about where.
    pub interrupted: Vec<Interrupted>,
    /// The ledger was made by a newer version of this program.
    pub newer_ledger: bool,
}

/// One applied revision, as the ledger tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppliedRevision {
    /// Which one.
    pub node: Node,
    /// When it was recorded, as the database wrote it (UTC).
    pub at: Option<String>,
    /// How long it took; unknown for what Diesel ran or a stamp recorded.
    pub took: Option<Duration>,
    /// Who did it.
    pub actor: Option<String>,
    /// With which program.
    pub tool: Option<String>,
    /// Marked without running.
    pub is_stamped: bool,
}

/// A revision that is neither applied nor not: statements of it ran, and nothing could undo them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Interrupted {
    /// Its id.
    pub revision: String,
    /// Which way it was going.
    pub direction: Direction,
    /// How many statements are known to be done.
    pub statements_done: usize,
    /// Of how many.
    pub statements_total: usize,
    /// Whether it ended with a statement that failed, and not with the death of its process: then no statement
    /// is in doubt.
    pub failed: bool,
}
