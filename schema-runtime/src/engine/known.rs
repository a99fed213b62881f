//! What the ledger's rows mean for a history: a [`Reading`] goes in, the public [`State`] comes out, with what
//! a run must know besides. Pure. Diesel's table decides what is applied; the ledger explains it.

use std::cell::{Cell, OnceCell};
use std::collections::hash_map::Entry as Slot;

use super::backend::Reading;
use super::clock;
use super::ledger::{Action, Entry, FORMAT, Outcome};
use super::state::{AppliedRevision, Interrupted, State};
use crate::history::{History, Node};
use crate::names::ByName;
use crate::plan::Direction;
use crate::target::Applied;

/// Where a database is, and what a run has to put right first.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) state: State,
    /// Attempts that neither ended nor were undone.
    pub(super) halves: Vec<Half>,
    /// Rows of Diesel's table under a version that its revision no longer has.
    pub(super) moved: Vec<Moved>,
    /// Revisions that the ledger has as applied and Diesel's table has not: id and version.
    pub(super) gone: Vec<(String, String)>,
    /// Whether both tables exist.
    pub(super) is_bootstrapped: bool,
}

impl Known {
    /// Whether nothing has to be put right.
    pub(super) fn is_in_order(&self) -> bool {
        self.moved.is_empty() && self.gone.is_empty() && self.halves.is_empty()
    }
}

/// A revision that is neither applied nor not applied.
#[derive(Clone, Debug)]
pub(super) struct Half {
    /// Unknown when the history lacks the revision.
    pub(super) node: Option<Node>,
    pub(super) direction: Direction,
    pub(super) entry: Entry,
}

/// A row that must move to another version.
#[derive(Clone, Debug)]
pub(super) struct Moved {
    pub(super) node: Node,
    pub(super) from: String,
    pub(super) run_on: Option<String>,
    /// Whether there is a row under the new version already, so that the old one only has to leave.
    pub(super) is_superseded: bool,
}

/// What the ledger remembers about one revision.
#[derive(Debug, Default)]
struct Memory<'r> {
    /// The last row that says whether it is applied.
    last: Option<&'r Entry>,
    /// The version that it was last recorded under, and by which row.
    version: Option<(&'r str, u64)>,
    /// The last row, when it says that the revision is half-done.
    half: Option<&'r Entry>,
    /// Whether Diesel's table has that version.
    is_in_place: Cell<bool>,
}

impl Memory<'_> {
    fn is_applied(&self) -> bool {
        self.last.is_some_and(|entry| matches!(entry.action, Action::Upgrade | Action::Stamp))
    }
}

/// Holds the two tables against a history.
pub(super) fn known(history: &History, reading: &Reading) -> Known {
    let memories = memories(&reading.entries);
    let mut known = Known { is_bootstrapped: reading.is_complete, ..Known::default() };
    known.state.newer_ledger = reading.entries.iter().any(|entry| entry.format > FORMAT);
    let recorded = recorded(&memories);
    let run_on = place(history, reading, &recorded, &mut known);
    explain(history, &memories, &run_on, &mut known);
    known.gone = gone(&memories, &recorded);
    known.halves = halves(history, &memories, &known.state.applied);
    known.state.interrupted = known.halves.iter().map(Half::told).collect();
    known
}

fn memories(entries: &[Entry]) -> ByName<&str, Memory<'_>> {
    let mut memories: ByName<&str, Memory<'_>> =
        ByName::with_capacity_and_hasher(entries.len(), Default::default());
    for entry in entries {
        let Some(revision) = &entry.revision else { continue };
        let memory = memories.entry(revision).or_default();
        match (entry.action, entry.outcome) {
            (Action::Unknown | Action::Purge, _) => {}
            (Action::Move, _) => memory.version = Some((&entry.version, entry.id)),
            (_, Outcome::Done) => {
                let version = Some((&*entry.version, entry.id));
                *memory = Memory { last: Some(entry), version, ..Memory::default() };
            }
            (_, Outcome::Failed) if entry.statements_done == 0 => memory.half = None,
            (_, Outcome::UnderWay | Outcome::Failed | Outcome::Resolved) => memory.half = Some(entry),
        }
    }
    memories
}

/// Finds the revision of each of Diesel's rows: by the id that the ledger recorded for it, then by version.
fn place<'r>(
    history: &History,
    reading: &'r Reading,
    recorded: &Recorded<'_, '_>,
    known: &mut Known,
) -> Vec<Option<&'r str>> {
    // Needed only for what the ledger does not know.
    let versions = OnceCell::new();
    let by_version = |version: &str| versions.get_or_init(|| versions_of(history)).get(version).copied();
    known.state.applied = Applied::none(history);
    let mut run_on = vec![None; history.len()];
    let mut exact = Applied::none(history);
    for (version, date) in &reading.versions {
        let recorded = recorded.get(version.as_str());
        recorded.iter().for_each(|(_, memory)| memory.is_in_place.set(true));
        let id = recorded.map(|(id, _)| *id);
        let node = id.and_then(|id| history.node(id)).or_else(|| by_version(version));
        let Some(node) = node else {
            known.state.unknown.push((version.clone(), id.map(str::to_owned)));
            continue;
        };
        if history.revision(node).version == *version {
            exact.insert(node);
        } else {
            known.state.renamed.push((node, version.clone()));
            let (from, run_on) = (version.clone(), date.clone());
            known.moved.push(Moved { node, from, run_on, is_superseded: false });
        }
        known.state.applied.insert(node);
        run_on[node] = date.as_deref();
    }
    known.moved.iter_mut().for_each(|moved| moved.is_superseded = exact.contains(moved.node));
    run_on
}

