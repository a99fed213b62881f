//! What changes of a table do to its columns, and to the keys and checks that name them.

use super::Era;
use super::table::{Column, Table};
use crate::check::sql::act::ActionKind;
use crate::check::sql::part;

pub(super) fn made(column: &part::Column, era: Era) -> Column {
    Column {
        born: era,
        name: column.name.name.clone(),
        ty: column.ty.clone(),
        collation: column.collation.clone(),
        not_null: column.not_null || column.is_numbered || column.ty.as_ref().is_some_and(|ty| ty.is_serial),
        default: column.default.clone(),
        values: Vec::new(),
        is_generated: column.generated.is_some(),
        generated: column.generated.as_ref().map(|generated| generated.expr.clone()),
        is_numbered: column.is_numbered || column.ty.as_ref().is_some_and(|ty| ty.is_serial),
        has_own_start: column.words.iter().any(|word| word == "start"),
        charset: column.charset.clone(),
        on_update: column.on_update.clone(),
        comment: column.comment.clone(),
    }
}

pub(super) fn redefine(table: &mut Table, column: &str, definition: &part::Column) {
    let new_name = definition.name.name.clone();
    if let Some(known) = table.column_mut(column) {
        *known = made(definition, known.born);
    }
    rename_column(table, column, &new_name);
    if table.primary_key.as_ref().is_some_and(|key| key.contains(&new_name)) {
        set_not_null(table, &new_name, true);
    }
}

fn set_option(table: &mut Table, name: &str, value: &str) {
    table.options.retain(|option| option.split_once('=').is_none_or(|(own, _)| own != name));
    table.options.push(format!("{name}={value}"));
}

/// MySQL's CONVERT TO CHARACTER SET: the table and every column of it that holds text.
fn convert(table: &mut Table, charset: &str, collation: Option<&String>) {
    set_option(table, "charset", charset);
    for column in
        table.columns.iter_mut().filter(|column| column.charset.is_some() || column.collation.is_some())
    {
        column.charset = None;
        column.collation = collation.cloned();
    }
}

pub(super) fn set_primary_key(table: &mut Table, columns: Vec<String>) {
    for column in &columns {
        set_not_null(table, column, true);
    }
    table.primary_key = Some(columns);
}

pub(super) fn set_not_null(table: &mut Table, column: &str, not_null: bool) {
    if let Some(column) = table.column_mut(column) {
        column.not_null = not_null;
    }
}

fn set_numbered(table: &mut Table, column: &str, is_numbered: bool) {
    if let Some(column) = table.column_mut(column) {
        column.is_numbered = is_numbered;
    }
}

pub(super) fn drop_constraint(table: &mut Table, name: &str) {
    let is_other = |own: &Option<String>| own.as_deref() != Some(name);
    let had_key =
        table.indexes.iter().any(|it| !is_other(&it.name) && Some(it.items.clone()) == table.primary_key);
    table.indexes.retain(|it| is_other(&it.name));
    table.foreign_keys.retain(|it| is_other(&it.name));
    table.checks.retain(|it| is_other(&it.name));
    if had_key {
        table.primary_key = None;
    }
}

pub(super) fn change_column(table: &mut Table, action: &ActionKind, era: Era) {
    match action {
        ActionKind::DropColumn { column, .. } => drop_column(table, column),
        ActionKind::RenameColumn { from, to } => rename_column(table, from, to),
        ActionKind::SetType { column, ty, collation, .. } => {
            if let Some(column) = table.column_mut(column) {
                column.ty = Some(ty.clone());
                column.collation.clone_from(collation);
            }
        }
        ActionKind::SetNotNull { column } => set_not_null(table, column, true),
        ActionKind::DropNotNull { column } => set_not_null(table, column, false),
        ActionKind::SetDefault { column, expr } => {
            if let Some(column) = table.column_mut(column) {
                column.default = Some(expr.clone());
            }
        }
        ActionKind::DropDefault { column } => {
            if let Some(column) = table.column_mut(column) {
                column.default = None;
            }
        }
        ActionKind::AddIdentity { column, .. } => set_numbered(table, column, true),
        ActionKind::DropIdentity { column } => set_numbered(table, column, false),
        ActionKind::ValidateConstraint { name } => validate(table, name, era),
        ActionKind::RenameConstraint { from, to } => rename_constraint(table, from, to),
        ActionKind::DropPrimaryKey => {
            table.primary_key = None;
            table.indexes.retain(|index| index.name.as_deref() != Some("primary"));
        }
        ActionKind::SetEngine(engine) => set_option(table, "engine", engine),
        ActionKind::SetTableOption { name, value } => set_option(table, name, value),
        ActionKind::ConvertCharset { charset, collation } => convert(table, charset, collation.as_ref()),
        ActionKind::Other(words) if words.ends_with("system versioning") => {
            table.options.retain(|option| option != "system versioning");
            if !words.starts_with("drop") {
                table.options.push("system versioning".to_owned());
            }
        }
        ActionKind::DropForeignKey { name } => table.foreign_keys.retain(|it| it.name.as_ref() != Some(name)),
        _ => {}
    }
}

pub(super) fn drop_column(table: &mut Table, column: &str) {
    table.columns.retain(|it| it.name != column);
    table.indexes.retain(|it| !it.columns.iter().flatten().any(|own| own == column));
    table.foreign_keys.retain(|it| !it.columns.iter().any(|own| own == column));
    table.checks.retain(|it| !it.expr.columns.iter().any(|own| own == column));
}

pub(super) fn rename_column(table: &mut Table, from: &str, to: &str) {
    let renamed = |name: &mut String| {
        if name == from {
            to.clone_into(name);
        }
    };
    table.columns.iter_mut().for_each(|column| renamed(&mut column.name));
    table.primary_key.iter_mut().flatten().for_each(renamed);
    table.indexes.iter_mut().flat_map(|index| index.columns.iter_mut().flatten()).for_each(renamed);
    table.indexes.iter_mut().flat_map(|index| &mut index.items).for_each(renamed);
    table.foreign_keys.iter_mut().flat_map(|key| &mut key.columns).for_each(renamed);
    for check in &mut table.checks {
        check.expr.columns.iter_mut().chain(&mut check.expr.proves_not_null).for_each(renamed);
    }
}

fn validate(table: &mut Table, name: &str, era: Era) {
    for key in table.foreign_keys.iter_mut().filter(|it| it.name.as_deref() == Some(name)) {
        key.is_valid = true;
    }
    for check in table.checks.iter_mut().filter(|it| it.name.as_deref() == Some(name)) {
        check.is_valid = true;
        check.validated = era;
    }
}

fn rename_constraint(table: &mut Table, from: &str, to: &str) {
    let indexes = table.indexes.iter_mut().map(|it| &mut it.name);
    let keys = table.foreign_keys.iter_mut().map(|it| &mut it.name);
    let checks = table.checks.iter_mut().map(|it| &mut it.name);
    for name in indexes.chain(keys).chain(checks) {
        if name.as_deref() == Some(from) {
            *name = Some(to.to_owned());
        }
    }
}
