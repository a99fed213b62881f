//! Changes that SQLite makes without rebuilding the table: indexes, most new columns, some old ones.

use super::emit::Change;
use super::introspect::{Catalogue, Entry};
use super::name::{is_same, mentions, quoted};
use super::source::{ClauseKind, ColumnSource};
use crate::dialect::script::Group;
use crate::operation::{Operation, Part};

/// Whether every change of the table can be made in place.
pub(super) fn is_possible(change: &Change<'_>, catalogue: &Catalogue) -> bool {
    change.operations.iter().all(|operation| match operation {
        Operation::AddColumn { column, .. } => {
            let has_triggers = catalogue.triggers_of(&change.name).next().is_some();
            let is_filled = column.backfill.is_some() && !change.is_way_back;
            (!is_filled || !has_triggers)
                && change.after.source.column(&column.name).is_some_and(can_be_added)
        }
        Operation::DropColumn { column, .. } => can_be_dropped(change, catalogue, &column.name),
        Operation::AddPart { part, .. } => is_index(part, &change.after) || belongs(change, part),
        Operation::DropPart { part, .. } => is_index(part, change.before) || belongs(change, part),
        Operation::RenamePart { from, to, .. } => {
            is_index(from, change.before) && is_index(to, &change.after)
        }
        _ => false,
    })
}

/// What the table that has it says: a model's unique key becomes an index, and one that people wrote may be a clause.
fn is_index(part: &Part, table: &Entry) -> bool {
    match part {
        Part::Index(_) => true,
        Part::Unique(unique) => {
            let has_name = |name: &String| table.indexes.iter().any(|index| is_same(&index.name, name));
            unique.name.as_ref().is_some_and(has_name)
        }
        Part::PrimaryKey(_) | Part::Check(_) | Part::ForeignKey(_) => false,
    }
}

/// A foreign key of a column that comes or goes is a clause of that column.
fn belongs(change: &Change<'_>, part: &Part) -> bool {
    let Part::ForeignKey(key) = part else { return false };
    let [only] = key.columns.as_slice() else { return false };
    let has_clause = |entry: &Entry| {
        entry.source.column(only).is_some_and(|written| written.clauses.iter().any(is_reference))
    };
    change.operations.iter().any(|operation| match operation {
        Operation::AddColumn { column, .. } => is_same(&column.name, only) && has_clause(&change.after),
        Operation::DropColumn { column, .. } => is_same(&column.name, only) && has_clause(change.before),
        _ => false,
    })
}

fn is_reference(clause: &super::source::Clause) -> bool {
    matches!(clause.kind, ClauseKind::ForeignKey(_))
}

/// What ALTER TABLE ADD COLUMN accepts whatever the rows are.
fn can_be_added(column: &ColumnSource) -> bool {
    let is_constant =
        |default: &str| !default.starts_with('(') && !default.to_ascii_lowercase().starts_with("current_");
    let default = column.default().filter(|default| !default.eq_ignore_ascii_case("null"));
    let has_key = column.clauses.iter().any(is_reference);
    column.clauses.iter().all(|clause| match &clause.kind {
        ClauseKind::PrimaryKey { .. } | ClauseKind::Unique { .. } => false,
        ClauseKind::Generated(generated) => !generated.is_stored,
        ClauseKind::NotNull => default.is_some() || column.generated().is_some(),
        ClauseKind::Default(_) => default.is_none_or(is_constant) && !(has_key && default.is_some()),
        ClauseKind::Check(_) | ClauseKind::Collate(_) | ClauseKind::ForeignKey(_) | ClauseKind::Other => true,
    })
}

/// What ALTER TABLE DROP COLUMN accepts: nothing else mentions the column.
fn can_be_dropped(change: &Change<'_>, catalogue: &Catalogue, column: &str) -> bool {
    let source = &change.before.source;
    let Some(written) = source.column(column) else { return false };
    let is_key =
        |kind: &ClauseKind| matches!(kind, ClauseKind::PrimaryKey { .. } | ClauseKind::Unique { .. });
    let is_bare = !written.clauses.iter().any(|clause| is_key(&clause.kind));
    let elsewhere = catalogue.views.values().chain(catalogue.triggers.iter().map(|trigger| &trigger.sql));
    is_bare
        && source.columns.len() > 1
        && !source.columns.iter().any(|other| !is_same(&other.name, column) && mentions(&other.sql(), column))
        && !source.constraints.iter().any(|clause| mentions(&clause.text, column))
        && !change.after.indexes.iter().any(|index| mentions(&index.sql, column))
        && !elsewhere.into_iter().any(|sql| mentions(sql, column))
}

/// The statements, in an order in which nothing is in the way.
pub(super) fn groups(change: &Change<'_>) -> Vec<Group> {
    let mut group = Group::default();
    let drops = change.dropped_indexes().map(|index| format!("DROP INDEX {}", quoted(&index.name)));
    group.statements.extend(drops);
    for operation in &change.operations {
        match operation {
            Operation::AddColumn { column, .. } => {
                add(change, &column.name, column.backfill.as_deref(), &mut group);
            }
            Operation::DropColumn { column, .. } => drop_column(change, &column.name, &mut group),
            _ => {}
        }
    }
    let creates: Vec<String> = change.new_indexes().map(|index| index.sql.clone()).collect();
    if group.statements.is_empty() {
        return vec![Group::of(creates)];
    }
    vec![group, Group::of(creates)]
}

fn add(change: &Change<'_>, column: &str, backfill: Option<&str>, group: &mut Group) {
    let Some(written) = change.after.source.column(column) else { return };
    let table = quoted(&change.name);
    group.statements.push(format!("ALTER TABLE {table} ADD COLUMN {}", written.sql()));
    if change.is_way_back {
        group.comments.push(format!("The values of `{}.{column}` are gone for good.", change.name));
    } else if let Some(backfill) = backfill.filter(|backfill| written.default() != Some(*backfill)) {
        group.statements.push(format!("UPDATE {table} SET {} = {backfill}", quoted(column)));
    }
}

fn drop_column(change: &Change<'_>, column: &str, group: &mut Group) {
    group.statements.push(format!("ALTER TABLE {} DROP COLUMN {}", quoted(&change.name), quoted(column)));
    if !change.is_way_back {
        group.comments.push(format!("`{}.{column}` goes, and its values with it.", change.name));
    }
}
