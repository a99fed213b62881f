//! Changes of the ledger that run nothing: stamps, purges and what a person resolved. Pure: a state goes in,
//! changes come out; `executor` makes them under the lock.

use super::executor::Amendment;
use super::known::Half;
use super::ledger::{Action, Change, Entry, Outcome};
use super::{Error, Report, Resolution, clock, progress, refusal};
use crate::history::{History, Node};
use crate::plan::{self, Direction, Plan};

/// The revisions that a stamp changed, as they were marked and unmarked.
pub(super) struct Marks {
    marked: Vec<Node>,
    unmarked: Vec<Node>,
}

impl Marks {
    pub(super) fn report(self, now_at: Vec<String>) -> Report {
        let done = match self.marked.is_empty() {
            true => Plan { direction: Direction::Down, nodes: self.unmarked.clone() },
            false => Plan { direction: Direction::Up, nodes: self.marked },
        };
        Report { done, unmarked: self.unmarked, now_at }
    }
}

/// Applied are afterwards these revisions, what they require, and nothing else. Says which ones changed.
pub(super) fn stamp(
    history: &History,
    amendment: &Amendment<'_>,
    nodes: &[Node],
    purge: bool,
) -> (Vec<Change>, Marks) {
    let mut changes = if purge { purged(amendment) } else { Vec::new() };
    let state = &amendment.known.state;
    let wanted = plan::with_requirements(history, nodes);
    let (mut marked, mut unmarked) = (Vec::new(), Vec::new());
    for node in 0..history.len() {
        match (wanted.contains(node), state.applied.contains(node)) {
            (true, true) if state.edited.contains(&node) => {
                changes.push(row(history, amendment, node, Action::Stamp));
            }
            (true, false) => {
                marked.push(node);
                changes.push(mark(history, node));
                changes.push(row(history, amendment, node, Action::Stamp));
            }
            (false, true) => {
                unmarked.push(node);
                changes.push(unmark(history, node));
                changes.push(row(history, amendment, node, Action::Unstamp));
            }
            (true, true) | (false, false) => {}
        }
    }
    unmarked.reverse();
    (changes, Marks { marked, unmarked })
}

/// Writes down what a person found out about a revision that is half-done.
pub(super) fn resolve(
    history: &History,
    amendment: &Amendment<'_>,
    node: Node,
    resolution: Resolution,
) -> Result<Vec<Change>, Error> {
    let half = amendment.known.halves.iter().find(|half| half.node == Some(node));
    let half = half.ok_or_else(|| not_interrupted(history, node))?;
    let is_marked = amendment.known.state.applied.contains(node);
    Ok(match resolution {
        Resolution::Applied if is_marked => vec![row(history, amendment, node, Action::Stamp)],
        Resolution::Applied => vec![mark(history, node), row(history, amendment, node, Action::Stamp)],
        Resolution::Reverted if is_marked => {
            vec![unmark(history, node), row(history, amendment, node, Action::Unstamp)]
        }
        Resolution::Reverted => vec![row(history, amendment, node, Action::Unstamp)],
        Resolution::StatementDone => vec![so_far(history, amendment, half, node, 1)],
        Resolution::StatementUndone => vec![so_far(history, amendment, half, node, 0)],
    })
}

fn purged(amendment: &Amendment<'_>) -> Vec<Change> {
    let row = |(version, id): &(String, Option<String>)| {
        let entry = amendment.author.entry(Action::Purge, id.as_deref().unwrap_or_default(), version);
        let entry = Entry { revision: id.clone(), ..entry.done(clock::now()) };
        [Change::Unmark { version: version.clone() }, Change::Append(Box::new(entry))]
    };
    let strange = amendment.known.halves.iter().filter(|half| half.node.is_none());
    let forgotten = strange.map(|half| {
        let id = half.entry.revision.as_deref().unwrap_or_default();
        let entry = amendment.author.entry(Action::Unstamp, id, &half.entry.version);
        Change::Append(Box::new(entry.done(clock::now())))
    });
    amendment.known.state.unknown.iter().flat_map(row).chain(forgotten).collect()
}

/// The script as it is now counts as what is done up to here.
fn so_far(history: &History, amendment: &Amendment<'_>, half: &Half, node: Node, more: usize) -> Change {
    let script = refusal::script(history.revision(node), half.direction);
    let total = script.map_or(half.entry.statements_total, |script| script.statements.len());
    let done = (half.entry.statements_done + more).min(total);
    let now = amendment.author.entry(
        half.entry.action,
        &half.entry.revision.clone().unwrap_or_default(),
        &half.entry.version,
    );
    Change::Append(Box::new(Entry {
        checksum: script.map(|script| progress::checksum(script, done)),
        statements_done: done,
        statements_total: total,
        outcome: Outcome::Resolved,
        finished_at: Some(clock::now()),
        ..now
    }))
}

fn row(history: &History, amendment: &Amendment<'_>, node: Node, action: Action) -> Change {
    let revision = history.revision(node);
    let entry = amendment.author.entry(action, &revision.id, &revision.version);
    let checksum = Some(revision.up.checksum.to_string());
    Change::Append(Box::new(Entry { checksum, ..entry.done(clock::now()) }))
}

fn mark(history: &History, node: Node) -> Change {
    Change::Mark { version: history.revision(node).version.to_string(), run_on: None }
}

fn unmark(history: &History, node: Node) -> Change {
    Change::Unmark { version: history.revision(node).version.to_string() }
}

fn not_interrupted(history: &History, node: Node) -> Error {
    let id = history.revision(node).id.to_string();
    Error::Refused {
        rule: "not-interrupted",
        message: format!("revision `{id}` was not interrupted"),
        revisions: vec![id],
        help: "to mark it without running it, use `cargo schema stamp`".to_owned(),
    }
}
