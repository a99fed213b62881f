//! What an engine has no place for, each at the word that says it. A comment that an engine cannot keep is no mistake:
//! models are shared between engines.

use proc_macro2::Span;
use schema_runtime::dialect::Dialect::{self, Mysql, Postgres, Sqlite};

use super::attributes::{ForeignKeyWords, IndexWords, StructWords};
use super::columns::Field;
use super::engine;
use super::source::{Mistakes, rules};
use super::structs::sql_of;
use super::words::Said;
use crate::schema::{Action, IndexItem, Table};

/// Looks at the words of a struct and of its fields.
pub(super) fn of_struct(words: &StructWords, fields: &[Field], dialect: Dialect, m: &mut Mistakes<'_>) {
    let mut only = |engines: &[Dialect], word: &str, span: Option<Span>| {
        if let (Some(span), false) = (span, engines.contains(&dialect)) {
            let message = format!("{} has no `{word}`", engine(dialect));
            let owners: Vec<&str> = engines.iter().map(|dialect| engine(*dialect)).collect();
            let help = format!("it is a word of {}", owners.join(" and "));
            m.advise(rules::ATTRIBUTE, span, message, "no place for this", help);
        }
    };
    only(&[Sqlite], "strict", span(&words.strict));
    only(&[Sqlite], "without_rowid", span(&words.without_rowid));
    only(&[Mysql], "engine", span(&words.engine));
    only(&[Mysql], "charset", span(&words.charset));
    only(&[Postgres], "schema", span(&words.schema));
    for index in &words.indexes {
        only(&[Sqlite, Postgres], "where", span(&index.condition));
        only(&[Postgres, Mysql], "method", span(&index.method));
        only(&[Postgres], "include", span(&index.include));
    }
    for field in fields {
        only(&[Sqlite, Postgres], "deferrable", span(&field.words.deferrable));
    }
    for key in &words.foreign_keys {
        only(&[Sqlite, Postgres], "deferrable", span(&key.deferrable));
    }
    methods(&words.indexes, dialect, m);
    strict_types(words, fields, m);
    identities(fields, dialect, m);
    if let (Some(without), Some(field)) =
        (&words.without_rowid, fields.iter().find(|field| field.words.identity.is_some()))
    {
        let message = format!("a table without rowids cannot number `{}`", field.name);
        m.add(rules::CONTRADICTION, without.span, message, "one of the two");
    }
}

/// The methods of an index that MySQL has.
fn methods(indexes: &[IndexWords], dialect: Dialect, m: &mut Mistakes<'_>) {
    const METHODS: [&str; 4] = ["btree", "hash", "fulltext", "spatial"];
    for method in indexes.iter().filter_map(|index| index.method.as_ref()).filter(|_| dialect == Mysql) {
        if !METHODS.contains(&method.value.to_lowercase().as_str()) {
            let message = format!("{} has no index method `{}`", engine(dialect), method.value);
            m.advise(
                rules::ATTRIBUTE,
                method.span,
                message,
                "not known",
                format!("it has {}", METHODS.join(", ")),
            );
        }
    }
}

fn strict_types(words: &StructWords, fields: &[Field], m: &mut Mistakes<'_>) {
    const TYPES: [&str; 6] = ["int", "integer", "real", "text", "blob", "any"];
    for sql_type in
        fields.iter().filter_map(|field| field.words.sql_type.as_ref()).filter(|_| words.strict.is_some())
    {
        if !TYPES.contains(&sql_type.value.trim().to_lowercase().as_str()) {
            let message = format!("a STRICT table has no type `{}`", sql_type.value);
            let help = "it has INT, INTEGER, REAL, TEXT, BLOB and ANY";
            m.advise(rules::CONTRADICTION, sql_type.span, message, "not in a STRICT table", help);
        }
    }
}

fn identities(fields: &[Field], dialect: Dialect, m: &mut Mistakes<'_>) {
    let identities = fields.iter().filter_map(|field| field.words.identity.as_ref());
    for identity in identities.skip(1).filter(|_| dialect == Mysql) {
        m.add(rules::CONTRADICTION, identity.span, "MySQL numbers one column of a table", "the second one");
    }
}

/// Looks at a whole table: what its keys ask of its columns.
pub(super) fn of_keys(
    table: &Table,
    fields: &[Field],
    keys: &[ForeignKeyWords],
    dialect: Dialect,
    m: &mut Mistakes<'_>,
) {
    for (column, field) in table.columns.iter().zip(fields) {
        let of_this = |key: &&ForeignKeyWords| key.columns.iter().any(|name| name.value == column.name);
        let is_indexed = in_key(table, &column.name) || keys.iter().any(|key| of_this(&key));
        if dialect == Mysql && is_indexed {
            unbounded(sql_of(&column.ty).unwrap_or_default(), field, m);
        }
        if dialect == Mysql
            && !starts_key(table, &column.name)
            && let Some(identity) = &field.words.identity
        {
            let message = "MySQL numbers nothing but the first column of a key";
            m.add(rules::CONTRADICTION, identity.span, message, "no key begins with this column");
        }
        for key in keys.iter().filter(of_this) {
            actions(key, column.is_nullable, &column.name, m);
        }
    }
    for key in keys.iter().filter(|_| dialect == Mysql) {
        for action in [&key.on_delete, &key.on_update].into_iter().flatten() {
            if action.value == Action::SetDefault {
                m.add(rules::ATTRIBUTE, action.span, "MySQL has no `set default`", "no place for this");
            }
        }
    }
}

/// MySQL wants to know how much of a text an index holds.
fn unbounded(sql: &str, field: &Field, m: &mut Mistakes<'_>) {
    let (help, what) = match sql.to_uppercase().as_str() {
        "TEXT" => ("add `#[schema(max_length = ..)]`", "a text"),
        "BLOB" => ("say a length: `#[schema(sql_type = \"VARBINARY(..)\")]`", "a blob"),
        _ => return,
    };
    let message = format!("MySQL cannot index `{}`, {what} of any length", field.name);
    m.advise(rules::CONTRADICTION, field.type_span(), message, "indexed, and without a length", help);
}

fn actions(key: &ForeignKeyWords, is_nullable: bool, column: &str, m: &mut Mistakes<'_>) {
    for action in [&key.on_delete, &key.on_update].into_iter().flatten() {
        if action.value == Action::SetNull && !is_nullable {
            let message = format!("`set null` on `{column}`, which is never NULL");
            let help = "make the field an `Option`, or choose another action";
            m.advise(rules::CONTRADICTION, action.span, message, "would always fail", help);
        }
    }
}

fn in_key(table: &Table, column: &str) -> bool {
    let has = |columns: &[String]| columns.iter().any(|name| name == column);
    table.primary_key.iter().any(|key| has(&key.columns))
        || table.uniques.iter().any(|unique| has(&unique.columns))
        || table.indexes.iter().filter(|index| index.method.as_deref() != Some("fulltext")).any(|index| {
            index.items.iter().any(|item| matches!(item, IndexItem::Column { name, .. } if name == column))
        })
}

fn starts_key(table: &Table, column: &str) -> bool {
    let starts = |columns: &[String]| columns.first().is_some_and(|name| name == column);
    table.primary_key.iter().any(|key| starts(&key.columns))
        || table.uniques.iter().any(|unique| starts(&unique.columns))
        || table.indexes.iter().any(
            |index| matches!(index.items.first(), Some(IndexItem::Column { name, .. }) if name == column),
        )
}

fn span<T>(said: &Option<Said<T>>) -> Option<Span> {
    said.as_ref().map(|said| said.span)
}
