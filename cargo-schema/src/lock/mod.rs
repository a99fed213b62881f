//! `schema.lock` as the command reads and updates it: merge conflicts in it are mended where that is certain, edits
//! of released revisions are refused unless they are accepted. `known` finds out which schema belongs into it. What the
//! file means is schema-build's business.

pub(crate) mod known;

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use schema_build::checksum::checksum;
use schema_build::finding::Finding;
use schema_build::lockfile::{Checksums, Difference, FILE_NAME, LockFile};
use schema_runtime::dialect::Dialect;
use schema_runtime::revision::Revision;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::generate::write::New;
use crate::project::Project;
use known::Known;

/// Where it is.
pub(crate) fn path(project: &Project) -> PathBuf {
    project.config.migrations.join(FILE_NAME)
}

/// How much of a lock file is read: [`LockFile::parse`] or [`LockFile::parse_revisions`].
type Parse = fn(&Path, &str) -> (LockFile, Vec<Finding>);

/// The lock file of a project; `None` when there is none yet. What cannot be understood is refused.
pub(crate) fn read(project: &Project) -> Result<Option<LockFile>, Failure> {
    read_by(LockFile::parse, project)
}

fn read_by(parser: Parse, project: &Project) -> Result<Option<LockFile>, Failure> {
    let path = path(project);
    match fs::read_to_string(&path) {
        Ok(text) => parse_by(parser, project.config.shown(&path), &text).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::file("could not read", &path, &error)),
    }
}

/// Whether the file is what would be written for it, line by line.
pub(crate) fn is_written(project: &Project, lock: &LockFile) -> bool {
    fs::read_to_string(path(project)).is_ok_and(|text| text == lock.render())
}

/// Reads a lock file. One with the markers of a merge conflict, or with lines twice, has the lines of both sides; where
/// those contradict each other about the schema, it has none, for that can be found out again.
pub(crate) fn parse(shown: &Path, text: &str) -> Result<LockFile, Failure> {
    parse_by(LockFile::parse, shown, text)
}

fn parse_by(parser: Parse, shown: &Path, text: &str) -> Result<LockFile, Failure> {
    let (lock, findings) = parser(shown, text);
    if findings.is_empty() {
        return Ok(lock);
    }
    let mended = without_markers(text);
    for text in [without_schemas(&mended), mended].into_iter().rev() {
        let (lock, remaining) = parser(shown, &text);
        if remaining.is_empty() {
            return Ok(lock);
        }
    }
    Err(Failure::of(Exit::No, findings)
        .help("or remove it, and `cargo schema lock` writes it from the files, edited ones included"))
}

/// The text without the markers of a merge conflict, and with every line once.
fn without_markers(text: &str) -> String {
    let is_marker = |line: &&str| {
        ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|marker| line.starts_with(marker))
    };
    let mut seen = BTreeSet::new();
    let lines = text.lines().filter(|line| !is_marker(line)).filter(|line| seen.insert(*line));
    lines.map(|line| format!("{line}\n")).collect()
}

fn without_schemas(text: &str) -> String {
    let is_kept = |line: &&str| !line.starts_with("schema.") && !line.starts_with("models.");
    text.lines().filter(is_kept).map(|line| format!("{line}\n")).collect()
}

/// The files with revisions that are about to be written. A missing lock file starts with what is there.
pub(crate) fn with(
    project: &Project,
    revisions: &[Revision],
    all: &[New],
    dialect: Dialect,
    known: Option<Known>,
) -> Result<Vec<(PathBuf, String)>, Failure> {
    // The schema is the most of it, and need not be read where another takes its place.
    let is_replaced = known.as_ref().is_some_and(|known| known.models.is_some());
    let parser: Parse = if is_replaced { LockFile::parse_revisions } else { LockFile::parse };
    let mut lock = read_by(parser, project)?.unwrap_or_else(|| LockFile::of(revisions));
    for new in all {
        let text = |name: &str| {
            new.files.iter().find(|(file, _)| *file == name).map(|(_, text)| checksum(text, dialect))
        };
        let checksums = Checksums { up: text("up.sql").unwrap_or_default(), down: text("down.sql") };
        lock.revisions.insert(new.draft.id.clone(), checksums);
    }
    let ids: Vec<String> = all.iter().map(|new| new.draft.id.clone()).collect();
    known::put(&mut lock, known, &ids);
    Ok(files(project, &lock))
}

/// Lines of both sides of a merge are kept: each says all of what it is about.
const ATTRIBUTES: &str = "schema.lock merge=union\n";

/// What is to be written for a lock file. The first one comes with a word to Git, unless somebody has said one.
pub(crate) fn files(project: &Project, lock: &LockFile) -> Vec<(PathBuf, String)> {
    let path = path(project);
    let attributes = project.config.migrations.join(".gitattributes");
    let is_first = !path.exists() && !attributes.exists();
    let attributes = is_first.then(|| (attributes, ATTRIBUTES.to_owned()));
    std::iter::once((path, lock.render())).chain(attributes).collect()
}

/// What a new lock file would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Revisions that it did not know, or not wholly.
    pub(crate) added: Vec<String>,
    /// Revisions with other SQL than it remembers, and the first file that differs.
    pub(crate) edited: Vec<(String, &'static str)>,
    /// Revisions that are gone.
    pub(crate) removed: Vec<String>,
}

impl Changes {
    /// From what was remembered to what is there.
    pub(crate) fn between(lock: &LockFile, revisions: &[Revision]) -> Self {
        let mut changes = Self::default();
        let id = |revision: usize| revisions[revision].id.to_string();
        for difference in lock.compare(revisions) {
            match difference {
                Difference::Unrecorded { revision } => once(&mut changes.added, id(revision)),
                Difference::Removed { id } => changes.removed.push(id),
                Difference::Edited { revision, file } => {
                    if changes.edited.last().is_none_or(|(last, _)| *last != id(revision)) {
                        changes.edited.push((id(revision), file));
                    }
                }
            }
        }
        changes
    }

    /// What takes a person's word.
    pub(crate) fn refused(&self) -> impl Iterator<Item = String> + '_ {
        self.edited.iter().map(|(id, _)| id).chain(&self.removed).cloned()
    }
}

fn once(ids: &mut Vec<String>, id: String) {
    if ids.last() != Some(&id) {
        ids.push(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_a_conflict_count() {
        let text = "[revisions]\n\"a\" = { up = \"1-0\" }\n<<<<<<< ours\n\"b\" = { up = \"1-1\" }\n=======\n\"c\" = { up = \"1-2\" }\n>>>>>>> theirs\n";
        let lock = parse(Path::new("schema.lock"), text).expect("mended");
        assert_eq!(lock.revisions.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn a_schema_of_two_minds_is_forgotten_and_the_revisions_are_not() {
        let text = "revisions.a = { up = \"1-0\" }\nrevisions.a = { up = \"1-0\" }\nschema.dialect = \"sqlite\"\n\
                    schema.table.t.key = { columns = [\"a\"] }\nschema.table.t.key = { columns = [\"b\"] }\n";
        let lock = parse(Path::new("schema.lock"), text).expect("mended");
        assert_eq!((lock.revisions.len(), lock.schema), (1, None));
    }

    #[test]
    fn sides_that_contradict_each_other_are_refused() {
        let text = "[revisions]\n<<<<<<< ours\n\"b\" = { up = \"1-1\" }\n=======\n\"b\" = { up = \"1-2\" }\n>>>>>>> theirs\n";
        assert!(parse(Path::new("schema.lock"), text).is_err());
        assert!(parse(Path::new("schema.lock"), "rubbish").is_err());
    }
}
