//! `cargo schema resolve`: a person says what became of an interrupted revision.

use std::sync::Arc;

use schema_build::rule::Purpose;
use schema_runtime::engine::{Migrator, Resolution};
use schema_runtime::target;
use serde_json::json;

use super::running::WaitArgs;
use crate::context::Context;
use crate::desk::{Desk, ids};
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::project::Project;
use crate::render::json::named;

/// Say what became of an interrupted revision
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo schema resolve 4f1c --statement-done     the statement in doubt took effect: go on after it
  cargo schema resolve 4f1c --statement-undone   it did not: go on with it
  cargo schema resolve 4f1c --applied            you have finished the revision by hand
  cargo schema resolve 4f1c --reverted           you have undone it by hand: start at its first statement")]
pub(crate) struct Args {
    /// The revision
    #[arg(value_name = "REV")]
    revision: String,
    #[command(flatten)]
    resolution: ResolutionArgs,
    #[command(flatten)]
    wait: WaitArgs,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct ResolutionArgs {
    /// All of it counts as applied
    #[arg(long)]
    applied: bool,
    /// It counts as not applied
    #[arg(long)]
    reverted: bool,
    /// The statement in doubt took effect
    #[arg(long)]
    statement_done: bool,
    /// The statement in doubt did not take effect
    #[arg(long)]
    statement_undone: bool,
}

impl ResolutionArgs {
    fn resolution(&self) -> Resolution {
        if self.applied {
            Resolution::Applied
        } else if self.reverted {
            Resolution::Reverted
        } else if self.statement_done {
            Resolution::StatementDone
        } else {
            Resolution::StatementUndone
        }
    }
}

/// Writes it into the ledger.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let wait = args.wait.opening(&project.config);
    let mut desk = Desk::to_write(context, project, Purpose::Run, wait, |history| {
        target::locate_one(history, None, &args.revision)?;
        Ok(())
    })?;
    let state = desk.state()?;
    let node = target::locate_one(&desk.history, Some(&state.applied), &args.revision)?;
    let history = Arc::clone(&desk.history);
    let migrator = Migrator::new(&history).options(args.wait.options(&project.config));
    let resolved = desk.database.connection.resolve(&migrator, node, args.resolution.resolution());
    resolved.map_err(|error| desk.draw(error))?;
    let state = desk.state()?;
    let now_at = ids(&desk.history, &state.applied.heads(&desk.history));
    let title = desk.history.revision(node).title();
    context.shell.status("Resolved", format_args!("{title}; the database is at {}", desk.place(&now_at)));
    if context.is_json() {
        let body = json!({ "revisions": [named(&desk.history, node)], "now_at": now_at });
        context.document("resolve", project, body);
    }
    Ok(Exit::Done)
}
