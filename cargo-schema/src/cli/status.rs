//! `cargo schema` without a verb: one screen.

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Not built yet.
pub(crate) fn run(context: &Context, project: &Project) -> Outcome {
    let _ = (context, project);
    Err(Failure::usage("the status screen is not built yet"))
}
