//! Enum types: values that come, values that are renamed in place, and types that are made anew because a value went
//! or moved.

use schema_build::schema::EnumType;

use super::define::{alter, default, enum_type};
use super::introspect::{Catalogue, Entry};
use super::name::{beside, path, quoted, split, string};
use super::types;
use crate::dialect::script::Group;

/// What becomes of a type.
pub(super) struct Change<'a> {
    /// What there is.
    pub(super) before: &'a Catalogue,
    pub(super) from: &'a EnumType,
    pub(super) to: &'a EnumType,
    pub(super) recode: &'a [(String, String)],
}

impl Change<'_> {
    /// A value that is added in place cannot be used before the transaction ends: where one is (`is_used`), the type is
    /// made anew.
    pub(super) fn groups(&self, is_used: bool, is_way_back: bool) -> Vec<Group> {
        let name = path(&self.to.name);
        let renames = self
            .recode
            .iter()
            .map(|(old, new)| format!("ALTER TYPE {name} RENAME VALUE {} TO {}", string(old), string(new)));
        let mut groups = vec![Group::of(renames.collect())];
        let (there, wanted) = self.values();
        groups.push(match (is_within(&there, &wanted), self.is_anew(is_used)) {
            (true, false) => added(&name, &there, &wanted),
            (true, true) => anew(self.before, self.to).comment(format!(
                "`{}` is made anew: a value that is added in place cannot be used at once.",
                self.to.name
            )),
            (false, _) if is_way_back => anew(self.before, self.to),
            (false, _) if there.iter().all(|value| wanted.contains(&value)) => anew(self.before, self.to)
                .comment(format!("`{}` is made anew: its values have another order.", self.to.name)),
            (false, _) => anew(self.before, self.to).comment(format!(
                "Fails, and changes nothing, where a row has a value that `{}` loses.",
                self.to.name
            )),
        });
        groups
    }

    /// Whether the type is made anew, and every column of it rewritten.
    pub(super) fn is_anew(&self, is_used: bool) -> bool {
        let (there, wanted) = self.values();
        !is_within(&there, &wanted) || is_used && wanted.len() > there.len()
    }

    /// Those that are there, by their new names, and those that are wanted.
    fn values(&self) -> (Vec<String>, Vec<&String>) {
        let there = self.from.values.iter().map(|value| self.name_of(&value.name)).collect();
        (there, self.to.values.iter().map(|value| &value.name).collect())
    }

    fn name_of(&self, old: &str) -> String {
        let renamed = self.recode.iter().find(|(from, _)| from == old);
        renamed.map_or(old, |(_, to)| to).to_owned()
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
