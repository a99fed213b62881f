//! Configuration: `[package.metadata.schema]` over `[workspace.metadata.schema]` over `diesel.toml`, read from
//! the manifests with positions, so that a mistake is shown where it was made. Unknown keys are errors.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use schema_runtime::dialect::Dialect;

use crate::finding::Finding;

/// Everything that can be configured, with defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The folder that paths below are relative to, and that findings are shown relative to.
    pub root: PathBuf,
    /// `None`: the URL decides.
    pub dialect: Option<Dialect>,
    /// The migrations folder, absolute.
    pub migrations: PathBuf,
    /// Where the models are; empty: every module of the crate.
    pub models: Vec<PathBuf>,
    /// Where `table!` blocks are written or read.
    pub tables: Vec<PathBuf>,
    /// Statements that prepare a session.
    pub on_connect: Vec<String>,
    /// Objects that are not ours.
    pub ignore: Vec<String>,
    /// As written: a URL, or `env:NAME`.
    pub database_url: String,
    /// The template of folder names.
    pub name: String,
    /// Levels of rules that differ from their defaults.
    pub lints: BTreeMap<String, Level>,
    /// `--transaction`: one for the whole run, or one per revision.
    pub transaction: TransactionScope,
    /// The lock that keeps runs apart.
    pub lock: LockKind,
    /// How long to wait for another run.
    pub lock_wait: Duration,
    /// The engine's own lock timeout.
    pub lock_timeout: Option<Duration>,
    /// The engine's own statement timeout.
    pub statement_timeout: Option<Duration>,
}

/// What a rule does when it finds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing.
    Allow,
    /// It is shown.
    Warn,
    /// It fails the build and the check.
    Deny,
}

/// How far one transaction reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TransactionScope {
    /// What is best for the engine.
    #[default]
    Engine,
    /// The whole run.
    All,
    /// Each revision.
    Revision,
}

/// Which lock is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LockKind {
    /// What is best for the engine.
    #[default]
    Engine,
    /// A lease row in a table.
    Table,
}

impl Config {
    /// Without Cargo: these migrations and no file of configuration.
    pub fn standalone(migrations: &Path, dialect: Option<Dialect>) -> Self {
        let _ = (migrations, dialect);
        todo!()
    }

    /// The configuration of the package in `root`, or of its second database `target`. Warnings come with the
    /// value, errors instead of it.
    pub fn load(root: &Path, target: Option<&str>) -> Result<(Self, Vec<Finding>), Vec<Finding>> {
        let _ = (root, target);
        todo!()
    }
}
