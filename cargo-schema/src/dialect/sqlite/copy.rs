//! What a row's values become when a table is rebuilt, and the guards that stop where a value would be lost. Pure.

use schema_build::schema::{Column, ColumnType};

use super::edit::is_other_type;
use super::introspect::{Entry, table_of};
use super::name::{self, quoted, string};
use super::source::TableSource;
use super::types::{Affinity, Family, affinity, family};
use crate::operation::Operation;

/// What one column of the new table gets: a name and an expression over the old row.
pub(super) struct Filled {
    pub(super) column: String,
    pub(super) value: String,
}

/// A statement pair that fails where a value would be lost.
pub(super) struct Guard {
    /// What is wrong with a row that the guard stops at, as the error says it.
    pub(super) reason: String,
    /// The condition on rows that must not be there.
    pub(super) condition: String,
}

/// Columns to copy, in the new table's order.
pub(super) fn filled(
    before: &TableSource,
    after: &Entry,
    operations: &[&Operation],
    is_way_back: bool,
) -> Vec<Filled> {
    let mut filled: Vec<Filled> = Vec::new();
    filled.extend(
        rowid(before, &after.source)
            .map(|rowid| Filled { column: rowid.to_owned(), value: rowid.to_owned() }),
    );
    for column in after.source.columns.iter().filter(|column| column.generated().is_none()) {
        let value = match before.column(&column.name) {
            Some(_) => Some(copied(&column.name, operations)),
            None => new_value(before, after, &column.name, operations, is_way_back),
        };
        filled.extend(value.map(|value| Filled { column: quoted(&column.name), value }));
    }
    filled
}

/// The name by which the rowid is copied, where rows have one that is no column.
fn rowid(before: &TableSource, after: &TableSource) -> Option<&'static str> {
    if before.is_without_rowid || after.is_without_rowid || after.rowid_alias().is_some() {
        return None;
    }
    ["rowid", "_rowid_", "oid"]
        .into_iter()
        .find(|name| before.column(name).is_none() && after.column(name).is_none())
}

fn copied(column: &str, operations: &[&Operation]) -> String {
    let name = quoted(column);
    let change = operations.iter().find_map(|operation| match operation {
        Operation::AlterColumn { from, to, recode, .. } if name::is_same(&from.name, column) => {
            Some((from, to, recode))
        }
        _ => None,
    });
    let Some((from, to, recode)) = change else { return name };
    let mut value = cast(from, to).unwrap_or_else(|| name.clone());
    if !recode.is_empty() {
        let cases: String =
            recode.iter().map(|(old, new)| format!(" WHEN {} THEN {}", string(old), string(new))).collect();
        value = format!("CASE {value}{cases} ELSE {value} END");
    }
    match &to.backfill {
        Some(backfill) if from.is_nullable && !to.is_nullable => format!("COALESCE({value}, {backfill})"),
        _ => value,
    }
}

fn sql_type(column: &Column) -> &str {
    let (ColumnType::Sql(ty) | ColumnType::Diesel { name: ty, .. }) = &column.ty;
    ty
}

/// The cast that storing alone would not do, or would not do visibly.
fn cast(from: &Column, to: &Column) -> Option<String> {
    let (old, new) = (affinity(sql_type(from)), affinity(sql_type(to)));
    let word = match new {
        _ if old == new || !is_other_type(from, to) => return None,
        Affinity::Text => "TEXT",
        Affinity::Integer => "INTEGER",
        Affinity::Real => "REAL",
        Affinity::Blob => "BLOB",
        // Bytes stay bytes in such a column, and people mean the text.
        Affinity::Numeric if old == Affinity::Blob => "TEXT",
        Affinity::Numeric => return None,
    };
    Some(format!("CAST({} AS {word})", quoted(&from.name)))
}

/// What existing rows get in a column that is new.
fn new_value(
    before: &TableSource,
    after: &Entry,
    column: &str,
    operations: &[&Operation],
    is_way_back: bool,
) -> Option<String> {
    let added = operations.iter().find_map(|operation| match operation {
        Operation::AddColumn { column: added, .. } if name::is_same(&added.name, column) => Some(added),
        _ => None,
    })?;
    if let Some(backfill) = added.backfill.as_ref().filter(|_| !is_way_back) {
        return Some(backfill.clone());
    }
    let after_source = &after.source;
    let is_number = after_source.rowid_alias().is_some_and(|alias| name::is_same(&alias.name, column));
    if is_number && !before.is_without_rowid && before.column("rowid").is_none() {
        return Some("rowid".to_owned());
    }
    let is_filled = added.is_nullable || added.default.is_some() || !is_way_back;
    if is_filled { None } else { placeholder(before, after, added) }
}

