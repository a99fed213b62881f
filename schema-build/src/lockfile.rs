//! `schema.lock`: a checksum per revision, sorted, one line each, so that two branches merge without a conflict
//! unless they really conflict. Generated; needed to notice edits, never to run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use schema_runtime::revision::{Revision, Script};

use crate::document::{Document, Value};
use crate::finding::Finding;

/// Its name in the migrations folder.
pub const FILE_NAME: &str = "schema.lock";

const RULE: &str = "bad-lock-file";

const HEADER: &str = "\
# Written by `cargo schema`: what every revision's SQL adds up to. Commit it. After a merge conflict in here, keep
# the lines of both sides; after an edit that is meant, run `cargo schema lock`.
[revisions]
";

/// What the file remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockFile {
    /// By id.
    pub revisions: BTreeMap<String, Checksums>,
}

/// The checksums of a revision's scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checksums {
    /// Of `up.sql`.
    pub up: String,
    /// Of `down.sql`, where there was one.
    pub down: Option<String>,
}

/// How files and lock file differ; revisions by their index in the list that was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A script is not what it was.
    Edited {
        /// Which revision.
        revision: usize,
        /// `up.sql` or `down.sql`.
        file: &'static str,
    },
    /// The lock file does not know it, or not all of it, or only by a checksum of another version.
    Unrecorded {
        /// Which revision.
        revision: usize,
    },
    /// The lock file knows it, and there are no files.
    Removed {
        /// Its id.
        id: String,
    },
}

impl Checksums {
    /// Those of a revision as it is.
    pub fn of(revision: &Revision) -> Self {
        let checksum = |script: &Script| script.checksum.to_string();
        Self { up: checksum(&revision.up), down: revision.down.as_ref().map(checksum) }
    }
}

impl LockFile {
    /// What the file should say.
    pub fn of<'r>(revisions: impl IntoIterator<Item = &'r Revision>) -> Self {
        let line = |revision: &Revision| (revision.id.to_string(), Checksums::of(revision));
        Self { revisions: revisions.into_iter().map(line).collect() }
    }

    /// Reads a lock file that is shown as `path`. Tables of later versions are left alone.
    pub fn parse(path: &Path, text: &str) -> (Self, Vec<Finding>) {
        let mut document = Document::new(path, text, RULE);
        let table = document.table();
        let mut lock = Self::default();
        if let Some(revisions) =
            table.get("revisions").and_then(|value| document.inner_table("revisions", value))
        {
            for (id, value) in revisions {
                let checksums = checksums(&mut document, id.get_ref(), value);
                lock.revisions.extend(checksums.map(|checksums| (id.get_ref().to_string(), checksums)));
            }
        }
        let help = |finding: Finding| finding.help("`cargo schema lock` writes it anew");
        (lock, document.findings.into_iter().map(help).collect())
    }

    /// The file's text.
    pub fn render(&self) -> String {
        let mut text = HEADER.to_string();
        for (id, checksums) in &self.revisions {
            let id = id.replace('\\', "\\\\").replace('"', "\\\"");
            write!(text, "\"{id}\" = {{ up = \"{}\"", checksums.up)
                .expect("writing to a string does not fail");
            if let Some(down) = &checksums.down {
                write!(text, ", down = \"{down}\"").expect("writing to a string does not fail");
            }
            text.push_str(" }\n");
        }
        text
    }

    /// How the revisions differ from what the file remembers, in their order, removed ones last.
    pub fn compare(&self, revisions: &[Revision]) -> Vec<Difference> {
        let compared = revisions.iter().enumerate().flat_map(|(index, it)| self.compare_one(index, it));
        let ids: BTreeSet<&str> = revisions.iter().map(|it| &*it.id).collect();
        let removed = self.revisions.keys().filter(|id| !ids.contains(id.as_str()));
        let removed: Vec<Difference> = removed.map(|id| Difference::Removed { id: id.clone() }).collect();
        compared.chain(removed).collect()
    }

    fn compare_one(&self, revision: usize, it: &Revision) -> Vec<Difference> {
        let Some(known) = self.revisions.get(&*it.id) else {
            return vec![Difference::Unrecorded { revision }];
        };
        let now = Checksums::of(it);
        let up = compare_script(revision, "up.sql", Some(&known.up), Some(&now.up));
        let down = compare_script(revision, "down.sql", known.down.as_ref(), now.down.as_ref());
        up.into_iter().chain(down).collect()
    }
}

