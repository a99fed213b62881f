//! `cargo schema` without a verb: one screen that says where things are and what to do next.

use schema_build::finding::Finding;
use schema_build::models::{self, ahead};
use schema_build::rule::Purpose;
use schema_runtime::dialect::Dialect;
use schema_runtime::engine::State;
use schema_runtime::history::Node;
use schema_runtime::plan::{self, Direction, Plan};
use serde_json::{Value, json};

use super::list::unknown_document;
use crate::context::Context;
use crate::database::url;
use crate::desk::{Desk, ids};
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::lock;
use crate::project::Project;
use crate::render::human::{and, count};
use crate::render::json::named;

/// How many pending revisions, and changes of models, are named.
const NAMED: usize = 10;

const GENERATE: &str = "cargo schema generate \"what changes\"";

/// Shows it.
pub(crate) fn run(context: &Context, project: &Project) -> Outcome {
    if url::resolve(&context.global, project)?.is_none() {
        return offline(context, project);
    }
    let mut desk = Desk::to_read(context, project, Purpose::Up)?;
    let state = desk.look(context)?;
    let pending: Vec<Node> = (0..desk.history.len()).filter(|&node| !state.applied.contains(node)).collect();
    if context.is_json() {
        let agreement = agreement(project, desk.database.url.dialect);
        let mut document = document(&desk, &state, &pending);
        document["models_agree"] = json!(agreement.map(|ahead| ahead.is_empty()));
        context.document("status", project, document);
        return Ok(Exit::Done);
    }
    let dialect = desk.database.url.dialect;
    context
        .shell
        .status("Package", format_args!("{}, {dialect}, {}", project.name(), desk.database.url.shown));
    place(context, &desk, &state);
    tell_pending(context, &desk, &pending);
    let agreement = agreement(project, dialect);
    tell_agreement(context, agreement.as_deref());
    worries(context, &desk, &state);
    let is_ahead = agreement.is_some_and(|ahead| !ahead.is_empty());
    if let Some(next) = next(&desk, &state, &pending).or_else(|| is_ahead.then(|| GENERATE.to_owned())) {
        context.shell.hint("Next", next);
    }
    Ok(Exit::Done)
}

/// Without a database there is still a history.
fn offline(context: &Context, project: &Project) -> Outcome {
    let history = context.history(project)?;
    let heads: Vec<String> = history.heads().iter().map(|&node| history.revision(node).title()).collect();
    let agreement = agreement(project, context.dialect(project)?);
    let variable = project.config.database_url.strip_prefix("env:").unwrap_or("DATABASE_URL");
    if context.is_json() {
        let body = json!({
            "database": null,
            "revisions": history.len(),
            "heads": ids(&history, &history.heads()),
            "models_agree": agreement.map(|ahead| ahead.is_empty()),
        });
        context.document("status", project, body);
        return Ok(Exit::Done);
    }
    context.shell.status("Package", project.name());
    let at = if heads.is_empty() { String::new() } else { format!(", up to {}", and(&heads)) };
    context.shell.status("History", format_args!("{}{at}", count(history.len(), "revision")));
    tell_agreement(context, agreement.as_deref());
    context
        .shell
        .attention("Database", format_args!("none is named: set {variable}, or pass --database-url"));
    Ok(Exit::Done)
}

/// What the models say that no migration does, as far as schema.lock can tell; `None` where it cannot, or there are
/// no models that could be read.
fn agreement(project: &Project, dialect: Dialect) -> Option<Vec<Finding>> {
    let lock = lock::read(project).ok().flatten().filter(|lock| lock.models.is_some())?;
    let models = models::read(&project.config, dialect);
    let can_tell = ahead::is_known(&models, &lock) && !models.findings.iter().any(Finding::is_error);
    can_tell.then(|| ahead::findings(&models, &lock))
}

