//! `schema.lock`: a checksum per revision, the schema that the revisions add up to, and what the models said when they
//! last agreed with it. One line each, sorted, and each line says all of what it is about, so that two branches merge
//! without a conflict unless they really conflict. Generated; needed to notice changes, never to run. `print` writes a
//! schema as lines, `read` reads it back.

pub(crate) mod print;
mod read;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use schema_runtime::revision::{Revision, Script};

use toml::de::{DeTable, DeValue};

use crate::document::{Document, Value};
use crate::finding::Finding;
use crate::schema::Schema;

/// Its name in the migrations folder.
pub const FILE_NAME: &str = "schema.lock";

const RULE: &str = "bad-lock-file";

const OUTSIDE: &str = "outside";
const UNPROVEN: &str = "unproven";

/// Of the file's form. A file without it is of the first form, which had checksums alone.
const VERSION: u32 = 1;

const HEADER: &str = "\
# Written by `cargo schema`: what every revision's SQL adds up to, the schema they lead to, and what the models said
# of it. Commit it. Lines may stand in any order: after a merge conflict in here, keep those of both sides and run
# `cargo schema lock`; run it, too, after an edit of a migration that is meant.
";

/// What the file remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockFile {
    /// By id.
    pub revisions: BTreeMap<String, Checksums>,
    /// Revisions that are not in the schema yet: nobody had a database to replay them on.
    pub outside: BTreeSet<String>,
    /// Revisions that were generated without a database, and never ran on one.
    pub unproven: BTreeSet<String>,
    /// What all revisions but those outside lead to; `None` where it was never known.
    pub schema: Option<Schema>,
    /// What the models said of the tables in which they agreed with the schema.
    pub models: Option<Schema>,
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
        let mut file = Self::default();
        for revision in revisions {
            file.revisions.insert(revision.id.to_string(), Checksums::of(revision));
        }
        file
    }

    /// Reads a lock file that is shown as `path`.
    pub fn parse(path: &Path, text: &str) -> (Self, Vec<Finding>) {
        let mut document = Document::new(path, text, RULE);
        let table = document.table();
        let mut lock = Self::default();
        let is_toml = document.findings.is_empty();
        lock.read(&mut document, &table);
        if !is_toml {
            // The rest follows from what could not be read.
            document.findings.truncate(1);
        }
        let help = |finding: Finding| finding.help("`cargo schema lock` writes it anew");
        (lock, document.findings.into_iter().map(help).collect())
    }

    /// Reads what it says of revisions, which is all that running takes: no schema is read. Its lines are looked at,
    /// and where one is not such as we write, all is read after all, to say what is wrong with it.
    pub fn parse_revisions(path: &Path, text: &str) -> (Self, Vec<Finding>) {
        match without_schemas(text) {
            Some(text) => Self::parse(path, &text),
            None => Self::parse(path, text),
        }
    }

    /// Whether a text says exactly this of revisions, and of the rest what we would write.
    pub fn is_rendered_in(&self, text: &str) -> bool {
        let rest = text.strip_prefix(&*Self { schema: None, models: None, ..self.clone() }.render());
        rest.is_some_and(|rest| {
            let lines = || rest.lines().filter(|line| !line.is_empty());
            lines().all(is_of_schema) && are_whole(lines())
        })
    }

    fn read<'t>(&mut self, document: &mut Document<'t>, table: &DeTable<'t>) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "version" => refuse_later(document, value),
                "revisions" => self.read_revisions(document, value),
                "schema" => self.schema = read::schema(document, "schema", value),
                "models" => self.models = read::schema(document, "models", value),
                other => document.report(format!("`{other}` is not known here"), key.span(), ""),
            }
        }
    }

    fn read_revisions<'t>(&mut self, document: &mut Document<'t>, value: &Value<'t>) {
        let Some(revisions) = document.inner_table("revisions", value) else { return };
        for (id, value) in revisions {
            let Some(table) = document.inner_table(id.get_ref(), value) else { continue };
            let id = id.get_ref().to_string();
            for (key, set) in [(OUTSIDE, &mut self.outside), (UNPROVEN, &mut self.unproven)] {
                if table.get(key).and_then(|value| document.boolean(key, value)).is_some_and(|it| it.value) {
                    set.insert(id.clone());
                }
            }
            let checksums = checksums(document, &id, table, value.span());
            self.revisions.extend(checksums.map(|checksums| (id, checksums)));
        }
    }

    /// The file's text.
    pub fn render(&self) -> String {
        let mut text = format!("{HEADER}version = {VERSION}\n");
        self.revisions.iter().for_each(|(id, checksums)| text.push_str(&self.line(id, checksums)));
        // The models come last: a build looks for them at the end.
        for (root, schema) in [("schema", &self.schema), ("models", &self.models)] {
            if let Some(schema) = schema {
                text.push('\n');
                text.push_str(&print(root, schema));
            }
        }
        text
    }

    fn line(&self, id: &str, checksums: &Checksums) -> String {
        let down = checksums.down.as_ref().map_or(String::new(), |down| format!(", down = \"{down}\""));
        let flag = |key: &str, set: &BTreeSet<String>| {
            if set.contains(id) { format!(", {key} = true") } else { String::new() }
        };
        let (outside, unproven) = (flag(OUTSIDE, &self.outside), flag(UNPROVEN, &self.unproven));
        let id = print::string(id);
        format!("revisions.{id} = {{ up = \"{}\"{down}{outside}{unproven} }}\n", checksums.up)
    }

    /// How the revisions differ from what the file remembers, in their order, removed ones last.
    pub fn compare(&self, revisions: &[Revision]) -> Vec<Difference> {
        let compared = revisions.iter().enumerate().flat_map(|(index, it)| self.compare_one(index, it));
        let mut ids = BTreeSet::new();
        ids.extend(revisions.iter().map(|it| &*it.id));
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

fn checksums<'t>(
    document: &mut Document<'t>,
    id: &str,
    table: &DeTable<'t>,
    bytes: Range<usize>,
) -> Option<Checksums> {
    let Some(up) = table.get("up") else {
        document.report(format!("revision `{id}` has no checksum `up`"), bytes, "");
        return None;
    };
    let up = document.string("up", up)?.value;
    let down = table.get("down").and_then(|down| document.string("down", down)).map(|down| down.value);
    Some(Checksums { up, down })
}

