//! `cargo schema rebase`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Put unreleased revisions after somebody else's
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`rebase` is not built yet"))
}
