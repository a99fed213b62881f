//! `cargo schema show`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// One revision, with its files
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`show` is not built yet"))
}
