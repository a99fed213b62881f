//! `cargo schema stamp`: marks revisions as applied without running them.

use schema_build::rule::Purpose;
use schema_runtime::history::{History, Node};
use schema_runtime::target::{self, Applied};

use super::running::{self, WaitArgs};
use crate::context::Context;
use crate::database::connection::Work;
use crate::desk::Desk;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Mark revisions as applied without running them
///
/// Afterwards these revisions and all that they need count as applied, and no others.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo schema stamp heads          the database was made by other means and is up to date
  cargo schema stamp 4f1c           it is at that revision
  cargo schema stamp base           nothing counts as applied
  cargo schema stamp heads --purge  forget revisions that the files do not have")]
pub(crate) struct Args {
    /// Revisions, `head`, `heads` or `base`
    #[arg(value_name = "REV", required = true, allow_negative_numbers = true)]
    revisions: Vec<String>,
    /// Also forget revisions that the history does not have
    #[arg(long)]
    purge: bool,
    #[command(flatten)]
    wait: WaitArgs,
}

/// Marks them.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let wait = args.wait.or_configured(&project.config);
    let nameable = |history: &History| named(history, &Applied::none(history), &args.revisions).map(drop);
    let mut desk = Desk::to_write(context, project, Purpose::Run, wait, nameable)?;
    let state = desk.state()?;
    let nodes = named(&desk.history, &state.applied, &args.revisions)?;
    let options = args.wait.options(&project.config);
    running::run(context, &mut desk, options, "stamp", Work::Stamp { nodes: &nodes, purge: args.purge })
}

fn named(history: &History, applied: &Applied, revisions: &[String]) -> Result<Vec<Node>, Failure> {
    let mut nodes = Vec::new();
    for revision in revisions {
        nodes.extend(target::locate(history, Some(applied), revision)?);
    }
    nodes.sort_unstable();
    nodes.dedup();
    Ok(nodes)
}
