//! `cargo schema merge`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Join heads with a new revision
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`merge` is not built yet"))
}
