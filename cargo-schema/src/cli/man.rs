//! `cargo schema man`: the manual page, on standard output.

use clap_mangen::Man;
use schema_runtime::nearest;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};

/// The manual page
///
/// `cargo-schema man > ~/.local/share/man/man1/cargo-schema.1`, and `man cargo-schema` shows it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The page of one verb
    verb: Option<String>,
}

/// Writes the page.
pub(crate) fn run(context: &Context, args: &Args) -> Outcome {
    let mut command = super::command();
    command.build();
    let command = match &args.verb {
        None => command,
        Some(verb) => subcommand(&command, verb)?,
    };
    let mut page = Vec::new();
    Man::new(command)
        .render(&mut page)
        .map_err(|error| Failure::file("could not write", "the manual page".as_ref(), &error))?;
    context.shell.raw(&String::from_utf8_lossy(&page));
    Ok(Exit::Done)
}

fn subcommand(command: &clap::Command, verb: &str) -> Result<clap::Command, Failure> {
    command.find_subcommand(verb).cloned().ok_or_else(|| {
        let failure = Failure::usage(format!("there is no verb `{verb}`"));
        match nearest(verb, command.get_subcommands().map(clap::Command::get_name)) {
            Some(nearest) => failure.help(format!("the nearest is `{nearest}`")),
            None => failure,
        }
    })
}
