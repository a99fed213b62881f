//! The migrations folder on disk: which folders are migrations, and what each of them says, read in parallel. All
//! that is wrong in one migration becomes a finding here; a migration that is there is always returned, so that
//! others can refer to it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;

use schema_runtime::dialect::Dialect;
use schema_runtime::revision::{Revision, Script, Text};

#[cfg(feature = "command")]
use super::cache::memory::Seen;
use super::cache::{Cache, Learnt, Stamps};
use super::file::{Files, reason};
use super::metadata::{self, Located, Metadata};
use super::{name, script};
use crate::config::Config;
use crate::finding::Finding;
use crate::rule::Purpose;

/// Below this, starting threads costs more than it saves.
const WORTH_A_THREAD: usize = 64;

/// A migration as its files say it.
#[derive(Clone, Debug)]
pub(crate) struct Migration {
    pub(crate) revision: Revision,
    /// Its parents are not named: it follows the migration that sorts just before it.
    pub(crate) follows: bool,
}

/// What was found in a migrations folder.
#[derive(Default)]
pub(crate) struct Folder {
    /// By name.
    pub(crate) migrations: Vec<Migration>,
    pub(crate) findings: Vec<Finding>,
    /// By name, when there is a cache.
    pub(crate) learnt: Vec<Learnt>,
}

#[cfg(feature = "command")]
impl Folder {
    /// The stamps of all migrations; `None` when some are missing, or none were asked for.
    pub(crate) fn seen(&self) -> Option<Seen> {
        let stamps = self.learnt.iter().map(|learnt| learnt.stamps);
        let name = |migration: &Migration| migration.revision.folder.to_string();
        let seen: Option<Seen> = self
            .migrations
            .iter()
            .map(name)
            .zip(stamps)
            .map(|(name, stamps)| Some((name, stamps?)))
            .collect();
        seen.filter(|seen| !seen.is_empty())
    }
}

/// Reads the whole folder, or what of it a cache does not know.
pub(crate) fn read(config: &Config, dialect: Dialect, purpose: Purpose, cache: Option<&Cache>) -> Folder {
    let files = Files { root: &config.root, migrations: &config.migrations };
    let mut reader = Reader { files, dialect, purpose, cache };
    let mut folder = Folder::default();
    let names = reader.names(&mut folder.findings);
    reader.cache = cache.filter(|cache| cache.is_worth(names.len()));
    let Folder { migrations, findings, learnt } = &mut folder;
    let apart = |read: Option<Read>| {
        let read = read.expect("each was read");
        if reader.cache.is_some() {
            let stamps = read.stamps.filter(|_| read.findings.is_empty());
            learnt.push(Learnt { stamps, follows: read.migration.follows });
        }
        findings.extend(read.findings);
        read.migration
    };
    *migrations = reader.read_all(&names).into_iter().map(apart).collect();
    folder
}

/// The names of the migrations, in any order, of a folder in which nothing is odd to begin with.
#[cfg(feature = "command")]
pub(crate) fn names(config: &Config, dialect: Dialect) -> Option<Vec<String>> {
    let files = Files { root: &config.root, migrations: &config.migrations };
    let mut findings = Vec::new();
    let names = Reader { files, dialect, purpose: Purpose::Up, cache: None }.entries(&mut findings);
    findings.is_empty().then_some(names)
}

/// Does parts of a work at the same time. Whoever is held up leaves the rest to others.
fn shared<P: Send>(parts: impl ExactSizeIterator<Item = P> + Send, work: impl Fn(P) + Sync) {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(8).min(parts.len());
    let parts = Mutex::new(parts);
    let next = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        while let Some(part) = next() {
            work(part);
        }
    };
    thread::scope(|scope| {
        (1..threads).for_each(|_| drop(scope.spawn(work)));
        work();
    });
}

struct Reader<'c> {
    files: Files<'c>,
    dialect: Dialect,
    purpose: Purpose,
    cache: Option<&'c Cache>,
}

struct Read {
    migration: Migration,
    findings: Vec<Finding>,
    stamps: Option<Stamps>,
}

