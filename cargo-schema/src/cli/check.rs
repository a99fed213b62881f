//! `cargo schema check`: the gate of a CI run. Nothing is changed, and no database is needed: what is tried out is tried
//! on a scratch database.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use clap::builder::PossibleValuesParser;
use schema_build::config::{Config, Level};
use schema_build::finding::Finding;
use schema_build::lockfile::{FILE_NAME, LockFile};
use schema_build::rule::{Family, Purpose};
use schema_build::validate::{self, Validated};
use schema_runtime::dialect::Dialect;
use schema_runtime::history::History;
use schema_runtime::plan;
use schema_runtime::revision::Revision;
use serde_json::Value;

use super::{explain, report};
use crate::changes;
use crate::check::database::Looked;
use crate::check::proof::{self, Known, Proved};
use crate::check::rule::Edit;
use crate::check::safety::{self, Safety, Scope};
use crate::check::{self, base, database, fix, models};
use crate::cli::flushed;
use crate::cli::many::{self, ManyArgs};
use crate::context::Context;
use crate::database::scratch::Site;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::fleet::{self, Fleet};
use crate::project::{self, Project};
use crate::render::human;
use crate::render::verdict::{self, Seen, Unjudged, Verdict};
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
    /// Run nothing. What never ran on a server is named all the same (`unproven`); `--skip proof` leaves that out, too
    #[arg(long)]
    no_proof: bool,
    /// Look at the database, too: what is pending, unknown or edited there, and whether it holds what its revisions
    /// lead to. Changes nothing
    #[arg(long)]
    database: bool,
    #[command(flatten)]
    many: ManyArgs,
}

fn family() -> PossibleValuesParser {
    PossibleValuesParser::new(Family::ALL.map(Family::name))
}

impl Args {
    fn wants(&self, family: Family) -> bool {
        let is_in = |list: &[String]| list.iter().any(|name| name == family.name());
        !is_in(&self.skip) && (self.only.is_empty() || is_in(&self.only))
    }

    /// No database is looked at unless somebody says so.
    fn wants_database(&self) -> bool {
        let is_named = self.only.iter().any(|name| name == Family::Database.name());
        let is_asked_for = self.database || self.many.is_asked() || is_named;
        // Whoever names other families alone and asks for this one wants both.
        is_asked_for && !self.skip.iter().any(|name| name == Family::Database.name())
    }

    /// Servers are not asked unless somebody says so.
    fn wants_proof(&self, dialect: Dialect) -> bool {
        let is_asked_for = self.proof || self.only.iter().any(|name| name == Family::Proof.name());
        self.wants(Family::Proof) && !self.no_proof && (is_asked_for || dialect == Dialect::Sqlite)
    }
}

/// Checks one package, or with `--workspace` one after the other.
pub(crate) fn run(context: &Context, args: &Args) -> Outcome {
    let projects = project::find(&context.global)?;
    let mut verdicts = Vec::with_capacity(projects.len());
    for project in &projects {
        if context.global.workspace {
            context.shell.status("Package", project.name());
        }
        project.refuse_missing_folder()?;
        if args.fix {
            mend(context, project, args)?;
        }
        let verdict = look(context, project, args)?;
        verdict::report(context, project, &verdict);
        verdicts.push(verdict);
        // What belongs to a package stands below its name.
        flushed(&context.shell)?;
    }
    verdict::report_all(context, &verdicts);
    Ok(verdicts.iter().map(Verdict::exit).max().unwrap_or(Exit::Done))
}

