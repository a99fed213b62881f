//! Enum types: values that come, values that are renamed in place, and types that are made anew because a value went
//! or moved.

use schema_build::schema::EnumType;

use super::define::{alter, default, enum_type};
use super::introspect::{Catalogue, Entry};
use super::name::{beside, path, quoted, split, string};
use super::types;
use crate::dialect::script::Group;
use crate::dialect::spelling::of_operation;
use crate::operation::Operation;

/// What becomes of the values of a type.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    from: &'a EnumType,
    to: &'a EnumType,
    recode: &'a [(String, String)],
}

/// What becomes of a type, and what there is.
pub(super) struct Change<'a> {
    pub(super) before: &'a Catalogue,
    pub(super) values: Values<'a>,
    /// Whether what is new is used in the same script.
    pub(super) is_used: bool,
}

impl<'a> Values<'a> {
    pub(super) fn of(operation: &'a Operation) -> Option<Self> {
        match operation {
            Operation::AlterEnum { from, to, recode } => Some(Self { from, to, recode }),
            _ => None,
        }
    }

    /// Whether others of these operations use a value that is new.
    pub(super) fn are_used_by(&self, operations: &[Operation]) -> bool {
        let (there, wanted) = self.names();
        let new: Vec<String> =
            wanted.iter().filter(|value| !there.contains(value)).map(|value| string(value)).collect();
        let names_one = |sql: &str| new.iter().any(|value| sql.contains(value.as_str()));
        operations.iter().any(|operation| {
            let mut is_used = backfill(operation).is_some_and(names_one);
            of_operation(&mut operation.clone(), &mut |sql| is_used |= names_one(sql));
            is_used
        })
    }

    /// Whether values are added, and nothing else but names changes: which is done in place.
    pub(super) fn are_added(&self) -> bool {
        let (there, wanted) = self.names();
        is_within(&there, &wanted) && wanted.len() > there.len()
    }

    /// Those that are there, by their new names, and those that are wanted.
    fn names(&self) -> (Vec<String>, Vec<&'a String>) {
        let there = self.from.values.iter().map(|value| self.name_of(&value.name)).collect();
        (there, self.to.values.iter().map(|value| &value.name).collect())
    }

    fn name_of(&self, old: &str) -> String {
        let renamed = self.recode.iter().find(|(from, _)| from == old);
        renamed.map_or(old, |(_, to)| to).to_owned()
    }
}

fn backfill(operation: &Operation) -> Option<&str> {
    match operation {
        Operation::AddColumn { column, .. } | Operation::AlterColumn { to: column, .. } => {
            column.backfill.as_deref()
        }
        _ => None,
    }
}

impl Change<'_> {
    /// A value that is added in place cannot be used before the transaction ends: where one is used, the type is made
    /// anew.
    pub(super) fn groups(&self, is_way_back: bool) -> Vec<Group> {
        let Values { to, recode, .. } = self.values;
        let name = path(&to.name);
        let renames = recode
            .iter()
            .map(|(old, new)| format!("ALTER TYPE {name} RENAME VALUE {} TO {}", string(old), string(new)));
        let mut groups = vec![Group::of(renames.collect())];
        let (there, wanted) = self.values.names();
        groups.push(match (is_within(&there, &wanted), self.is_anew()) {
            (true, false) => added(&name, &there, &wanted),
            (true, true) => anew(self.before, to).comment(format!(
                "`{}` is made anew: a value that is added in place cannot be used at once.",
                to.name
            )),
            (false, _) if is_way_back => anew(self.before, to),
            (false, _) if there.iter().all(|value| wanted.contains(&value)) => anew(self.before, to)
                .comment(format!("`{}` is made anew: its values have another order.", to.name)),
            (false, _) => anew(self.before, to).comment(format!(
                "Fails, and changes nothing, where a row has a value that `{}` loses.",
                to.name
            )),
        });
        groups
    }

    /// Whether the type is made anew, and every column of it rewritten.
    pub(super) fn is_anew(&self) -> bool {
        let (there, wanted) = self.values.names();
        !is_within(&there, &wanted) || self.is_used && self.values.are_added()
    }
}

