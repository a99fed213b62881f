//! Brings a schema into MySQL's own form: what MySQL fills in is filled in, what it has no place for is left out, so
//! that two descriptions of one table compare equal. Pure.

use std::collections::BTreeMap;

use schema_build::schema::{
    Action, Column, ColumnType, EnumType, EnumValue, ForeignKey, Identity, Index, IndexItem, Schema, Table,
    Unique,
};

use super::edit::{key_item, sql_type};
use super::name::{canonical, fold, is_same, string, unquoted};
use super::types::{Family, SqlType};

/// The whole schema.
pub(super) fn schema(schema: &mut Schema) {
    let keys: BTreeMap<String, Vec<String>> = schema
        .tables
        .iter()
        .map(|(name, table)| {
            (fold(name), table.primary_key.iter().flat_map(|key| key.columns.clone()).collect())
        })
        .collect();
    schema.tables.values_mut().for_each(|table| self::table(table, &keys));
}

fn table(table: &mut Table, keys: &BTreeMap<String, Vec<String>>) {
    table.options.is_strict = false;
    table.options.is_without_rowid = false;
    table.options.engine = table.options.engine.take().map(|engine| fold(&engine));
    table.options.charset = table.options.charset.take().map(|charset| self::charset(&charset));
    table.comment = table.comment.take().filter(|comment| !comment.is_empty());
    let key = table.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default();
    for column in &mut table.columns {
        self::column(column, key.iter().any(|key| is_same(key, &column.name)));
    }
    indexes(table);
    for key in &mut table.foreign_keys {
        if key.references.is_empty() {
            key.references = keys.get(&fold(&key.table)).cloned().unwrap_or_default();
        }
        for action in [&mut key.on_delete, &mut key.on_update] {
            // One is the other: MySQL defers nothing.
            if *action == Action::Restrict {
                *action = Action::NoAction;
            }
        }
    }
    keys_of_foreign_keys(table);
}

fn charset(name: &str) -> String {
    match fold(name).as_str() {
        "utf8" => "utf8mb3".to_owned(),
        other => other.to_owned(),
    }
}

fn column(column: &mut Column, is_key: bool) {
    column.is_nullable &= !is_key;
    // MariaDB has no generated column that is NOT NULL.
    column.is_nullable |= column.generated.is_some();
    column.identity = column.identity.map(|_| Identity::ByDefault);
    column.comment = column.comment.take().filter(|comment| !comment.is_empty());
    let ColumnType::Sql(sql) = &column.ty else { return };
    let ty = SqlType::read(sql);
    column.collation = column.collation.take().filter(|_| ty.has_charset()).map(|collation| fold(&collation));
    column.default = column.default.take().filter(|default| !default.eq_ignore_ascii_case("null"));
    column.default = column.default.take().map(|default| typed(&default, &ty));
    if ty.base == "enum" {
        let name = column.values.as_ref().map_or(column.name.clone(), |values| values.name.clone());
        let said = column.values.take().map(|values| values.values).unwrap_or_default();
        let value = |name: &String| {
            let said = said.iter().find(|value| value.name == *name);
            said.cloned().unwrap_or_else(|| EnumValue::named(name))
        };
        column.values = Some(EnumType { name, values: ty.arguments.iter().map(value).collect(), was: None });
    }
}

/// A literal as a column of this type keeps it; any other default as it is.
fn typed(default: &str, ty: &SqlType) -> String {
    let plain = canonical(default).replace("- ", "-").replace(" . ", ".");
    let is_string = plain.starts_with('\'') && canonical(default) == plain;
    let literal = if is_string { unquoted(&plain) } else { plain.clone() };
    let Some(number) = literal.parse::<f64>().ok().filter(|number| number.is_finite()) else {
        return default.to_owned();
    };
    match ty.family() {
        Family::Bool | Family::Integer => {
            literal.parse::<i128>().map_or(default.to_owned(), |number| number.to_string())
        }
        Family::Decimal => {
            decimal(&literal, ty.number(1).unwrap_or_default() as usize).unwrap_or(default.to_owned())
        }
        Family::Float => number.to_string(),
        Family::Text | Family::Enum if !is_string => string(&literal),
        _ => default.to_owned(),
    }
}

