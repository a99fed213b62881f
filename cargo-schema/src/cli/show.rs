//! `cargo schema show`: one revision.

use schema_runtime::engine::State;
use schema_runtime::history::{History, Node};
use schema_runtime::revision::{Mode, Script};
use schema_runtime::target;
use serde_json::{Value, json};

use super::running::parse_target;
use crate::context::Context;
use crate::desk::{ids, with_place};
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::project::Project;
use crate::render::human::count;
use crate::render::json::named;
use crate::render::revision::stamp;
use crate::shell::DIM;

/// One revision, with its files
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo schema show head
  cargo schema show current -v      with the text of its files")]
pub(crate) struct Args {
    /// A revision, `head`, `current`, `-1`; `heads` shows all of them
    #[arg(value_name = "REV", allow_hyphen_values = true, value_parser = parse_target)]
    revision: String,
}

/// Prints it.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let (history, state) = with_place(context, project)?;
    let applied = state.as_ref().map(|state| &state.applied);
    let nodes = match args.revision.as_str() {
        "heads" | "current" => target::locate(&history, applied, &args.revision)?,
        revision => vec![target::locate_one(&history, applied, revision)?],
    };
    if context.is_json() {
        let revisions: Vec<Value> =
            nodes.iter().map(|&node| document(&history, state.as_ref(), node)).collect();
        context.document("show", project, json!({ "revisions": revisions }));
        return Ok(Exit::Done);
    }
    for (index, &node) in nodes.iter().enumerate() {
        if index > 0 {
            context.shell.data("");
        }
        print(context, &history, state.as_ref(), node);
    }
    if nodes.is_empty() {
        context.shell.status("Database", "is at base: there is no revision to show");
    }
    Ok(Exit::Done)
}

fn print(context: &Context, history: &History, state: Option<&State>, node: Node) {
    let shell = &context.shell;
    let revision = history.revision(node);
    shell.data(revision.title());
    for (name, text) in facts(history, state, node) {
        if !text.is_empty() {
            shell.data(format_args!("  {DIM}{name:<12}{DIM:#} {text}"));
        }
    }
    if shell.is_verbose() {
        for (name, script) in [("up.sql", Some(&revision.up)), ("down.sql", revision.down.as_ref())] {
            let Some(script) = script else { continue };
            shell.data(format_args!("\n{DIM}-- {name}{DIM:#}"));
            shell.data(script.text.trim_end());
        }
    }
}

fn facts(history: &History, state: Option<&State>, node: Node) -> Vec<(&'static str, String)> {
    let revision = history.revision(node);
    let titles = |nodes: &[Node]| {
        let titles: Vec<String> = nodes.iter().map(|&node| history.revision(node).title()).collect();
        titles.join(", ")
    };
    vec![
        ("folder", revision.folder.to_string()),
        ("version", revision.version.to_string()),
        ("made", stamp(revision)),
        ("parents", titles(history.parents(node))),
        ("children", titles(history.children(node))),
        ("depends on", titles(history.dependencies(node))),
        ("labels", revision.labels.join(", ")),
        ("up", told(Some(&revision.up))),
        (
            "down",
            revision
                .irreversible
                .as_ref()
                .map_or_else(|| told(revision.down.as_ref()), |why| format!("irreversible: {why}")),
        ),
        ("state", state.map(|state| word(history, state, node)).unwrap_or_default().to_owned()),
    ]
}

fn told(script: Option<&Script>) -> String {
    let Some(script) = script else { return "no file".to_owned() };
    let statements = count(script.statements.len(), "statement");
    match script.mode {
        Mode::Joined => statements,
        Mode::ForeignKeysOff => format!("{statements}, foreign keys off"),
        Mode::Outside => format!("{statements}, outside a transaction"),
    }
}

fn word(history: &History, state: &State, node: Node) -> &'static str {
    let id = &history.revision(node).id;
    if state.interrupted.iter().any(|half| half.revision == *id) {
        return "interrupted";
    }
    match (state.applied.contains(node), state.edited.contains(&node)) {
        (true, true) => "applied, edited since",
        (true, false) => "applied",
        (false, _) => "pending",
    }
}

fn document(history: &History, state: Option<&State>, node: Node) -> Value {
    let revision = history.revision(node);
    let script = |script: &Script| json!({ "text": script.text, "checksum": script.checksum, "statements": script.statements.len() });
    let mut document = named(history, node);
    document["parents"] = json!(ids(history, history.parents(node)));
    document["children"] = json!(ids(history, history.children(node)));
    document["depends_on"] = json!(ids(history, history.dependencies(node)));
    document["labels"] = json!(revision.labels);
    document["created"] = json!(revision.created);
    document["irreversible"] = json!(revision.irreversible);
    document["up"] = script(&revision.up);
    document["down"] = json!(revision.down.as_ref().map(script));
    document["is_applied"] = json!(state.map(|state| state.applied.contains(node)));
    document
}