/// A value for a column that comes back without its values and must not be NULL; none for a foreign key, which would
/// have to point to somebody.
fn placeholder(before: &TableSource, after: &Entry, column: &Column) -> Option<String> {
    let table = table_of(after);
    let holds = |columns: &[String]| columns.iter().any(|other| name::is_same(other, &column.name));
    if table.foreign_keys.iter().any(|key| holds(&key.columns)) {
        return None;
    }
    let key = after.source.key();
    let is_unique = table.uniques.iter().any(|unique| holds(&unique.columns)) || holds(&key);
    if is_unique && !before.is_without_rowid && before.column("rowid").is_none() {
        return Some("rowid".to_owned());
    }
    let values = table
        .checks
        .iter()
        .find_map(|check| super::normalize::values_of_check(&check.expression, &column.name));
    if let Some(first) = values.as_ref().and_then(|values| values.values.first()) {
        return Some(string(&first.name));
    }
    Some(
        match family(sql_type(column)) {
            Family::Integer | Family::Bool | Family::Float => "0",
            Family::Text | Family::Other => "''",
            Family::Binary => "x''",
            Family::Timestamp => "'1970-01-01 00:00:00'",
            Family::Date => "'1970-01-01'",
            Family::Time => "'00:00:00'",
            Family::Json => "'null'",
        }
        .to_owned(),
    )
}

/// The guards that these changes of type need.
pub(super) fn guards(table: &str, operations: &[&Operation]) -> Vec<Guard> {
    operations
        .iter()
        .filter_map(|operation| match operation {
            Operation::AlterColumn { from, to, .. } if is_other_type(from, to) => guard(table, from, to),
            _ => None,
        })
        .collect()
}

fn guard(table: &str, from: &Column, to: &Column) -> Option<Guard> {
    let name = quoted(&from.name);
    let (old, new) = (affinity(sql_type(from)), sql_type(to));
    let is_text = matches!(old, Affinity::Text | Affinity::Blob | Affinity::Numeric);
    let condition = match (affinity(new), family(new)) {
        (Affinity::Integer, Family::Bool) | (Affinity::Numeric, Family::Bool) => {
            format!("{name} NOT IN (0, 1)")
        }
        // '007' would come back as 7.
        (Affinity::Integer, _) if is_text => {
            format!("CAST(CAST({name} AS INTEGER) AS TEXT) <> CAST({name} AS TEXT)")
        }
        (Affinity::Integer, _) => range(&name, old, from, new)?,
        (Affinity::Real, _) | (Affinity::Numeric, Family::Float) if is_text => {
            format!("CAST({name} AS NUMERIC) <> {name}")
        }
        (Affinity::Numeric, _) if old == Affinity::Text => {
            // A text that looks like a number becomes one.
            let number = format!("CAST({name} AS NUMERIC)");
            format!("{number} = {name} AND CAST({number} AS TEXT) <> {name}")
        }
        (Affinity::Real | Affinity::Numeric | Affinity::Text | Affinity::Blob, _) => return None,
    };
    Some(Guard { reason: format!("a value of {table}.{} is no {new}", from.name), condition })
}

/// Whole numbers that the narrower type has no room for, or numbers that are not whole.
fn range(name: &str, old: Affinity, from: &Column, new: &str) -> Option<String> {
    if old == Affinity::Real {
        return Some(format!("CAST({name} AS INTEGER) <> {name}"));
    }
    let (low, high) = match (width(sql_type(from)), width(new)) {
        (old, new) if old <= new => return None,
        (_, 2) => ("-32768", "32767"),
        (_, _) => ("-2147483648", "2147483647"),
    };
    Some(format!("{name} NOT BETWEEN {low} AND {high}"))
}

/// In bytes, as Diesel reads it.
fn width(ty: &str) -> u8 {
    match super::types::canonical(ty).as_str() {
        "SMALLINT" => 2,
        "INTEGER" => 4,
        _ => 8,
    }
}
