//! What a verb works with: the shell, the global flags, and the history of a package, which is refused here when
//! it is broken.

use schema_build::rule::Purpose;
use schema_build::validate::{self, Validated};
use schema_runtime::dialect::Dialect;
use schema_runtime::history::History;
use serde_json::Value;

use crate::cli::{Format, Global};
use crate::database::url::{self, DatabaseUrl};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;
use crate::render::json;
use crate::shell::Shell;

/// Given to every verb.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) shell: Shell,
    pub(crate) global: Global,
}

impl Context {
    pub(crate) fn new(global: Global) -> Self {
        Self { shell: global.shell(), global }
    }

    /// Whether data is written as JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.global.format == Format::Json
    }

    /// `github`, `sarif` and `junit` are formats of findings.
    pub(crate) fn refuse_formats_of_check(&self) -> Result<(), Failure> {
        match self.global.format {
            Format::Human | Format::Json => Ok(()),
            Format::Github | Format::Sarif | Format::Junit => {
                Err(Failure::usage("only `check` has the formats `github`, `sarif` and `junit`")
                    .help("use `--format human` or `--format json`"))
            }
        }
    }

    /// Writes the verb's JSON document.
    pub(crate) fn document(&self, command: &str, project: &Project, body: Value) {
        self.shell.data(json::document(command, project.package.as_deref(), body));
    }

    /// The database of the package; that none is configured is an error.
    pub(crate) fn url(&self, project: &Project) -> Result<DatabaseUrl, Failure> {
        url::resolve(&self.global, project)?.ok_or_else(|| url::missing(project))
    }

    /// The SQL that the package is written in.
    pub(crate) fn dialect(&self, project: &Project) -> Result<Dialect, Failure> {
        if let Some(dialect) = project.config.dialect {
            return Ok(dialect);
        }
        let url = url::resolve(&self.global, project)?;
        Ok(url.map_or(Dialect::Sqlite, |url| url.dialect))
    }

    /// Everything that a verb that runs has to know about the migrations folder, broken or not.
    pub(crate) fn validated(&self, project: &Project) -> Result<Validated, Failure> {
        self.validated_for(project, Purpose::Run)
    }

    fn validated_for(&self, project: &Project, purpose: Purpose) -> Result<Validated, Failure> {
        project.refuse_missing_folder()?;
        Ok(validate::validate_for(&project.config, self.dialect(project)?, purpose))
    }

    /// Refuses a history whose ways down are broken, where its ways up were read before.
    pub(crate) fn refuse_broken_downs(&self, project: &Project) -> Result<(), Failure> {
        self.sound(project, self.validated_for(project, Purpose::Down)?).map(drop)
    }

    /// The history, sound; several heads are sound.
    pub(crate) fn history(&self, project: &Project) -> Result<History, Failure> {
        self.sound(project, self.validated(project)?)
    }

    /// Refuses a broken history with everything that is wrong with it.
    pub(crate) fn sound(&self, project: &Project, validated: Validated) -> Result<History, Failure> {
        let is_broken = validated.has_errors();
        let findings = project.shown_in(validated.findings);
        match validated.history {
            Some(history) if !is_broken => {
                self.shell.findings(&findings);
                Ok(history)
            }
            _ => Err(Failure::of(Exit::No, findings)),
        }
    }
}
