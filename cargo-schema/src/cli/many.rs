//! `--each` and `--schemas`: a verb on many databases. What these verbs do to one is in their own files; here are
//! the arguments, what is refused before anything is opened, and what is said at the end.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use schema_build::finding::Finding;
use schema_build::rule::Purpose;
use schema_build::validate;
use schema_runtime::dialect::Dialect;
use schema_runtime::engine::State;
use schema_runtime::history::History;
use schema_runtime::plan::{self, Direction};
use schema_runtime::target::Applied;
use serde_json::{Value, json};

use super::list::unknown_document;
use super::running::RunArgs;
use crate::check::database::Looked;
use crate::context::Context;
use crate::database::connect::{self, Patience};
use crate::database::refusal::place;
use crate::desk::{self, READERS_PATIENCE, ids};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::fleet::{self, Fleet, Limits, Rollout, Seen, Stop, Task, Tenant, Told};
use crate::project::Project;
use crate::render::human::count;
use crate::render::json;
use crate::render::revision::table;

/// The group of the flags that name many databases.
pub(crate) const MANY: &str = "many";

/// Which databases.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Many databases")]
pub(crate) struct ManyArgs {
    /// The databases of a file, a URL on each line; `-` is standard input
    #[arg(long, value_name = "FILE", group = MANY)]
    each: Option<PathBuf>,
    /// The schemas of a PostgreSQL database that a pattern fits, such as `tenant_*`; may be repeated. Each has a
    /// ledger of its own
    #[arg(long, value_name = "PATTERN", group = MANY)]
    schemas: Vec<String>,
    /// How many at a time
    #[arg(long, value_name = "N", default_value = "8", requires = MANY, value_parser = clap::value_parser!(u16).range(1..=500))]
    jobs: u16,
}

/// Which databases, and when to stop.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Many databases")]
pub(crate) struct RolloutArgs {
    #[command(flatten)]
    many: ManyArgs,
    /// That many go first, of those that have something to do; the others only if these succeed
    #[arg(long, value_name = "N", requires = MANY, value_parser = clap::value_parser!(u16).range(1..))]
    canary: Option<u16>,
    /// Begin no other once that many have failed
    #[arg(long, value_name = "N", requires = MANY, value_parser = clap::value_parser!(u16).range(1..))]
    max_failures: Option<u16>,
    /// Only those that an earlier run left: its document, from `--format json`
    #[arg(long, value_name = "REPORT", requires = MANY)]
    unfinished: Option<PathBuf>,
}

impl ManyArgs {
    /// Whether there is more than one database.
    pub(crate) fn is_asked(&self) -> bool {
        self.each.is_some() || !self.schemas.is_empty()
    }

