//! `cargo schema heads`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Revisions without a child
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`heads` is not built yet"))
}
