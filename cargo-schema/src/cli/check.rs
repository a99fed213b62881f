//! `cargo schema check`: the gate of a CI run. Nothing is changed, and no database is needed: what is tried out is tried
//! on a scratch database.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::builder::PossibleValuesParser;
use schema_build::config::{Config, Level};
use schema_build::finding::{Finding, Severity};
use schema_build::lockfile::{FILE_NAME, LockFile};
use schema_build::rule::{self, Family, Purpose};
use schema_build::validate::{self, Validated};
use schema_runtime::dialect::Dialect;
use schema_runtime::history::History;
use serde_json::{Value, json};

use super::explain;
use crate::changes;
use crate::check::proof::{self, Known};
use crate::check::rule::Edit;
use crate::check::safety::{self, Safety, Scope};
use crate::check::{self, base, fix, models};
use crate::cli::Format;
use crate::context::Context;
use crate::database::scratch::Site;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::render::{github, human, json, junit, sarif};
use crate::{git, lock};

/// Find what is wrong, for people and for CI
///
/// Everything that a build refuses, what differs from schema.lock, models that no migration follows, ways down that are
/// none, and SQL that fails, loses data, blocks or breaks running programs. Exits with 1 if there is an error.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Compare with what is released at this commit, such as `origin/main`
    #[arg(long, value_name = "REF")]
    base: Option<String>,
    /// Look at SQL of those revisions alone that this commit does not have
    #[arg(long, value_name = "REF", conflicts_with = "base")]
    changed_since: Option<String>,
    /// Change what is certain to be better: comments that allow nothing go, and what --base shows to be unreleased is
    /// built concurrently where it can be
    #[arg(long)]
    fix: bool,
    /// Make a rule an error
    #[arg(short = 'D', long = "deny", value_name = "RULE")]
    deny: Vec<String>,
    /// Make a rule a warning
    #[arg(short = 'W', long = "warn", value_name = "RULE")]
    warn: Vec<String>,
    /// Switch a rule off
    #[arg(short = 'A', long = "allow", value_name = "RULE")]
    allow: Vec<String>,
    /// Look for nothing but this family of rules
    #[arg(long, value_name = "FAMILY", value_delimiter = ',', value_parser = family())]
    only: Vec<String>,
    /// Leave a family of rules out
    #[arg(long, value_name = "FAMILY", value_delimiter = ',', value_parser = family(), conflicts_with = "only")]
    skip: Vec<String>,
    /// Run every revision up, down and up again on a scratch database of the server; on SQLite this needs no server,
    /// and is done anyway
    #[arg(long, conflicts_with = "no_proof")]
    proof: bool,
    /// Run nothing, as `--skip proof` does
    #[arg(long)]
    no_proof: bool,
}

fn family() -> PossibleValuesParser {
    PossibleValuesParser::new(Family::ALL.map(Family::name))
}

impl Args {
    fn wants(&self, family: Family) -> bool {
        let is_in = |list: &[String]| list.iter().any(|name| name == family.name());
        let is_left_out = is_in(&self.skip) || family == Family::Proof && self.no_proof;
        !is_left_out && (self.only.is_empty() || is_in(&self.only))
    }

    /// Servers are not asked unless somebody says so.
    fn wants_proof(&self, dialect: Dialect) -> bool {
        let is_asked_for = self.proof || self.only.iter().any(|name| name == Family::Proof.name());
        self.wants(Family::Proof) && (is_asked_for || dialect == Dialect::Sqlite)
    }
}

/// Checks one package.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    project.refuse_missing_folder()?;
    if args.fix {
        mend(context, project, args)?;
    }
    look(context, project, args)
}

