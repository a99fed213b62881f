//! From a folder to a history that can be trusted: reads everything, connects it, compares it with the lock
//! file, and says all that is wrong at once. The build script and the command both come through this door.
//! `defects` words what `History` finds, `shape` what a sound graph may still deserve, `lock` the lock file.

mod defects;
mod lock;
mod shape;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
#[cfg(feature = "command")]
use std::path::Path;
use std::path::PathBuf;

use schema_runtime::dialect::Dialect;
use schema_runtime::history::{Broken, History};
use schema_runtime::revision::Revision;

use crate::config::Config;
use crate::document::Located;
use crate::finding::{Excerpt, Finding, Place};
#[cfg(feature = "command")]
use crate::migrations::cache::memory::Memory;
use crate::migrations::cache::{Cache, Learnt};
use crate::migrations::file::Files;
use crate::migrations::folder::{self, Folder, Migration};
use crate::migrations::metadata::{self, Metadata};
use crate::rule::{self, Purpose};

/// All that is known about a migrations folder.
#[derive(Clone, Debug)]
pub struct Validated {
    /// The graph, where it is sound. Several heads are a finding, yet a sound graph.
    pub history: Option<History>,
    /// Everything that was found, most severe first, then by place.
    pub findings: Vec<Finding>,
    /// When there is no history.
    unconnected: Vec<Revision>,
    migrations: PathBuf,
}

impl Validated {
    /// The revisions that could be read: in the order of the history, or by version where there is none.
    pub fn revisions(&self) -> &[Revision] {
        self.history.as_ref().map_or(&self.unconnected, History::revisions)
    }

    /// The folder of a revision.
    pub fn path(&self, revision: &Revision) -> PathBuf {
        self.migrations.join(&*revision.folder)
    }

    /// Whether something keeps the history from being used.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }
}

/// Reads and judges the migrations folder as a build script does: see [`validate_for`].
pub fn validate(config: &Config, dialect: Dialect) -> Validated {
    validate_for(config, dialect, Purpose::Build)
}

/// Reads and judges the migrations folder. What is a finding, and how severe, depends on who wants to know: for
/// [`Purpose::Run`] every error is a reason to refuse, and several heads are none.
pub fn validate_for(config: &Config, dialect: Dialect, purpose: Purpose) -> Validated {
    judge(config, folder::read(config, dialect, purpose, None), purpose)
}

/// As a build script does it that remembers what it read before; with what it learnt this time.
pub(crate) fn validate_cached(config: &Config, dialect: Dialect, cache: &Cache) -> (Validated, Vec<Learnt>) {
    let mut folder = folder::read(config, dialect, Purpose::Build, Some(cache));
    let learnt = std::mem::take(&mut folder.learnt);
    (judge(config, folder, Purpose::Build), learnt)
}

/// For [`Purpose::Up`], what is known of a folder that is as it was when [`validate_and_remember`] read it, without the
/// text of any script. `None` where a file was touched since, or anything is to be said.
#[cfg(feature = "command")]
pub fn recall(config: &Config, dialect: Dialect, memories: &Path) -> Option<Validated> {
    let revisions = Memory::new(memories, config, dialect).recall(config, dialect)?;
    Some(judged(config, revisions, Vec::new(), Purpose::Up)).filter(|validated| validated.findings.is_empty())
}

/// Like [`validate_for`] for [`Purpose::Up`]; a folder that takes a while is remembered in a file in `memories`.
#[cfg(feature = "command")]
pub fn validate_and_remember(config: &Config, dialect: Dialect, memories: &Path) -> Validated {
    let memory = Memory::new(memories, config, dialect);
    let folder = folder::read(config, dialect, Purpose::Up, Some(&Memory::nothing()));
    let seen = folder.seen();
    let validated = judge(config, folder, Purpose::Up);
    if let (Some(seen), Some(history), []) = (seen, &validated.history, &*validated.findings) {
        memory.keep(history.revisions(), &seen, dialect);
    }
    validated
}

fn judge(config: &Config, folder: Folder, purpose: Purpose) -> Validated {
    judged(config, in_order(folder.migrations), folder.findings, purpose)
}

fn judged(
    config: &Config,
    revisions: Vec<Revision>,
    mut findings: Vec<Finding>,
    purpose: Purpose,
) -> Validated {
    let (history, unconnected) = match History::connect(revisions) {
        Ok(history) => {
            findings.extend(shape::findings(
                &View { config, revisions: history.revisions() },
                &history,
                purpose,
            ));
            (Some(history), Vec::new())
        }
        Err(Broken { revisions, defects }) => {
            findings.extend(defects::findings(&View { config, revisions: &revisions }, &defects));
            (None, revisions)
        }
    };
    let mut validated = Validated { history, findings, unconnected, migrations: config.migrations.clone() };
    let of_lock_file = lock::findings(&View { config, revisions: validated.revisions() }, purpose);
    validated.findings.extend(of_lock_file);
    leave_out_consequences(&mut validated.findings);
    validated.findings = rule::judge(validated.findings, &config.lints, purpose);
    sort(&mut validated.findings);
    validated
}

