//! Everything that can keep a run from its end, with the facts that a message needs. The command draws these
//! with file, line and help; `Display` is what an application logs.

use std::fmt;

use crate::plan::Direction;
use crate::target::TargetError;

/// Why a run did not reach its target.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The target names no place, or several.
    Target(TargetError),
    /// Refused before anything was changed; the first clause says what, the second what to do.
    Refused {
        /// Which refusal: `edited`, `unknown`, `overtaken`, `irreversible`, `empty-down`, `newer-ledger`,
        /// `transaction-control`, `outside-transaction`, `open-transaction`, `moved`, `not-interrupted`,
        /// `not-current`, `dialect`, ..
        rule: &'static str,
        /// What is wrong.
        message: String,
        /// The revisions in question, by id.
        revisions: Vec<String>,
        /// What to do about it.
        help: String,
    },
    /// A statement failed; everything that could be rolled back was.
    Statement(Box<StatementFailure>),
    /// The connection was lost while a revision ran. Whether it is applied the next run finds out.
    Lost {
        /// Its id.
        revision: String,
        /// `4f1c2a9b7d03 create users`.
        title: String,
        /// Up or down.
        direction: Direction,
        /// How many revisions after it were sent with it, which may be applied as well.
        others: usize,
        /// How many revisions of this run were done before it and stay.
        revisions_done: usize,
        /// What was heard last.
        message: String,
    },
    /// Somebody else held the lock all the time.
    Locked {
        /// Who, as far as the engine can tell.
        holder: Option<String>,
        /// How long we waited.
        waited: std::time::Duration,
    },
    /// Somebody else took the lock over meanwhile, again and again; what was under way is rolled back.
    LockLost {
        /// What was being done: "commit".
        doing: &'static str,
    },
    /// An earlier run was killed where the engine could not roll back, and only a person can say what happened.
    Interrupted {
        /// Which revision.
        revision: String,
        /// How many statements are done.
        statements_done: usize,
        /// Of how many.
        statements_total: usize,
    },
    /// Something on the server's side stands in the way, whatever is asked for.
    Obstructed {
        /// What was being done: "create the ledger".
        doing: &'static str,
        /// What it is.
        obstacle: Obstacle,
        /// What the database said.
        message: String,
        /// How many revisions of this run were done before and stay.
        revisions_done: usize,
    },
    /// The database could not be spoken to, or refused something that is not a migration's statement.
    Database {
        /// What was being done: "read the ledger".
        doing: &'static str,
        /// What the database said.
        message: String,
    },
}

/// What keeps a server from doing what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is a standby, or set to take no changes.
    ReadOnly,
    /// The user lacks the right.
    Denied,
    /// There is no room left on its disk.
    DiskFull,
    /// It does not answer any more.
    Lost,
    /// Another session holds what a statement needs.
    Blocked,
    /// A statement took longer than it may.
    TooSlow,
    /// Somebody ended a statement from another session.
    Cancelled,
}

/// A statement of a migration that the database refused.
#[derive(Debug)]
#[non_exhaustive]
pub struct StatementFailure {
    /// The revision's id.
    pub revision: String,
    /// `4f1c2a9b7d03 create users`.
    pub title: String,
    /// The migration's folder.
    pub folder: String,
    /// Up or down.
    pub direction: Direction,
    /// Which statement, counted from zero; [`Self::total`] where it was none of them, but the commit.
    pub index: usize,
    /// Of how many.
    pub total: usize,
    /// Line and column in the file, from one.
    pub position: (usize, usize),
    /// The statement's first line.
    pub line: String,
    /// What the database said.
    pub message: String,
    /// More that the database said: detail, hint, code.
    pub details: Vec<String>,
    /// What stands in the way, where it is not the statement itself.
    pub obstacle: Option<Obstacle>,
    /// How many statements of this revision ran and stay, because the engine could not roll them back.
    pub kept: usize,
    /// How many revisions of this run were done before it and stay.
    pub revisions_done: usize,
    /// Where the database is now: ids of the applied heads.
    pub now_at: Vec<String>,
}

impl StatementFailure {
    /// Whether all statements ran, and it was their commit that failed.
    pub fn is_commit(&self) -> bool {
        self.index == self.total
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(error) => error.fmt(f),
            Self::Refused { message, help, .. } => write!(f, "{message}; nothing was changed; {help}"),
            Self::Statement(failure) => {
                let StatementFailure { title, folder, message, .. } = &**failure;
                let file = match failure.direction {
                    Direction::Up => "up.sql",
                    Direction::Down => "down.sql",
                };
                write!(f, "could not apply revision {title}: {folder}/{file}:")?;
                match failure.is_commit() {
                    true => write!(f, " at the commit: {message}"),
                    false => write!(f, "{}:{}: {message}", failure.position.0, failure.position.1),
                }
            }
            Self::Lost { title, message, .. } => write!(
                f,
                "the connection was lost while revision {title} ran: {message}; whether it is applied, the next run finds out"
            ),
            Self::Locked { holder, waited } => {
                write!(f, "another run held the lock for {} s", waited.as_secs())?;
                holder.as_ref().map_or(Ok(()), |holder| write!(f, ": {holder}"))
            }
            Self::LockLost { doing } => {
                write!(f, "could not {doing}: another run took the lock over; nothing of it was changed")
            }
            Self::Interrupted { revision, statements_done, statements_total } => write!(
                f,
                "revision {revision} was interrupted after {statements_done} of {statements_total} statements; run `cargo schema resolve {revision}`"
            ),
            Self::Obstructed { doing, message, .. } | Self::Database { doing, message } => {
                write!(f, "could not {doing}: {message}")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Target(error) => Some(error),
            Self::Refused { .. }
            | Self::Statement(_)
            | Self::Lost { .. }
            | Self::Locked { .. }
            | Self::LockLost { .. }
            | Self::Interrupted { .. }
            | Self::Obstructed { .. }
            | Self::Database { .. } => None,
        }
    }
}