/// Makes the changes that are certain; where what was made of them is not better, none is made.
fn mend(context: &Context, project: &Project, args: &Args) -> Result<(), Failure> {
    let config = configured(project, args)?;
    let dialect = context.dialect(project)?;
    let released = released(&config, args.base.as_deref().or(args.changed_since.as_deref()))?;
    let looked = || {
        let validated = validate::validate_for(&config, dialect, Purpose::Check);
        let findings = validated.findings.len();
        let safety = safe(&config, &validated, dialect, released.as_ref());
        (findings + safety.findings.len(), safety.fixes)
    };
    let (before, fixes) = looked();
    if fixes.is_empty() {
        return Ok(());
    }
    let files: BTreeSet<&Path> = fixes.iter().map(|fix| fix.path.as_path()).collect();
    changes::all_or_nothing(|changes| {
        for path in &files {
            let text =
                fs::read_to_string(path).map_err(|error| Failure::file("could not read", path, &error))?;
            let edits: Vec<&Edit> =
                fixes.iter().filter(|fix| fix.path == *path).map(|fix| &fix.edit).collect();
            changes.write(path, &fix::mended(&text, &edits))?;
        }
        match looked().0 < before {
            true => Ok(()),
            false => {
                Err(Failure::new(Exit::Failed, "fix", "the changes made nothing better, and were taken back"))
            }
        }
    })?;
    let text = format!("{} in {}", human::count(fixes.len(), "finding"), human::count(files.len(), "file"));
    context.shell.status("Fixed", text);
    Ok(())
}

fn look(context: &Context, project: &Project, args: &Args) -> Outcome {
    let config = configured(project, args)?;
    let dialect = context.dialect(project)?;
    let validated = validate::validate_for(&config, dialect, Purpose::Check);
    refuse_unknown_settled(&config, &validated)?;
    let released = released(&config, args.base.as_deref().or(args.changed_since.as_deref()))?;
    let mut findings = project.warnings.clone();
    findings.extend(compared(&config, &validated, args.base.as_deref(), released.as_ref()));
    let safety = match args.wants(Family::Safety) {
        true => safe(&config, &validated, dialect, released.as_ref()),
        false => Safety::default(),
    };
    let in_sql = safety.findings.len();
    findings.extend(safety.findings);
    let mut more = if args.wants(Family::Models) { models::check(project, dialect) } else { Vec::new() };
    if let Some(history) = validated.history.as_ref().filter(|_| args.wants(Family::Proof)) {
        more.extend(proved(Site { context, project }, dialect, history, (args, &validated.findings))?);
    }
    findings.extend(rule::judge(more, &config.lints, Purpose::Check));
    let counts = Counts { revisions: validated.revisions().len(), tables: safety.tables };
    findings.extend(validated.findings);
    findings.retain(|finding| check::known(finding.rule).is_none_or(|rule| args.wants(rule.family)));
    let findings = without_repetition(findings);
    let findings = project.shown_in(findings);
    report(context, project, counts, &findings);
    advise(context, args, &config, validated.history.as_ref(), in_sql);
    let is_wrong = findings.iter().any(Finding::is_error);
    Ok(if is_wrong { Exit::No } else { Exit::Done })
}

/// What was looked at.
#[derive(Clone, Copy)]
struct Counts {
    revisions: usize,
    tables: usize,
}

/// The configuration with what the command line says about rules, the last word counting.
fn configured(project: &Project, args: &Args) -> Result<Config, Failure> {
    let mut config = project.config.clone();
    for (level, ids) in [(Level::Allow, &args.allow), (Level::Warn, &args.warn), (Level::Deny, &args.deny)] {
        for id in ids {
            config.lints.insert(configurable(id)?.to_owned(), level);
        }
    }
    Ok(config)
}

fn configurable(id: &str) -> Result<&'static str, Failure> {
    match check::known(id) {
        Some(rule) if rule.is_configurable() => Ok(rule.id),
        Some(_) => Err(Failure::usage(format!("the rule `{id}` cannot be changed"))
            .note("a history that it finds something in cannot be used")),
        None => Err(explain::unknown(id)),
    }
}

/// What a commit has released, by its lock file.
fn released(config: &Config, reference: Option<&str>) -> Result<Option<LockFile>, Failure> {
    let Some(reference) = reference else { return Ok(None) };
    // A commit without a lock file has released nothing that could be compared.
    let Some(text) = git::file_at(&config.migrations, reference, FILE_NAME)? else { return Ok(None) };
    let shown = format!("{reference}:{FILE_NAME}");
    lock::parse(Path::new(&shown), &text).map(Some)
}

fn compared(
    config: &Config,
    validated: &Validated,
    reference: Option<&str>,
    released: Option<&LockFile>,
) -> Vec<Finding> {
    let (Some(reference), Some(released)) = (reference, released) else { return Vec::new() };
    let found =
        base::findings(config, reference, released, (validated.revisions(), validated.history.as_ref()));
    rule::judge(found, &config.lints, Purpose::Check)
}

