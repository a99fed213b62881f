//! How a change of many databases went: a table and the pictures of what failed for people, one document for
//! machines, and the way back from such a document to those that were not done.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use schema_build::finding::{Finding, Note};
use schema_runtime::history::Node;
use serde_json::{Value, json};

use super::rollout::{Fate, Halt, Task, Told};
use super::{Fleet, Tenant};
use crate::database::refusal::place;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::human::{and, count, duration};
use crate::render::json::{self, milliseconds};
use crate::render::revision::table;

/// How many kinds of failure are drawn; the table has a line of each.
const DRAWN: usize = 5;

/// How many databases with one fate get a line each, unless they failed or `-v` asks for all.
const NAMED: usize = 20;

/// The words for what became of one, in the order of the table.
const FATES: [&str; 5] = ["done", "nothing to do", "failed", "interrupted", "not started"];

impl Fate {
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Done { .. } => "done",
            Self::Current { .. } => "nothing to do",
            Self::Failed(_) => "failed",
            Self::UnderWay => "interrupted",
            Self::NotStarted => "not started",
        }
    }

    /// What there is to say about it, on one line.
    pub(super) fn text(&self, task: &Task<'_>) -> String {
        match self {
            Self::Done { report, elapsed } => {
                let (revisions, time) = (count(report.done.nodes.len(), "revision"), duration(*elapsed));
                match task.options.dry_run {
                    true => format!("{revisions} in {time}, rolled back"),
                    false => format!("{revisions} in {time}; now at {}", place(&report.now_at)),
                }
            }
            Self::Current { now_at } => format!("at {}", place(now_at)),
            Self::Failed(failure) => why(failure),
            Self::UnderWay => "left in the middle; run it again".to_owned(),
            Self::NotStarted => String::new(),
        }
    }
}

/// The first line of a failure, and what the database said.
pub(crate) fn why(failure: &Failure) -> String {
    let Some(finding) = failure.findings.first() else { return String::new() };
    let label = finding.place.as_ref().and_then(|place| place.excerpt.as_ref()).map(|excerpt| &excerpt.label);
    let note = finding.notes.iter().find_map(|note| match note {
        Note::Note(text) => Some(text),
        Note::Help(_) => None,
    });
    let said = label.filter(|label| !label.is_empty()).or(note);
    let said = said.and_then(|said| said.lines().next()).map_or_else(String::new, |said| format!(": {said}"));
    format!("{}{said}", finding.message)
}

impl Told<'_> {
    fn tenants(&self) -> impl Iterator<Item = (&Tenant, &Fate)> {
        self.rollout.fleet.tenants.iter().zip(self.fates)
    }

    fn number(&self, word: &str) -> usize {
        self.fates.iter().filter(|fate| fate.word() == word).count()
    }

    /// The signal's, else the highest of all.
    pub(crate) fn exit(&self) -> Exit {
        if let Some(Halt::Signal(exit)) = self.halt {
            return exit;
        }
        let exits = self.fates.iter().map(|fate| match fate {
            Fate::Failed(failure) => failure.exit,
            Fate::NotStarted | Fate::UnderWay | Fate::Current { .. } | Fate::Done { .. } => Exit::Done,
        });
        exits.max().unwrap_or(Exit::Done)
    }

    /// One line for each, but for many that are alike.
    pub(crate) fn table(&self) -> Vec<String> {
        let fleet = self.rollout.fleet;
        let mut rows = Vec::new();
        for word in FATES {
            let those = self.tenants().filter(|(_, fate)| fate.word() == word);
            match self.number(word) {
                many if many > NAMED && word != "failed" && !fleet.shell.is_verbose() => {
                    rows.push(vec![word.to_owned(), count(many, fleet.noun())]);
                }
                _ => rows.extend(those.map(|(tenant, fate)| {
                    vec![word.to_owned(), tenant.name.clone(), fate.text(self.rollout.task)]
                })),
            }
        }
        table(&rows)
    }

    /// What failed, each kind once, with the names of those that it happened to.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let mut kinds: Vec<(&[Finding], Vec<&str>)> = Vec::new();
        for (tenant, fate) in self.tenants() {
            let Fate::Failed(failure) = fate else { continue };
            match kinds.iter_mut().find(|(kind, _)| is_alike(kind, &failure.findings)) {
                Some((_, names)) => names.push(&tenant.name),
                None => kinds.push((&failure.findings, vec![&tenant.name])),
            }
        }
        kinds.iter().take(DRAWN).flat_map(|(kind, names)| drawn(kind, names)).collect()
    }

    /// The last line: `497 done, 2 failed, 1 not started`.
    pub(crate) fn summary(&self) -> String {
        let fleet = self.rollout.fleet;
        let numbers: Vec<String> = FATES
            .iter()
            .map(|word| (self.number(word), word))
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| format!("{number} {word}"))
            .collect();
        let (all, time) = (count(fleet.tenants.len(), fleet.noun()), duration(self.elapsed));
        format!("{all} in {time}: {}", numbers.join(", "))
    }

    /// Why some were not begun, and what to do about it.
    pub(crate) fn halted(&self) -> Option<&'static str> {
        match self.halt? {
            Halt::Canary => Some("a canary failed: no other was begun"),
            Halt::Failures => Some("`--max-failures` was reached: no other was begun"),
            Halt::Signal(_) => None,
        }
    }

    /// How those come to their turn that were not done.
    pub(crate) fn next(&self) -> Option<&'static str> {
        let is_done = self.number("done") + self.number("nothing to do") == self.fates.len();
        match (is_done, self.rollout.task.is_relative()) {
            (true, _) => None,
            (false, false) => Some("run it again: it goes on with what is missing"),
            (false, true) => Some(
                "name a revision to go to, or pass `--unfinished REPORT`: the same steps again would take the others further",
            ),
        }
    }

    /// Whether a signal ended it.
    pub(crate) fn is_interrupted(&self) -> bool {
        matches!(self.halt, Some(Halt::Signal(_)))
    }

    pub(crate) fn document(&self) -> Value {
        let fleet = self.rollout.fleet;
        let number = |word: &str| self.number(word);
        json!({
            "direction": json::direction(self.rollout.task.direction),
            "dry_run": self.rollout.task.options.dry_run,
            "jobs": fleet.jobs,
            "databases": self.tenants().map(|(tenant, fate)| self.one(tenant, fate)).collect::<Vec<_>>(),
            "done": number("done"),
            "nothing_to_do": number("nothing to do"),
            "failed": number("failed"),
            "interrupted": number("interrupted"),
            "not_started": number("not started"),
            "stopped_by": self.halt.map(|halt| match halt {
                Halt::Canary => "canary",
                Halt::Failures => "max-failures",
                Halt::Signal(_) => "signal",
            }),
            "exit_code": self.exit().code(),
            "elapsed_ms": milliseconds(self.elapsed),
        })
    }

    fn one(&self, tenant: &Tenant, fate: &Fate) -> Value {
        let id = |&node: &Node| self.rollout.fleet.history.revision(node).id.to_string();
        let mut document = named(tenant);
        document["outcome"] = fate.word().replace(' ', "-").into();
        match fate {
            Fate::Done { report, elapsed } => {
                document["revisions"] = report.done.nodes.iter().map(id).collect();
                document["now_at"] = json!(report.now_at);
                document["elapsed_ms"] = json!(milliseconds(*elapsed));
            }
            Fate::Current { now_at } => document["now_at"] = json!(now_at),
            Fate::Failed(failure) => {
                document["error"] = json::error(failure);
            }
            Fate::UnderWay | Fate::NotStarted => {}
        }
        document
    }
}

