//! `cargo schema revert`, also `downgrade`: takes revisions back.

use schema_build::rule::Purpose;
use schema_runtime::engine::Options;
use schema_runtime::plan::{self, Direction};

use super::many::{self, MANY, RolloutArgs};
use super::running::{self, RunArgs};
use super::sql;
use crate::context::Context;
use crate::database::connection::Work;
use crate::failure::Outcome;
use crate::fleet::Task;
use crate::project::Project;

/// Take revisions back
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo schema revert               the last revision
  cargo schema revert 3             the last three; `-3` is the same
  cargo schema revert 4f1c          everything after that revision
  cargo schema revert api@base      one branch
  cargo schema revert --sql B:A     print the script from B back to A; needs no database")]
pub(crate) struct Args {
    /// How many, or what to go back to: `-N`, a revision, `base`, `LABEL@base`; with --sql also a range `B:A`
    // Not `target`: that is the id of the global flag, which would take the value.
    #[arg(id = "place", value_name = "TARGET", default_value = "1", allow_hyphen_values = true, value_parser = running::parse_target)]
    target: String,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    many: RolloutArgs,
    /// Print the SQL instead of running it
    #[arg(long, conflicts_with_all = ["dry_run", "backup", MANY])]
    sql: bool,
    /// Count a revision as reverted although its down.sql is missing or does nothing
    #[arg(long)]
    allow_empty_down: bool,
}

/// Reverts what lies after the target.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    if args.sql {
        return sql::print(context, project, &args.target, Some(Direction::Down));
    }
    let options = Options { allow_empty_down: args.allow_empty_down, ..args.run.options(&project.config) };
    if args.many.is_asked() {
        let task = Task { direction: Direction::Down, target: &args.target, options };
        return many::roll_out(context, project, &args.many, &args.run, &task);
    }
    let mut desk = args.run.desk(context, project, Purpose::Run, |_| Ok(()))?;
    if args.run.backup.is_some() {
        let state = desk.state()?;
        let plan = plan::revert(&desk.history, &state.applied, &args.target)?;
        args.run.back_up(context, &mut desk, &plan)?;
    }
    running::run(context, &mut desk, options, "revert", Work::Revert(&args.target))
}
