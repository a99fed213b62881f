//! Names for what a model leaves without one: `table_columns_key|idx|fkey|check`. The same model gives the same
//! names on every run.

use std::collections::{BTreeMap, BTreeSet};

use schema_build::schema::{Check, Column, ForeignKey, Index, IndexItem, Schema, Table, Unique};

use crate::dialect::Dialect;
use crate::operation::{Operation, Part};

/// Gives everything new that is called by a name one that nothing else has.
pub(crate) fn name_parts<D: Dialect>(dialect: &D, operations: &mut [Operation], current: &Schema) {
    let mut names = Names {
        taken: taken(operations, current),
        limit: dialect.name_limit(),
        names_constraints: dialect.names_constraints(),
    };
    let columns = columns(operations, current);
    for operation in operations.iter_mut() {
        match operation {
            Operation::CreateTable { name, table } => names.table(name, table),
            Operation::AddPart { table, part } => {
                let columns = columns.get(&table.to_lowercase()).map_or(&[][..], Vec::as_slice);
                names.part(table, columns, part);
            }
            _ => {}
        }
    }
}

/// The names of the columns that a table that is there has or gets.
fn columns(operations: &[Operation], current: &Schema) -> BTreeMap<String, Vec<String>> {
    let mut columns: BTreeMap<String, Vec<String>> =
        current.tables.iter().map(|(name, table)| (name.to_lowercase(), names_of(&table.columns))).collect();
    for operation in operations {
        let (table, column) = match operation {
            Operation::RenameTable { from, to } => {
                let there = columns.remove(&from.to_lowercase()).unwrap_or_default();
                columns.insert(to.to_lowercase(), there);
                continue;
            }
            Operation::RenameColumn { table, to, .. } => (table, to),
            Operation::AddColumn { table, column } => (table, &column.name),
            _ => continue,
        };
        columns.entry(table.to_lowercase()).or_default().push(column.clone());
    }
    columns
}

fn names_of(columns: &[Column]) -> Vec<String> {
    columns.iter().map(|column| column.name.clone()).collect()
}

struct Names {
    taken: BTreeSet<String>,
    limit: usize,
    names_constraints: bool,
}

/// Everything that has a name now and keeps it, or gets one from its model.
fn taken(operations: &[Operation], current: &Schema) -> BTreeSet<String> {
    let there = current.tables.values().flat_map(named);
    let mut taken: BTreeSet<String> = there
        .chain(current.tables.keys())
        .chain(current.views.keys())
        .map(|name| name.to_lowercase())
        .collect();
    for operation in operations {
        match operation {
            Operation::DropPart { part, .. } => {
                taken.remove(&part.name().unwrap_or_default().to_lowercase());
            }
            Operation::AddPart { part, .. } | Operation::RenamePart { to: part, .. } => {
                taken.extend(part.name().map(str::to_lowercase));
            }
            Operation::CreateTable { name, table } => {
                taken.insert(name.to_lowercase());
                taken.extend(named(table).map(|name| name.to_lowercase()));
            }
            Operation::RenameTable { to, .. } => {
                taken.insert(to.to_lowercase());
            }
            _ => {}
        }
    }
    taken
}

/// The names of what a table has, as far as it has them.
fn named(table: &Table) -> impl Iterator<Item = &String> {
    let uniques = table.uniques.iter().filter_map(|unique| unique.name.as_ref());
    let indexes = table.indexes.iter().filter_map(|index| index.name.as_ref());
    let checks = table.checks.iter().filter_map(|check| check.name.as_ref());
    let keys = table.foreign_keys.iter().filter_map(|key| key.name.as_ref());
    uniques.chain(indexes).chain(checks).chain(keys)
}

impl Names {
    fn table(&mut self, name: &str, table: &mut Table) {
        let columns = names_of(&table.columns);
        table.uniques.iter_mut().for_each(|unique| self.unique(name, unique));
        table.indexes.iter_mut().for_each(|index| self.index(name, index));
        table.checks.iter_mut().for_each(|check| self.check(name, &columns, check));
        table.foreign_keys.iter_mut().for_each(|key| self.foreign_key(name, key));
    }

    fn part(&mut self, table: &str, columns: &[String], part: &mut Part) {
        match part {
            Part::Unique(unique) => self.unique(table, unique),
            Part::Index(index) => self.index(table, index),
            Part::Check(check) => self.check(table, columns, check),
            Part::ForeignKey(key) => self.foreign_key(table, key),
            Part::PrimaryKey(_) => {}
        }
    }

    fn check(&mut self, table: &str, columns: &[String], check: &mut Check) {
        if check.name.is_none() && self.names_constraints {
            let words: Vec<String> = words_of(&check.expression).map(str::to_lowercase).collect();
            let is_mentioned = |column: &&String| words.contains(&column.to_lowercase());
            let mentioned: Vec<&str> = columns.iter().filter(is_mentioned).map(String::as_str).collect();
            check.name = Some(self.free(table, &mentioned.join("_"), "check"));
        }
    }

    fn foreign_key(&mut self, table: &str, key: &mut ForeignKey) {
        if key.name.is_none() && self.names_constraints {
            key.name = Some(self.free(table, &key.columns.join("_"), "fkey"));
        }
    }

    fn unique(&mut self, table: &str, unique: &mut Unique) {
        if unique.name.is_none() {
            unique.name = Some(self.free(table, &unique.columns.join("_"), "key"));
        }
    }

    fn index(&mut self, table: &str, index: &mut Index) {
        if index.name.is_none() {
            let items: Vec<String> = index.items.iter().map(words).collect();
            let suffix = if index.is_unique { "key" } else { "idx" };
            index.name = Some(self.free(table, &items.join("_"), suffix));
        }
    }

    fn free(&mut self, table: &str, middle: &str, suffix: &str) -> String {
        // An index of `audit.users` lives in `audit` already.
        let table = table.rsplit('.').next().unwrap_or(table);
        let stem = if middle.is_empty() { table.to_owned() } else { format!("{table}_{middle}") };
        let wanted = cut(&stem, suffix, self.limit);
        let numbered = (2..).map(|number| cut(&stem, &format!("{suffix}_{number}"), self.limit));
        let name = std::iter::once(wanted.clone())
            .chain(numbered)
            .find(|name| !self.taken.contains(&name.to_lowercase()));
        let name = name.unwrap_or(wanted);
        self.taken.insert(name.to_lowercase());
        name
    }
}

fn words(item: &IndexItem) -> String {
    match item {
        IndexItem::Column { name, .. } => name.clone(),
        IndexItem::Sql(sql) => words_of(sql).collect::<Vec<_>>().join("_").to_lowercase(),
    }
}

fn words_of(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// `stem_suffix`; where it is too long for the engine, cut, with a hash of what was cut away.
fn cut(stem: &str, suffix: &str, limit: usize) -> String {
    let whole = format!("{stem}_{suffix}");
    if whole.len() <= limit {
        return whole;
    }
    let hash =
        whole.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let end = format!("_{hash:08x}_{suffix}");
    let mut room = limit.saturating_sub(end.len());
    while !stem.is_char_boundary(room) {
        room -= 1;
    }
    format!("{}{end}", &stem[..room])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_at_the_limit_and_stay_distinct() {
        assert_eq!(cut("users_email", "key", 63), "users_email_key");
        let (left, right) = (format!("{}a", "ü".repeat(40)), format!("{}b", "ü".repeat(40)));
        assert!(cut(&left, "idx", 63).len() <= 63);
        assert_ne!(cut(&left, "idx", 63), cut(&right, "idx", 63));
    }
}
