//! `cargo schema man`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};

/// The manual page
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, args: &Args) -> Outcome {
    let _ = (context, args);
    Err(Failure::usage("`man` is not built yet"))
}
