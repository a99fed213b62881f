//! Everything that a database holds, as the statements that make it. Pure.

use super::define::{self, Frame};
use super::introspect::{Catalogue, Entry};
use super::name::{path, quoted, string};
use super::views;
use crate::dialect::script::{Group, Script};

/// Schemas, extensions, types, functions, tables, then what points to and feeds and reads them.
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
    for (name, entry) in &catalogue.tables {
        script.push(table(name, entry));
    }
    script.push(Group::of(catalogue.tables.iter().flat_map(|(name, entry)| keys(name, entry)).collect()));
    script.push(others(catalogue, "function", |_, definition| definition.trim_end().to_owned()));
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

fn keys(name: &str, entry: &Entry) -> Vec<String> {
    let keys = entry.constraints.iter().filter(|(_, source)| source.kind == "f");
    keys.map(|(constraint, source)| {
        format!("ALTER TABLE {} ADD CONSTRAINT {} {}", path(name), quoted(constraint), source.definition)
    })
    .collect()
}