/// Rules that say that a file cannot be read at all.
const UNREAD: [&str; 5] = ["unreadable-file", "file-too-large", "binary-file", "not-utf-8", "merge-conflict"];

/// A script that could not be read looks as if it were gone or edited; that it could not be read is all there is to
/// say.
pub fn leave_out_consequences(findings: &mut Vec<Finding>) {
    let place = |finding: &Finding| finding.place.as_ref().map(|place| place.path.clone());
    let unread: Vec<PathBuf> = findings
        .iter()
        .filter(|finding| UNREAD.contains(&finding.rule))
        .filter_map(|finding| Some(place(finding)?.parent()?.to_path_buf()))
        .collect();
    let is_consequence = |finding: &Finding| {
        matches!(finding.rule, "missing-down" | "edited-revision" | "edited-applied-revision")
            && place(finding).is_some_and(|path| unread.iter().any(|folder| path.starts_with(folder)))
    };
    findings.retain(|finding| !is_consequence(finding));
}

/// What is about the history as a whole comes after what is about a file of it.
fn sort(findings: &mut [Finding]) {
    Finding::sort(findings);
    findings.sort_by_key(|finding| (Reverse(finding.severity), finding.rule == shape::MULTIPLE_HEADS));
}

/// By version; a migration that names no parents follows the one before it.
fn in_order(mut migrations: Vec<Migration>) -> Vec<Revision> {
    migrations.sort_by(|a, b| key(&a.revision).cmp(&key(&b.revision)));
    for at in 0..migrations.len() {
        if migrations[at].follows {
            // Another of the same id is a defect of its own, which would only be repeated here.
            let id = &migrations[at].revision.id;
            let before = migrations[..at].iter().rev().find(|before| before.revision.id != *id);
            migrations[at].revision.parents = before.map(|it| it.revision.id.clone()).into_iter().collect();
        }
    }
    migrations.into_iter().map(|migration| migration.revision).collect()
}

fn key(revision: &Revision) -> (&str, &str) {
    (&revision.version, &revision.folder)
}

/// What findings are worded from.
struct View<'v> {
    config: &'v Config,
    revisions: &'v [Revision],
}

/// A part of a revision that its metadata may name.
#[derive(Clone, Copy)]
enum Part {
    Id,
    Parent(usize),
    Dependency(usize),
    Label(usize),
}

impl View<'_> {
    fn files(&self) -> Files<'_> {
        Files { root: &self.config.root, migrations: &self.config.migrations }
    }

    /// The migrations folder as it is shown.
    fn folder(&self) -> PathBuf {
        self.config.shown(&self.config.migrations).join("")
    }

    /// A revision's folder, or a file in it, as it is shown.
    fn path(&self, revision: &Revision, file: &str) -> PathBuf {
        self.config.shown(&self.config.migrations.join(&*revision.folder).join(file)).to_path_buf()
    }

    /// Where the metadata names a part, else the folder. The file is read again: this is for broken histories.
    fn place(&self, revision: &Revision, part: Part, label: &str) -> Place {
        let path = self.config.migrations.join(&*revision.folder).join("metadata.toml");
        let shown = self.config.shown(&path).to_path_buf();
        let text = self.files().read(&path).ok().flatten().unwrap_or_default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        match located(&metadata::parse(&shown, text).0, part) {
            Some(value) => {
                Place { path: shown, excerpt: Some(Excerpt::at(text, value.bytes.clone(), label)) }
            }
            None => Place { path: self.path(revision, ""), excerpt: None },
        }
    }

    /// `` `4f1c2a9b7d03` create users, by 2026-11-20-0915-4f1c2a9b7d03_create_users``.
    fn introduce(&self, revision: usize) -> String {
        let Some(it) = self.revisions.get(revision) else { return String::new() };
        let message = if it.message.is_empty() { String::new() } else { format!(" {}", it.message) };
        format!("`{}`{message}, by {}", it.id, it.folder)
    }
}

fn located(metadata: &Metadata, part: Part) -> Option<&Located<String>> {
    match part {
        Part::Id => metadata.revision.as_ref(),
        Part::Parent(position) => metadata.parents.as_ref()?.get(position),
        Part::Dependency(position) => metadata.depends_on.get(position),
        Part::Label(position) => metadata.labels.get(position),
    }
}

/// How many members of a group are named before the rest is counted.
const NAMED: usize = 10;

/// A finding with a note for each member of a group.
fn with_members(finding: Finding, members: impl ExactSizeIterator<Item = String>) -> Finding {
    let rest = members.len().saturating_sub(NAMED);
    let finding = members.take(NAMED).fold(finding, Finding::note);
    if rest > 0 { finding.note(format!("and {rest} more")) } else { finding }
}

/// Small numbers as words.
fn number(count: usize) -> String {
    const WORDS: [&str; 11] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    WORDS.get(count).map_or_else(|| count.to_string(), |word| (*word).to_string())
}

/// The lock file's path as it is shown, and as it is opened.
fn lock_path(config: &Config) -> (PathBuf, PathBuf) {
    let path = config.migrations.join(crate::lockfile::FILE_NAME);
    (config.shown(&path).to_path_buf(), path)
}
