//! The models beside schema.lock, in a build: whether a migration is still to be written. No database is needed, and
//! a package whose lock file knows of no models pays nothing.

use std::fs;

use schema_runtime::dialect::Dialect;

use super::watch;
use crate::config::Config;
use crate::finding::Finding;
use crate::lockfile::{self, FILE_NAME, LockFile};
use crate::models::{self, ahead};
use crate::rule::{self, Purpose};

/// Adds what is found, and returns which files Cargo must watch for it.
pub(super) fn compare(config: &Config, dialect: Dialect, findings: &mut Vec<Finding>) -> Vec<String> {
    let path = config.migrations.join(FILE_NAME);
    let Ok(text) = fs::read_to_string(&path) else { return Vec::new() };
    if !text.contains("\nmodels.") || !rule::is_asked(ahead::RULE, &config.lints, Purpose::Build) {
        return Vec::new();
    }
    let models = models::read(config, dialect);
    let mut found = models.findings.clone();
    // Models that cannot be read would only look as if they were gone. And what is there word by word is equal.
    let is_whole = !found.iter().any(Finding::is_error);
    if is_whole && !text.ends_with(&lockfile::print("models", &models.schema)) {
        let (lock, _) = LockFile::parse(&path, &text);
        found.extend(ahead::findings(&models, &lock));
    }
    findings.extend(rule::judge(found, &config.lints, Purpose::Build));
    models.sources.iter().map(|file| watch(file)).collect()
}
