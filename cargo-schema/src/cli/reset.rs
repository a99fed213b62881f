//! `cargo schema reset`: everything down, and up again.

use schema_build::rule::Purpose;
use schema_runtime::engine::Options;
use schema_runtime::plan;
use serde_json::json;

use super::running::{self, RunArgs};
use crate::context::Context;
use crate::database::connection::Work;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::project::Project;
use crate::render::human::count;

/// Revert to base, then upgrade to heads
///
/// All rows are lost. It asks first.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo schema reset
  cargo schema reset --yes --backup")]
pub(crate) struct Args {
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    run: RunArgs,
    /// Count a revision as reverted although its down.sql is missing or does nothing
    #[arg(long)]
    allow_empty_down: bool,
}

/// Reverts everything, then runs everything.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let mut desk = args.run.desk(context, project, Purpose::Run, |_| Ok(()))?;
    let state = desk.state()?;
    let plan = plan::revert(&desk.history, &state.applied, "base")?;
    if !args.yes && !args.run.dry_run && !plan.is_empty() {
        let (shown, revisions) = (&desk.database.url.shown, count(plan.nodes.len(), "revision"));
        context.shell.confirm(&format!("revert {revisions} of `{shown}` and lose its rows?"))?;
    }
    args.run.back_up(context, &mut desk, &plan)?;
    let options = Options { allow_empty_down: args.allow_empty_down, ..args.run.options(&project.config) };
    let down = running::perform(context, &mut desk, options.clone(), "reset", Work::Revert("base"))?;
    // After a dry run everything is applied still.
    let up = match args.run.dry_run {
        true => None,
        false => Some(running::perform(context, &mut desk, options, "reset", Work::Upgrade("heads"))?),
    };
    if context.is_json() {
        let up = up.map(|up| up.document(&desk));
        context.document("reset", project, json!({ "down": down.document(&desk), "up": up }));
    }
    Ok(Exit::Done)
}
