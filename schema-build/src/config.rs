//! Configuration: `[package.metadata.schema]` over `[workspace.metadata.schema]` over `diesel.toml`, read from
//! the manifests with positions, so that a mistake is shown where it was made. Unknown keys are errors.
//! `keys` says what can be written, `manifest` where it is read from, `diesel` what Diesel's file adds.

mod diesel;
mod duration;
mod keys;
mod manifest;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use schema_runtime::dialect::Dialect;

pub use self::duration::parse_duration;
use self::keys::Raw;
use self::manifest::Manifests;
use crate::document::suggestion;
use crate::finding::Finding;
use crate::migrations::name;

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
    /// What becomes of tables that no model names; `None`: it depends on the models.
    pub unmodelled: Option<Unmodelled>,
    /// The last revision whose SQL nobody looks at any more: it and what runs before it have run everywhere.
    pub safety_after: Option<String>,
    /// Whether `generate` builds indexes on PostgreSQL beside the writes of others.
    pub concurrent_indexes: bool,
    /// Every file that was read to know all this.
    pub files: Vec<PathBuf>,
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

/// What becomes of tables that no model names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmodelled {
    /// They stay.
    Keep,
    /// They go.
    Drop,
}

/// How long to wait for another run, unless told otherwise.
const LOCK_WAIT: Duration = Duration::from_secs(60);

impl Config {
    /// Without Cargo: these migrations and no file of configuration.
    pub fn standalone(migrations: &Path, dialect: Option<Dialect>) -> Self {
        let migrations = absolute(migrations);
        let current = std::env::current_dir().unwrap_or_default();
        let parent = migrations.parent().unwrap_or(&migrations);
        let root = if migrations.starts_with(&current) { current } else { parent.to_path_buf() };
        Self { dialect, migrations, ..Raw::default().resolve(&root) }
    }

    /// The configuration of the package in `root`, or of its second database `target`. Warnings come with the
    /// value, errors instead of it.
    ///
    /// Paths are relative to the package, also those that are written in the workspace's manifest.
    pub fn load(root: &Path, target: Option<&str>) -> Result<(Self, Vec<Finding>), Vec<Finding>> {
        let root = absolute(root);
        let manifests = Manifests::read(&root).map_err(|finding| vec![finding])?;
        let (layers, mut findings) = manifests.layers();
        let raw = match target {
            None => layers.package,
            Some(name) => match layers.targets.get(name) {
                Some(raw) => raw.clone().over(layers.package),
                None => {
                    findings.push(unknown_target(name, layers.targets.keys()));
                    layers.package
                }
            },
        };
        let (diesel, mut warnings) = diesel::read(&manifests, &raw);
        if findings.iter().any(Finding::is_error) {
            return Err(findings);
        }
        warnings.extend(findings);
        let mut config = raw.over(diesel.raw).resolve(&root);
        config.files = manifests.into_files().chain(diesel.file).collect();
        Ok((config, warnings))
    }

    /// A path as it is shown: relative to the package where it can be.
    pub fn shown<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}

impl Raw {
    fn resolve(self, root: &Path) -> Config {
        let paths = |paths: Option<Vec<PathBuf>>| -> Vec<PathBuf> {
            paths.unwrap_or_default().iter().map(|path| root.join(path)).collect()
        };
        Config {
            root: root.to_path_buf(),
            dialect: self.dialect,
            migrations: root.join(self.migrations.unwrap_or_else(|| "migrations".into())),
            models: paths(self.models),
            tables: paths(self.tables.or_else(|| Some(vec!["src/schema.rs".into()]))),
            on_connect: self.on_connect.unwrap_or_default(),
            ignore: self.ignore.unwrap_or_default(),
            database_url: self.database_url.unwrap_or_else(|| "env:DATABASE_URL".to_string()),
            name: self.name.unwrap_or_else(|| name::DEFAULT_TEMPLATE.to_string()),
            lints: self.lints,
            transaction: self.transaction.unwrap_or_default(),
            lock: self.lock.unwrap_or_default(),
            lock_wait: self.lock_wait.unwrap_or(LOCK_WAIT),
            lock_timeout: self.lock_timeout,
            statement_timeout: self.statement_timeout,
            unmodelled: self.unmodelled,
            safety_after: self.safety_after,
            concurrent_indexes: self.concurrent_indexes.unwrap_or_default(),
            files: Vec::new(),
        }
    }
}

fn unknown_target<'n>(name: &str, known: impl Iterator<Item = &'n String>) -> Finding {
    let known: Vec<&str> = known.map(String::as_str).collect();
    let finding = Finding::error(RULE, format!("there is no target `{name}`")).in_file("Cargo.toml");
    if known.is_empty() {
        return finding.help(format!("[package.metadata.schema.target.{name}] would make one"));
    }
    finding.help(suggestion(name, &known))
}

/// What every mistake in the configuration is reported under.
const RULE: &str = "bad-configuration";

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}
