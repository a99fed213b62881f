//! `cargo schema init`.

use crate::context::Context;
use crate::failure::{Failure, Outcome};

/// Prepare a package, or adopt its Diesel migrations
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Not built yet.
pub(crate) fn run(context: &Context, args: &Args) -> Outcome {
    let _ = (context, args);
    Err(Failure::usage("`init` is not built yet"))
}
