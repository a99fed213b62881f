//! `cargo schema list`: every revision and whether the database has it.

use std::borrow::Cow;

use schema_build::rule::Purpose;
use schema_runtime::engine::{AppliedRevision, State};
use schema_runtime::history::Node;
use serde_json::{Value, json};

use super::many::{self, ManyArgs};
use crate::context::Context;
use crate::desk::{Desk, ids};
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::project::Project;
use crate::render::human::duration;
use crate::render::json::{milliseconds, named};
use crate::render::revision::table;

/// Every revision: applied or pending, when, how long, by whom
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    many: ManyArgs,
}

/// Lists them, in the order in which they run.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    if args.many.is_asked() {
        return many::list(context, project, &args.many);
    }
    let mut desk = Desk::to_read(context, project, Purpose::Look)?;
    let state = desk.look(context)?;
    let rows: Vec<Row<'_>> = rows(&desk, &state);
    if context.is_json() {
        context.document("list", project, document(&desk, &state, &rows));
    } else {
        let cells = rows.iter().map(|row| row.cells(&desk)).chain(unknown(&state)).collect::<Vec<_>>();
        table(&cells).iter().for_each(|line| context.shell.data(line));
    }
    desk.database.leave();
    Ok(Exit::Done)
}

struct Row<'s> {
    node: Node,
    state: &'static str,
    applied: Option<&'s AppliedRevision>,
}

fn rows<'s>(desk: &Desk<'_>, state: &'s State) -> Vec<Row<'s>> {
    let mut details = vec![None; desk.history.len()];
    state.details.iter().for_each(|one| details[one.node] = Some(one));
    let interrupted = |node: Node| {
        let id = &desk.history.revision(node).id;
        state.interrupted.iter().any(|one| one.revision == *id)
    };
    (0..desk.history.len())
        .map(|node| {
            let word = match state.applied.contains(node) {
                // A half-reverted one still counts as applied.
                _ if interrupted(node) => "interrupted",
                true => "applied",
                false => "pending",
            };
            Row { node, state: word, applied: details[node] }
        })
        .collect()
}

impl Row<'_> {
    fn cells<'d>(&'d self, desk: &'d Desk<'_>) -> [Cow<'d, str>; 6] {
        let revision = desk.history.revision(self.node);
        let took = match self.applied {
            Some(applied) if applied.is_stamped => "stamped".into(),
            Some(AppliedRevision { took: Some(took), .. }) => duration(*took).into(),
            Some(_) | None => "".into(),
        };
        let told = self.applied.as_ref();
        [
            self.state.into(),
            (*revision.id).into(),
            told.and_then(|applied| applied.at.as_deref()).map(readable).unwrap_or_default().into(),
            took,
            told.and_then(|applied| applied.actor.as_deref()).unwrap_or_default().into(),
            (*revision.message).into(),
        ]
    }

    fn document(&self, desk: &Desk<'_>) -> Value {
        let mut document = named(&desk.history, self.node);
        let applied = self.applied;
        document["state"] = json!(self.state);
        document["applied_at"] = json!(applied.and_then(|applied| applied.at.as_deref()).map(rfc3339));
        document["elapsed_ms"] = json!(applied.and_then(|applied| applied.took).map(milliseconds));
        document["actor"] = json!(applied.and_then(|applied| applied.actor.as_deref()));
        document["tool"] = json!(applied.and_then(|applied| applied.tool.as_deref()));
        document["is_stamped"] = json!(applied.is_some_and(|applied| applied.is_stamped));
        document
    }
}

/// What the database has and the files have not.
fn unknown(state: &State) -> impl Iterator<Item = [Cow<'_, str>; 6]> {
    state.unknown.iter().map(|(version, revision)| {
        let id = revision.as_deref().unwrap_or(version);
        ["unknown", id, "", "", "", "not in the migrations folder"].map(Cow::from)
    })
}

fn document(desk: &Desk<'_>, state: &State, rows: &[Row<'_>]) -> Value {
    json!({
        "database": desk.database.url.shown,
        "revisions": rows.iter().map(|row| row.document(desk)).collect::<Vec<_>>(),
        "unknown": unknown_document(state),
        "at": ids(&desk.history, &state.applied.heads(&desk.history)),
        "pending": rows.iter().filter(|row| !state.applied.contains(row.node)).count(),
    })
}

/// Revisions that no file has, in documents.
pub(crate) fn unknown_document(state: &State) -> Vec<Value> {
    let one =
        |(version, revision): &(String, Option<String>)| json!({ "version": version, "revision": revision });
    state.unknown.iter().map(one).collect()
}

/// To the second, without the letters of RFC 3339.
fn readable(at: &str) -> String {
    at.get(..19).unwrap_or(at).replacen('T', " ", 1)
}

/// SQLite's `2026-11-20 09:15:02`, which is UTC, as RFC 3339.
fn rfc3339(at: &str) -> String {
    match at.as_bytes() {
        [.., b'Z'] => at.to_owned(),
        bytes if bytes.get(10) == Some(&b' ') => format!("{}Z", at.replacen(' ', "T", 1)),
        _ => at.to_owned(),
    }
}
