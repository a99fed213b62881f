//! What a database has lacked since a change and had before it, as statements that make it again: constraints,
//! indexes, triggers, policies, whatever no model can say. Pure.

use std::collections::BTreeSet;

use super::document::Sequence;
use super::introspect::{Catalogue, Entry};
use super::name::{path, quoted, split};
use crate::dialect::script::{Group, Script};

/// What `like` has and `now` lacks, of tables that both have; without what has one of these names.
pub(super) fn script(like: &Catalogue, now: &Catalogue, gone: &BTreeSet<String>) -> Script {
    let mut script = Script::default();
    let pairs = || like.tables.iter().filter_map(|(name, was)| Some((name, was, now.tables.get(name)?)));
    for (name, was, is) in pairs() {
        let mut statements = columns(name, was, is);
        statements.extend(flags(name, was, is));
        statements.extend(constraints(name, was, is, gone, |kind| kind != "f"));
        statements.extend(indexes(name, was, is, gone));
        statements.extend(attached(name, was, is));
        script.push(Group::of(statements));
    }
    for (name, was, is) in pairs() {
        script.push(Group::of(constraints(name, was, is, gone, |kind| kind == "f")));
    }
    script
}

/// Storage and the like, and sequences that are called or count otherwise.
fn columns(table: &str, was: &Entry, is: &Entry) -> Vec<String> {
    let mut statements = Vec::new();
    for old in &was.columns {
        let Some(new) = is.columns.iter().find(|new| new.name == old.name) else { continue };
        let clauses = old.extra.iter().filter(|clause| !new.extra.contains(clause));
        let alter =
            |clause| format!("ALTER TABLE {} ALTER COLUMN {} {clause}", path(table), quoted(&old.name));
        statements.extend(clauses.map(alter));
        if let (Some(old), Some(new)) = (&old.sequence, &new.sequence) {
            statements.extend(renamed(old, new));
            statements.extend(counting(old, new));
        }
    }
    statements
}

fn renamed(old: &Sequence, new: &Sequence) -> Option<String> {
    (old.name != new.name)
        .then(|| format!("ALTER SEQUENCE {} RENAME TO {}", path(&new.name), quoted(split(&old.name).1)))
}

fn counting(old: &Sequence, new: &Sequence) -> Option<String> {
    let is_same = Sequence {
        name: new.name.clone(),
        table: new.table,
        column: new.column,
        is_identity: new.is_identity,
        ..old.clone()
    } == *new;
    let cycle = if old.cycle { "CYCLE" } else { "NO CYCLE" };
    (!is_same).then(|| {
        format!(
            "ALTER SEQUENCE {} AS {} INCREMENT BY {} MINVALUE {} MAXVALUE {} START WITH {} CACHE {} {cycle}",
            path(&old.name),
            old.ty,
            old.increment,
            old.min,
            old.max,
            old.start,
            old.cache
        )
    })
}

fn flags(table: &str, was: &Entry, is: &Entry) -> Vec<String> {
    let (was, is) = (&was.relation, &is.relation);
    let flags = [
        (was.has_row_security && !is.has_row_security, "ENABLE ROW LEVEL SECURITY"),
        (was.forces_row_security && !is.forces_row_security, "FORCE ROW LEVEL SECURITY"),
    ];
    let set = flags.iter().filter(|(is_lost, _)| *is_lost);
    set.map(|(_, words)| format!("ALTER TABLE {} {words}", path(table))).collect()
}

fn constraints(
    table: &str,
    was: &Entry,
    is: &Entry,
    gone: &BTreeSet<String>,
    is_wanted: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut statements = Vec::new();
    let lost =
        was.constraints.iter().filter(|(name, source)| is_wanted(&source.kind) && !gone.contains(*name));
    for (name, source) in lost {
        let there = is.constraints.get(name);
        if there.is_some_and(|there| there.definition == source.definition) {
            continue;
        }
        if there.is_some() {
            statements.push(format!("ALTER TABLE {} DROP CONSTRAINT {}", path(table), quoted(name)));
        }
        statements.push(format!(
            "ALTER TABLE {} ADD CONSTRAINT {} {}",
            path(table),
            quoted(name),
            source.definition
        ));
    }
    statements
}

fn indexes(table: &str, was: &Entry, is: &Entry, gone: &BTreeSet<String>) -> Vec<String> {
    let mut statements = Vec::new();
    for (name, source) in was.indexes.iter().filter(|(name, _)| !gone.contains(*name)) {
        let there = is.indexes.get(name);
        if there.is_some_and(|there| there.definition == source.definition) {
            continue;
        }
        if there.is_some() {
            statements.push(super::define::drop_index(table, name));
        }
        statements.push(source.definition.clone());
    }
    statements
}

fn attached(table: &str, was: &Entry, is: &Entry) -> Vec<String> {
    let lost = was.attached.iter().filter(|old| !is.attached.iter().any(|new| new.key() == old.key()));
    lost.flat_map(|other| other.statements(table)).collect()
}
