//! Differences in words: what was detected, one line per change.

use schema_build::schema::IndexItem;
use schema_build::schema::words::{changes, null, ty, values};

use crate::comparison::Between;
use crate::dialect::script::Script;
use crate::operation::{Operation, Part};

/// Every difference: what happened, and to what.
pub(crate) fn lines(between: &Between) -> impl Iterator<Item = (&'static str, String)> + '_ {
    let rest = between.rest.iter().map(|line| {
        let change = if line.starts_with('-') { "removed" } else { "added" };
        (change, line[2..].to_owned())
    });
    between.operations.iter().map(operation).chain(rest)
}

/// The SQL of a difference, with what no operation does left for a person.
pub(crate) fn script(script: &Script, between: &Between) -> String {
    let mut text = String::new();
    if script.needs_foreign_keys_off {
        text.push_str(
            "-- a table is rebuilt: run `PRAGMA foreign_keys = OFF` before, outside of a transaction\n\n",
        );
    }
    text.push_str(&script.text());
    for line in &between.rest {
        text.push_str(&format!("-- left to do: {}\n", line.replace('\n', " ")));
    }
    text
}

/// ``added column `users.phone` (TEXT, null)``.
pub(crate) fn detected(operation: &Operation) -> String {
    let (verb, what) = self::operation(operation);
    format!("{verb} {what}")
}

/// The verb, and what it was done to.
pub(crate) fn operation(operation: &Operation) -> (&'static str, String) {
    match operation {
        Operation::CreateTable { name, .. } => ("added", format!("table `{name}`")),
        Operation::DropTable { name, .. } => ("removed", format!("table `{name}`")),
        Operation::RenameTable { from, to } => ("renamed", format!("table `{from}` -> `{to}`")),
        Operation::AlterTable { table, .. } => ("changed", format!("options of table `{table}`")),
        Operation::AddColumn { table, column } => {
            ("added", format!("column `{table}.{}` ({}, {})", column.name, ty(column), null(column)))
        }
        Operation::DropColumn { table, column } => ("removed", format!("column `{table}.{}`", column.name)),
        Operation::RenameColumn { table, from, to } => {
            ("renamed", format!("column `{table}.{from}` -> `{table}.{to}`"))
        }
        Operation::AlterColumn { table, from, to, .. } => {
            ("changed", format!("column `{table}.{}` ({})", to.name, changes(from, to).join(", ")))
        }
        Operation::AddPart { table, part } => ("added", part_of(part, table)),
        Operation::DropPart { table, part } => ("removed", part_of(part, table)),
        Operation::RenamePart { table, from, to } => {
            let names =
                [from, to].map(|part| part.name().map_or("unnamed".to_owned(), |name| format!("`{name}`")));
            ("renamed", format!("{} {} -> {} on {table}", from.noun(), names[0], names[1]))
        }
        Operation::CreateEnum { ty } => ("added", format!("enum `{}`", ty.name)),
        Operation::DropEnum { ty } => ("removed", format!("enum `{}`", ty.name)),
        Operation::RenameEnum { from, to } => ("renamed", format!("enum `{from}` -> `{to}`")),
        Operation::AlterEnum { from, to, .. } => {
            ("changed", format!("enum `{}` ({} -> {})", to.name, values(from), values(to)))
        }
    }
}

/// ``index `users_phone_idx` on users(phone)``.
fn part_of(part: &Part, table: &str) -> String {
    let name = part.name().map_or(String::new(), |name| format!(" `{name}`"));
    let over = match part {
        Part::PrimaryKey(key) => format!("({})", key.columns.join(", ")),
        Part::Unique(unique) => format!("({})", unique.columns.join(", ")),
        Part::Index(index) => format!("({})", index.items.iter().map(item).collect::<Vec<_>>().join(", ")),
        Part::Check(check) => format!(" ({})", check.expression),
        Part::ForeignKey(key) => {
            format!("({}) -> {}({})", key.columns.join(", "), key.table, key.references.join(", "))
        }
    };
    format!("{}{name} on {table}{over}", part.noun())
}

fn item(item: &IndexItem) -> String {
    match item {
        IndexItem::Sql(sql) => sql.clone(),
        IndexItem::Column { name, is_descending, collation } => {
            let collation = collation.as_ref().map_or(String::new(), |name| format!(" collate {name}"));
            format!("{name}{collation}{}", if *is_descending { " desc" } else { "" })
        }
    }
}