    /// The databases and the history, read once.
    fn fleet<'c>(
        &self,
        context: &'c Context,
        project: &'c Project,
        purpose: Purpose,
        wait: Duration,
    ) -> Result<Fleet<'c>, Failure> {
        project.refuse_missing_folder()?;
        let (tenants, dialect) = self.tenants(context, project, wait)?;
        let history = context.sound(project, validate::validate_for(&project.config, dialect, purpose))?;
        Ok(self.of(context, project, Arc::new(history), tenants))
    }

    /// The databases that are named, or the one that the package is configured for, with a history that was read
    /// before.
    pub(super) fn fleet_of<'c>(
        &self,
        context: &'c Context,
        project: &'c Project,
        history: Arc<History>,
    ) -> Result<Fleet<'c>, Failure> {
        if self.is_asked() {
            let (tenants, _) = self.tenants(context, project, READERS_PATIENCE)?;
            return Ok(self.of(context, project, history, tenants));
        }
        let url = context.url(project)?;
        desk::refuse_lease_on_file(project, &url)?;
        connect::tell_if_absent(&url, &context.shell);
        let one = Tenant { name: url.shown.clone(), url, schema: None };
        Ok(self.of(context, project, history, vec![one]))
    }

    fn of<'c>(
        &self,
        context: &'c Context,
        project: &'c Project,
        history: Arc<History>,
        tenants: Vec<Tenant>,
    ) -> Fleet<'c> {
        Fleet { project, history, tenants, jobs: self.jobs.max(1).into(), shell: &context.shell }
    }

    fn tenants(
        &self,
        context: &Context,
        project: &Project,
        wait: Duration,
    ) -> Result<(Vec<Tenant>, Dialect), Failure> {
        if context.global.workspace {
            return Err(Failure::usage("many databases have one history, and `--workspace` names several")
                .help("name one package with `-p NAME`"));
        }
        project.refuse_missing_folder()?;
        let found = self.found(context, project, wait)?;
        found.0.iter().try_for_each(|tenant| desk::refuse_lease_on_file(project, &tenant.url))?;
        Ok(found)
    }

    fn found(
        &self,
        context: &Context,
        project: &Project,
        wait: Duration,
    ) -> Result<(Vec<Tenant>, Dialect), Failure> {
        let Some(file) = &self.each else {
            let (url, patience) =
                (context.url(project)?, Patience { limit: wait.into(), shell: &context.shell });
            return Ok((fleet::find(&url, &self.schemas, &project.config, patience)?, url.dialect));
        };
        if context.global.database_url.is_some() {
            return Err(Failure::usage("`--each` names the databases, and so does `--database-url`")
                .help("write that one into the file, or leave `--each` out"));
        }
        fleet::read(file, project.config.dialect)
    }
}

impl RolloutArgs {
    /// Whether there is more than one database.
    pub(crate) fn is_asked(&self) -> bool {
        self.many.is_asked()
    }

    fn limits(&self) -> Limits {
        Limits { canaries: self.canary.map_or(0, usize::from), failures: self.max_failures.map(usize::from) }
    }
}

/// Changes all of them.
pub(crate) fn roll_out(
    context: &Context,
    project: &Project,
    args: &RolloutArgs,
    run: &RunArgs,
    task: &Task<'_>,
) -> Outcome {
    if run.backup.is_some() {
        return Err(Failure::usage("`--backup` is for one database at a time")
            .help("make the copies first, with the engine's own tools"));
    }
    let mut fleet = args.many.fleet(context, project, Purpose::Run, task.options.lock_wait)?;
    if task.direction == Direction::Up {
        plan::upgrade(&fleet.history, &Applied::none(&fleet.history), task.target)?;
    }
    if let Some(report) = &args.unfinished {
        fleet::unfinished(&mut fleet, report)?;
    }
    if fleet.tenants.is_empty() {
        context.shell.status("Finished", "nothing is unfinished");
    }
    let command = match task.direction {
        Direction::Up => "upgrade",
        Direction::Down => "revert",
    };
    let stop = Stop::heed()?;
    let tell = |told: &Told<'_>| tell(context, project, command, told);
    Ok(Rollout::new(&fleet, task, args.limits(), &stop).run(&tell))
}

/// The table, what failed, and the last line.
fn tell(context: &Context, project: &Project, command: &str, told: &Told<'_>) -> Exit {
    let shell = &context.shell;
    if context.is_json() {
        context.document(command, project, told.document());
    } else {
        told.table().iter().for_each(|line| shell.data(line));
    }
    // The table stands above the last line. Whoever went away has read what he wanted.
    let _ = shell.flush();
    if !context.is_json() {
        shell.findings(&told.findings());
    }
    if let Some(why) = told.halted() {
        shell.hint("Stopped", why);
    }
    if let Some(next) = told.next() {
        shell.hint("Next", next);
    }
    match (told.is_interrupted(), told.exit()) {
        (true, _) => shell.error_line(format_args!("interrupted: {}", told.summary())),
        (false, Exit::Done) => shell.status("Finished", told.summary()),
        (false, _) => shell.attention("Finished", told.summary()),
    }
    told.exit()
}

