//! `cargo schema squash`: one revision for many, proven to do what they did.

use std::fs;
use std::path::{Path, PathBuf};

use schema_build::checksum::checksum;
use schema_build::lockfile::Checksums;
use schema_build::migrations::name;
use schema_runtime::dialect::Dialect as Engine;
use schema_runtime::history::{History, Node};
use serde_json::json;
use toml_edit::{DocumentMut, Item};

use crate::changes::{self, Changes};
use crate::context::Context;
use crate::database::scratch::Site;
use crate::dialect::on_dialect;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::lock;
use crate::project::Project;
use crate::render::human::count;
use crate::squash::scripts::{self, Squashed};
use crate::squash::span::Span;

/// Why a squashed revision cannot be reverted.
const ONE_WAY: &str = "one of the revisions that it was made of could not be reverted";

/// Make one revision of many, proven to do what they did
///
/// The last one of the range stays and does it all; the others go. Where they change nothing but the schema, its SQL
/// is written anew, else their scripts follow each other.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A database that ran all of them: `cargo schema stamp current --purge --verify`. One that ran only some has to run the
rest with the old files first.")]
pub(crate) struct Args {
    /// From A to B, both included: `A:B`, `:B`, `A:`
    #[arg(value_name = "A:B")]
    range: String,
    /// What it does; default: what the last one did
    #[arg(short, long, value_name = "MSG")]
    message: Option<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Squashes.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let history = context.history(project)?;
    let span = Span::of(&history, &args.range)?;
    let (engine, site) = (context.dialect(project)?, Site { context, project });
    context
        .shell
        .status("Replaying", format!("{} on scratch databases", count(span.nodes.len(), "revision")));
    let squashed = on_dialect!(engine, dialect => scripts::write(dialect, site, &history, &span))?;
    let message = args
        .message
        .as_ref()
        .map_or_else(|| history.revision(span.last()).message.to_string(), |text| name::one_line(text));
    let files = files(project, &history, &span, &squashed, &message)?;
    if !args.dry_run {
        write(context, project, &history, &span, &files, engine)?;
    }
    report(context, project, args, &history, &span, &squashed, &files);
    Ok(Exit::Done)
}

/// The files of the revision that stays, by their names.
fn files(
    project: &Project,
    history: &History,
    span: &Span,
    squashed: &Squashed,
    message: &str,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let up = format!("-- {message}\n{}", squashed.up);
    let down = match &squashed.down {
        Some(down) => format!("-- undo: {message}\n{down}"),
        None => format!("-- {message}\n-- there is no way back: {ONE_WAY}\n"),
    };
    let mut files = vec![("up.sql", up), ("down.sql", down)];
    let path = folder(project, history, span.last()).join("metadata.toml");
    // Diesel's own migrations say all by their places.
    if path.exists()
        || span.nodes.len() < history.len()
        || squashed.down.is_none()
        || squashed.foreign_keys_off
    {
        files.push(("metadata.toml", metadata(&path, history, span, squashed, message)?));
    }
    Ok(files)
}

fn metadata(
    path: &Path,
    history: &History,
    span: &Span,
    squashed: &Squashed,
    message: &str,
) -> Result<String, Failure> {
    let before = fs::read_to_string(path).ok();
    let revision = history.revision(span.last());
    let parents: Vec<_> = span.parents.iter().map(|&parent| history.revision(parent).id.clone()).collect();
    let invalid = |error: toml_edit::TomlError| {
        Failure::usage(format!("`{}` is not valid TOML", path.display())).note(error)
    };
    let text =
        crate::rebase::metadata::reparented(before.as_deref(), &revision.id, &parents).map_err(invalid)?;
    let mut document: DocumentMut = text.parse().map_err(invalid)?;
    document.insert("message", toml_edit::value(message));
    set(&mut document, "foreign_keys", squashed.foreign_keys_off.then(|| toml_edit::value(false)));
    set(&mut document, "irreversible", squashed.down.is_none().then(|| toml_edit::value(ONE_WAY)));
    Ok(document.to_string())
}

