//! `cargo schema merge`: one revision with several parents.

use std::collections::BTreeMap;

use schema_runtime::dialect::Dialect;
use schema_runtime::history::{History, Node};
use schema_runtime::target;

use crate::context::Context;
use crate::database::scratch::Site;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::generate::tables;
use crate::generate::write::{self, New, Scripts, Wish};
use crate::lock::{self, known};
use crate::project::Project;

/// Join heads with a new revision
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The heads to join; default: all
    #[arg(value_name = "REV")]
    revisions: Vec<String>,
    /// What it does; default: which revisions it joins
    #[arg(short, long, value_name = "MSG")]
    message: Option<String>,
    /// A name for the branch that begins here
    #[arg(long = "label", value_name = "LABEL")]
    labels: Vec<String>,
    /// The revision's id, instead of a random one
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
}

/// Writes the merge.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let history = context.history(project)?;
    let parents = parents(&history, &args.revisions)?;
    if parents.len() < 2 {
        return nothing(context, project, &history);
    }
    let message = args.message.clone().unwrap_or_else(|| default_message(&history, &parents));
    let id = args.rev_id.as_deref();
    let wish = Wish { message: &message, parents, labels: &args.labels, id, ..Wish::default() };
    let new = write::prepare(&project.config, &history, &wish, Scripts::Merge)?;
    let dialect = context.dialect(project)?;
    let known = known::learn_if_possible(Site { context, project }, dialect, &history);
    new.write(&lock::with(project, history.revisions(), std::slice::from_ref(&new), dialect, known)?)?;
    report(context, project, &new, &shared_tables(&history, &wish.parents, dialect));
    Ok(Exit::Done)
}

/// The heads that are meant, by id.
fn parents(history: &History, targets: &[String]) -> Result<Vec<Node>, Failure> {
    let mut nodes = if targets.is_empty() { history.heads() } else { Vec::new() };
    for target in targets {
        for node in target::locate(history, None, target)? {
            refuse_inner(history, node)?;
            nodes.push(node);
        }
    }
    nodes.sort_by_key(|&node| &history.revision(node).id);
    nodes.dedup();
    Ok(nodes)
}

fn refuse_inner(history: &History, node: Node) -> Result<(), Failure> {
    let Some(&child) = history.children(node).first() else { return Ok(()) };
    let (revision, child) = (history.revision(node), history.revision(child));
    Err(Failure::usage(format!("`{}` is not a head: `{}` follows it", revision.title(), child.title()))
        .note("nothing was written")
        .help("`cargo schema heads` lists what can be joined"))
}

fn nothing(context: &Context, project: &Project, history: &History) -> Outcome {
    if context.is_json() {
        context.document("merge", project, serde_json::json!({ "revision": null, "written": false }));
    }
    let heads: Vec<String> = history.heads().iter().map(|&head| history.revision(head).title()).collect();
    let state = match heads.as_slice() {
        [] => "the history is empty".to_owned(),
        [head] => format!("the history has one head, {head}"),
        several => format!("that is one of {} heads", several.len()),
    };
    context.shell.status("Finished", format!("nothing to merge: {state}"));
    Ok(Exit::Done)
}

fn default_message(history: &History, parents: &[Node]) -> String {
    let ids: Vec<&str> = parents.iter().map(|&parent| history.revision(parent).id.as_ref()).collect();
    format!("merge {}", ids.join(" and "))
}

/// Tables that more than one side changes since they parted, with how many do.
fn shared_tables(history: &History, parents: &[Node], dialect: Dialect) -> Vec<String> {
    let lines: Vec<Vec<bool>> = parents.iter().map(|&parent| history.ancestors(&[parent])).collect();
    let mut sides: BTreeMap<String, usize> = BTreeMap::new();
    for line in &lines {
        let is_own = |node: &Node| line[*node] && lines.iter().filter(|other| other[*node]).count() == 1;
        let own = (0..history.len()).filter(is_own);
        let tables: std::collections::BTreeSet<String> =
            own.flat_map(|node| tables::changed(&history.revision(node).up, dialect)).collect();
        tables.into_iter().for_each(|table| *sides.entry(table).or_default() += 1);
    }
    sides.into_iter().filter(|(_, count)| *count > 1).map(|(table, _)| table).collect()
}

fn report(context: &Context, project: &Project, new: &New, shared: &[String]) {
    let folder = project.shown(&new.path).display().to_string();
    if context.is_json() {
        let mut document = super::generate::document(new, &folder, true);
        document["shared_tables"] = shared.into();
        return context.document("merge", project, document);
    }
    context.shell.status("Created", format!("{folder}/"));
    context.shell.status("Updated", project.shown(&lock::path(project)).display());
    if shared.is_empty() {
        context.shell.status("Compared", "as far as their SQL shows, the sides change different tables");
    } else {
        let tables: Vec<String> = shared.iter().map(|table| format!("`{table}`")).collect();
        context.shell.attention(
            "Overlap",
            format!("more than one side changes {}: read them together", tables.join(", ")),
        );
    }
}
