//! The models room, through its one door: sources in, a schema and findings out.

mod ahead;
mod attributes;
mod mistakes;
mod modules;
mod properties;
mod tables;
mod types;
#[cfg(feature = "command")]
mod writer;

use std::fmt::Write;

use schema_runtime::dialect::Dialect;

use super::{Models, read};
use crate::config::Config;
use crate::finding::{Finding, Heading};
use crate::schema::{
    Action, Column, ColumnType, Deferrable, ForeignKey, Index, IndexItem, Schema, Table, Unique,
};
use crate::scratch::Scratch;

/// The models of a crate with one file.
fn models(dialect: Dialect, source: &str) -> Models {
    project(dialect, &[("Cargo.toml", MANIFEST), ("src/lib.rs", source)])
}

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n";

/// The models of a crate with these files.
fn project(dialect: Dialect, files: &[(&str, &str)]) -> Models {
    let scratch = Scratch::new();
    for (path, text) in files {
        scratch.write(path, text);
    }
    let (config, _) = Config::load(scratch.path(), None).expect("a configuration");
    read(&config, dialect)
}

/// Checks the schema of a sound crate with one file.
#[track_caller]
fn check(dialect: Dialect, source: &str, expected: &str) {
    let models = models(dialect, source);
    assert_eq!(pictures(&models.findings), "", "a sound model has no findings");
    assert_eq!(describe(&models.schema).trim(), expected.trim());
}

/// Checks what is found in a crate with one file.
#[track_caller]
fn check_findings(dialect: Dialect, source: &str, expected: &str) {
    let found = pictures(&models(dialect, source).findings);
    assert_eq!(found.trim(), expected.trim());
}

fn pictures(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().flat_map(|finding| finding.plain_lines(Heading::Rule)).collect();
    lines.join("\n")
}

fn messages(models: &Models) -> Vec<&str> {
    models.findings.iter().map(|finding| finding.message.as_str()).collect()
}

/// A schema as text, one line per thing.
fn describe(schema: &Schema) -> String {
    let mut text = String::new();
    for (name, ty) in &schema.enums {
        writeln!(text, "enum {name}{}{}", was(&ty.was), values(&ty.values)).expect("text");
    }
    for (name, table) in &schema.tables {
        describe_table(name, table, &mut text);
    }
    text
}

fn describe_table(name: &str, table: &Table, text: &mut String) {
    let options = &table.options;
    let words = [(options.is_strict, " strict"), (options.is_without_rowid, " without rowid")];
    let words: String = words.into_iter().filter(|(has, _)| *has).map(|(_, word)| word).collect();
    let engine = options.engine.as_ref().map_or_else(String::new, |engine| format!(" engine {engine}"));
    let charset = options.charset.as_ref().map_or_else(String::new, |charset| format!(" charset {charset}"));
    let comment = table.comment.as_ref().map_or_else(String::new, |comment| format!(" '{comment}'"));
    writeln!(text, "table {name} {:?}{}{words}{engine}{charset}{comment}", table.knowledge, was(&table.was))
        .expect("text");
    table.columns.iter().for_each(|column| writeln!(text, "  {}", describe_column(column)).expect("text"));
    let key = table.primary_key.as_ref().map(|key| key.columns.join(", "));
    writeln!(text, "  key ({})", key.unwrap_or_default()).expect("text");
    table.uniques.iter().for_each(|unique| writeln!(text, "  {}", describe_unique(unique)).expect("text"));
    table.indexes.iter().for_each(|index| writeln!(text, "  {}", describe_index(index)).expect("text"));
    for check in &table.checks {
        writeln!(text, "  check{} {}", named(&check.name), check.expression).expect("text");
    }
    table.foreign_keys.iter().for_each(|key| writeln!(text, "  {}", describe_key(key)).expect("text"));
}

fn describe_column(column: &Column) -> String {
    let mut text = match &column.ty {
        ColumnType::Sql(sql) => format!("{} {sql}", column.name),
        ColumnType::Diesel { name, max_length: None } => format!("{} <{name}>", column.name),
        ColumnType::Diesel { name, max_length: Some(length) } => format!("{} <{name} {length}>", column.name),
    };
    text += if column.is_nullable { " null" } else { "" };
    let mut word = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            text += &format!(" {name}={value}");
        }
    };
    word("default", column.default.clone());
    word("generated", column.generated.as_ref().map(|g| format!("{} stored={}", g.expression, g.is_stored)));
    word("identity", column.identity.map(|identity| format!("{identity:?}")));
    word("collate", column.collation.clone());
    word("comment", column.comment.clone());
    word("values", column.values.as_ref().map(|ty| format!("{}{}", ty.name, values(&ty.values))));
    word("backfill", column.backfill.clone());
    word("was", column.was.clone());
    text
}

fn describe_unique(unique: &Unique) -> String {
    let kind = if unique.is_constraint { "unique" } else { "unique index" };
    format!("{kind}{} ({}){}", named(&unique.name), unique.columns.join(", "), was(&unique.was))
}

fn describe_index(index: &Index) -> String {
    let item = |item: &IndexItem| match item {
        IndexItem::Column { name, is_descending: false, .. } => name.clone(),
        IndexItem::Column { name, is_descending: true, .. } => format!("{name} desc"),
        IndexItem::Sql(sql) => format!("'{sql}'"),
    };
    let items: Vec<String> = index.items.iter().map(item).collect();
    let kind = if index.is_unique { "unique index" } else { "index" };
    let mut text = format!("{kind}{} ({})", named(&index.name), items.join(", "));
    text += &index.condition.as_ref().map_or_else(String::new, |condition| format!(" where {condition}"));
    text += &index.method.as_ref().map_or_else(String::new, |method| format!(" using {method}"));
    text += &if index.include.is_empty() {
        String::new()
    } else {
        format!(" include {}", index.include.join(", "))
    };
    text + &was(&index.was)
}

fn describe_key(key: &ForeignKey) -> String {
    let mut text = format!("foreign key{} ({}) -> {}", named(&key.name), key.columns.join(", "), key.table);
    text +=
        &if key.references.is_empty() { String::new() } else { format!("({})", key.references.join(", ")) };
    for (word, action) in [("delete", key.on_delete), ("update", key.on_update)] {
        text += &if action == Action::NoAction { String::new() } else { format!(" on {word} {action:?}") };
    }
    text + &if key.deferrable == Deferrable::Not { String::new() } else { format!(" {:?}", key.deferrable) }
}

fn values(values: &[crate::schema::EnumValue]) -> String {
    let values: Vec<String> =
        values.iter().map(|value| format!("{}{}", value.name, was(&value.was))).collect();
    format!(" [{}]", values.join(", "))
}

fn named(name: &Option<String>) -> String {
    name.as_ref().map_or_else(String::new, |name| format!(" {name}"))
}

fn was(name: &Option<String>) -> String {
    name.as_ref().map_or_else(String::new, |name| format!(" (was {name})"))
}
