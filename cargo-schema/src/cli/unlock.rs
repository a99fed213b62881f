//! `cargo schema unlock`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Who holds the run lock
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`unlock` is not built yet"))
}
