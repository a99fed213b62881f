//! `cargo schema sql`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// The script that a DBA reviews, ledger rows included
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`sql` is not built yet"))
}
