//! Brings a schema into PostgreSQL's own form: what PostgreSQL fills in is filled in, what it has no place for is left
//! out, so that two descriptions of one table compare equal. How it spells expressions is asked elsewhere (`spell`).
//! Pure.

use std::collections::{BTreeMap, BTreeSet};

use schema_build::schema::{Column, ColumnType, EnumType, IndexItem, Options, Schema, Table};

use super::introspect::plain_unique;
use super::{name, types};

/// The whole schema.
pub(crate) fn schema(schema: &mut Schema) {
    unqualify(schema);
    let enums: BTreeSet<String> = schema.enums.keys().cloned().collect();
    let keys: BTreeMap<String, Vec<String>> = schema
        .tables
        .iter()
        .map(|(name, table)| {
            (name.clone(), table.primary_key.iter().flat_map(|key| key.columns.clone()).collect())
        })
        .collect();
    for table in schema.tables.values_mut() {
        self::table(table, &keys, &enums);
    }
}

/// `public.users` is `users`, unless there is another one.
fn unqualify(schema: &mut Schema) {
    let bare = |name: &str| name.strip_prefix("public.").map(str::to_owned);
    let qualified: Vec<String> = schema.tables.keys().filter(|name| bare(name).is_some()).cloned().collect();
    for old in qualified {
        let Some(new) = bare(&old).filter(|new| !schema.tables.contains_key(new)) else { continue };
        if let Some(table) = schema.tables.remove(&old) {
            schema.tables.insert(new.clone(), table);
        }
        let keys = schema.tables.values_mut().flat_map(|table| &mut table.foreign_keys);
        keys.filter(|key| key.table == old).for_each(|key| key.table.clone_from(&new));
    }
}

fn table(table: &mut Table, keys: &BTreeMap<String, Vec<String>>, enums: &BTreeSet<String>) {
    table.options = Options::default();
    table.comment = table.comment.take().filter(|comment| !comment.is_empty());
    let key = table.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default();
    for column in &mut table.columns {
        self::column(column, enums);
        column.is_nullable &= !key.contains(&column.name);
    }
    indexes(table);
    for key in table.foreign_keys.iter_mut().filter(|key| key.references.is_empty()) {
        key.references = keys.get(&key.table).cloned().unwrap_or_default();
    }
}

fn column(column: &mut Column, enums: &BTreeSet<String>) {
    if let ColumnType::Sql(sql) = &mut column.ty {
        *sql = ty(sql, enums);
        column.is_nullable &= types::behind_serial(sql).is_none();
    }
    column.is_nullable &= column.identity.is_none();
    column.comment = column.comment.take().filter(|comment| !comment.is_empty());
    column.default = column.default.take().filter(|default| !default.eq_ignore_ascii_case("null"));
    column.collation = column.collation.take().filter(|collation| collation != "default");
}

/// A type of PostgreSQL's own by its one name; an enum as the enum is called; others as SQL reads them.
fn ty(sql: &str, enums: &BTreeSet<String>) -> String {
    let canonical = types::canonical(sql);
    let base = canonical.strip_suffix("[]").unwrap_or(&canonical);
    let is_as_written = !types::is_custom(&canonical) || enums.contains(base) || sql.contains('"');
    if is_as_written { canonical } else { canonical.to_ascii_lowercase() }
}

fn indexes(table: &mut Table) {
    for index in &mut table.indexes {
        index.method =
            index.method.take().map(|method| method.to_ascii_lowercase()).filter(|method| method != "btree");
        for item in &mut index.items {
            if let IndexItem::Sql(sql) = item
                && let Some(column) = column_item(sql, &table.columns)
            {
                *item = column;
            }
        }
    }
    let uniques: Vec<_> = table.indexes.iter().filter_map(plain_unique).collect();
    table.indexes.retain(|index| plain_unique(index).is_none());
    table.uniques.extend(uniques);
}

/// An item of SQL that is no more than a column.
fn column_item(sql: &str, columns: &[Column]) -> Option<IndexItem> {
    let (text, is_descending) = match sql.rsplit_once(' ') {
        Some((text, word)) if word.eq_ignore_ascii_case("desc") => (text, true),
        Some((text, word)) if word.eq_ignore_ascii_case("asc") => (text, false),
        Some(_) | None => (sql, false),
    };
    let name = name::unquoted(text.trim());
    let column = columns.iter().find(|column| column.name == name)?;
    Some(IndexItem::Column { name: column.name.clone(), is_descending, collation: None })
}

/// The values in `column IN ('a', 'b')`. An enum is a type here, and no check.
pub(crate) fn values_of_check(_expression: &str, _column: &str) -> Option<EnumType> {
    None
}
