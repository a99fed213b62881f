//! What a check came to, in every format: for people, as data, and as code hosts and CI systems read it.

use std::path::{Path, PathBuf};

use schema_build::config::Config;
use schema_build::finding::{Finding, Note, Place, Severity};
use schema_build::rule::{self, Family, Purpose};
use schema_build::validate::leave_out_consequences;
use serde_json::{Value, json};

use super::revision::table;
use super::{github, human, json, junit, sarif};
use crate::check;
use crate::cli::Format;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;
use crate::shell::Shell;

/// What a check of one package came to.
#[derive(Debug)]
pub(crate) struct Verdict {
    revisions: usize,
    /// How many tables the history makes.
    pub(crate) tables: usize,
    pub(crate) findings: Vec<Finding>,
    /// What could not be looked at, or not wholly.
    pub(crate) unjudged: Vec<Unjudged>,
    /// The databases that were looked at.
    pub(crate) databases: Vec<Seen>,
    /// On PostgreSQL: what pending revisions lock, as data.
    pub(crate) locks: Option<Value>,
    /// Many databases were asked for, and get a table.
    pub(crate) is_fleet: bool,
    /// What kept it from looking at everything.
    pub(crate) failed: Exit,
    /// What people may do about so much.
    pub(crate) advice: Option<String>,
}

/// A family of rules that did not get to see everything.
#[derive(Debug)]
pub(crate) struct Unjudged {
    pub(crate) family: Family,
    pub(crate) why: String,
}

/// A database that was looked at.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) row: Vec<String>,
    pub(crate) document: Value,
}

impl Unjudged {
    pub(crate) fn new(family: Family, why: impl Into<String>) -> Self {
        Self { family, why: why.into() }
    }
}

impl Verdict {
    /// Of a history of so many revisions, with what is known beforehand.
    pub(crate) fn of(revisions: usize, findings: Vec<Finding>) -> Self {
        Self {
            revisions,
            tables: 0,
            findings,
            unjudged: Vec::new(),
            databases: Vec::new(),
            locks: None,
            is_fleet: false,
            failed: Exit::Done,
            advice: None,
        }
    }

    /// Takes findings with the levels of the configuration.
    pub(crate) fn judge(&mut self, findings: Vec<Finding>, config: &Config) {
        self.findings.extend(rule::judge(findings, &config.lints, Purpose::Check));
    }

    /// What a family could not do is said with the rest, and decides about the end.
    pub(crate) fn fail(&mut self, failure: Failure, family: Family) {
        self.failed = self.failed.max(failure.exit);
        let why = failure.findings.first().map_or_else(String::new, |first| first.message.clone());
        self.unjudged.push(Unjudged::new(family, why));
        self.findings.extend(failure.findings);
    }

    /// Puts findings in order, each once, with paths as the format wants them and the way to the pages of rules.
    pub(crate) fn conclude(&mut self, context: &Context, project: &Project) {
        let mut findings = without_repetition(std::mem::take(&mut self.findings));
        leave_out_consequences(&mut findings);
        let folder = folder(context, project);
        for finding in &mut findings {
            if let Some(Place { path, .. }) = &mut finding.place {
                *path = folder.join(&*path);
            }
            if has_notes(context.global.format) && check::known(finding.rule).is_some() {
                finding.notes.push(Note::Note(format!("`cargo schema explain {}`", finding.rule)));
            }
        }
        self.findings = findings;
    }

    /// What the process ends with.
    pub(crate) fn exit(&self) -> Exit {
        let is_wrong = self.findings.iter().any(Finding::is_error);
        self.failed.max(if is_wrong { Exit::No } else { Exit::Done })
    }
}

/// Whether a format has no better place for the way to a rule's page.
fn has_notes(format: Format) -> bool {
    match format {
        Format::Human | Format::Github | Format::Junit => true,
        Format::Json | Format::Sarif => false,
    }
}

/// The package from where the paths of a format start. Code hosts want the root of the repository, people and scripts
/// the folder that they are in.
fn folder(context: &Context, project: &Project) -> PathBuf {
    let root = &project.config.root;
    let below = |start: &Path| root.strip_prefix(start).ok().map(Path::to_path_buf);
    let here = || std::env::current_dir().ok().and_then(|here| below(&here));
    match context.global.format {
        Format::Human | Format::Json => here().unwrap_or_default(),
        Format::Github | Format::Sarif | Format::Junit => {
            let repository = root.ancestors().find(|folder| folder.join(".git").exists());
            repository.and_then(below).or_else(here).unwrap_or_else(|| root.clone())
        }
    }
}