/// The text with the lines of schemas as comments, so that all else stands where it stood; `None` when they are not
/// such as we write.
fn without_schemas(text: &str) -> Option<String> {
    if !are_whole(text.lines().filter(|line| is_of_schema(line))) {
        return None;
    }
    let mut masked = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if is_of_schema(line) {
            masked.push('#');
            masked.push_str(&line[1..]);
        } else {
            masked.push_str(line);
        }
    }
    Some(masked)
}

fn is_of_schema(line: &str) -> bool {
    line.starts_with("schema.") || line.starts_with("models.")
}

/// Whether lines of schemas look whole, and none is there twice.
fn are_whole<'t>(mut lines: impl Iterator<Item = &'t str>) -> bool {
    let mut seen = BTreeSet::new();
    lines.all(|line| {
        let key = line.split_once(" = ").map(|(key, _)| key);
        line.trim_end().ends_with(['}', '"']) && key.is_some_and(|key| seen.insert(key))
    })
}

fn refuse_later<'t>(document: &mut Document<'t>, value: &Value<'t>) {
    let version = match value.get_ref() {
        DeValue::Integer(version) => version.as_str().parse::<u32>().ok(),
        _ => None,
    };
    if version.is_none_or(|version| version > VERSION) {
        let message = "`schema.lock` was written by a later version of cargo-schema, or by something else";
        document.report(message.to_string(), value.span(), format!("this version writes {VERSION}"));
    }
}

/// A schema as the file has it, every line with its root.
pub fn print(root: &str, schema: &Schema) -> String {
    print::lines(root, schema).iter().map(|line| format!("{line}\n")).collect()
}
