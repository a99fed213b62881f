//! `cargo schema resolve`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Say what became of an interrupted revision
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`resolve` is not built yet"))
}
