//! `cargo schema stamp`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Mark revisions as applied without running them
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`stamp` is not built yet"))
}