fn versions_of(history: &History) -> ByName<&str, Node> {
    history.revisions().iter().enumerate().map(|(node, revision)| (&*revision.version, node)).collect()
}

/// Which revision was last recorded under each version, and what is remembered of it.
type Recorded<'m, 'r> = ByName<&'r str, (&'r str, &'m Memory<'r>)>;

fn recorded<'m, 'r>(memories: &'m ByName<&'r str, Memory<'r>>) -> Recorded<'m, 'r> {
    let mut recorded = Recorded::with_capacity_and_hasher(memories.len(), Default::default());
    for (&id, memory) in memories {
        let Some((version, row)) = memory.version else { continue };
        let is_older = |other: &Memory<'_>| other.version.is_some_and(|(_, other)| other > row);
        match recorded.entry(version) {
            Slot::Occupied(slot) if is_older(slot.get().1) => {}
            Slot::Occupied(mut slot) => *slot.get_mut() = (id, memory),
            Slot::Vacant(slot) => {
                slot.insert((id, memory));
            }
        }
    }
    recorded
}

/// When, by whom, how long; and whether what ran is what the script says now.
fn explain(
    history: &History,
    memories: &ByName<&str, Memory<'_>>,
    run_on: &[Option<&str>],
    known: &mut Known,
) {
    for node in known.state.applied.nodes() {
        let revision = history.revision(node);
        let memory = memories.get(&*revision.id).filter(|memory| memory.is_applied());
        let entry = memory.and_then(|memory| memory.last);
        known.state.details.push(detail(node, entry, run_on[node]));
        if entry.is_some_and(|entry| is_edited(entry, &revision.up.checksum)) {
            known.state.edited.push(node);
        }
    }
}

fn detail(node: Node, entry: Option<&Entry>, run_on: Option<&str>) -> AppliedRevision {
    let Some(entry) = entry else {
        return AppliedRevision { node, at: run_on.map(str::to_owned), ..AppliedRevision::default() };
    };
    let is_stamped = entry.action == Action::Stamp;
    let finished = entry.finished_at.as_deref();
    AppliedRevision {
        node,
        at: finished.or(run_on).map(str::to_owned),
        took: finished
            .filter(|_| !is_stamped)
            .and_then(|finished| clock::between(&entry.started_at, finished)),
        actor: entry.actor.clone(),
        tool: entry.tool.clone(),
        is_stamped,
    }
}

/// A stamp says nothing about text, and checksums of two formulas cannot be compared.
fn is_edited(entry: &Entry, checksum: &str) -> bool {
    let formula = |checksum: &str| checksum.split_once('-').map(|(tag, _)| tag.to_owned());
    match entry.script_checksum() {
        Some(ran) if entry.action == Action::Upgrade => ran != checksum && formula(ran) == formula(checksum),
        Some(_) | None => false,
    }
}

/// Applied by the ledger, and not in Diesel's table under the version that it was recorded with.
fn gone(memories: &ByName<&str, Memory<'_>>, recorded: &Recorded<'_, '_>) -> Vec<(String, String)> {
    let is_there = |memory: &Memory<'_>, version: &str| {
        memory.is_in_place.get() || recorded.get(version).is_some_and(|(_, last)| last.is_in_place.get())
    };
    let gone = |(id, memory): (&&str, &Memory<'_>)| {
        let (version, _) = memory.version.filter(|_| memory.is_applied())?;
        (!is_there(memory, version)).then(|| (id.to_string(), version.to_owned()))
    };
    let mut gone: Vec<_> = memories.iter().filter_map(gone).collect();
    gone.sort_unstable();
    gone
}

/// A half that Diesel's table contradicts was finished by somebody else.
fn halves(history: &History, memories: &ByName<&str, Memory<'_>>, applied: &Applied) -> Vec<Half> {
    let half = |(id, memory): (&&str, &Memory<'_>)| {
        let entry = memory.half?.clone();
        let direction = if entry.action == Action::Revert { Direction::Down } else { Direction::Up };
        let node = history.node(id);
        let is_applied = node.is_some_and(|node| applied.contains(node));
        let is_open = node.is_none() || is_applied == (direction == Direction::Down);
        is_open.then_some(Half { node, direction, entry })
    };
    let mut halves: Vec<Half> = memories.iter().filter_map(half).collect();
    halves.sort_unstable_by_key(|half| half.entry.id);
    halves
}

impl Half {
    fn told(&self) -> Interrupted {
        Interrupted {
            revision: self.entry.revision.clone().unwrap_or_default(),
            direction: self.direction,
            statements_done: self.entry.statements_done,
            statements_total: self.entry.statements_total,
            failed: self.entry.outcome == Outcome::Failed,
        }
    }
}
