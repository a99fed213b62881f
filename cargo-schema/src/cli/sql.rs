//! `cargo schema sql`: the script that a DBA reviews and runs, ledger rows included. The same history and range
//! give the same bytes.

use schema_runtime::plan::{self, Direction};

use super::running::parse_target;
use crate::context::Context;
use crate::failure::Outcome;
use crate::project::Project;

/// The script that a DBA reviews, ledger rows included
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// From A (not included) to B (included)
    #[arg(default_value = "base:heads", value_name = "A:B", allow_hyphen_values = true, value_parser = parse_target)]
    range: String,
}

/// Prints it.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    print(context, project, &args.range, Direction::Up)
}

/// Prints the script of a range.
pub(crate) fn print(context: &Context, project: &Project, range: &str, direction: Direction) -> Outcome {
    let history = context.history(project)?;
    let plan = plan::script(&history, range, direction)?;
    let _ = plan;
    Err(crate::failure::Failure::usage("`sql` is not built yet"))
}
