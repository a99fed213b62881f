//! `cargo schema completions`: a script for the shell, on standard output.

use clap_complete::Shell;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Outcome;

/// Completions for a shell
///
/// bash: `source <(cargo-schema completions bash)`; zsh and fish: into a file of their completions folder.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

/// Writes the script.
pub(crate) fn run(context: &Context, args: &Args) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "cargo-schema", &mut script);
    context.shell.raw(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}
