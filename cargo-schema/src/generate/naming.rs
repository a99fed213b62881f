//! Names for what a model leaves without one: `table_columns_key|idx|fkey|check`. The same model gives the same
//! names on every run.

use std::collections::BTreeSet;

use schema_build::schema::{Index, IndexItem, Schema, Unique};

use crate::operation::{Operation, Part};

/// Gives every new index and unique key a name that nothing else has.
pub(crate) fn name_indexes(operations: &mut [Operation], current: &Schema, limit: usize) {
    let mut names = Names { taken: taken(operations, current), limit };
    for operation in operations.iter_mut() {
        match operation {
            Operation::CreateTable { name, table } => {
                table.uniques.iter_mut().for_each(|unique| names.unique(name, unique));
                table.indexes.iter_mut().for_each(|index| names.index(name, index));
            }
            Operation::AddPart { table, part: Part::Unique(unique) } => names.unique(table, unique),
            Operation::AddPart { table, part: Part::Index(index) } => names.index(table, index),
            _ => {}
        }
    }
}

struct Names {
    taken: BTreeSet<String>,
    limit: usize,
}

/// Everything that has a name now and keeps it, or gets one from its model.
fn taken(operations: &[Operation], current: &Schema) -> BTreeSet<String> {
    let tables = current.tables.values();
    let there = tables.flat_map(|table| {
        let uniques = table.uniques.iter().filter_map(|unique| unique.name.clone());
        uniques.chain(table.indexes.iter().filter_map(|index| index.name.clone()))
    });
    let mut taken: BTreeSet<String> = there
        .chain(current.tables.keys().cloned())
        .chain(current.views.keys().cloned())
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
                taken.extend(
                    table.uniques.iter().filter_map(|unique| unique.name.as_deref()).map(str::to_lowercase),
                );
                taken.extend(
                    table.indexes.iter().filter_map(|index| index.name.as_deref()).map(str::to_lowercase),
                );
            }
            Operation::RenameTable { to, .. } => {
                taken.insert(to.to_lowercase());
            }
            _ => {}
        }
    }
    taken
}

impl Names {
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
        let wanted = cut(&format!("{table}_{middle}"), suffix, self.limit);
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
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
        IndexItem::Sql(sql) => {
            let words: Vec<&str> =
                sql.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
            words.join("_").to_lowercase()
        }
    }
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