fn set(document: &mut DocumentMut, key: &str, value: Option<Item>) {
    match value {
        Some(value) => drop(document.insert(key, value)),
        None => drop(document.remove(key)),
    }
}

fn folder(project: &Project, history: &History, node: Node) -> PathBuf {
    project.config.migrations.join(&*history.revision(node).folder)
}

fn write(
    context: &Context,
    project: &Project,
    history: &History,
    span: &Span,
    files: &[(&'static str, String)],
    engine: Engine,
) -> Result<(), Failure> {
    // A name that starts with a dot is no migration; it goes when all else is done.
    let hidden =
        |node: Node| project.config.migrations.join(format!(".squashed-{}", history.revision(node).id));
    changes::all_or_nothing(|changes| {
        for (name, text) in files {
            changes.write(&folder(project, history, span.last()).join(name), text)?;
        }
        for &node in span.gone() {
            changes.rename(&folder(project, history, node), &hidden(node))?;
        }
        relock(changes, project, history, span, files, engine)?;
        verify(context, project, history, span)
    })?;
    for &node in span.gone() {
        fs::remove_dir_all(hidden(node))
            .map_err(|error| Failure::file("could not remove", &hidden(node), &error))?;
    }
    Ok(())
}

fn relock(
    changes: &mut Changes,
    project: &Project,
    history: &History,
    span: &Span,
    files: &[(&'static str, String)],
    engine: Engine,
) -> Result<(), Failure> {
    let Some(mut lock) = lock::read(project)? else { return Ok(()) };
    for &node in span.gone() {
        let id = history.revision(node).id.to_string();
        lock.revisions.remove(&id);
        lock.outside.remove(&id);
        lock.unproven.remove(&id);
    }
    let sum =
        |name: &str| files.iter().find(|(file, _)| *file == name).map(|(_, text)| checksum(text, engine));
    let checksums = Checksums { up: sum("up.sql").unwrap_or_default(), down: sum("down.sql") };
    lock.revisions.insert(history.revision(span.last()).id.to_string(), checksums);
    lock::files(project, &lock).iter().try_for_each(|(path, text)| changes.write(path, text))
}

/// Whether what is on disk now is the history that was meant.
fn verify(context: &Context, project: &Project, before: &History, span: &Span) -> Result<(), Failure> {
    let after = context.history(project)?;
    let ids = |history: &History, nodes: &[Node]| crate::desk::ids(history, nodes);
    let last = before.revision(span.last());
    let parents = after.node(&last.id).map(|node| ids(&after, after.parents(node)));
    let is_whole = after.len() + span.gone().len() == before.len();
    if is_whole && parents == Some(ids(before, &span.parents)) {
        return Ok(());
    }
    Err(Failure::new(
        Exit::No,
        "squash",
        format!("`{}` would not follow what `{}` follows now", last.id, before.revision(span.nodes[0]).id),
    )
    .help("write `parents` into the `metadata.toml` of folders that have none"))
}

fn report(
    context: &Context,
    project: &Project,
    args: &Args,
    history: &History,
    span: &Span,
    squashed: &Squashed,
    files: &[(&'static str, String)],
) {
    let last = history.revision(span.last());
    if context.is_json() {
        let body = json!({
            "revision": last.id,
            "removed": crate::desk::ids(history, span.gone()),
            "is_rewritten": squashed.is_rewritten,
            "is_revertible": squashed.down.is_some(),
            "files": files.iter().map(|(name, text)| ((*name).to_owned(), text.as_str().into())).collect::<serde_json::Map<_, _>>(),
            "written": !args.dry_run,
        });
        return context.document("squash", project, body);
    }
    let how = if squashed.is_rewritten { "written anew from the schema" } else { "one after the other" };
    context.shell.status("Proved", format!("the same schema and rows; the SQL is {how}"));
    if args.dry_run {
        for (name, text) in files {
            context.shell.data(format_args!("-- {name}\n{text}"));
        }
        return;
    }
    context.shell.status("Squashed", format!("{} into {}", count(span.nodes.len(), "revision"), last.id));
    context
        .shell
        .hint("Next", "databases that ran all of them: `cargo schema stamp current --purge --verify`");
}
