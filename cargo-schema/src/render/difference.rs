//! Differences in words: what was detected, one line per change.

use schema_build::schema::{Column, ColumnType, EnumType, IndexItem};

use crate::operation::{Operation, Part};

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

/// `Varchar(120)`: people read it more easily than they read shouting.
fn ty(column: &Column) -> String {
    let (ColumnType::Sql(ty) | ColumnType::Diesel { name: ty, .. }) = &column.ty;
    let mut letters = ty.chars();
    match letters.next() {
        None => "no type".to_owned(),
        Some(first) if ty.chars().all(|letter| !letter.is_lowercase()) => {
            first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect()
        }
        Some(_) => ty.clone(),
    }
}

fn null(column: &Column) -> &'static str {
    if column.is_nullable { "null" } else { "not null" }
}

fn values(ty: &EnumType) -> String {
    ty.values.iter().map(|value| value.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// What became of a column, property by property.
pub(crate) fn changes(from: &Column, to: &Column) -> Vec<String> {
    let mut changes = Vec::new();
    if ty(from) != ty(to) {
        changes.push(format!("{} -> {}", ty(from), ty(to)));
    }
    if from.is_nullable != to.is_nullable {
        changes.push(format!("{} -> {}", null(from), null(to)));
    }
    changes.extend(change("default", from.default.as_deref(), to.default.as_deref()));
    changes.extend(change("collation", from.collation.as_deref(), to.collation.as_deref()));
    let expression = |column: &Column| {
        column
            .generated
            .as_ref()
            .map(|made| format!("{} {}", made.expression, if made.is_stored { "stored" } else { "virtual" }))
    };
    changes.extend(change("generated as", expression(from).as_deref(), expression(to).as_deref()));
    changes.extend(change(
        "values",
        from.values.as_ref().map(values).as_deref(),
        to.values.as_ref().map(values).as_deref(),
    ));
    changes.extend(change("comment", from.comment.as_deref(), to.comment.as_deref()));
    match (from.identity, to.identity) {
        (None, Some(_)) => changes.push("numbered by the engine".to_owned()),
        (Some(_), None) => changes.push("no longer numbered by the engine".to_owned()),
        (Some(left), Some(right)) if left != right => changes.push("numbered otherwise".to_owned()),
        (_, _) => {}
    }
    changes
}

fn change(what: &str, from: Option<&str>, to: Option<&str>) -> Option<String> {
    match (from, to) {
        (None, None) => None,
        (Some(from), Some(to)) if from == to => None,
        (Some(from), Some(to)) => Some(format!("{what} {from} -> {to}")),
        (None, Some(to)) => Some(format!("{what} {to}")),
        (Some(_), None) => Some(format!("no {what}")),
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
