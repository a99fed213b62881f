//! `cargo schema dump`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Write a copy of the database
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let _ = (context, project, args);
    Err(Failure::usage("`dump` is not built yet"))
}
