//! `cargo schema generate`: a new revision at the end of the history, or where it is told to be.

use schema_runtime::history::{History, Node};
use schema_runtime::target;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::generate::write::{self, New, Scripts, Wish};
use crate::project::Project;

/// Write a new migration
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What it does, in a few words
    message: String,
    /// Write the SQL by hand, instead of comparing the models with the history
    #[arg(long)]
    empty: bool,
    /// The revision that it follows, or `base` for a new root; default: the head
    #[arg(long, value_name = "REV", allow_hyphen_values = true)]
    parent: Option<String>,
    /// Fork: the parent may be a revision that has children
    #[arg(long)]
    splice: bool,
    /// A name for the branch that begins here
    #[arg(long = "label", value_name = "LABEL")]
    labels: Vec<String>,
    /// A revision, not an ancestor, that must run first
    #[arg(long, value_name = "REV")]
    depends_on: Vec<String>,
    /// The revision's id, instead of a random one
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Open `up.sql` in the editor afterwards
    #[arg(long, conflicts_with = "dry_run")]
    edit: bool,
}

/// Writes the migration.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    refuse_models(args)?;
    if args.edit {
        super::edit::editor()?;
    }
    let history = context.history(project)?;
    let wish = Wish {
        message: &args.message,
        parents: parents(&history, args)?,
        depends_on: dependencies(&history, &args.depends_on)?,
        labels: &args.labels,
        id: args.rev_id.as_deref(),
    };
    let new = write::prepare(&project.config, &history, &wish, Scripts::Templates)?;
    if !args.dry_run {
        // schema.lock is left alone: the SQL is still to be written, and is no edit when it is.
        new.write(None)?;
    }
    report(context, project, args, &new);
    if args.edit {
        super::edit::open(&new.path.join("up.sql"))?;
    }
    Ok(Exit::Done)
}

fn refuse_models(args: &Args) -> Result<(), Failure> {
    if args.empty {
        return Ok(());
    }
    Err(Failure::usage("this version does not compare models with the history yet")
        .note("nothing was written")
        .help("`cargo schema generate --empty MSG` writes a migration for SQL of your own"))
}

fn parents(history: &History, args: &Args) -> Result<Vec<Node>, Failure> {
    let Some(target) = &args.parent else { return only_head(history) };
    let parents = target::locate(history, None, target)?;
    if parents.len() > 1 {
        return Err(Failure::usage(format!("`--parent {target}` names {} revisions", parents.len()))
            .help("a revision with several parents is a merge: `cargo schema merge`"));
    }
    match parents.iter().find_map(|&parent| history.children(parent).first().map(|&child| (parent, child))) {
        Some((parent, child)) if !args.splice => Err(not_a_head(history, parent, child)),
        Some(_) | None => Ok(parents),
    }
}

fn only_head(history: &History) -> Result<Vec<Node>, Failure> {
    let heads = history.heads();
    if heads.len() < 2 {
        return Ok(heads);
    }
    let failure = Failure::new(
        Exit::Usage,
        "multiple-heads",
        format!("the history has {} heads, and a new revision follows one", heads.len()),
    );
    let failure = heads.iter().fold(failure, |failure, &head| failure.note(history.revision(head).title()));
    Err(failure
        .help("`cargo schema rebase` puts yours after theirs; `cargo schema merge -m \"join\"` joins them")
        .help("`--parent REV` follows one of them"))
}

fn not_a_head(history: &History, parent: Node, child: Node) -> Failure {
    let (parent, child) = (history.revision(parent), history.revision(child));
    Failure::usage(format!("`{}` is not a head: `{}` follows it", parent.title(), child.title()))
        .note("nothing was written")
        .help("`--splice` begins a second branch there")
}

fn dependencies(history: &History, targets: &[String]) -> Result<Vec<Node>, Failure> {
    let mut nodes = Vec::new();
    for target in targets {
        let node = target::locate_one(history, None, target)?;
        if !nodes.contains(&node) {
            nodes.push(node);
        }
    }
    Ok(nodes)
}

fn report(context: &Context, project: &Project, args: &Args, new: &New) {
    let folder = project.shown(&new.path).display().to_string();
    if !new.is_ordered {
        let text = format!("`{}` sorts before its parent: Diesel would run it first", new.place.version);
        context.shell.attention("Order", text);
    }
    if context.is_json() {
        return context.document("generate", project, document(new, &folder, !args.dry_run));
    }
    if args.dry_run {
        context.shell.status("Would create", format!("{folder}/"));
        for (name, text) in &new.files {
            context.shell.data(format!("-- {name}\n{text}"));
        }
        return;
    }
    context.shell.status("Created", format!("{folder}/"));
    context
        .shell
        .hint("Next", "write up.sql and down.sql, then run `cargo schema lock` and `cargo schema upgrade`");
}

/// A new revision as data; `merge` has the same.
pub(super) fn document(new: &New, folder: &str, is_written: bool) -> Value {
    let files: serde_json::Map<String, Value> =
        new.files.iter().map(|(name, text)| ((*name).to_owned(), text.as_str().into())).collect();
    json!({
        "revision": new.draft.id,
        "diesel_version": new.place.version,
        "message": new.draft.message,
        "parents": new.draft.parents,
        "depends_on": new.draft.depends_on,
        "labels": new.draft.labels,
        "created": new.draft.created,
        "folder": folder,
        "files": files,
        "written": is_written,
    })
}
