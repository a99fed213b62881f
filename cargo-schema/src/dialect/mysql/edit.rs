//! Operations, done to what a database says of a table: what an operation does not name stays as it was. Pure.

use schema_build::schema::{Check, Column, ColumnType, ForeignKey, Index, IndexItem, Table};
use schema_build::statement::{Kind, tokens};
use schema_runtime::dialect::Dialect;

use super::catalogue::{CheckEntry, ColumnEntry, Entry, KeyEntry, KeyItem, PRIMARY};
use super::name::{canonical, is_same, unquoted};
use super::types::SqlType;
use crate::operation::{Operation, Part, Traits};

/// A new table.
pub(super) fn created(name: &str, table: &Table) -> Entry {
    let mut entry = Entry {
        name: name.to_owned(),
        engine: table.options.engine.clone(),
        charset: table.options.charset.clone(),
        comment: table.comment.clone().unwrap_or_default(),
        columns: table.columns.iter().map(added).collect(),
        ..Entry::default()
    };
    let key = table.primary_key.clone().map(Part::PrimaryKey);
    let uniques = table.uniques.iter().cloned().map(Part::Unique);
    let indexes = table.indexes.iter().cloned().map(Part::Index);
    let checks = table.checks.iter().cloned().map(Part::Check);
    let keys = table.foreign_keys.iter().cloned().map(Part::ForeignKey);
    let parts = key.into_iter().chain(uniques).chain(indexes).chain(checks).chain(keys);
    parts.for_each(|part| add_part(&mut entry, &part));
    entry
}

/// A new column.
fn added(column: &Column) -> ColumnEntry {
    ColumnEntry {
        name: column.name.clone(),
        ty: sql_type(column).to_owned(),
        collation: column.collation.clone(),
        // MariaDB has no generated column that is NOT NULL.
        is_nullable: column.is_nullable || column.generated.is_some(),
        default: column.default.clone(),
        generated: column.generated.clone(),
        is_numbered: column.identity.is_some(),
        comment: column.comment.clone().unwrap_or_default(),
        ..ColumnEntry::default()
    }
}

pub(super) fn sql_type(column: &Column) -> &str {
    let (ColumnType::Sql(ty) | ColumnType::Diesel { name: ty, .. }) = &column.ty;
    ty
}

/// The table after its operations.
pub(super) fn apply(before: &Entry, operations: &[&Operation]) -> Entry {
    let mut entry = before.clone();
    for operation in operations {
        match operation {
            Operation::AddColumn { column, .. } => entry.columns.push(added(column)),
            Operation::DropColumn { column, .. } => {
                entry.columns.retain(|there| !is_same(&there.name, &column.name));
            }
            Operation::AlterColumn { from, to, .. } => {
                if let Some(there) = entry.columns.iter_mut().find(|there| is_same(&there.name, &from.name)) {
                    alter(there, from, to);
                }
            }
            Operation::AlterTable { from, to, .. } => alter_table(&mut entry, from, to),
            Operation::AddPart { part, .. } => add_part(&mut entry, part),
            Operation::DropPart { part, .. } => drop_part(&mut entry, part),
            Operation::RenamePart { from, to, .. } => rename_part(&mut entry, from, to),
            _ => {}
        }
    }
    entry
}

fn alter(there: &mut ColumnEntry, from: &Column, to: &Column) {
    if from.ty != to.ty {
        sql_type(to).clone_into(&mut there.ty);
        let ty = SqlType::read(&there.ty);
        there.collation = there.collation.take().filter(|_| ty.has_charset());
        there.on_update =
            there.on_update.take().filter(|_| matches!(ty.base.as_str(), "timestamp" | "datetime"));
    }
    if from.collation != to.collation {
        there.collation.clone_from(&to.collation);
    }
    if from.default != to.default {
        there.default.clone_from(&to.default);
    }
    if from.generated != to.generated {
        there.generated.clone_from(&to.generated);
    }
    there.is_nullable = to.is_nullable;
    there.is_numbered = to.identity.is_some();
    there.comment = to.comment.clone().unwrap_or_default();
}

fn alter_table(entry: &mut Entry, from: &Traits, to: &Traits) {
    entry.comment = to.comment.clone().unwrap_or_default();
    if from.options.engine != to.options.engine {
        entry.engine.clone_from(&to.options.engine);
    }
    if from.options.charset != to.options.charset {
        entry.charset.clone_from(&to.options.charset);
        let old = entry.collation.take();
        // Columns that follow the table follow it further.
        for column in entry.columns.iter_mut().filter(|column| column.collation == old) {
            column.collation = None;
        }
    }
}

fn add_part(entry: &mut Entry, part: &Part) {
    match part {
        Part::PrimaryKey(key) => {
            for column in entry.columns.iter_mut().filter(|column| holds(&key.columns, &column.name)) {
                column.is_nullable = false;
            }
            entry.keys.insert(0, key_of(PRIMARY, &key.columns));
        }
        Part::Unique(unique) => {
            entry.keys.push(key_of(unique.name.as_deref().unwrap_or_default(), &unique.columns));
        }
        Part::Index(index) => entry.keys.push(index_key(index)),
        Part::Check(check) => entry.checks.push(CheckEntry {
            name: check.name.clone().unwrap_or_default(),
            expression: check.expression.clone(),
            is_ignored: false,
        }),
        Part::ForeignKey(key) => entry.foreign_keys.push(key.clone()),
    }
}

