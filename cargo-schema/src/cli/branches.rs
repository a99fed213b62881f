//! `cargo schema branches`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Where the history forks, and its labels
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`branches` is not built yet"))
}