/// Tells of one package, where a format has a document for each.
pub(crate) fn report(context: &Context, project: &Project, verdict: &Verdict) {
    match context.global.format {
        Format::Human => tell(&context.shell, verdict),
        Format::Json => context.document("check", project, document(verdict)),
        Format::Github => {
            verdict.findings.iter().for_each(|finding| context.shell.data(github::annotation(finding)));
            verdict.unjudged.iter().for_each(|it| {
                context.shell.data(github::notice(it.family.name(), &it.why));
            });
        }
        Format::Sarif | Format::Junit => {}
    }
}

/// Tells of all packages, where a format has one document for all.
pub(crate) fn report_all(context: &Context, verdicts: &[Verdict]) {
    match context.global.format {
        Format::Human | Format::Json | Format::Github => {}
        Format::Sarif => context.shell.data(sarif::log(verdicts)),
        Format::Junit => context.shell.data(junit::document(verdicts)),
    }
}

fn tell(shell: &Shell, verdict: &Verdict) {
    shell.rules(&verdict.findings);
    for Unjudged { family, why } in &verdict.unjudged {
        shell.attention("Unjudged", format_args!("{}: {why}", family.name()));
    }
    if verdict.is_fleet {
        let rows: Vec<&[String]> = verdict.databases.iter().map(|seen| seen.row.as_slice()).collect();
        table(&rows).iter().for_each(|line| shell.data(line));
    }
    let mut looked_at = vec![human::count(verdict.revisions, "revision")];
    let more = [(verdict.tables, "table"), (verdict.databases.len(), "database")];
    looked_at.extend(
        more.iter().filter(|(number, _)| *number > 0).map(|(number, noun)| human::count(*number, noun)),
    );
    shell.status("Checked", format_args!("{}: {}", looked_at.join(", "), summary(&verdict.findings)));
    verdict.advice.iter().for_each(|advice| shell.status("Next", advice));
}

fn document(verdict: &Verdict) -> Value {
    json!({
        "revisions": verdict.revisions,
        "tables": verdict.tables,
        "errors": number(&verdict.findings, Severity::Error),
        "warnings": number(&verdict.findings, Severity::Warning),
        "findings": verdict.findings.iter().map(described).collect::<Vec<_>>(),
        "unjudged": verdict.unjudged.iter().map(|it| json!({ "family": it.family.name(), "why": it.why })).collect::<Vec<_>>(),
        "databases": verdict.databases.iter().map(|seen| &seen.document).collect::<Vec<_>>(),
        "locks": verdict.locks,
        "exit_code": verdict.exit().code(),
    })
}

fn described(finding: &Finding) -> Value {
    let mut object = json::finding(finding);
    object["family"] = check::known(finding.rule).map(|rule| rule.family.name()).into();
    object
}

fn summary(findings: &[Finding]) -> String {
    let (errors, warnings) = (number(findings, Severity::Error), number(findings, Severity::Warning));
    match (errors, warnings) {
        (0, 0) => "nothing is wrong".to_owned(),
        (errors, 0) => human::count(errors, "error"),
        (0, warnings) => human::count(warnings, "warning"),
        (errors, warnings) => {
            format!("{}, {}", human::count(errors, "error"), human::count(warnings, "warning"))
        }
    }
}

/// How many findings are that severe.
pub(super) fn number(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|finding| finding.severity == severity).count()
}

/// An edit shows against the lock file and against the released one; it is said once.
fn without_repetition(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        let is_edit = matches!(finding.rule, "edited-revision" | "removed-revision");
        let is_known = is_edit
            && kept.iter().any(|other| {
                (other.rule, &other.place, subject(other))
                    == (finding.rule, &finding.place, subject(&finding))
            });
        if !is_known {
            kept.push(finding);
        }
    }
    Finding::sort(&mut kept);
    kept
}

/// The revision that a message is about.
fn subject(finding: &Finding) -> Option<&str> {
    finding.message.split('`').nth(1)
}
