//! What a database remembers of the history, and what is wrong with that, in words. Pure.

use schema_build::config::Config;
use schema_build::finding::Finding;
use schema_runtime::engine::{Interrupted, State};
use schema_runtime::history::{History, Node};
use schema_runtime::plan::Direction;

use crate::render::human::count;

/// Revisions that are named.
const NAMED: usize = 8;

/// Everything that its ledger and Diesel's table tell.
pub(super) fn findings(config: &Config, history: &History, state: &State) -> Vec<Finding> {
    let (skipped, pending): (Vec<Node>, Vec<Node>) = missing(history, state);
    let pending = (!pending.is_empty()).then(|| lacking(history, &pending));
    let skipped = skipped.into_iter().map(|node| skipped_one(config, history, node));
    let unknown = (!state.unknown.is_empty()).then(|| strange(state));
    let edited = state.edited.iter().map(|&node| edited(config, history, node));
    let newer = state.newer_ledger.then(newer);
    let interrupted = state.interrupted.iter().map(|half| half_done(history, config, half));
    interrupted.chain(unknown).chain(skipped).chain(edited).chain(pending).chain(newer).collect()
}

/// Why what the database holds says nothing of the history; `None` where it can be compared.
pub(super) fn incomparable(history: &History, state: &State) -> bool {
    !state.interrupted.is_empty() || !state.unknown.is_empty() || !missing(history, state).0.is_empty()
}

/// What it lacks: that from which something that it has descends, and what is just not there yet.
fn missing(history: &History, state: &State) -> (Vec<Node>, Vec<Node>) {
    let is_below = history.ancestors(&state.applied.nodes().collect::<Vec<_>>());
    let half = |node: Node| state.interrupted.iter().any(|half| half.revision == *history.revision(node).id);
    (0..history.len())
        .filter(|&node| !state.applied.contains(node) && !half(node))
        .partition(|&node| is_below[node])
}

const NOT_COMPARED: &str = "its schema was not compared with the history, which cannot explain it";

fn lacking(history: &History, pending: &[Node]) -> Finding {
    let message = format!("the database lacks {} of the history", count(pending.len(), "revision"));
    let finding = Finding::warning("pending-revision", message);
    let titles = pending.iter().map(|&node| format!("`{}`", history.revision(node).title()));
    named(finding, titles.collect()).help("`cargo schema upgrade` runs what is pending")
}

fn skipped_one(config: &Config, history: &History, node: Node) -> Finding {
    let message = format!(
        "the database lacks revision `{}`, and has one that descends from it",
        history.revision(node).title()
    );
    Finding::error("skipped-revision", message).in_file(up(config, history, node)).note(NOT_COMPARED).help(
        "`cargo schema upgrade --out-of-order` runs it, `cargo schema stamp` says that it is not needed there",
    )
}

fn strange(state: &State) -> Finding {
    let number = count(state.unknown.len(), "revision");
    let finding =
        Finding::error("unknown-revision", format!("the database has {number} that the history lacks"));
    let ids = state.unknown.iter().map(|(version, id)| format!("`{}`", id.as_deref().unwrap_or(version)));
    named(finding, ids.collect()).note(NOT_COMPARED).help(
        "it was made by a newer version of the program, or by a branch that is not merged: check with that one",
    )
}

fn edited(config: &Config, history: &History, node: Node) -> Finding {
    let message =
        format!("revision `{}` differs from what ran on the database", history.revision(node).title());
    Finding::error("edited-applied-revision", message)
        .in_file(up(config, history, node))
        .note("comments and white space do not count")
        .help("restore it and make the change in a new revision; or, where the database is as the file says, `cargo schema stamp`")
}

fn newer() -> Finding {
    Finding::warning("newer-ledger", "the ledger was written by a newer version of this program")
        .note("what it says may be more than this version understands")
        .help("update cargo-schema")
}

fn half_done(history: &History, config: &Config, half: &Interrupted) -> Finding {
    let (node, way) = (
        history.node(&half.revision),
        match half.direction {
            Direction::Up => "applied",
            Direction::Down => "reverted",
        },
    );
    let title = node.map_or_else(|| half.revision.clone(), |node| history.revision(node).title());
    let message = format!("revision `{title}` is half {way} on the database");
    let finding = Finding::error("interrupted-revision", message);
    let finding = match node {
        Some(node) => finding.in_file(up(config, history, node)),
        None => finding,
    };
    finding
        .note(format!("{} of {} are done", half.statements_done, count(half.statements_total, "statement")))
        .note(NOT_COMPARED)
        .help("run `cargo schema upgrade`: it goes on, or says what `cargo schema resolve` has to be told")
}

fn up(config: &Config, history: &History, node: Node) -> std::path::PathBuf {
    let path = config.migrations.join(&*history.revision(node).folder).join("up.sql");
    config.shown(&path).to_path_buf()
}

fn named(finding: Finding, names: Vec<String>) -> Finding {
    let rest = names.len().saturating_sub(NAMED);
    let finding = names.into_iter().take(NAMED).fold(finding, Finding::note);
    if rest > 0 { finding.note(format!("and {rest} more")) } else { finding }
}