/// How a tenant is named in documents.
pub(crate) fn named(tenant: &Tenant) -> Value {
    json!({ "database": tenant.url.shown, "schema": tenant.schema.as_ref().map(|schema| &schema.name) })
}

fn is_alike(one: &[Finding], other: &[Finding]) -> bool {
    let alike = |(one, other): (&Finding, &Finding)| one.message == other.message && one.place == other.place;
    one.len() == other.len() && one.iter().zip(other).all(alike)
}

fn drawn(kind: &[Finding], names: &[&str]) -> Vec<Finding> {
    let mut findings = kind.to_vec();
    if let Some(last) = findings.last_mut() {
        last.notes.insert(0, whereabouts(names));
    }
    findings
}

/// ``in `one`, `two`, `three` and 94 more``
fn whereabouts(names: &[&str]) -> Note {
    let mut shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    if names.len() > shown.len() {
        shown.push(format!("{} more", names.len() - shown.len()));
    }
    Note::Note(format!("in {}", and(&shown)))
}

/// What was found in many databases, each once, with the names of those that it was found in.
pub(crate) fn gathered<'f>(found: impl Iterator<Item = (&'f str, &'f Finding)>) -> Vec<Finding> {
    let mut kinds: Vec<(&Finding, Vec<&str>)> = Vec::new();
    for (name, finding) in found {
        match kinds.iter_mut().find(|(kind, _)| *kind == finding) {
            Some((_, names)) => names.push(name),
            None => kinds.push((finding, vec![name])),
        }
    }
    let said = |(kind, names): &(&Finding, Vec<&str>)| {
        let mut finding = (*kind).clone();
        finding.notes.insert(0, whereabouts(names));
        finding
    };
    kinds.iter().map(said).collect()
}

/// Leaves those that an earlier run's document has as failed, interrupted or not started.
pub(crate) fn unfinished(fleet: &mut Fleet<'_>, report: &Path) -> Result<(), Failure> {
    let is_bad = || {
        Failure::usage(format!("`{}` is no report of a run on many databases", report.display()))
            .help("it is what such a run prints with `--format json`")
    };
    let text = fs::read_to_string(report)
        .map_err(|error| Failure { exit: Exit::Usage, ..Failure::file("could not read", report, &error) })?;
    let document: Value = serde_json::from_str(&text).map_err(|error| is_bad().note(error))?;
    let databases = document["databases"].as_array().ok_or_else(is_bad)?;
    let is_left = |one: &&Value| !matches!(one["outcome"].as_str(), Some("done" | "nothing-to-do"));
    let left: HashSet<&str> =
        databases.iter().filter(is_left).filter_map(|one| one["database"].as_str()).collect();
    fleet.tenants.retain(|tenant| left.contains(tenant.url.shown.as_str()));
    Ok(())
}
