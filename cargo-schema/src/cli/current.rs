//! `cargo schema current`: where the database is; with `--check-heads`, whether that is where it should be.

use schema_build::rule::Purpose;
use schema_runtime::engine::State;
use schema_runtime::history::Node;
use serde_json::{Value, json};

use super::list::unknown_document;
use crate::context::Context;
use crate::desk::{Desk, ids};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::render::human::count;
use crate::render::json::named;
use crate::render::revision::{marks, stamp};

/// Where the database is
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Exit with 1 unless everything is applied
    #[arg(short, long)]
    check_heads: bool,
}

/// Prints the applied heads.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let mut desk = Desk::to_read(context, project, Purpose::Look)?;
    let state = desk.look(context)?;
    let heads = state.applied.heads(&desk.history);
    let pending = desk.history.len() - state.applied.nodes().count();
    if context.is_json() {
        context.document("current", project, document(&desk, &state, &heads, pending));
    } else {
        print(context, &desk, &state, &heads);
    }
    match (args.check_heads, pending) {
        (false, _) | (true, 0) => Ok(Exit::Done),
        (true, _) if context.is_json() => Ok(Exit::No),
        (true, pending) => Err(behind(&desk, &heads, pending)),
    }
}

fn print(context: &Context, desk: &Desk<'_>, state: &State, heads: &[Node]) {
    let shell = &context.shell;
    shell.verbose("Database", &desk.database.url.shown);
    for &node in heads {
        shell.data(line(desk, state, node));
        if shell.is_verbose() {
            let revision = desk.history.revision(node);
            shell.data(format_args!("    folder   {}", revision.folder));
            shell.data(format_args!("    made     {}", stamp(revision)));
        }
    }
    if heads.is_empty() {
        shell.status(
            "Database",
            format_args!("{} is at base: no revision is applied", desk.database.url.shown),
        );
    }
    for (version, _) in &state.unknown {
        shell.attention("Unknown", format_args!("{version} is applied and not in the migrations folder"));
    }
}

fn line(desk: &Desk<'_>, state: &State, node: Node) -> String {
    let mut marks = marks(&desk.history, node, Some(&state.applied));
    marks.retain(|mark| mark != "current");
    let title = desk.history.revision(node).title();
    if marks.is_empty() { title } else { format!("{title} ({})", marks.join(", ")) }
}

fn behind(desk: &Desk<'_>, heads: &[Node], pending: usize) -> Failure {
    let (shown, at) = (&desk.database.url.shown, desk.place(&ids(&desk.history, heads)));
    let message = format!("the database is not at the head: {} pending", count(pending, "revision"));
    Failure::new(Exit::No, "behind", message)
        .note(format!("`{shown}` is at {at}"))
        .help("cargo schema upgrade")
}

fn document(desk: &Desk<'_>, state: &State, heads: &[Node], pending: usize) -> Value {
    json!({
        "database": desk.database.url.shown,
        "at": heads.iter().map(|&node| named(&desk.history, node)).collect::<Vec<_>>(),
        "heads": ids(&desk.history, &desk.history.heads()),
        "is_at_heads": pending == 0,
        "pending": pending,
        "unknown": unknown_document(state),
    })
}