/// Where each of them is.
pub(crate) fn list(context: &Context, project: &Project, args: &ManyArgs) -> Outcome {
    let fleet = args.fleet(context, project, Purpose::Up, READERS_PATIENCE)?;
    let seen = fleet::survey(&fleet);
    let all = || fleet.tenants.iter().zip(&seen);
    if context.is_json() {
        let databases: Vec<Value> = all().map(|(tenant, seen)| document(&fleet, tenant, seen)).collect();
        context.document("list", project, json!({ "databases": databases }));
    } else {
        let rows: Vec<Vec<String>> = all().map(|(tenant, seen)| row(&fleet, tenant, seen)).collect();
        table(&rows).iter().for_each(|line| context.shell.data(line));
    }
    let exits = seen.iter().filter_map(|seen| seen.as_ref().err()).map(|failure| failure.exit);
    Ok(exits.max().unwrap_or(Exit::Done))
}

fn row(fleet: &Fleet<'_>, tenant: &Tenant, seen: &Seen) -> Vec<String> {
    let (word, at, text) = match seen {
        Ok(state) => {
            let at = place(&ids(&fleet.history, &state.applied.heads(&fleet.history)));
            let worries = worries(state);
            match (pending(fleet, state), worries.is_empty()) {
                (0, true) => ("current", at, String::new()),
                (0, false) => ("attention", at, worries),
                (pending, _) => ("pending", at, format!("{} {worries}", count(pending, "revision"))),
            }
        }
        Err(failure) => ("failed", String::new(), fleet::why(failure)),
    };
    vec![word.to_owned(), tenant.name.clone(), at, text]
}

/// What is not as it should be, in a few words.
fn worries(state: &State) -> String {
    let numbers = [
        (state.interrupted.len(), "interrupted"),
        (state.edited.len(), "edited since"),
        (state.unknown.len(), "not in the migrations folder"),
        (usize::from(state.newer_ledger), "ledger by a newer version"),
    ];
    let words =
        numbers.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}"));
    words.collect::<Vec<_>>().join(", ")
}

fn pending(fleet: &Fleet<'_>, state: &State) -> usize {
    fleet.history.len() - state.applied.nodes().count()
}

fn document(fleet: &Fleet<'_>, tenant: &Tenant, seen: &Seen) -> Value {
    let mut document = fleet::named(tenant);
    match seen {
        Ok(state) => {
            document["at"] = json!(ids(&fleet.history, &state.applied.heads(&fleet.history)));
            document["applied"] = json!(state.applied.nodes().count());
            document["pending"] = json!(pending(fleet, state));
            document["unknown"] = json!(unknown_document(state));
            document["edited"] = json!(ids(&fleet.history, &state.edited));
            document["interrupted"] = state.interrupted.iter().map(|half| half.revision.as_str()).collect();
        }
        Err(failure) => document["error"] = json::error(failure),
    }
    document
}

/// What a check found in one of them, in a line.
pub(super) fn row_of_check(fleet: &Fleet<'_>, tenant: &Tenant, looked: &Looked) -> Vec<String> {
    let at = looked
        .state
        .as_ref()
        .map(|state| place(&ids(&fleet.history, &state.applied.heads(&fleet.history))))
        .unwrap_or_default();
    let word = match (looked.exit, looked.findings.iter().any(Finding::is_error), looked.findings.is_empty())
    {
        (Exit::Done, false, true) => "sound",
        (Exit::Done, false, false) => "warning",
        (Exit::Done, true, _) => "error",
        _ => "failed",
    };
    let text = match (&looked.state, looked.exit) {
        (Err(failure), _) => fleet::why(failure),
        (Ok(_), Exit::Done) => rules(looked),
        (Ok(_), _) => looked.findings.last().map_or_else(String::new, |finding| finding.message.clone()),
    };
    vec![word.to_owned(), tenant.name.clone(), at, text]
}

fn rules(looked: &Looked) -> String {
    looked.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>().join(", ")
}

/// The same as data.
pub(super) fn document_of_check(fleet: &Fleet<'_>, tenant: &Tenant, looked: &Looked) -> Value {
    let mut document = document(fleet, tenant, &looked.state);
    document["findings"] = looked.findings.iter().map(json::finding).collect();
    document
}
