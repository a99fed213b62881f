//! What cannot be known without a database. What is new touches nothing that is there; everything else may meet what
//! no schema says: triggers, views, rights, clauses of the engine's own.

use schema_build::schema::{EnumType, IndexItem, Schema, Table};
use schema_build::statement::{Kind, tokens};
use schema_runtime::history::History;

use crate::dialect::Dialect;
use crate::operation::Operation;

/// Why these operations cannot be written; `None` when they can.
pub(super) fn of<D: Dialect>(
    dialect: &D,
    history: &History,
    current: &Schema,
    operations: &[Operation],
) -> Option<String> {
    let operation = operations.iter().find(|operation| !is_addition(operation))?;
    let doing = crate::render::difference::detected(operation);
    if let Some(view) = current.views.keys().next() {
        return Some(format!("{doing}: the view `{view}` may be in the way"));
    }
    if let Some((title, word)) = unsaid(dialect, history) {
        return Some(format!(
            "{doing}: `{title}` says {word}, and schema.lock does not say what that means for it"
        ));
    }
    operations.iter().find_map(|operation| carried_off(dialect, current, operations, operation))
}

/// Whether it touches nothing that is there.
fn is_addition(operation: &Operation) -> bool {
    match operation {
        Operation::CreateTable { .. }
        | Operation::AddColumn { .. }
        | Operation::AddPart { .. }
        | Operation::CreateEnum { .. } => true,
        Operation::AlterEnum { from, to, recode } => recode.is_empty() && is_longer(from, to),
        Operation::DropTable { .. }
        | Operation::RenameTable { .. }
        | Operation::AlterTable { .. }
        | Operation::DropColumn { .. }
        | Operation::RenameColumn { .. }
        | Operation::AlterColumn { .. }
        | Operation::DropPart { .. }
        | Operation::RenamePart { .. }
        | Operation::DropEnum { .. }
        | Operation::RenameEnum { .. } => false,
    }
}

fn is_longer(from: &EnumType, to: &EnumType) -> bool {
    let names = |ty: &EnumType| ty.values.iter().map(|value| value.name.clone()).collect::<Vec<_>>();
    names(to).starts_with(&names(from))
}

/// The first revision with a word that a schema has no place for.
fn unsaid<D: Dialect>(dialect: &D, history: &History) -> Option<(String, String)> {
    history.revisions().iter().find_map(|revision| {
        let word = unsaid_word(dialect, &revision.up.text)?;
        Some((revision.title(), word))
    })
}

fn unsaid_word<D: Dialect>(dialect: &D, sql: &str) -> Option<String> {
    let mut before = String::new();
    for token in tokens(sql, dialect.engine()).filter(|token| token.kind != Kind::Comment) {
        let text = &sql[token.range()];
        let word = if token.kind == Kind::Word { text.to_ascii_uppercase() } else { String::new() };
        let is_guard = before == "DO" && text.starts_with("$guard$");
        if is_unsaid(dialect, &before) && !is_guard {
            return Some(before);
        }
        // A column that changes with every row.
        if before == "UPDATE" && matches!(word.as_str(), "CURRENT_TIMESTAMP" | "NOW" | "LOCALTIMESTAMP") {
            return Some(format!("ON UPDATE {word}"));
        }
        before = word;
    }
    is_unsaid(dialect, &before).then_some(before)
}

fn is_unsaid<D: Dialect>(dialect: &D, word: &str) -> bool {
    dialect.unsaid().contains(&word)
}

/// A key or index that goes with a column and that no operation names: engines differ in what they make of it.
fn carried_off<D: Dialect>(
    dialect: &D,
    current: &Schema,
    operations: &[Operation],
    operation: &Operation,
) -> Option<String> {
    let Operation::DropColumn { table, column } = operation else { return None };
    let (_, there) = current.tables.iter().find(|(name, _)| dialect.is_same(name, table))?;
    let is_gone = |part: &Option<String>| {
        operations.iter().any(|other| match other {
            Operation::DropPart { table: owner, part: gone } => {
                owner == table && gone.name().map(str::to_owned) == *part
            }
            _ => false,
        })
    };
    let part = parts(there).into_iter().find(|(name, columns)| {
        columns.iter().any(|it| dialect.is_same(it, &column.name)) && !is_gone(name)
    })?;
    let name = part.0.unwrap_or_default();
    Some(format!(
        "`{name}` of `{table}` would go with `{}`, and what the engine makes of that is not known",
        column.name
    ))
}

/// What has columns in a list, by name.
fn parts(table: &Table) -> Vec<(Option<String>, Vec<String>)> {
    let uniques = table.uniques.iter().map(|unique| (unique.name.clone(), unique.columns.clone()));
    let keys = table.foreign_keys.iter().map(|key| (key.name.clone(), key.columns.clone()));
    let indexes = table.indexes.iter().map(|index| {
        let columns = index.items.iter().filter_map(|item| match item {
            IndexItem::Column { name, .. } => Some(name.clone()),
            IndexItem::Sql(_) => None,
        });
        (index.name.clone(), columns.chain(index.include.clone()).collect())
    });
    uniques.chain(keys).chain(indexes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::mysql::Mysql;
    use crate::dialect::postgres::Postgres;
    use crate::operation::Part;

    #[test]
    fn words_that_no_schema_has_a_place_for_are_found() {
        let postgres = |sql: &str| unsaid_word(&Postgres, sql);
        assert_eq!(postgres("CREATE TABLE t (id int); -- a TRIGGER"), None);
        assert_eq!(postgres("CREATE TRIGGER x BEFORE INSERT ON t"), Some("TRIGGER".to_owned()));
        assert_eq!(postgres("ALTER TABLE t ADD note text DEFAULT 'VIEW'"), None);
        assert_eq!(postgres("DO $guard$ BEGIN END $guard$"), None);
        assert_eq!(postgres("DO $$ BEGIN END $$"), Some("DO".to_owned()));
        let mysql = |sql: &str| unsaid_word(&Mysql, sql);
        assert_eq!(mysql("CREATE TABLE t (a INT REFERENCES u ON UPDATE CASCADE)"), None);
        let stamped = "CREATE TABLE t (a TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)";
        assert_eq!(mysql(stamped), Some("ON UPDATE CURRENT_TIMESTAMP".to_owned()));
    }

    #[test]
    fn values_at_the_end_of_an_enum_touch_nothing() {
        let ty = |names: &[&str]| EnumType {
            name: "mood".to_owned(),
            values: names.iter().map(|name| schema_build::schema::EnumValue::named(*name)).collect(),
            was: None,
        };
        let alter = |from: &[&str], to: &[&str]| {
            is_addition(&Operation::AlterEnum { from: ty(from), to: ty(to), recode: Vec::new() })
        };
        assert!(alter(&["sad"], &["sad", "happy"]));
        assert!(!alter(&["sad", "happy"], &["sad"]));
        assert!(!alter(&["sad"], &["happy", "sad"]));
        let part = Part::PrimaryKey(schema_build::schema::PrimaryKey { name: None, columns: Vec::new() });
        assert!(is_addition(&Operation::AddPart { table: "t".to_owned(), part: part.clone() }));
        assert!(!is_addition(&Operation::DropPart { table: "t".to_owned(), part }));
    }
}