fn key_of(name: &str, columns: &[String]) -> KeyEntry {
    let item = |column: &String| KeyItem { column: Some(column.clone()), ..KeyItem::default() };
    KeyEntry {
        name: name.to_owned(),
        is_unique: true,
        method: "BTREE".to_owned(),
        items: columns.iter().map(item).collect(),
        ..KeyEntry::default()
    }
}

fn index_key(index: &Index) -> KeyEntry {
    let item = |item: &IndexItem| match item {
        IndexItem::Column { name, is_descending, .. } => {
            KeyItem { column: Some(name.clone()), is_descending: *is_descending, ..KeyItem::default() }
        }
        IndexItem::Sql(sql) => key_item(sql),
    };
    KeyEntry {
        name: index.name.clone().unwrap_or_default(),
        is_unique: index.is_unique,
        method: index.method.clone().unwrap_or("BTREE".to_owned()).to_uppercase(),
        items: index.items.iter().map(item).collect(),
        ..KeyEntry::default()
    }
}

/// `name(10)`, `name DESC`, or an expression.
pub(super) fn key_item(sql: &str) -> KeyItem {
    let words: Vec<(Kind, &str)> = tokens(sql, Dialect::Mysql)
        .filter(|token| token.kind != Kind::Comment)
        .map(|token| (token.kind, &sql[token.range()]))
        .collect();
    let (words, is_descending) = match words.as_slice() {
        [inner @ .., (_, last)] if last.eq_ignore_ascii_case("desc") => (inner, true),
        [inner @ .., (_, last)] if last.eq_ignore_ascii_case("asc") => (inner, false),
        all => (all, false),
    };
    let item = |column: &str, prefix| KeyItem {
        column: Some(unquoted(column)),
        expression: None,
        prefix,
        is_descending,
    };
    match words {
        [(Kind::Word | Kind::Quoted, column)] => item(column, None),
        [(Kind::Word | Kind::Quoted, column), (_, "("), (_, length), (_, ")")]
            if length.parse::<u32>().is_ok() =>
        {
            item(column, length.parse().ok())
        }
        _ => {
            let sql = sql.trim();
            let inner = sql.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            KeyItem { expression: Some(inner.unwrap_or(sql).to_owned()), is_descending, ..KeyItem::default() }
        }
    }
}

fn drop_part(entry: &mut Entry, part: &Part) {
    match part {
        Part::PrimaryKey(_) => entry.keys.retain(|key| !key.is_primary()),
        Part::Unique(unique) => {
            drop_key(entry, &key_of(unique.name.as_deref().unwrap_or_default(), &unique.columns));
        }
        Part::Index(index) => drop_key(entry, &index_key(index)),
        Part::Check(check) => drop_check(entry, check),
        Part::ForeignKey(key) => {
            if let Some(place) = entry.foreign_keys.iter().position(|there| is_foreign_key(there, key)) {
                entry.foreign_keys.remove(place);
            }
        }
    }
}

fn is_foreign_key(there: &ForeignKey, key: &ForeignKey) -> bool {
    let has_name = |name: &String| there.name.as_ref().is_some_and(|other| is_same(other, name));
    key.name.as_ref().is_none_or(has_name)
        && there.columns == key.columns
        && is_same(&there.table, &key.table)
}

fn drop_key(entry: &mut Entry, key: &KeyEntry) {
    let is_it = |there: &KeyEntry| match key.name.is_empty() {
        true => !there.is_primary() && there.is_unique == key.is_unique && there.items == key.items,
        false => is_same(&there.name, &key.name),
    };
    if let Some(place) = entry.keys.iter().position(is_it) {
        entry.keys.remove(place);
    }
}

fn drop_check(entry: &mut Entry, check: &Check) {
    let is_same_text = |text: &str| canonical(text) == canonical(&check.expression);
    let place = entry.checks.iter().position(|there| match &check.name {
        Some(name) => is_same(&there.name, name),
        None => is_same_text(&there.expression),
    });
    if let Some(place) = place {
        entry.checks.remove(place);
        return;
    }
    for column in &mut entry.columns {
        column.check = column.check.take().filter(|text| !is_same_text(text));
    }
}

fn rename_part(entry: &mut Entry, from: &Part, to: &Part) {
    let key = match from {
        Part::Unique(_) | Part::Index(_) => {
            entry.keys.iter_mut().find(|key| from.name().is_some_and(|name| is_same(name, &key.name)))
        }
        _ => None,
    };
    match (key, to.name()) {
        (Some(key), Some(name)) => name.clone_into(&mut key.name),
        _ => {
            drop_part(entry, from);
            add_part(entry, to);
        }
    }
}

fn holds(columns: &[String], column: &str) -> bool {
    columns.iter().any(|other| is_same(other, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_of_an_index_is_a_column_a_prefix_or_an_expression() {
        assert_eq!(key_item("name").sql(), "`name`");
        assert_eq!(key_item("`name` (10) desc").sql(), "`name`(10) DESC");
        assert_eq!(key_item("lower(name)").sql(), "(lower(name))");
        assert_eq!(key_item("(lower(name)) DESC").expression.as_deref(), Some("(lower(name)) DESC"));
    }
}
