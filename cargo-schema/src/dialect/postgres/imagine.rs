//! A catalogue from no more than a schema, where there is no server to ask. Pure.

use std::collections::BTreeMap;

use schema_build::schema::{Schema, Table};

use super::define;
use super::document::Relation;
use super::introspect::{Catalogue, ColumnSource, ConstraintSource, Entry, IndexSource};

/// What a server would say of these tables, had they been made of nothing but what the schema says.
pub(super) fn catalogue(schema: &Schema) -> Catalogue {
    let entry = |(name, table): (&String, &Table)| (name.clone(), entry(name, table));
    Catalogue {
        tables: schema.tables.iter().map(entry).collect(),
        enums: schema.enums.clone(),
        ..Catalogue::default()
    }
}

fn entry(name: &str, table: &Table) -> Entry {
    let source = |name: &String| ColumnSource { name: name.clone(), ..ColumnSource::default() };
    Entry {
        relation: Relation::plain(name, table.comment.clone()),
        columns: table.columns.iter().map(|column| source(&column.name)).collect(),
        constraints: constraints(table),
        indexes: indexes(name, table),
        attached: Vec::new(),
        table: table.clone(),
    }
}

fn constraints(table: &Table) -> BTreeMap<String, ConstraintSource> {
    let mut found = BTreeMap::new();
    let mut add = |name: &Option<String>, kind: &str, columns: &[String], sql: String| {
        if let Some(name) = name {
            let definition = define::without_name(name, &sql).to_owned();
            let source = ConstraintSource { kind: kind.to_owned(), columns: columns.to_vec(), definition };
            found.insert(name.clone(), source);
        }
    };
    if let Some(key) = &table.primary_key {
        add(&key.name, "p", &key.columns, define::primary_key(key));
    }
    for unique in table.uniques.iter().filter(|unique| unique.is_constraint) {
        add(&unique.name, "u", &unique.columns, define::unique(unique));
    }
    for check in &table.checks {
        add(&check.name, "c", &[], define::check(check));
    }
    for key in &table.foreign_keys {
        add(&key.name, "f", &key.columns, define::foreign_key(key));
    }
    found
}

fn indexes(name: &str, table: &Table) -> BTreeMap<String, IndexSource> {
    let uniques = table.uniques.iter().filter(|unique| !unique.is_constraint).map(define::index_of);
    let all = table.indexes.iter().cloned().chain(uniques);
    all.filter_map(|index| {
        let source = IndexSource { definition: define::index(name, &index), is_valid: true };
        Some((index.name?, source))
    })
    .collect()
}