/// What the SQL does; nothing is said of a history that cannot be put in order.
fn safe(config: &Config, validated: &Validated, dialect: Dialect, released: Option<&LockFile>) -> Safety {
    let Some(history) = &validated.history else { return Safety::default() };
    let scope = Scope {
        released: released.map(|released| base::unchanged(released, history)),
        settled: settled(config, history).unwrap_or_default(),
    };
    safety::check(config, history, dialect, &scope)
}

/// How many revisions run up to the one that `safety-after` names; `None`: it names none.
fn settled(config: &Config, history: &History) -> Option<usize> {
    let id = config.safety_after.as_ref()?;
    history.revisions().iter().position(|revision| *revision.id == **id).map(|last| last + 1)
}

/// A slip in `safety-after` must not silence anything, nor go by unseen.
fn refuse_unknown_settled(config: &Config, validated: &Validated) -> Result<(), Failure> {
    let (Some(id), Some(history)) = (&config.safety_after, &validated.history) else { return Ok(()) };
    match settled(config, history) {
        Some(_) => Ok(()),
        None => Err(Failure::usage(format!(
            "`safety-after` names `{id}`, and the history has no such revision"
        ))
        .help(
            "name the last revision that has run everywhere by its id, as `cargo schema history` shows it",
        )),
    }
}

/// How many findings in old SQL are so many that nobody would read them.
const MANY: usize = 20;

/// What to do about a history that is older than its checks.
fn advise(context: &Context, args: &Args, config: &Config, history: Option<&History>, found: usize) {
    let is_told = args.base.is_some() || args.changed_since.is_some() || config.safety_after.is_some();
    let last = history.and_then(|history| history.revisions().last());
    if let Some(last) =
        last.filter(|_| found >= MANY && !is_told && matches!(context.global.format, Format::Human))
    {
        let text = format!(
            "`--changed-since REF` looks at the SQL of new revisions alone; `safety-after = \"{}\"` in \
             [package.metadata.schema] lets be what has run everywhere",
            last.id
        );
        context.shell.status("Next", text);
    }
}

/// What happens when it runs; where nothing runs, what never did.
fn proved(
    site: Site<'_>,
    dialect: Dialect,
    history: &History,
    (args, findings): (&Args, &[Finding]),
) -> Result<Vec<Finding>, Failure> {
    // One that cannot be understood is found elsewhere.
    let lock = lock::read(site.project).ok().flatten();
    if args.wants_proof(dialect) {
        return proof::check(site, dialect, history, &Known { lock: lock.as_ref(), findings });
    }
    Ok(lock.map_or_else(Vec::new, |lock| proof::unproven(site, history, &lock)))
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

fn report(context: &Context, project: &Project, counts: Counts, findings: &[Finding]) {
    match context.global.format {
        Format::Human => {
            context.shell.rules(findings);
            let looked_at = match counts.tables {
                0 => human::count(counts.revisions, "revision"),
                tables => {
                    format!(
                        "{}, {}",
                        human::count(counts.revisions, "revision"),
                        human::count(tables, "table")
                    )
                }
            };
            let text = format!("{looked_at}: {}", summary(findings));
            context.shell.status("Checked", text);
        }
        Format::Json => context.document("check", project, document(counts, findings)),
        Format::Github => findings.iter().for_each(|finding| {
            context.shell.data(github::annotation(finding));
        }),
        Format::Sarif => context.shell.data(sarif::log(findings)),
        Format::Junit => context.shell.data(junit::document(findings)),
    }
}

fn document(counts: Counts, findings: &[Finding]) -> Value {
    json!({
        "revisions": counts.revisions,
        "tables": counts.tables,
        "errors": count(findings, Severity::Error),
        "warnings": count(findings, Severity::Warning),
        "findings": findings.iter().map(described).collect::<Vec<_>>(),
    })
}

fn described(finding: &Finding) -> Value {
    let mut object = json::finding(finding);
    object["family"] = check::known(finding.rule).map(|rule| rule.family.name()).into();
    object
}

fn summary(findings: &[Finding]) -> String {
    let (errors, warnings) = (count(findings, Severity::Error), count(findings, Severity::Warning));
    match (errors, warnings) {
        (0, 0) => "nothing is wrong".to_owned(),
        (errors, 0) => human::count(errors, "error"),
        (0, warnings) => human::count(warnings, "warning"),
        (errors, warnings) => {
            format!("{}, {}", human::count(errors, "error"), human::count(warnings, "warning"))
        }
    }
}

fn count(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|finding| finding.severity == severity).count()
}
