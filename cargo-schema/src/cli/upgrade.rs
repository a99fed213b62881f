//! `cargo schema upgrade`: runs what is pending.

use std::cell::RefCell;
use std::sync::Arc;

use schema_build::rule::Purpose;
use schema_runtime::engine::{Error, Options};
use schema_runtime::history::History;
use schema_runtime::plan::{self, Direction, Plan};
use schema_runtime::target::Applied;
use serde_json::json;

use super::many::{self, MANY, RolloutArgs};
use super::report;
use super::running::{self, RunArgs};
use super::sql;
use crate::context::Context;
use crate::database::connect;
use crate::database::connection::Work;
use crate::database::scratch::Site;
use crate::desk::Desk;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::fleet::Task;
use crate::project::Project;

/// Run what is pending
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo schema upgrade              everything that is pending
  cargo schema upgrade +2           two revisions further
  cargo schema upgrade api@head     one branch, and what it needs
  cargo schema upgrade --dry-run    run it, then roll it back
  cargo schema upgrade --sql A:B    print the script from A to B; needs no database
  cargo schema upgrade --each tenants.txt --canary 1
                                    every database of a file, one of them first
  cargo schema upgrade --schemas 'tenant_*' --jobs 16
                                    every such schema of a PostgreSQL database")]
pub(crate) struct Args {
    /// Where to: a revision, `+N`, `head`, `heads`, `LABEL@head`; with --sql also a range `A:B`
    // Not `target`: that is the id of the global flag, which would take the value.
    #[arg(id = "place", value_name = "TARGET", default_value = "heads", allow_hyphen_values = true, value_parser = running::parse_target)]
    target: String,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    many: RolloutArgs,
    /// Print the SQL instead of running it
    #[arg(long, conflicts_with_all = ["dry_run", "backup", MANY])]
    sql: bool,
    /// Run a pending revision although a descendant of it is applied
    #[arg(long)]
    out_of_order: bool,
}

/// Runs what is pending up to the target.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    if args.sql {
        return sql::print(context, project, &args.target, Some(Direction::Up));
    }
    let options = Options { out_of_order: args.out_of_order, ..args.run.options(&project.config) };
    if args.many.is_asked() {
        let task = Task { direction: Direction::Up, target: &args.target, options };
        return many::roll_out(context, project, &args.many, &args.run, &task);
    }
    let reachable = |history: &History| {
        plan::upgrade(history, &Applied::none(history), &args.target).map(drop).map_err(Failure::from)
    };
    // Ways down are read, and may refuse, only when something is going to run: mostly nothing is.
    let purpose = if connect::is_blank(&context.url(project)?) { Purpose::Run } else { Purpose::Up };
    let mut desk = args.run.desk(context, project, purpose, reachable)?;
    if args.run.backup.is_some() {
        let state = desk.state()?;
        let plan = plan::upgrade(&desk.history, &state.applied, &args.target)?;
        args.run.back_up(context, &mut desk, &plan)?;
    }
    let outcome = loop {
        match attempt(context, &mut desk, args, &options, purpose) {
            Some(outcome) => break outcome,
            None => desk.read_scripts(context)?,
        }
    };
    if outcome.is_ok() {
        desk.database.leave();
    }
    outcome
}

/// Why something that is pending does not run.
enum Refusal {
    /// No script was read yet.
    Unread,
    /// The ways down are not sound.
    Broken(Failure),
}

/// `None` when there is something to do, and the files must be read first.
fn attempt(
    context: &Context,
    desk: &mut Desk<'_>,
    args: &Args,
    options: &Options,
    purpose: Purpose,
) -> Option<Outcome> {
    let refusal = RefCell::new(None);
    let refuse = |why| {
        refusal.replace(Some(why));
        Error::Database { doing: "read the history", message: "it is broken".to_owned() }
    };
    let (project, is_unread) = (desk.project, desk.is_unread());
    let may_run = |plan: &Plan| match purpose {
        _ if is_unread => Err(refuse(Refusal::Unread)),
        Purpose::Run => Ok(()),
        _ if plan.is_empty() => Ok(()),
        _ => context.refuse_broken_downs(project).map_err(|failure| refuse(Refusal::Broken(failure))),
    };
    let work = Work::UpgradeIf { target: &args.target, may_run: &may_run };
    let outcome = match args.run.dry_run {
        true => tried(context, desk, options.clone(), work),
        false => running::run(context, desk, options.clone(), "upgrade", work),
    };
    match refusal.take() {
        // That a script was edited is not said by hearsay.
        None if is_unread && outcome.as_ref().is_err_and(|failure| failure.is("edited")) => None,
        None => Some(outcome),
        Some(Refusal::Broken(failure)) => Some(Err(failure)),
        Some(Refusal::Unread) => None,
    }
}

/// A run that is rolled back, and what it would lock.
fn tried(context: &Context, desk: &mut Desk<'_>, options: Options, work: Work<'_>) -> Outcome {
    let summary = running::perform(context, desk, options, "upgrade", work)?;
    let (history, project) = (Arc::clone(&desk.history), desk.project);
    let heads = desk.state()?.applied.heads(&history);
    let nodes = summary.nodes();
    let locks = report::locks(Site { context, project }, &history, &mut desk.database, (&heads, nodes));
    if context.is_json() {
        let mut document = summary.document(desk);
        document["locks"] = json!(locks);
        context.document("upgrade", project, document);
    }
    Ok(Exit::Done)
}