/// Makes the changes that are certain; where what was made of them is not better, none is made.
fn mend(context: &Context, project: &Project, args: &Args) -> Result<(), Failure> {
    let config = configured(project, args)?;
    let dialect = context.dialect(project)?;
    let validated = || validate::validate_for(&config, dialect, Purpose::Check);
    let released = released(&config, args, validated().revisions())?;
    let looked = || {
        let validated = validated();
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

fn look(context: &Context, project: &Project, args: &Args) -> Result<Verdict, Failure> {
    let project = &Project { config: configured(project, args)?, ..project.clone() };
    let config = &project.config;
    let dialect = context.dialect(project)?;
    let validated = validate::validate_for(config, dialect, Purpose::Check);
    refuse_unknown_settled(config, &validated)?;
    let released = released(config, args, validated.revisions())?;
    let mut verdict = Verdict::of(validated.revisions().len(), project.warnings.clone());
    if let Some(released) = &released {
        verdict.judge(compared(config, &validated, args, released), config);
    }
    if args.wants(Family::Safety) {
        let safety = safe(config, &validated, dialect, released.as_ref());
        verdict.tables = safety.tables;
        verdict.advice = advice(args, &validated, config, safety.findings.len());
        verdict.findings.extend(safety.findings);
        verdict.unjudged.extend(unordered(&validated));
    }
    if args.wants(Family::Models) {
        verdict.judge(models::check(project, dialect), config);
    }
    let site = Site { context, project };
    if args.wants(Family::Proof) {
        prove(site, dialect, &validated, args, &mut verdict);
    }
    if args.wants_database() {
        look_at_databases(site, &validated, args, &mut verdict)?;
    }
    verdict.findings.extend(validated.findings);
    let is_wanted = |family| args.wants(family) || family == Family::Database && args.wants_database();
    verdict.findings.retain(|finding| check::known(finding.rule).is_none_or(|rule| is_wanted(rule.family)));
    verdict.conclude(context, project);
    Ok(verdict)
}

/// Without an order SQL is looked at all the same, which deserves a word.
fn unordered(validated: &Validated) -> Option<Unjudged> {
    let why = "the history cannot be put in order, so SQL was looked at in the order of the folders' names";
    validated.history.is_none().then(|| Unjudged::new(Family::Safety, why))
}

/// What happens when it runs; that it cannot be tried is no reason to keep quiet about the rest.
fn prove(site: Site<'_>, dialect: Dialect, validated: &Validated, args: &Args, verdict: &mut Verdict) {
    let Some(history) = &validated.history else {
        let why = "the history cannot be put in order, so nothing was run";
        let unjudged = (!args.no_proof).then(|| Unjudged::new(Family::Proof, why));
        return verdict.unjudged.extend(unjudged);
    };
    match proved(site, dialect, history, (args, &validated.findings)) {
        Ok(proved) => {
            verdict.judge(proved.findings, &site.project.config);
            verdict.unjudged.extend(untried(proved.broken));
        }
        Err(failure) => verdict.fail(failure, Family::Proof),
    }
}

fn untried(broken: usize) -> Option<Unjudged> {
    let why = match broken {
        0 => return None,
        1 => "1 revision was not run: its files, or those of what it builds on, are broken".to_owned(),
        _ => format!(
            "{broken} revisions were not run: their files, or those of what they build on, are broken"
        ),
    };
    Some(Unjudged::new(Family::Proof, why))
}

/// Live databases beside the history.
fn look_at_databases(
    site: Site<'_>,
    validated: &Validated,
    args: &Args,
    verdict: &mut Verdict,
) -> Result<(), Failure> {
    let Site { context, project } = site;
    let is_broken = validated.findings.iter().any(proof::is_defect);
    let Some(history) = validated.history.as_ref().filter(|_| !is_broken) else {
        let why = "the history is broken, so no database was compared with it";
        verdict.unjudged.push(Unjudged::new(Family::Database, why));
        return Ok(());
    };
    let fleet = args.many.fleet_of(context, project, Arc::new(history.clone()))?;
    let looked = database::check(site, &fleet);
    verdict.findings.extend(database::together(&fleet, &looked));
    let exits = looked.iter().map(|looked| looked.exit);
    verdict.failed = exits.chain([verdict.failed]).max().unwrap_or(Exit::Done);
    verdict.databases = looked
        .iter()
        .zip(&fleet.tenants)
        .map(|(looked, tenant)| Seen {
            row: many::row_of_check(&fleet, tenant, looked),
            document: many::document_of_check(&fleet, tenant, looked),
        })
        .collect();
    verdict.is_fleet = args.many.is_asked();
    if !verdict.is_fleet {
        verdict.locks = locks(site, &fleet, &looked);
    }
    Ok(())
}

/// What the pending revisions lock, where one PostgreSQL database was looked at and nothing keeps them from running.
fn locks(site: Site<'_>, fleet: &Fleet<'_>, looked: &[Looked]) -> Option<Value> {
    let state = looked.first()?.state.as_ref().ok()?;
    let history = &fleet.history;
    let pending = plan::upgrade(history, &state.applied, "heads").ok()?.nodes;
    let heads = state.applied.heads(history);
    let mut seen = fleet::visit(fleet, "Tracing", |_, desk| {
        Ok(report::locks(site, history, &mut desk.database, (&heads, &pending)))
    });
    seen.pop()?.ok()?
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

/// What a commit has released.
struct Released<'a> {
    reference: &'a str,
    lock: LockFile,
    /// That there is no lock file, and what was assumed.
    assumption: Option<Finding>,
}

/// By its lock file; without one, by the folders that it has.
fn released<'a>(
    config: &Config,
    args: &'a Args,
    revisions: &[Revision],
) -> Result<Option<Released<'a>>, Failure> {
    let Some(reference) = args.base.as_deref().or(args.changed_since.as_deref()) else { return Ok(None) };
    if let Some(text) = git::file_at(&config.migrations, reference, FILE_NAME)? {
        let shown = format!("{reference}:{FILE_NAME}");
        let lock = lock::parse(Path::new(&shown), &text)?;
        return Ok(Some(Released { reference, lock, assumption: None }));
    }
    let lock = base::assumed(&git::names_at(&config.migrations, reference)?, revisions);
    let assumption = Some(base::without_lock(config, reference, &lock));
    Ok(Some(Released { reference, lock, assumption }))
}

