//! What is said above a rebuild: why it is one.

use schema_build::schema::{Column, ColumnType};

use super::edit::is_other_type;
use super::emit::Change;
use crate::operation::Operation;

/// Comment lines for one rebuilt table.
pub(super) fn reasons(change: &Change<'_>) -> Vec<String> {
    let table = &change.name;
    let mut lines =
        vec![format!("SQLite cannot change `{table}` like this in place, so the table is rebuilt:")];
    for operation in &change.operations {
        lines.extend(reason(change, operation).map(|reason| format!("  {reason}")));
    }
    lines
}

fn reason(change: &Change<'_>, operation: &Operation) -> Option<String> {
    let lost = |column: &Column| {
        if change.is_way_back {
            format!("`{}` comes back, but not its values", column.name)
        } else {
            format!("new column `{}`", column.name)
        }
    };
    Some(match operation {
        Operation::AddColumn { column, .. } => lost(column),
        Operation::DropColumn { column, .. } if change.is_way_back => format!("`{}` goes", column.name),
        Operation::DropColumn { column, .. } => format!("`{}` goes, and its values with it", column.name),
        Operation::AlterColumn { from, to, .. } => format!("`{}`: {}", to.name, changes(from, to).join(", ")),
        Operation::AddPart { part, .. } => format!("new {}", described(part)),
        Operation::DropPart { part, .. } => format!("no {}", described(part)),
        Operation::RenamePart { from, to, .. } => {
            format!(
                "{} `{}` is called `{}`",
                to.noun(),
                from.name().unwrap_or("without a name"),
                to.name().unwrap_or("nothing")
            )
        }
        Operation::AlterTable { .. } => "other options".to_owned(),
        _ => return None,
    })
}

fn described(part: &crate::operation::Part) -> String {
    match part.name() {
        Some(name) => format!("{} `{name}`", part.noun()),
        None => part.noun().to_owned(),
    }
}

/// What becomes of a column, clause by clause.
pub(super) fn changes(from: &Column, to: &Column) -> Vec<String> {
    let ty = |column: &Column| match &column.ty {
        ColumnType::Sql(ty) | ColumnType::Diesel { name: ty, .. } => ty.clone(),
    };
    let mut words = Vec::new();
    if is_other_type(from, to) {
        words.push(format!("{} becomes {}", ty(from), ty(to)));
    }
    match (from.is_nullable, to.is_nullable) {
        (true, false) => words.push("NOT NULL".to_owned()),
        (false, true) => words.push("may be NULL".to_owned()),
        (_, _) => {}
    }
    if from.default != to.default {
        words.push(
            to.default.as_ref().map_or("no default".to_owned(), |default| format!("default {default}")),
        );
    }
    let others = [
        (from.collation != to.collation, "another collation"),
        (from.generated.is_none() && to.generated.is_some(), "computed from now on, what was in it is lost"),
        (from.generated.is_some() && from.generated != to.generated, "computed otherwise"),
        (from.values != to.values, "other values"),
        (from.identity != to.identity, "numbered otherwise"),
    ];
    words.extend(others.iter().filter(|(is_other, _)| *is_other).map(|(_, words)| (*words).to_owned()));
    words
}
