//! What is said above a rebuild: why it is one.

use schema_build::schema::{Column, ColumnType, Options};

use super::edit::{is_other_type, references};
use super::emit::Change;
use crate::operation::{Operation, Part};

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
            format!("{} is called `{}`", described(from), to.name().unwrap_or("nothing"))
        }
        Operation::AlterTable { from, to, .. } => options(&from.options, &to.options).join(", "),
        _ => return None,
    })
}

fn options(from: &Options, to: &Options) -> Vec<String> {
    let options = [
        ("STRICT", from.is_strict, to.is_strict),
        ("WITHOUT ROWID", from.is_without_rowid, to.is_without_rowid),
    ];
    let changed = options.iter().filter(|(_, was, is)| was != is);
    changed.map(|(name, _, is)| if *is { (*name).to_owned() } else { format!("no longer {name}") }).collect()
}

fn described(part: &Part) -> String {
    match (part.name(), part) {
        (Some(name), _) => format!("{} `{name}`", part.noun()),
        (None, Part::PrimaryKey(key)) => format!("primary key ({})", key.columns.join(", ")),
        (None, Part::Unique(unique)) => format!("unique key ({})", unique.columns.join(", ")),
        (None, Part::Check(check)) => format!("check ({})", check.expression),
        (None, Part::ForeignKey(key)) => {
            format!("foreign key ({}) {}", key.columns.join(", "), references(key))
        }
        (None, Part::Index(_)) => part.noun().to_owned(),
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
    if from.collation != to.collation {
        words.push(
            to.collation.as_ref().map_or("no collation".to_owned(), |name| format!("collation {name}")),
        );
    }
    if let Some(values) = to.values.as_ref().filter(|_| from.values != to.values) {
        words.push(format!("values {}", schema_build::schema::words::values(values)));
    }
    let others = [
        (from.generated.is_none() && to.generated.is_some(), "computed from now on, what was in it is lost"),
        (from.generated.is_some() && to.generated.is_none(), "computed no more"),
        (
            from.generated.is_some() && to.generated.is_some() && from.generated != to.generated,
            "computed otherwise",
        ),
        (from.values.is_some() && to.values.is_none(), "any value"),
        (from.identity != to.identity, "numbered otherwise"),
    ];
    words.extend(others.iter().filter(|(is_other, _)| *is_other).map(|(_, words)| (*words).to_owned()));
    words
}
