//! `cargo schema branches`: where the history forks, and what its branches are called.

use schema_runtime::history::{History, Node};
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::project::Project;
use crate::render::json::named;

/// Where the history forks, and its labels
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Prints every fork with its children, then the labels; needs no database.
pub(crate) fn run(context: &Context, project: &Project, _args: &Args) -> Outcome {
    let history = context.history(project)?;
    let forks: Vec<Node> = (0..history.len()).filter(|&node| history.children(node).len() > 1).collect();
    if context.is_json() {
        context.document("branches", project, document(&history, &forks));
        return Ok(Exit::Done);
    }
    for &fork in &forks {
        context.shell.data(history.revision(fork).title());
        for &child in history.children(fork) {
            context.shell.data(format_args!("  -> {}", history.revision(child).title()));
        }
    }
    let labels = labels(&history);
    for (label, node) in &labels {
        context.shell.data(format_args!("{label}: {}", history.revision(*node).title()));
    }
    if forks.is_empty() && labels.is_empty() {
        context.shell.status("History", "has no forks and no labels");
    }
    Ok(Exit::Done)
}

fn labels(history: &History) -> Vec<(String, Node)> {
    let mut labels: Vec<_> = (0..history.len())
        .flat_map(|node| history.revision(node).labels.iter().map(move |label| (label.to_string(), node)))
        .collect();
    labels.sort();
    labels
}

fn document(history: &History, forks: &[Node]) -> Value {
    let forks = forks.iter().map(|&fork| {
        let mut document = named(history, fork);
        document["children"] = history.children(fork).iter().map(|&child| named(history, child)).collect();
        document
    });
    let labels = labels(history).into_iter().map(|(label, node)| {
        let mut document = named(history, node);
        document["label"] = json!(label);
        document
    });
    json!({ "forks": forks.collect::<Vec<_>>(), "labels": labels.collect::<Vec<_>>() })
}
