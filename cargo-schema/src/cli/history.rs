//! `cargo schema history`: the graph, newest first.

use schema_runtime::history::{History, Node};
use schema_runtime::target::{self, Applied};
use serde_json::{Value, json};

use super::running::parse_target;
use crate::context::Context;
use crate::desk::{ids, with_place};
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::project::Project;
use crate::render::graph::{self, Row};
use crate::render::json::named;
use crate::render::revision::{marks, stamp};
use crate::shell::{CYAN, YELLOW};

/// The history as a graph, newest first
///
/// Says where the database is, if one is named and answers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo schema history
  cargo schema history -r -2:       the last two that are applied, and what is pending
  cargo schema history -r A:B       from A to B, both included")]
pub(crate) struct Args {
    /// A part of it: `A:B`, `A:`, `:B`; ends may be `current` and steps
    #[arg(short, long, value_name = "A:B", allow_hyphen_values = true, value_parser = parse_target)]
    range: Option<String>,
}

/// Draws it.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let (history, state) = with_place(context, project)?;
    let applied = state.as_ref().map(|state| &state.applied);
    let nodes = match &args.range {
        Some(range) => target::range(&history, applied, range)?,
        None => (0..history.len()).collect(),
    };
    if context.is_json() {
        context.document("history", project, document(&history, applied, &nodes));
    } else {
        draw(context, &history, applied, &nodes);
    }
    Ok(Exit::Done)
}

fn draw(context: &Context, history: &History, applied: Option<&Applied>, nodes: &[Node]) {
    let rows = graph::draw(history, nodes);
    let columns = Columns {
        drawing: graph::width(&rows),
        id: widest(nodes, |node| history.revision(node).id.len()),
        stamp: widest(nodes, |node| stamp(history.revision(node)).len()),
        message: widest(nodes, |node| history.revision(node).message.chars().count()).min(48),
    };
    for row in rows {
        match row {
            Row::Edges(edges) => context.shell.data(edges),
            Row::Revision { node, drawing, beside } => {
                context.shell.data(columns.line(history, applied, node, &drawing));
                if context.shell.is_verbose() {
                    for detail in details(history, node) {
                        context.shell.data(format_args!("{beside:<0$}  {detail}", columns.drawing));
                    }
                }
            }
        }
    }
    if nodes.is_empty() {
        context.shell.status("History", "is empty");
    }
}

fn widest(nodes: &[Node], width: impl Fn(Node) -> usize) -> usize {
    nodes.iter().map(|&node| width(node)).max().unwrap_or(0)
}

/// Where text stands beside the drawing.
struct Columns {
    drawing: usize,
    id: usize,
    stamp: usize,
    message: usize,
}

impl Columns {
    fn line(&self, history: &History, applied: Option<&Applied>, node: Node, drawing: &str) -> String {
        let revision = history.revision(node);
        let marks = marks(history, node, applied).join(", ");
        let id = format!("{YELLOW}{:<1$}{YELLOW:#}", revision.id, self.id);
        let stamp =
            if self.stamp == 0 { String::new() } else { format!("  {:<1$}", stamp(revision), self.stamp) };
        let message = &revision.message;
        match marks.is_empty() {
            true => format!("{drawing:<0$} {id}{stamp}  {message}", self.drawing).trim_end().to_owned(),
            false => format!(
                "{drawing:<0$} {id}{stamp}  {message:<1$}  {CYAN}({marks}){CYAN:#}",
                self.drawing, self.message
            ),
        }
    }
}

fn details(history: &History, node: Node) -> Vec<String> {
    let revision = history.revision(node);
    let words = |texts: &[schema_runtime::revision::Text]| texts.join(", ");
    let lines = [
        ("folder", revision.folder.to_string()),
        ("parents", words(&revision.parents)),
        ("depends on", words(&revision.depends_on)),
        ("irreversible", revision.irreversible.as_deref().unwrap_or_default().to_owned()),
    ];
    lines
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| format!("{name:<12} {text}"))
        .collect()
}

fn document(history: &History, applied: Option<&Applied>, nodes: &[Node]) -> Value {
    let revisions = nodes.iter().rev().map(|&node| {
        let revision = history.revision(node);
        let mut document = named(history, node);
        document["parents"] = json!(ids(history, history.parents(node)));
        document["depends_on"] = json!(ids(history, history.dependencies(node)));
        document["labels"] = json!(revision.labels);
        document["created"] = json!(revision.created);
        document["irreversible"] = json!(revision.irreversible);
        document["is_head"] = json!(history.children(node).is_empty());
        document["is_applied"] = json!(applied.map(|applied| applied.contains(node)));
        document
    });
    let at = applied.map(|applied| ids(history, &applied.heads(history)));
    json!({ "revisions": revisions.collect::<Vec<_>>(), "at": at })
}
