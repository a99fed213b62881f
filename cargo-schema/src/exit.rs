//! The exit codes, the same in `--help`, the README and here.

use std::process::ExitCode;

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// The answer is no.
    No = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// The database or the files did not let it finish.
    Failed = 3,
    /// Somebody else held the lock.
    Locked = 4,
    /// A revision was interrupted where the engine cannot roll back.
    Interrupted = 5,
    /// Ctrl-C.
    Sigint = 130,
    /// Asked to stop by SIGTERM.
    Sigterm = 143,
}

impl Exit {
    /// Every exit code, ascending.
    pub(crate) const ALL: [Self; 8] = [
        Self::Done,
        Self::No,
        Self::Usage,
        Self::Failed,
        Self::Locked,
        Self::Interrupted,
        Self::Sigint,
        Self::Sigterm,
    ];

    /// What the shell sees.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }

    /// What it means, as `--help` says it.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done, or nothing to do",
            Self::No => "the answer is no: findings, pending revisions, differences, a refusal",
            Self::Usage => "usage or configuration",
            Self::Failed => "could not finish: database, files, a statement that failed",
            Self::Locked => "the lock was not obtained",
            Self::Interrupted => "a revision was interrupted and needs `resolve`",
            Self::Sigint => "interrupted by Ctrl-C",
            Self::Sigterm => "interrupted by SIGTERM",
        }
    }

    /// The table that ends `--help`.
    pub(crate) fn table() -> String {
        Self::ALL.iter().map(|exit| format!("  {:>3}  {}\n", exit.code(), exit.meaning())).collect()
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