/// Whether a list is what is left of another when some items are taken away.
fn is_within(part: &[String], whole: &[&String]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|item| whole.any(|other| *other == item))
}

fn added(name: &str, there: &[String], wanted: &[&String]) -> Group {
    let mut statements = Vec::new();
    for (position, value) in wanted.iter().enumerate().filter(|(_, value)| !there.contains(value)) {
        let place = match (position.checked_sub(1), there.first()) {
            (Some(before), _) => format!(" AFTER {}", string(wanted[before])),
            (None, Some(first)) => format!(" BEFORE {}", string(first)),
            (None, None) => String::new(),
        };
        statements.push(format!("ALTER TYPE {name} ADD VALUE {}{place}", string(value)));
    }
    Group::of(statements)
}

/// A new type, and every column of the old one with it.
fn anew(before: &Catalogue, to: &EnumType) -> Group {
    let name = path(&to.name);
    let old = format!("{}__old", split(&to.name).1);
    let mut statements = vec![format!("ALTER TYPE {name} RENAME TO {}", quoted(&old)), enum_type(to)];
    let users = || before.tables.iter().filter(|(_, entry)| uses(entry, &to.name));
    let (mut dropped, mut restored) = (Vec::new(), Vec::new());
    for (table, entry) in users() {
        in_the_way(table, entry, &to.name, &mut dropped, &mut restored);
    }
    statements.append(&mut dropped);
    for (table, entry) in users() {
        statements.extend(alter(table, &columns(entry, to)));
    }
    statements.push(format!("DROP TYPE {}", beside(&to.name, &old)));
    statements.append(&mut restored);
    Group::of(statements)
}

fn is_of(ty: &str, name: &str) -> bool {
    ty.strip_suffix("[]").unwrap_or(ty) == name
}

fn uses(entry: &Entry, name: &str) -> bool {
    entry.table.columns.iter().any(|column| is_of(types::text(&column.ty), name))
}

fn columns(entry: &Entry, to: &EnumType) -> Vec<String> {
    let mut clauses = Vec::new();
    for column in entry.table.columns.iter().filter(|column| is_of(types::text(&column.ty), &to.name)) {
        let name = quoted(&column.name);
        let ty = types::sql(&column.ty);
        let through = if ty.ends_with("[]") { "TEXT[]" } else { "TEXT" };
        if column.default.is_some() {
            clauses.push(format!("ALTER COLUMN {name} DROP DEFAULT"));
        }
        clauses.push(format!("ALTER COLUMN {name} TYPE {ty} USING {name}::{through}::{ty}"));
        // A default that the type has lost is changed by whoever took the value away.
        if let Some(sql) = column.default.as_ref().filter(|sql| is_a_value(sql, to)) {
            clauses.push(format!("ALTER COLUMN {name} SET DEFAULT {}", default(sql)));
        }
    }
    clauses
}

/// Whether a default is no literal, or one of these values.
fn is_a_value(sql: &str, ty: &EnumType) -> bool {
    !sql.starts_with('\'')
        || sql.starts_with("'{")
        || ty.values.iter().any(|value| sql.starts_with(&format!("{}::", string(&value.name))))
}

/// Indexes and checks that name values of the type: they are compared with the old type and would not be with the new.
fn in_the_way(table: &str, entry: &Entry, ty: &str, dropped: &mut Vec<String>, restored: &mut Vec<String>) {
    let names_it = |definition: &str| definition.contains(&format!("::{}", path(ty)));
    for (name, source) in entry.indexes.iter().filter(|(_, source)| names_it(&source.definition)) {
        dropped.push(super::define::drop_index(table, name));
        restored.push(source.definition.clone());
    }
    for (name, source) in entry.constraints.iter().filter(|(_, source)| names_it(&source.definition)) {
        dropped.push(format!("ALTER TABLE {} DROP CONSTRAINT {}", path(table), quoted(name)));
        restored.push(format!(
            "ALTER TABLE {} ADD CONSTRAINT {} {}",
            path(table),
            quoted(name),
            source.definition
        ));
    }
}
