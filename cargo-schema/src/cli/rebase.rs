//! `cargo schema rebase`: puts a branch of revisions after somebody else's, instead of a merge.

use std::collections::BTreeSet;

use schema_build::finding::Finding;
use schema_build::lockfile::FILE_NAME;
use schema_runtime::history::{History, Node};
use schema_runtime::revision::Text;
use schema_runtime::target;
use serde_json::{Value, json};

use crate::context::Context;
use crate::desk::{ids, with_place};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::git;
use crate::lock::{self, known};
use crate::project::Project;
use crate::rebase::branch::Branch;
use crate::rebase::choose::{Choice, choose};
use crate::rebase::rewrite::{self, Move};
use crate::render::human;

/// Put unreleased revisions after somebody else's
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A revision of the branch that moves; default: the head that Git does not know as released, or the youngest
    #[arg(value_name = "REV")]
    revision: Option<String>,
    /// What it is put onto; default: the other head
    #[arg(long, value_name = "REV")]
    onto: Option<String>,
}

/// Moves the branch.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let (history, state) = with_place(context, project)?;
    let Some((revision, onto)) = chosen(project, &history, args)? else { return nothing(context, project) };
    let branch = Branch::of(&history, revision, onto);
    refuse(&history, &branch, revision)?;
    if branch.is_in_place(&history) {
        return nothing(context, project);
    }
    let after = branch.apply(&history).ok_or_else(|| circle(&history, &branch))?;
    let moves = rewrite::plan(&project.config, &history, &branch)?;
    rewrite::perform(&project.config.migrations, &moves, || verify(context, project, &after))?;
    let is_applied = |node: Node| state.as_ref().is_some_and(|state| state.applied.contains(node));
    let overtaking: Vec<Node> =
        moves.iter().map(|step| step.node).filter(|&node| is_applied(node) && !is_applied(onto)).collect();
    report(context, project, &history, &Report { onto, moves, overtaking });
    known::refresh(context, project)?;
    Ok(Exit::Done)
}

fn chosen(project: &Project, history: &History, args: &Args) -> Result<Option<(Node, Node)>, Failure> {
    let named = |target: &Option<String>| {
        target.as_ref().map(|target| target::locate_one(history, None, target)).transpose()
    };
    let (revision, onto) = (named(&args.revision)?, named(&args.onto)?);
    match choose(history, revision, onto, released(project).as_ref()) {
        Choice::Move(revision, onto) => Ok(Some((revision, onto))),
        Choice::Nothing => Ok(None),
        Choice::Ambiguous(heads) => Err(ambiguous(history, &heads)),
    }
}

/// What the shared branch has in its lock file; `None` when there is no Git, or no such branch.
fn released(project: &Project) -> Option<BTreeSet<String>> {
    let folder = &project.config.migrations;
    let text = git::file_at(folder, git::upstream(folder)?, FILE_NAME).ok()??;
    let lock = lock::parse(FILE_NAME.as_ref(), &text).ok()?;
    Some(lock.revisions.into_keys().collect())
}

fn ambiguous(history: &History, heads: &[Node]) -> Failure {
    let failure = Failure::usage(format!("there are {} heads to put it onto", heads.len()));
    let failure = heads.iter().fold(failure, |failure, &head| failure.note(history.revision(head).title()));
    failure.help("name one with `--onto REV`")
}

fn refuse(history: &History, branch: &Branch, revision: Node) -> Result<(), Failure> {
    if !branch.moved.is_empty() {
        return Ok(());
    }
    let (revision, onto) = (history.revision(revision), history.revision(branch.onto));
    Err(Failure::usage(format!(
        "`{}` cannot be put onto `{}`, which follows it",
        revision.title(),
        onto.title()
    ))
    .note("nothing was changed"))
}

fn circle(history: &History, branch: &Branch) -> Failure {
    let onto = history.revision(branch.onto).title();
    Failure::new(
        Exit::No,
        "cycle",
        format!("`{onto}`, or what comes before it, depends on a revision that would move"),
    )
    .note("nothing was changed")
    .help("`cargo schema merge` joins the two instead")
}

/// Whether what is on disk now is the history that was meant: a folder without metadata follows its neighbour, which
/// may have another place now.
fn verify(context: &Context, project: &Project, meant: &History) -> Result<(), Failure> {
    let mut validated = context.validated(project)?;
    // Warnings were shown before.
    validated.findings.retain(Finding::is_error);
    let found = context.sound(project, validated)?;
    let edges = |history: &History| -> BTreeSet<(String, String)> {
        (0..history.len())
            .flat_map(|node| history.parents(node).iter().map(move |&parent| (node, parent)))
            .map(|(node, parent)| {
                (history.revision(node).id.to_string(), history.revision(parent).id.to_string())
            })
            .collect()
    };
    let (found, meant) = (edges(&found), edges(meant));
    if found == meant {
        return Ok(());
    }
    let other = found.symmetric_difference(&meant).next().expect("two sets that differ");
    Err(Failure::new(
        Exit::No,
        "rebase",
        format!("`{}` would follow another revision than it does now", other.0),
    )
    .help("write `parents` into the `metadata.toml` of folders that have none"))
}

fn nothing(context: &Context, project: &Project) -> Outcome {
    if context.is_json() {
        context.document("rebase", project, json!({ "onto": null, "moved": [], "applied_before": [] }));
    }
    context.shell.status("Finished", "nothing to rebase: the revisions are on one line");
    Ok(Exit::Done)
}

struct Report {
    onto: Node,
    moves: Vec<Move>,
    /// What moved and has run already, in the database at hand, which lacks what it now follows.
    overtaking: Vec<Node>,
}

fn report(context: &Context, project: &Project, history: &History, report: &Report) {
    let onto = history.revision(report.onto);
    if context.is_json() {
        return context.document("rebase", project, document(history, report));
    }
    for step in &report.moves {
        let title = |id: &Text| history.node(id).map_or(String::new(), |node| history.revision(node).title());
        let parents: Vec<String> = step.parents.iter().map(title).collect();
        let revision = history.revision(step.node).title();
        context.shell.status("Rebased", format!("{revision} onto {}", human::and(&parents)));
        if step.from != step.to {
            context.shell.status("Renamed", format!("{} -> {}", step.from, step.to));
        }
    }
    if !report.overtaking.is_empty() {
        let ids = human::and(&ids(history, &report.overtaking));
        context.shell.attention(
            "Applied",
            format!(
                "your database ran {ids} before {}: `cargo schema upgrade --out-of-order` runs that",
                onto.id
            ),
        );
    }
    context.shell.hint("Next", "read the SQL again: it now runs after theirs");
}

fn document(history: &History, report: &Report) -> Value {
    let moved = report.moves.iter().map(|step| {
        json!({
            "revision": history.revision(step.node).id,
            "parents": step.parents,
            "from": step.from,
            "to": step.to,
        })
    });
    json!({
        "onto": history.revision(report.onto).id,
        "moved": moved.collect::<Vec<_>>(),
        "applied_before": ids(history, &report.overtaking),
    })
}
