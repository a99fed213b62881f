//! `cargo schema list`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Every revision: applied or pending, when, how long, by whom
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`list` is not built yet"))
}
