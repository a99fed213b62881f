//! `cargo schema lock`: rewrites schema.lock from the files. New revisions are added; what was locked and is not what
//! it was is refused, unless it is accepted by name.

use schema_build::finding::Finding;
use schema_build::lockfile::LockFile;
use schema_runtime::history::History;
use schema_runtime::target;
use serde_json::json;

use crate::changes;
use crate::context::Context;
use crate::database::scratch::Site;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::lock::{self, Changes, known};
use crate::project::Project;

/// Rewrite schema.lock
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Accept that this revision was edited or removed; `all` accepts every one
    #[arg(long, value_name = "REV")]
    accept: Vec<String>,
    /// Write nothing; exit with 1 if the file would change
    #[arg(long)]
    check: bool,
}

/// Rewrites the file.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let mut validated = context.validated(project)?;
    // What is wrong with the file is what this verb mends, or refuses in its own words.
    validated.findings.retain(|finding| finding.rule != "bad-lock-file");
    let history = context.sound(project, validated)?;
    let remembered = lock::read(project)?.unwrap_or_default();
    let changes = Changes::between(&remembered, history.revisions());
    let accepted = accepted(&history, &changes, &args.accept)?;
    refuse(project, &history, &changes, &accepted)?;
    let after = after(context, project, &history, remembered, &changes)?;
    let is_current = lock::is_written(project, &after);
    if !is_current && !args.check {
        let written = lock::files(project, &after);
        changes::all_or_nothing(|files| written.iter().try_for_each(|(path, text)| files.write(path, text)))?;
    }
    report(context, project, &changes, is_current, args.check);
    Ok(if args.check && !is_current { Exit::No } else { Exit::Done })
}

/// What the file should say, with the schema that the history leads to, where that can be found out.
fn after(
    context: &Context,
    project: &Project,
    history: &History,
    before: LockFile,
    changes: &Changes,
) -> Result<LockFile, Failure> {
    let LockFile { revisions, .. } = LockFile::of(history.revisions());
    let mut lock = LockFile { revisions, ..before };
    lock.outside.retain(|id| history.node(id).is_some());
    lock.unproven.retain(|id| history.node(id).is_some());
    let engine = context.dialect(project)?;
    let known = known::learn_if_possible(Site { context, project }, engine, history);
    let new: Vec<String> =
        changes.added.iter().chain(changes.edited.iter().map(|(id, _)| id)).cloned().collect();
    known::put(&mut lock, known, &new);
    Ok(lock)
}

/// The ids that `--accept` names. One that is gone can only be named by its id, or the start of it.
fn accepted(history: &History, changes: &Changes, targets: &[String]) -> Result<Vec<String>, Failure> {
    let mut ids = Vec::new();
    for target in targets {
        let gone: Vec<&String> = changes
            .removed
            .iter()
            .filter(|id| *id == target || target.len() >= 4 && id.starts_with(target))
            .collect();
        match (target.as_str(), gone.as_slice()) {
            ("all", _) => ids.extend(changes.refused()),
            (_, [id]) => ids.push((*id).clone()),
            _ => ids.push(history.revision(target::locate_one(history, None, target)?).id.to_string()),
        }
    }
    Ok(ids)
}

fn refuse(
    project: &Project,
    history: &History,
    changes: &Changes,
    accepted: &[String],
) -> Result<(), Failure> {
    let edited = changes.edited.iter().filter(|(id, _)| !accepted.contains(id));
    let removed = changes.removed.iter().filter(|id| !accepted.contains(id));
    let findings: Vec<Finding> = edited
        .map(|(id, file)| edited_finding(project, history, id, file))
        .chain(removed.map(|id| removed_finding(project, id)))
        .collect();
    if findings.is_empty() {
        return Ok(());
    }
    Err(Failure::of(Exit::No, findings).note("schema.lock was not changed"))
}

fn edited_finding(project: &Project, history: &History, id: &str, file: &str) -> Finding {
    let revision = history.node(id).map(|node| history.revision(node));
    let folder = revision.map_or("", |revision| revision.folder.as_ref());
    let path = project.config.migrations.join(folder).join(file);
    Finding::error("edited-revision", format!("revision `{id}` is not what `schema.lock` remembers"))
        .in_file(project.config.shown(&path))
        .help("restore it, and make the change in a new revision")
        .help(format!("or, if no database has run it yet: `cargo schema lock --accept {id}`"))
}

fn removed_finding(project: &Project, id: &str) -> Finding {
    Finding::error("removed-revision", format!("revision `{id}` is in `schema.lock`, and its folder is gone"))
        .in_file(project.config.shown(&lock::path(project)))
        .help("restore the folder")
        .help(format!("or, if no database has run it yet: `cargo schema lock --accept {id}`"))
}

fn report(context: &Context, project: &Project, changes: &Changes, is_current: bool, is_check: bool) {
    let Changes { added, edited, removed } = changes;
    if context.is_json() {
        let edited: Vec<&String> = edited.iter().map(|(id, _)| id).collect();
        let body = json!({
            "added": added,
            "accepted": edited,
            "removed": removed,
            "current": is_current,
            "written": !is_current && !is_check,
        });
        return context.document("lock", project, body);
    }
    let path = lock::path(project);
    let shown = project.shown(&path).display();
    if is_current {
        return context.shell.status("Finished", format!("{shown} is up to date"));
    }
    let counts = [(added.len(), "added"), (edited.len(), "accepted as edited"), (removed.len(), "removed")];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let what = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    if is_check {
        context.shell.attention("Outdated", format!("{shown}{what}; run `cargo schema lock`"));
    } else {
        context.shell.status("Updated", format!("{shown}{what}"));
    }
}
