//! `cargo schema completions`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};

/// Completions for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, args: &Args) -> Outcome {
    let _ = (context, args);
    Err(Failure::usage("`completions` is not built yet"))
}
