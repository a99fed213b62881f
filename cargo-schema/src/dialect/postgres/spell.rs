//! How PostgreSQL spells the expressions of a schema. Tables with the same columns are made in the session's temporary
//! schema, read back and forgotten: one message there, one query, one message back. Only tables that say something
//! that the current schema does not say in the same words are asked about.

use std::collections::{BTreeMap, BTreeSet};

use schema_build::schema::{ColumnType, Index, IndexItem, Schema, Table};

use super::introspect::Entry;
use super::name::{canonical, quoted, split, string};
use super::scratch::Scratch;
use super::{Postgres, define, types};
use crate::database::scratch::Error;
use crate::dialect::spelling::{Spelling, of_table};
use crate::operation::apply::follow_renames;

/// Spells what is not spelled so already.
pub(super) fn spell(
    database: &mut Scratch,
    desired: &mut Schema,
    current: &Schema,
) -> Result<Spelling, Error> {
    let mut spelling = Spelling::default();
    let mut normalized = desired.clone();
    super::normalize::schema(&mut normalized);
    let unknown: BTreeMap<String, BTreeSet<String>> = desired
        .tables
        .iter()
        .filter_map(|(name, table)| {
            let old = table.was.as_ref().and_then(|was| current.tables.get(was));
            let mut there = current.tables.get(name).or(old)?.clone();
            follow_renames(&Postgres, table, &mut there);
            let known = expressions(&there);
            (!expressions(table).is_subset(&known)).then(|| (name.clone(), known))
        })
        .collect();
    if unknown.is_empty() {
        return Ok(spelling);
    }
    let tables: Vec<(&String, &Table)> =
        unknown.keys().filter_map(|name| normalized.tables.get_key_value(name)).collect();
    let read = read(database, &enums(&normalized, current), &tables)?;
    for (name, known) in &unknown {
        if let (Some(table), Some(entry)) = (desired.tables.get_mut(name), read.get(name)) {
            respell(table, entry, &mut Respelling { known, spelling: &mut spelling });
        }
    }
    Ok(spelling)
}

fn expressions(table: &Table) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    of_table(&mut table.clone(), &mut |sql| {
        found.insert(canonical(sql));
    });
    found
}

/// Enum types that are not there, or are others.
fn enums(desired: &Schema, current: &Schema) -> Vec<String> {
    let is_other = |name: &String| {
        let values = |schema: &Schema| {
            schema
                .enums
                .get(name)
                .map(|ty| ty.values.iter().map(|value| value.name.clone()).collect::<Vec<_>>())
        };
        values(desired) != values(current)
    };
    let others = desired.enums.values().filter(|ty| is_other(&ty.name) && split(&ty.name).0.is_none());
    others
        .map(|ty| {
            let values: Vec<String> = ty.values.iter().map(|value| string(&value.name)).collect();
            format!("CREATE TYPE pg_temp.{} AS ENUM ({})", quoted(&ty.name), values.join(", "))
        })
        .collect()
}

/// The tables as PostgreSQL spells them; those that it does not accept are left out, and say so when they are made.
fn read(
    database: &mut Scratch,
    enums: &[String],
    tables: &[(&String, &Table)],
) -> Result<BTreeMap<String, Entry>, Error> {
    match attempt(database, enums, tables) {
        Err(_) if tables.len() > 1 => {
            let (left, right) = tables.split_at(tables.len() / 2);
            let mut found = read(database, enums, left)?;
            found.extend(read(database, enums, right)?);
            Ok(found)
        }
        Err(_) => Ok(BTreeMap::new()),
        Ok(read) => Ok(read),
    }
}

