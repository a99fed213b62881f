//! The models family: what the models say that no migration does, as far as schema.lock can tell, and whether
//! `src/schema.rs` is what the structs make it. No database is asked.

use std::fs;

use schema_build::config::Config;
use schema_build::finding::Finding;
use schema_build::lockfile::{FILE_NAME, LockFile};
use schema_build::models::{self, Models, ahead};
use schema_runtime::dialect::Dialect;

use crate::generate::tables_file::TablesFile;
use crate::project::Project;

/// Everything that is found.
pub(crate) fn check(project: &Project, dialect: Dialect) -> Vec<Finding> {
    let models = models::read(&project.config, dialect);
    let mut findings = models.findings.clone();
    // Models that cannot be read would only look as if they were gone.
    if findings.iter().any(Finding::is_error) {
        return findings;
    }
    findings.extend(behind(project, &models));
    let path = project.config.migrations.join(FILE_NAME);
    let Ok(text) = fs::read_to_string(&path) else { return findings };
    let (lock, broken) = LockFile::parse(project.config.shown(&path), &text);
    if broken.is_empty() {
        findings.extend(unknown(&project.config, &models, &lock));
        findings.extend(ahead::findings(&models, &lock));
    }
    findings
}

/// The file of `table!` blocks. One that somebody else wrote is theirs, and the compiler says that one is missing.
fn behind(project: &Project, models: &Models) -> Option<Finding> {
    let file = TablesFile::of(project, models, false).ok()?.filter(|file| file.path.exists())?;
    let message = format!("`{}` is not what the structs make it", project.config.shown(&file.path).display());
    let finding = Finding::error("tables-file", message).in_file(project.config.shown(&file.path));
    Some(
        finding.help(
            "`cargo schema generate \"what changed\"` writes it, and a migration only where one is due",
        ),
    )
}

/// A lock file that cannot tell.
fn unknown(config: &Config, models: &Models, lock: &LockFile) -> Option<Finding> {
    let message = match lock.outside.first() {
        Some(id) => format!("`schema.lock` does not know what revision `{id}` does"),
        None if models.is_empty() || ahead::is_known(models, lock) => return None,
        None => "`schema.lock` does not know the schema that models could be compared with".to_owned(),
    };
    let finding = Finding::warning("schema-unknown", message);
    let finding = finding.in_file(config.shown(&config.migrations.join(FILE_NAME)));
    Some(finding.help("run `cargo schema lock`, and commit the file"))
}
