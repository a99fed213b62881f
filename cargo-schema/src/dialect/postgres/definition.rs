//! Everything that a database holds, as the statements that make it. Pure.

use std::collections::BTreeSet;

use schema_build::statement::{Kind, tokens};
use schema_runtime::dialect::Dialect;

use super::define::{self, Frame};
use super::document::Other;
use super::introspect::{Catalogue, Entry};
use super::name::{beside, path, quoted, split, string};
use super::views;
use crate::dialect::script::{Group, Script};

/// What PostgreSQL makes up for a longer one is another matter.
const LONGEST_NAME: usize = 63;

/// Schemas, extensions, types, functions that tables call, tables, then what points to and feeds and reads them.
pub(super) fn of(catalogue: &Catalogue) -> Script {
    let mut script = Script::default();
    script.push(Group::of(vec!["SET check_function_bodies = false".to_owned()]));
    script
        .push(others(catalogue, "schema", |name, _| format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(name))));
    script.push(others(catalogue, "extension", |name, _| {
        format!("CREATE EXTENSION IF NOT EXISTS {}", quoted(name))
    }));
    script.push(Group::of(catalogue.enums.values().map(define::enum_type).collect()));
    script.push(others(catalogue, "domain", |name, definition| {
        format!("CREATE DOMAIN {} AS {definition}", path(name))
    }));
    script.push(Group::of(
        catalogue.sequences.iter().map(|free| format!("CREATE SEQUENCE {}", path(&free.name))).collect(),
    ));
    let tables: Vec<Group> =
        parents_first(catalogue).into_iter().map(|(name, entry)| table(name, entry)).collect();
    let (early, late) = functions(catalogue, &tables);
    script.push(early);
    tables.into_iter().for_each(|group| script.push(group));
    script.push(Group::of(catalogue.tables.iter().flat_map(|(name, entry)| keys(name, entry)).collect()));
    script.push(late);
    let views: Vec<_> = catalogue.views.iter().filter(|view| view.statement().is_some()).collect();
    views::made(&views).into_iter().for_each(|group| script.push(group));
    for (name, entry) in &catalogue.tables {
        script.push(Group::of(entry.attached.iter().flat_map(|other| other.statements(name)).collect()));
    }
    script
}

fn others(catalogue: &Catalogue, kind: &str, statement: impl Fn(&str, &str) -> String) -> Group {
    let found = catalogue.others.iter().filter(|other| other.kind == kind);
    Group::of(found.map(|other| statement(&other.name, &other.definition)).collect())
}

/// What inherits columns stands behind what it has them from.
fn parents_first(catalogue: &Catalogue) -> Vec<(&String, &Entry)> {
    let (mut rest, mut sorted): (Vec<_>, Vec<_>) = (catalogue.tables.iter().collect(), Vec::new());
    while !rest.is_empty() {
        let waiting: BTreeSet<String> = rest.iter().map(|(name, _)| path(name)).collect();
        let waits =
            |entry: &Entry| entry.relation.parents.iter().flatten().any(|parent| waiting.contains(parent));
        let (later, now): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(_, entry)| waits(entry));
        if now.is_empty() {
            sorted.extend(later);
            break;
        }
        sorted.extend(now);
        rest = later;
    }
    sorted
}

/// Functions that defaults, checks and indexes call, and those that may themselves be about tables.
fn functions(catalogue: &Catalogue, tables: &[Group]) -> (Group, Group) {
    let statements = tables.iter().flat_map(|group| &group.statements);
    let words: BTreeSet<String> = statements.flat_map(|sql| names_in(sql)).collect();
    let found = catalogue.others.iter().filter(|other| other.kind == "function");
    let is_called = |name: &str| {
        let bare = name.split('(').next().unwrap_or(name);
        words.contains(bare.rsplit('.').next().unwrap_or(bare))
    };
    let (early, late): (Vec<_>, Vec<_>) = found.partition(|other| is_called(&other.name));
    let group = |functions: Vec<&Other>| {
        Group::of(functions.iter().map(|other| other.definition.trim_end().to_owned()).collect())
    };
    (group(early), group(late))
}

fn names_in(sql: &str) -> impl Iterator<Item = String> + '_ {
    tokens(sql, Dialect::Postgres)
        .filter(|token| !matches!(token.kind, Kind::Comment | Kind::String))
        .map(|token| sql[token.range()].trim_matches('"').to_owned())
}

/// A table without its keys to others; constraints in PostgreSQL's own words.
fn table(name: &str, entry: &Entry) -> Group {
    let mut bare = entry.table.clone();
    bare.primary_key = None;
    bare.checks.clear();
    bare.uniques.clear();
    bare.indexes.clear();
    bare.foreign_keys.clear();
    let frame: Frame = entry.relation.frame();
    let mut statements = vec![define::table(name, &bare, &frame, |_| true)];
    statements.extend(renamed_sequences(name, entry));
    statements.extend(entry.constraints.iter().filter(|(_, source)| source.kind != "f").map(
        |(constraint, source)| {
            format!("ALTER TABLE {} ADD CONSTRAINT {} {}", path(name), quoted(constraint), source.definition)
        },
    ));
    statements.extend(entry.indexes.values().map(|source| source.definition.clone()));
    statements.extend(
        entry
            .relation
            .comment
            .as_ref()
            .map(|comment| format!("COMMENT ON TABLE {} IS {}", path(name), string(comment))),
    );
    let commented = entry.table.columns.iter().filter(|column| column.comment.is_some());
    statements.extend(commented.map(|column| define::comment_on_column(name, column)));
    Group::of(statements)
}

/// The sequence of a SERIAL gets a name from its table, and keeps it when the table gets another one.
fn renamed_sequences(name: &str, entry: &Entry) -> Vec<String> {
    let columns = entry.table.columns.iter().zip(&entry.columns);
    let numbered = columns.filter_map(|(column, source)| Some((column, source.sequence.as_ref()?)));
    numbered
        .filter_map(|(column, sequence)| {
            let given = format!("{}_{}_seq", split(name).1, column.name);
            let own = split(&sequence.name).1;
            let is_renamed = own != given && given.len() <= LONGEST_NAME;
            is_renamed.then(|| format!("ALTER SEQUENCE {} RENAME TO {}", beside(name, &given), quoted(own)))
        })
        .collect()
}

fn keys(name: &str, entry: &Entry) -> Vec<String> {
    let keys = entry.constraints.iter().filter(|(_, source)| source.kind == "f");
    keys.map(|(constraint, source)| {
        format!("ALTER TABLE {} ADD CONSTRAINT {} {}", path(name), quoted(constraint), source.definition)
    })
    .collect()
}
