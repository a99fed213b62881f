//! `cargo schema edit`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Open a migration in the editor
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`edit` is not built yet"))
}