/// With so many digits, where there are no more of them.
fn decimal(literal: &str, digits: usize) -> Option<String> {
    let (whole, fraction) = literal.split_once('.').unwrap_or((literal, ""));
    let is_plain =
        (fraction.len() <= digits) && literal.chars().all(|c| c.is_ascii_digit() || "-.".contains(c));
    let dot = if digits == 0 { "" } else { "." };
    is_plain.then(|| format!("{}{dot}{fraction:0<digits$}", if whole.is_empty() { "0" } else { whole }))
}

fn indexes(table: &mut Table) {
    for index in &mut table.indexes {
        index.method = index.method.take().map(|method| fold(&method)).filter(|method| method != "btree");
        for item in &mut index.items {
            let IndexItem::Sql(sql) = &*item else { continue };
            let read = key_item(sql);
            *item = match (read.column.clone(), read.prefix) {
                (Some(name), None) => {
                    IndexItem::Column { name, is_descending: read.is_descending, collation: None }
                }
                _ => IndexItem::Sql(read.sql()),
            };
        }
    }
    let uniques: Vec<Unique> = table.indexes.iter().filter_map(plain_unique).collect();
    table.indexes.retain(|index| plain_unique(index).is_none());
    table.uniques.extend(uniques);
}

/// A unique index over nothing but columns is a unique key.
fn plain_unique(index: &Index) -> Option<Unique> {
    let column = |item: &IndexItem| match item {
        IndexItem::Column { name, is_descending: false, .. } => Some(name.clone()),
        _ => None,
    };
    let columns: Option<Vec<String>> = index.items.iter().map(column).collect();
    columns.filter(|_| index.is_unique && index.method.is_none()).map(|columns| Unique {
        name: index.name.clone(),
        columns,
        was: index.was.clone(),
        is_constraint: true,
    })
}

/// MySQL makes an index for every foreign key that has none. It is said here, so that it has a name and goes with
/// its key.
fn keys_of_foreign_keys(table: &mut Table) {
    for key in table.foreign_keys.clone() {
        if !has_index(table, &key) {
            let item = |name: &String| IndexItem::Column {
                name: name.clone(),
                is_descending: false,
                collation: None,
            };
            table.indexes.push(Index {
                name: None,
                items: key.columns.iter().map(item).collect(),
                is_unique: false,
                condition: None,
                method: None,
                include: Vec::new(),
                was: None,
            });
        }
    }
}

/// Whether an index begins with the columns of the key.
fn has_index(table: &Table, key: &ForeignKey) -> bool {
    let begins = |columns: &[&String]| {
        columns.len() >= key.columns.len()
            && columns.iter().zip(&key.columns).all(|(left, right)| is_same(left, right))
    };
    let plain = |item: &IndexItem| match item {
        IndexItem::Column { name, is_descending: false, .. } => Some(name.clone()),
        _ => None,
    };
    let primary = table.primary_key.iter().map(|key| key.columns.iter().collect::<Vec<_>>());
    let uniques = table.uniques.iter().map(|unique| unique.columns.iter().collect::<Vec<_>>());
    let is_there = primary.chain(uniques).any(|columns| begins(&columns));
    is_there
        || table.indexes.iter().filter(|index| index.method.is_none()).any(|index| {
            let columns: Vec<String> = index.items.iter().map_while(plain).collect();
            begins(&columns.iter().collect::<Vec<_>>())
        })
}

/// The type of a column, in parts.
pub(super) fn read(column: &Column) -> SqlType {
    SqlType::read(sql_type(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_kept_as_its_column_keeps_it() {
        for (default, ty, kept) in [
            ("'0'", "int", "0"),
            ("TRUE", "tinyint(1)", "1"),
            ("-1", "bigint", "-1"),
            ("1.5", "decimal(10,2)", "1.50"),
            ("'1'", "decimal(10,2)", "1.00"),
            ("-2.5e3", "double", "-2500"),
            ("5", "varchar(9)", "'5'"),
            ("'1.50'", "varchar(9)", "'1.50'"),
            ("now()", "datetime", "now()"),
            ("'2026-01-01'", "date", "'2026-01-01'"),
            ("(1 + 1)", "int", "(1 + 1)"),
        ] {
            assert_eq!(typed(default, &SqlType::read(ty)), kept, "{default} {ty}");
        }
    }
}