fn attempt(
    database: &mut Scratch,
    enums: &[String],
    tables: &[(&String, &Table)],
) -> Result<BTreeMap<String, Entry>, Error> {
    let mut statements = enums.to_vec();
    for (number, (_, table)) in tables.iter().enumerate() {
        statements.extend(made(number, table));
    }
    let catalogue = database.pretend(&statements.join(";\n"), Scratch::temporary)?;
    let name = |number: usize| format!("spelled_{number}");
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for (key, entry) in catalogue.tables {
        entries.insert(split(&key).1.to_owned(), entry);
    }
    let found = tables.iter().enumerate();
    Ok(found
        .filter_map(|(number, (table, _))| Some(((*table).clone(), entries.remove(&name(number))?)))
        .collect())
}

/// A table of the same columns that says the same.
fn made(number: usize, table: &Table) -> Vec<String> {
    let mut plain = table.clone();
    plain.primary_key = None;
    plain.uniques.clear();
    plain.foreign_keys.clear();
    for column in &mut plain.columns {
        column.identity = None;
        if let ColumnType::Sql(ty) = &mut column.ty
            && let Some(integer) = types::behind_serial(ty)
        {
            integer.clone_into(ty);
        }
    }
    for (position, check) in plain.checks.iter_mut().enumerate() {
        check.name = Some(format!("c{position}"));
    }
    let name = format!("spelled_{number}");
    let statement = define::table(&name, &plain, &define::Frame::default(), |_| true);
    let index = |(position, index): (usize, &Index)| {
        let index = Index { name: Some(format!("i{number}_{position}")), ..index.clone() };
        define::index(&name, &index)
    };
    let mut statements = vec![statement.replacen("CREATE TABLE", "CREATE TEMPORARY TABLE", 1)];
    statements.extend(plain.indexes.iter().enumerate().map(index));
    statements
}

/// What the table says already stays: PostgreSQL spells its own spelling once more in another way.
struct Respelling<'s> {
    known: &'s BTreeSet<String>,
    spelling: &'s mut Spelling,
}

impl Respelling<'_> {
    fn respell(&mut self, written: &mut String, spelled: String) {
        if !self.known.contains(&canonical(written)) {
            self.spelling.respell(written, spelled);
        }
    }
}

/// Takes over the spelling of what was read back.
fn respell(table: &mut Table, entry: &Entry, spelling: &mut Respelling<'_>) {
    for column in &mut table.columns {
        let Some(read) = entry.table.columns.iter().find(|read| read.name == column.name) else { continue };
        if let (Some(written), Some(spelled)) = (&mut column.default, &read.default) {
            spelling.respell(written, spelled.clone());
        }
        if let (Some(written), Some(spelled)) = (&mut column.generated, &read.generated) {
            spelling.respell(&mut written.expression, spelled.expression.clone());
        }
    }
    for (position, check) in table.checks.iter_mut().enumerate() {
        let name = format!("c{position}");
        if let Some(read) = entry.table.checks.iter().find(|read| read.name.as_ref() == Some(&name)) {
            spelling.respell(&mut check.expression, read.expression.clone());
        }
    }
    for (position, index) in table.indexes.iter_mut().enumerate() {
        let is_it = |read: &&Index| {
            read.name
                .as_ref()
                .is_some_and(|name| name.ends_with(&format!("_{position}")) && name.starts_with('i'))
        };
        if let Some(read) = entry.table.indexes.iter().find(is_it) {
            respell_index(index, read, spelling);
        }
    }
}

fn respell_index(index: &mut Index, read: &Index, spelling: &mut Respelling<'_>) {
    if let (Some(written), Some(spelled)) = (&mut index.condition, &read.condition) {
        spelling.respell(written, spelled.clone());
    }
    for (written, spelled) in index.items.iter_mut().zip(&read.items) {
        match (&mut *written, spelled) {
            (IndexItem::Sql(written), IndexItem::Sql(spelled)) => spelling.respell(written, spelled.clone()),
            (IndexItem::Sql(_), IndexItem::Column { .. }) => *written = spelled.clone(),
            (IndexItem::Column { .. }, _) => {}
        }
    }
}
