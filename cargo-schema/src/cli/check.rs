//! `cargo schema check`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Find what is wrong, for people and for CI
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`check` is not built yet"))
}