/// What differs from what is released; who only wants to hear of new revisions gets no more than the assumption.
fn compared(config: &Config, validated: &Validated, args: &Args, released: &Released<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = released.assumption.clone().into_iter().collect();
    if args.base.is_some() {
        let (reference, lock) = (released.reference, &released.lock);
        found.extend(base::findings(
            config,
            reference,
            lock,
            (validated.revisions(), validated.history.as_ref()),
        ));
    }
    found
}

/// What the SQL does.
fn safe(config: &Config, validated: &Validated, dialect: Dialect, released: Option<&Released<'_>>) -> Safety {
    let revisions = validated.revisions();
    let released = released.map(|released| base::unchanged(&released.lock, revisions));
    let settled = validated.history.as_ref().and_then(|history| settled(config, history)).unwrap_or_default();
    safety::check(config, revisions, dialect, &Scope { released, settled, findings: &validated.findings })
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
fn advice(args: &Args, validated: &Validated, config: &Config, found: usize) -> Option<String> {
    let is_told = args.base.is_some() || args.changed_since.is_some() || config.safety_after.is_some();
    let last = validated.history.as_ref().and_then(|history| history.revisions().last());
    let last = last.filter(|_| found >= MANY && !is_told)?;
    Some(format!(
        "`--changed-since REF` looks at the SQL of new revisions alone; `safety-after = \"{}\"` in \
         [package.metadata.schema] lets be what has run everywhere",
        last.id
    ))
}

/// What happens when it runs; where nothing runs, what never did.
fn proved(
    site: Site<'_>,
    dialect: Dialect,
    history: &History,
    (args, findings): (&Args, &[Finding]),
) -> Result<Proved, Failure> {
    // One that cannot be understood is found elsewhere.
    let lock = lock::read(site.project).ok().flatten();
    if args.wants_proof(dialect) {
        return proof::check(site, dialect, history, &Known { lock: lock.as_ref(), findings });
    }
    let findings = lock.map_or_else(Vec::new, |lock| proof::unproven(site, history, &lock));
    Ok(Proved { findings, broken: 0 })
}