fn compare_script(
    revision: usize,
    file: &'static str,
    known: Option<&String>,
    now: Option<&String>,
) -> Option<Difference> {
    match (known, now) {
        (None, None) => None,
        (None, Some(_)) => Some(Difference::Unrecorded { revision }),
        (Some(known), Some(now)) if known == now => None,
        // Checksums of two versions say nothing about each other.
        (Some(known), Some(now)) if version(known) != version(now) => {
            Some(Difference::Unrecorded { revision })
        }
        (Some(_), _) => Some(Difference::Edited { revision, file }),
    }
}

fn version(checksum: &str) -> &str {
    checksum.split('-').next().unwrap_or(checksum)
}

fn checksums<'t>(document: &mut Document<'t>, id: &str, value: &Value<'t>) -> Option<Checksums> {
    let table = document.inner_table(id, value)?;
    let Some(up) = table.get("up") else {
        document.report(format!("revision `{id}` has no checksum `up`"), value.span(), "");
        return None;
    };
    let up = document.string("up", up)?.value;
    let down = table.get("down").and_then(|down| document.string("down", down)).map(|down| down.value);
    Some(Checksums { up, down })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(id: &str, up: &str, down: Option<&str>) -> Revision {
        let script = |checksum: &str| Script { checksum: checksum.to_string().into(), ..Script::default() };
        Revision {
            id: id.to_string().into(),
            version: id.to_string().into(),
            folder: id.to_string().into(),
            message: "".into(),
            created: None,
            parents: Vec::new(),
            depends_on: Vec::new(),
            labels: Vec::new(),
            irreversible: None,
            up: script(up),
            down: down.map(script),
        }
    }

    fn differences(known: &[Revision], now: &[Revision]) -> Vec<Difference> {
        LockFile::of(known).compare(now)
    }

    #[test]
    fn a_lock_file_is_one_sorted_line_per_revision_and_reads_back() {
        let lock = LockFile::of(&[revision("b", "1-b", None), revision("a", "1-a", Some("1-x"))]);
        let text = lock.render();
        assert_eq!(
            text.strip_prefix(HEADER),
            Some("\"a\" = { up = \"1-a\", down = \"1-x\" }\n\"b\" = { up = \"1-b\" }\n")
        );
        assert_eq!(LockFile::parse(Path::new(FILE_NAME), &text), (lock, Vec::new()));
    }

    #[test]
    fn edits_are_told_from_what_is_new_and_what_is_gone() {
        let known = [revision("a", "1-a", Some("1-x")), revision("b", "1-b", None)];
        assert_eq!(differences(&known, &known), []);
        assert_eq!(
            differences(&known, &[revision("a", "1-A", Some("1-X")), revision("c", "1-c", None)]),
            [
                Difference::Edited { revision: 0, file: "up.sql" },
                Difference::Edited { revision: 0, file: "down.sql" },
                Difference::Unrecorded { revision: 1 },
                Difference::Removed { id: "b".to_string() },
            ]
        );
    }

    #[test]
    fn a_down_that_comes_later_is_no_edit_but_one_that_goes_is() {
        let (with, without) = ([revision("a", "1-a", Some("1-x"))], [revision("a", "1-a", None)]);
        assert_eq!(differences(&without, &with), [Difference::Unrecorded { revision: 0 }]);
        assert_eq!(differences(&with, &without), [Difference::Edited { revision: 0, file: "down.sql" }]);
    }

    #[test]
    fn checksums_of_another_version_are_not_compared() {
        let (old, new) = ([revision("a", "1-a", None)], [revision("a", "2-b", None)]);
        assert_eq!(differences(&old, &new), [Difference::Unrecorded { revision: 0 }]);
    }

    #[test]
    fn rubbish_is_a_finding_and_what_can_be_read_is_read() {
        for text in [
            "revisions = 3",
            "[revisions]\na = 1",
            "[revisions]\na = {}",
            "[revisions]\na = { up = 1 }",
            "\0",
        ] {
            let (lock, findings) = LockFile::parse(Path::new(FILE_NAME), text);
            assert_eq!(lock, LockFile::default());
            assert_eq!(findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), [RULE], "{text}");
        }
        let (lock, findings) =
            LockFile::parse(Path::new(FILE_NAME), "[revisions]\na = { up = \"1-a\" }\nb = 1\n[schema]\n");
        assert_eq!((lock.revisions.len(), findings.len()), (1, 1));
    }
}
