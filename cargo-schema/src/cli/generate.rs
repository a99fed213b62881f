//! `cargo schema generate`: a new revision at the end of the history, or where it is told to be.

use std::path::PathBuf;

use schema_runtime::dialect::Dialect as Engine;
use schema_runtime::history::{History, Node};
use schema_runtime::target;
use serde_json::{Value, json};

use crate::changes;
use crate::context::Context;
use crate::database::connect::product;
use crate::database::scratch::Site;
use crate::dialect::on_dialect;
use crate::difference::{Answers, Kept};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::generate::automatic::{self, Proof, Request};
use crate::generate::origin::Start;
use crate::generate::tables_file::TablesFile;
use crate::generate::write::{self, New, Scripts, Wish};
use crate::lock;
use crate::lock::known::{self, Known};
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
    /// It was renamed, not removed: `users.colour=color`, `carts=baskets`, `mood.sad=unhappy`
    #[arg(long = "rename", value_name = "OLD=NEW", value_parser = pair, conflicts_with = "empty")]
    renames: Vec<(String, String)>,
    /// It is really gone: a table, `TABLE.COLUMN` or `ENUM.VALUE`
    #[arg(long = "drop", value_name = "NAME", conflicts_with = "empty")]
    drops: Vec<String>,
    /// It stays although no `table!` block names it, and what is new is another one
    #[arg(long = "keep", value_name = "NAME", conflicts_with = "empty")]
    keeps: Vec<String>,
    /// The table has no rows anywhere, so that new columns need no value for them
    #[arg(long, value_name = "TABLE", conflicts_with = "empty")]
    assume_empty: Vec<String>,
    /// PostgreSQL: build indexes of tables that are there while others write, in migrations of their own
    #[arg(long, conflicts_with = "empty")]
    concurrently: bool,
    /// Begin with what the live database holds, which somebody has changed by hand, instead of with the history
    #[arg(long, value_enum, value_name = "SIDE", default_value = "history", conflicts_with = "empty")]
    from: Start,
    /// Do not try the migration out; `schema.lock` remembers that until `check --proof` and `lock` have made up for it
    #[arg(long, conflicts_with_all = ["empty", "from"])]
    no_proof: bool,
    /// Write the file of `table!` blocks although somebody else wrote what is there
    #[arg(long, conflicts_with = "empty")]
    overwrite_tables: bool,
    /// Open `up.sql` in the editor afterwards
    #[arg(long, conflicts_with = "dry_run")]
    edit: bool,
}

/// Writes the migration.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
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
    if !args.empty {
        return from_models(context, project, args, &history, &wish);
    }
    let new = write::prepare(&project.config, &history, &wish, Scripts::Templates)?;
    if !args.dry_run {
        // schema.lock is left alone: the SQL is still to be written, and is no edit when it is.
        new.write(&[])?;
    }
    report(context, project, args, std::slice::from_ref(&new), json!({}));
    if !args.dry_run && !context.is_json() {
        context.shell.hint(
            "Next",
            "write up.sql and down.sql, then run `cargo schema lock` and `cargo schema upgrade`",
        );
    }
    open(args, std::slice::from_ref(&new))
}

fn open(args: &Args, all: &[New]) -> Outcome {
    if args.edit {
        all.iter().try_for_each(|new| super::edit::open(&new.path.join("up.sql")))?;
    }
    Ok(Exit::Done)
}

/// Compares the models with the history and writes what leads from one to the other.
fn from_models(
    context: &Context,
    project: &Project,
    args: &Args,
    history: &History,
    wish: &Wish<'_>,
) -> Outcome {
    let answers = Answers {
        renames: args.renames.clone(),
        drops: args.drops.clone(),
        keeps: args.keeps.clone(),
        assume_empty: args.assume_empty.clone(),
        unmodelled: project.config.unmodelled,
        ignored: project.config.ignore.clone(),
    };
    let before: Vec<Node> = wish.parents.iter().chain(&wish.depends_on).copied().collect();
    let (engine, site) = (context.dialect(project)?, Site { context, project });
    let proof = if args.no_proof { Proof::Skip } else { Proof::Run };
    let is_beside = is_beside(context, project, args, engine)?;
    let request = Request { history, parents: &before, answers, is_beside, start: args.from, proof };
    let automatic = on_dialect!(engine, dialect => automatic::compare(dialect, site, request))?;
    let tables = TablesFile::of(project, &automatic.models, args.overwrite_tables)?;
    // On one of several branches, the history leads to more than was looked at.
    let is_all = history.ancestors(&before).into_iter().all(|is_before| is_before);
    let is_known = is_all && (args.from == Start::History || !automatic.migrations.is_empty());
    let known = is_known.then_some(Known {
        is_replayed: automatic.is_proven,
        models: Some(automatic.agreed),
        schema: automatic.schema,
    });
    if automatic.migrations.is_empty() {
        return nothing(context, project, args, (tables, known));
    }
    let all = write::prepare_all(&project.config, history, wish, &automatic.migrations)?;
    let mut updated: Vec<PathBuf> = tables.iter().map(|tables| tables.path.clone()).collect();
    updated.push(lock::path(project));
    let mut files = lock::with(project, history.revisions(), &all, engine, known)?;
    files.extend(tables.map(|tables| (tables.path, tables.text)));
    if !args.dry_run {
        write::write_all(&all, &files)?;
    }
    let detected = json!({ "detected": automatic.detected, "kept": automatic.kept.iter().map(Kept::text).collect::<Vec<_>>(), "proven": automatic.is_proven });
    report(context, project, args, &all, detected);
    if !args.dry_run && !context.is_json() {
        tell_updated(context, project, &updated);
        context.shell.hint("Review", "up.sql, then run `cargo schema upgrade`");
    }
    open(args, &all)
}

