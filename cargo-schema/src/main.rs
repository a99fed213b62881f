//! `cargo schema`: the command. `cargo-schema schema VERB`, as Cargo calls it, and `cargo-schema VERB` are alike.
//!
//! The rooms: `cli` holds a file for every verb; `project` finds the package, `context` reads what a verb needs;
//! `database` is the only place that opens one; `shell` is the only place that prints; `exit` and `failure` say
//! how it ended. What writes to the source tree does so through `changes`: `generate` makes migrations, `rebase`
//! moves them, `manifest` and `build_script` edit what is there.

mod build_script;
mod changes;
mod check;
mod cli;
mod comparison;
mod context;
mod database;
mod desk;
mod dialect;
mod difference;
mod exit;
mod failure;
mod fleet;
mod generate;
mod git;
mod lock;
mod manifest;
mod operation;
mod project;
mod rebase;
mod render;
mod scaffold;
mod shell;
mod signal;
mod squash;
#[cfg(test)]
mod testing;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os().collect()).into()
}