impl Reader<'_> {
    /// The names of the folders that are migrations, sorted.
    fn names(&self, findings: &mut Vec<Finding>) -> Vec<String> {
        let mut names = self.entries(findings);
        names.sort_unstable();
        findings.extend(self.case_collisions(&names));
        names
    }

    fn entries(&self, findings: &mut Vec<Finding>) -> Vec<String> {
        if let Err(finding) = self.is_there() {
            findings.push(finding);
            return Vec::new();
        }
        let mut names = Vec::new();
        // One level only: a walker would open every folder, which is a third of all system calls of a run.
        let unreadable = |error: io::Error| self.files.unreadable(self.files.migrations, &error);
        match fs::read_dir(self.files.migrations) {
            Ok(entries) => {
                for entry in entries {
                    match entry {
                        Ok(entry) => self.name(&entry, &mut names, findings),
                        Err(error) => findings.push(unreadable(error)),
                    }
                }
            }
            Err(error) => findings.push(unreadable(error)),
        }
        names
    }

    fn is_there(&self) -> Result<(), Finding> {
        let path = self.files.migrations;
        let shown = self.files.shown(path);
        let message = match fs::metadata(path) {
            Ok(found) if found.is_dir() => return Ok(()),
            Ok(_) => format!("`{}` is a file, not a migrations folder", shown.display()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                format!("there is no migrations folder `{}`", shown.display())
            }
            Err(error) => {
                format!("the migrations folder `{}` cannot be read: {}", shown.display(), reason(&error))
            }
        };
        Err(Finding::error("no-migrations", message).in_file(shown).help(
            "`cargo schema init` makes one; `migrations` in [package.metadata.schema] of Cargo.toml names another",
        ))
    }

    /// Folders are migrations, unless hidden or called `templates`; files are somebody else's.
    fn name(&self, entry: &fs::DirEntry, names: &mut Vec<String>, findings: &mut Vec<Finding>) {
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") || name == "templates" {
            return;
        }
        let is_folder = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => self.files.follow(&entry.path()).map(|found| found.is_dir()),
            Ok(kind) => Ok(kind.is_dir()),
            Err(error) => Err(self.files.unreadable(&entry.path(), &error)),
        };
        match (is_folder, name.to_str()) {
            (Ok(false), _) => {}
            (Ok(true), Some(name)) => names.push(name.to_string()),
            (Ok(true), None) => findings.push(unreadable_name(&self.files.shown(&entry.path()))),
            (Err(finding), _) => findings.push(finding),
        }
    }

    fn case_collisions(&self, names: &[String]) -> Vec<Finding> {
        // Of two names that differ in case alone, one has a capital.
        let is_lowercase =
            |name: &str| !name.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii());
        if names.iter().all(|name| is_lowercase(name) || name.to_lowercase() == *name) {
            return Vec::new();
        }
        let mut folded: Vec<(String, &String)> =
            names.iter().map(|name| (name.to_lowercase(), name)).collect();
        folded.sort_unstable();
        let collide = |pair: &&[(String, &String)]| pair[0].0 == pair[1].0;
        let finding = |pair: &[(String, &String)]| {
            Finding::error(
                "case-collision",
                format!("`{}` and `{}` differ only in case", pair[0].1, pair[1].1),
            )
            .in_file(self.files.shown(&self.files.migrations.join(pair[1].1)))
            .note("on macOS and Windows they are one folder")
            .help("rename one of them")
        };
        folded.windows(2).filter(collide).map(finding).collect()
    }

    /// One for each name. They are put where they stay: thousands of them, moved from list to list, cost as much as
    /// reading them.
    fn read_all(&self, names: &[String]) -> Vec<Option<Read>> {
        let mut all: Vec<Option<Read>> = Vec::new();
        all.resize_with(names.len(), || None);
        // Who only looks has another thread at the database, and is done with the files before that one is.
        let size = if self.purpose == Purpose::Look { names.len().max(1) } else { WORTH_A_THREAD };
        let parts = all.chunks_mut(size).zip(names.chunks(size));
        shared(parts, |(slots, names)| {
            slots.iter_mut().zip(names).for_each(|(slot, name)| *slot = Some(self.migration(name)));
        });
        all
    }

    fn migration(&self, name: &str) -> Read {
        let path = self.files.migrations.join(name);
        let stamps = self.cache.and_then(|cache| cache.stamps(&path));
        let known = self.cache.zip(stamps).and_then(|(cache, stamps)| cache.get(name, &stamps));
        match known {
            Some(migration) => Read { migration, findings: Vec::new(), stamps },
            None => {
                let (migration, findings) = self.read(name, &path);
                Read { migration, findings, stamps }
            }
        }
    }

    fn read(&self, name: &str, path: &Path) -> (Migration, Vec<Finding>) {
        let mut findings = Vec::new();
        let metadata = self.metadata(path, &mut findings);
        let (wants_up, wants_down) = match self.purpose {
            Purpose::Look => (false, false),
            Purpose::Up => (true, false),
            Purpose::Down => (false, true),
            Purpose::Build | Purpose::Check | Purpose::Run => (true, true),
        };
        let up = wants_up.then(|| self.up(path, metadata.as_ref(), &mut findings)).flatten();
        let down = || self.script(&path.join("down.sql"), metadata.as_ref(), &mut findings);
        let down = wants_down.then(down).flatten();
        let has_problems = !findings.is_empty();
        let metadata = metadata.unwrap_or_default();
        // An id that could not be read still stands in most names, and others may refer to it.
        let guess = || name::id_in_name(name).filter(|_| has_problems).map(str::to_string);
        let id = metadata.revision.map(|id| id.value).or_else(guess);
        let follows = metadata.parents.is_none();
        let message = metadata.message.map_or_else(|| name::message(name, id.as_deref()), |it| it.value);
        let revision = Revision {
            version: name::version(name, id.as_deref()).into(),
            folder: name.to_string().into(),
            message: name::one_line(&message).into(),
            created: metadata.created.map(text),
            parents: metadata.parents.unwrap_or_default().into_iter().map(text).collect(),
            depends_on: metadata.depends_on.into_iter().map(text).collect(),
            labels: metadata.labels.into_iter().map(text).collect(),
            irreversible: metadata.irreversible.map(text),
            id: id.unwrap_or_else(|| name::implied_id(name)).into(),
            up: up.unwrap_or_default(),
            down,
        };
        (Migration { revision, follows }, findings)
    }

    /// `None` when there is none, or none that can be read.
    fn metadata(&self, folder: &Path, findings: &mut Vec<Finding>) -> Option<Metadata> {
        let path = folder.join("metadata.toml");
        let text = self.text(&path, findings)?;
        let (metadata, found) = metadata::parse(&self.files.shown(&path), &text);
        findings.extend(found);
        Some(metadata)
    }

    fn up(&self, folder: &Path, metadata: Option<&Metadata>, findings: &mut Vec<Finding>) -> Option<Script> {
        let path = folder.join("up.sql");
        let before = findings.len();
        let script = self.script(&path, metadata, findings);
        match &script {
            Some(script) if script.text.is_empty() => findings.push(empty_up(&self.files.shown(&path))),
            None if findings.len() == before => findings.push(self.missing_up(folder)),
            Some(_) | None => {}
        }
        script
    }

    fn script(
        &self,
        path: &Path,
        metadata: Option<&Metadata>,
        findings: &mut Vec<Finding>,
    ) -> Option<Script> {
        let text = self.text(path, findings)?;
        let (script, found) = script::read(path, text, metadata, self.dialect);
        findings.extend(found.into_iter().map(|finding| self.files.shown_in(finding)));
        Some(script)
    }

    fn text(&self, path: &Path, findings: &mut Vec<Finding>) -> Option<String> {
        self.files.read(path).unwrap_or_else(|finding| {
            findings.push(finding);
            None
        })
    }

    /// With a look at what is there instead.
    fn missing_up(&self, folder: &Path) -> Finding {
        let shown = self.files.shown(folder);
        let finding = Finding::error("missing-up", "the migration has no `up.sql`").in_file(&shown);
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.files.unreadable(folder, &error),
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.eq_ignore_ascii_case("up.sql") {
                return finding.help(format!("rename `{name}` to `up.sql`"));
            }
            if path.join("up.sql").is_file() {
                return finding.note("the folder holds migrations itself").help(format!(
                    "`migrations = \"{}\"` in [package.metadata.schema] would use them",
                    shown.display()
                ));
            }
        }
        finding.help("write it, or remove the folder; a comment is enough for a revision that does nothing")
    }
}

fn text(value: Located<String>) -> Text {
    value.value.into()
}

fn unreadable_name(path: &PathBuf) -> Finding {
    Finding::error("unreadable-name", "the name of the folder is not UTF-8").in_file(path).help("rename it")
}

fn empty_up(path: &Path) -> Finding {
    Finding::error("empty-up", "`up.sql` is empty")
        .in_file(path)
        .help("write it; a comment is enough for a revision that does nothing")
}