/// Whether indexes are built while others write. Who asks another engine for it is told that it has no such thing.
fn is_beside(context: &Context, project: &Project, args: &Args, engine: Engine) -> Result<bool, Failure> {
    let is_wanted = args.concurrently || project.config.concurrent_indexes;
    if !is_wanted || engine == Engine::Postgres {
        return Ok(is_wanted);
    }
    let product = product(engine);
    if args.concurrently {
        return Err(Failure::usage(format!("`--concurrently` is about PostgreSQL, and this is {product}"))
            .note("nothing was written"));
    }
    let text = format!("`concurrent-indexes`: it is about PostgreSQL, and this is {product}");
    context.shell.attention("Ignoring", text);
    Ok(false)
}

fn tell_updated(context: &Context, project: &Project, paths: &[PathBuf]) {
    let shown: Vec<String> = paths.iter().map(|path| project.shown(path).display().to_string()).collect();
    context.shell.status("Updated", shown.join(", "));
}

/// The models and the history agree; the blocks, and what schema.lock says of the models, may still be behind.
fn nothing(
    context: &Context,
    project: &Project,
    args: &Args,
    (tables, known): (Option<TablesFile>, Option<Known>),
) -> Outcome {
    let mut files: Vec<(PathBuf, String)> =
        tables.into_iter().map(|tables| (tables.path, tables.text)).collect();
    files.extend(known.map(|known| known::reworded(project, known)).transpose()?.flatten());
    if !args.dry_run && !files.is_empty() {
        changes::all_or_nothing(|changes| {
            files.iter().try_for_each(|(path, text)| changes.write(path, text))
        })?;
        let paths: Vec<PathBuf> = files.into_iter().map(|(path, _)| path).collect();
        tell_updated(context, project, &paths);
    }
    if context.is_json() {
        context.document("generate", project, json!({ "revision": null, "detected": [], "written": false }));
    }
    let other = if args.from == Start::Database { "database" } else { "history" };
    context.shell.status("No changes", format!("the models and the {other} agree"));
    Ok(Exit::Done)
}

pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((old, new)) if !old.trim().is_empty() && !new.trim().is_empty() => {
            Ok((old.trim().to_owned(), new.trim().to_owned()))
        }
        _ => Err("write OLD=NEW, as in `users.colour=color`".to_owned()),
    }
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

fn report(context: &Context, project: &Project, args: &Args, all: &[New], more: Value) {
    for new in all.iter().filter(|new| !new.is_ordered) {
        let text = format!("`{}` sorts before its parent: Diesel would run it first", new.place.version);
        context.shell.attention("Order", text);
    }
    let folder = |new: &New| project.shown(&new.path).display().to_string();
    if context.is_json() {
        let mut documents = all.iter().map(|new| document(new, &folder(new), !args.dry_run));
        let mut document = documents.next().unwrap_or_default();
        if let (Value::Object(document), Value::Object(more)) = (&mut document, more) {
            document.extend(more);
            document.insert("then".to_owned(), documents.collect());
        }
        return context.document("generate", project, document);
    }
    all.iter().for_each(|new| tell(context, args, new, &folder(new)));
}

fn tell(context: &Context, args: &Args, new: &New, folder: &str) {
    if args.dry_run {
        context.shell.status("Would create", format!("{folder}/"));
        for (name, text) in &new.files {
            context.shell.data(format!("-- {name}\n{text}"));
        }
        return;
    }
    context.shell.status("Created", format!("{folder}/"));
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
