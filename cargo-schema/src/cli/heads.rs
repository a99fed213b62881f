//! `cargo schema heads`: where the history ends.

use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::project::Project;
use crate::render::json::named;
use crate::render::revision::stamp;

/// Revisions without a child
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Prints them; needs no database.
pub(crate) fn run(context: &Context, project: &Project, _args: &Args) -> Outcome {
    let history = context.history(project)?;
    let heads = history.heads();
    if context.is_json() {
        let heads: Vec<_> = heads.iter().map(|&node| named(&history, node)).collect();
        context.document("heads", project, json!({ "heads": heads }));
        return Ok(Exit::Done);
    }
    for &head in &heads {
        let revision = history.revision(head);
        context.shell.data(revision.title());
        if context.shell.is_verbose() {
            context.shell.data(format_args!("    folder   {}", revision.folder));
            context.shell.data(format_args!("    made     {}", stamp(revision)));
        }
    }
    match heads.len() {
        0 => context.shell.status("History", "is empty; `cargo schema generate` begins it"),
        1 => {}
        several => context
            .shell
            .hint("Next", format_args!("{several} heads: cargo schema merge, or cargo schema rebase")),
    }
    Ok(Exit::Done)
}
