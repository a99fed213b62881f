//! Brings a schema into SQLite's own form: what SQLite fills in is filled in, what it has no place for is left out,
//! so that two descriptions of one table compare equal. Pure.

use std::collections::BTreeMap;

use schema_build::schema::{Column, EnumType, EnumValue, Identity, IndexItem, Schema, Table};
use schema_build::statement::Kind;

use super::introspect::{item_from_sql, plain_unique};
use super::name;

/// The whole schema.
pub(crate) fn schema(schema: &mut Schema) {
    let keys: BTreeMap<String, Vec<String>> = schema
        .tables
        .iter()
        .map(|(name, table)| {
            (name::fold(name), table.primary_key.iter().flat_map(|key| key.columns.clone()).collect())
        })
        .collect();
    for table in schema.tables.values_mut() {
        self::table(table, &keys);
    }
}

fn table(table: &mut Table, keys: &BTreeMap<String, Vec<String>>) {
    table.comment = None;
    table.options.engine = None;
    table.options.charset = None;
    columns(table);
    indexes(table);
    for key in table.foreign_keys.iter_mut().filter(|key| key.references.is_empty()) {
        key.references = keys.get(&name::fold(&key.table)).cloned().unwrap_or_default();
    }
}

fn columns(table: &mut Table) {
    let key = table.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default();
    for column in &mut table.columns {
        column.comment = None;
        // SQLite lets NULL into keys for a historical reason; nobody means it.
        column.is_nullable &= !key.iter().any(|key| name::is_same(key, &column.name));
        column.identity = column.identity.map(|_| Identity::ByDefault);
        column.default = column.default.take().filter(|default| !default.eq_ignore_ascii_case("null"));
        column.collation = column.collation.take().filter(|collation| !name::is_same(collation, "binary"));
    }
}

fn indexes(table: &mut Table) {
    for index in &mut table.indexes {
        for item in &mut index.items {
            let column = match &*item {
                IndexItem::Sql(sql) => item_from_sql(sql, &table.columns),
                IndexItem::Column { name, is_descending, collation } => IndexItem::Column {
                    name: name.clone(),
                    is_descending: *is_descending,
                    collation: collation
                        .clone()
                        .filter(|collation| !is_own(table_column(&table.columns, name), collation)),
                },
            };
            *item = column;
        }
    }
    let uniques: Vec<_> = table.indexes.iter().filter_map(plain_unique).collect();
    table.indexes.retain(|index| plain_unique(index).is_none());
    table.uniques.extend(uniques);
}

fn table_column<'a>(columns: &'a [Column], name: &str) -> Option<&'a Column> {
    columns.iter().find(|column| name::is_same(&column.name, name))
}

fn is_own(column: Option<&Column>, collation: &str) -> bool {
    let own = column.and_then(|column| column.collation.as_deref()).unwrap_or("binary");
    name::is_same(own, collation)
}

/// The values in `column IN ('a', 'b')`.
pub(crate) fn values_of_check(expression: &str, column: &str) -> Option<EnumType> {
    let kinds: Vec<(Kind, &str)> =
        schema_build::statement::tokens(expression, schema_runtime::dialect::Dialect::Sqlite)
            .filter(|token| token.kind != Kind::Comment)
            .map(|token| (token.kind, &expression[token.range()]))
            .collect();
    let [(_, name), (Kind::Word, word), (_, "("), inner @ .., (_, ")")] = kinds.as_slice() else {
        return None;
    };
    let is_list = name::is_same(&name::unquoted(name), column)
        && word.eq_ignore_ascii_case("in")
        && inner.len() % 2 == 1;
    let values: Option<Vec<EnumValue>> = inner
        .iter()
        .enumerate()
        .filter(|(position, token)| position % 2 == 0 || token.1 != ",")
        .map(|(_, token)| match token {
            (Kind::String, text) if text.starts_with('\'') => Some(EnumValue::named(name::unquoted(text))),
            _ => None,
        })
        .collect();
    values.filter(|_| is_list).map(|values| EnumType { name: String::new(), values, was: None })
}

/// The condition that a column holds one of these values.
pub(crate) fn check_of_values(column: &str, values: &EnumType) -> String {
    let list: Vec<String> = values.values.iter().map(|value| name::string(&value.name)).collect();
    format!("{} IN ({})", name::quoted(column), list.join(", "))
}

/// A default or an expression in the form in which equal ones are equal: TRUE is 1, and so on.
pub(crate) fn expression(sql: &str) -> String {
    match name::canonical(sql).as_str() {
        "true" => "1".to_owned(),
        "false" => "0".to_owned(),
        other => other.strip_prefix("+ ").unwrap_or(other).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enum_is_a_list_of_strings() {
        let values = |sql: &str| {
            values_of_check(sql, "mood")
                .map(|ty| ty.values.into_iter().map(|value| value.name).collect::<Vec<_>>())
        };
        assert_eq!(values("mood IN ('a', 'it''s')"), Some(vec!["a".to_owned(), "it's".to_owned()]));
        assert_eq!(values("\"Mood\" in('a')"), Some(vec!["a".to_owned()]));
        for other in
            ["mood IN ('a', 1)", "mood IN ()", "other IN ('a')", "mood IN ('a') OR 1", "mood NOT IN ('a')"]
        {
            assert_eq!(values(other), None, "{other}");
        }
        let ty = values_of_check("mood IN ('it''s', 'b')", "mood").expect("values");
        assert_eq!(check_of_values("mood", &ty), "mood IN ('it''s', 'b')");
    }

    #[test]
    fn defaults_compare_by_value() {
        assert_eq!(expression("TRUE"), expression("(1)"));
        assert_eq!(expression("current_timestamp"), expression("CURRENT_TIMESTAMP"));
        assert_ne!(expression("'a'"), expression("'A'"));
    }
}
