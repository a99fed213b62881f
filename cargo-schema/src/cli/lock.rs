//! `cargo schema lock`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Rewrite schema.lock
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`lock` is not built yet"))
}