fn tell_agreement(context: &Context, agreement: Option<&[Finding]>) {
    let Some(ahead) = agreement else { return };
    if ahead.is_empty() {
        return context.shell.status("Models", "agree with the history");
    }
    for finding in ahead.iter().take(NAMED) {
        context.shell.attention("Models", &finding.message);
    }
    if ahead.len() > NAMED {
        context.shell.attention("Models", format_args!("and {} more", ahead.len() - NAMED));
    }
}

fn place(context: &Context, desk: &Desk<'_>, state: &State) {
    let heads = state.applied.heads(&desk.history);
    let at: Vec<String> = heads.iter().map(|&node| desk.history.revision(node).title()).collect();
    let at = if at.is_empty() { "base".to_owned() } else { and(&at) };
    let (applied, all) = (state.applied.nodes().count(), desk.history.len());
    context.shell.status("Database", format_args!("at {at} ({applied} of {all} applied)"));
}

fn tell_pending(context: &Context, desk: &Desk<'_>, pending: &[Node]) {
    for &node in pending.iter().take(NAMED) {
        context.shell.attention("Pending", desk.history.revision(node).title());
    }
    if pending.len() > NAMED {
        context.shell.attention("Pending", format_args!("and {} more", pending.len() - NAMED));
    }
}

/// What is not as it should be.
fn worries(context: &Context, desk: &Desk<'_>, state: &State) {
    let shell = &context.shell;
    for interrupted in &state.interrupted {
        let (done, total) = (interrupted.statements_done, count(interrupted.statements_total, "statement"));
        let verb = if interrupted.failed { "Unfinished" } else { "Interrupted" };
        shell.attention(verb, format_args!("{} after {done} of {total}", interrupted.revision));
    }
    for &node in &state.edited {
        shell.attention(
            "Edited",
            format_args!("{} since it was applied", desk.history.revision(node).title()),
        );
    }
    for (version, _) in &state.unknown {
        shell.attention("Unknown", format_args!("{version} is applied and not in the migrations folder"));
    }
    let heads = desk.history.heads();
    if heads.len() > 1 {
        let heads: Vec<String> = heads.iter().map(|&node| desk.history.revision(node).title()).collect();
        shell.attention("Heads", and(&heads));
    }
}

fn next(desk: &Desk<'_>, state: &State, pending: &[Node]) -> Option<String> {
    if let Some(interrupted) = state.interrupted.first() {
        return Some(match interrupted.failed {
            true => "mend the statement that failed, then go on: cargo schema upgrade".to_owned(),
            false => format!("cargo schema upgrade, or cargo schema resolve {}", interrupted.revision),
        });
    }
    if !state.edited.is_empty() {
        return Some(
            "restore the edited files, or accept them: cargo schema stamp current --verify".to_owned(),
        );
    }
    if desk.history.is_empty() {
        return Some(GENERATE.to_owned());
    }
    if desk.history.heads().len() > 1 {
        return Some("cargo schema rebase, or cargo schema merge".to_owned());
    }
    let plan = Plan { direction: Direction::Up, nodes: pending.to_vec() };
    if let Some(&(late, _)) = plan::overtaken(&desk.history, &state.applied, &plan).first() {
        let id = &desk.history.revision(late).id;
        return Some(format!(
            "{id} comes before what is applied: cargo schema upgrade --out-of-order runs it late"
        ));
    }
    (!pending.is_empty()).then(|| "cargo schema upgrade".to_owned())
}

fn document(desk: &Desk<'_>, state: &State, pending: &[Node]) -> Value {
    let interrupted: Vec<&str> = state.interrupted.iter().map(|one| one.revision.as_str()).collect();
    json!({
        "database": desk.database.url.shown,
        "dialect": desk.database.url.dialect.name(),
        "database_exists": !desk.database.is_missing,
        "revisions": desk.history.len(),
        "heads": ids(&desk.history, &desk.history.heads()),
        "at": ids(&desk.history, &state.applied.heads(&desk.history)),
        "pending": pending.iter().map(|&node| named(&desk.history, node)).collect::<Vec<_>>(),
        "edited": ids(&desk.history, &state.edited),
        "unknown": unknown_document(state),
        "interrupted": interrupted,
        "newer_ledger": state.newer_ledger,
    })
}
