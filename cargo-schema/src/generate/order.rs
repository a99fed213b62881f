//! The order of operations: by dependency, drops last, the same on every run. Knows no engine and no SQL.

use std::collections::BTreeMap;

use schema_build::schema::{ForeignKey, Table};

use crate::operation::{Operation, Part};

/// What is done before what. Renames first, because all else speaks of things by their new names; what is in the way
/// of others goes early, what carries data goes last.
fn phase(operation: &Operation) -> u8 {
    match operation {
        Operation::RenameEnum { .. } => 0,
        Operation::RenameTable { .. } => 1,
        Operation::RenameColumn { .. } => 2,
        Operation::CreateEnum { .. } | Operation::AlterEnum { .. } => 3,
        Operation::DropPart { part: Part::ForeignKey(_), .. } => 4,
        Operation::DropPart { part: Part::Unique(_) | Part::Index(_) | Part::Check(_), .. } => 5,
        Operation::DropPart { part: Part::PrimaryKey(_), .. } => 6,
        Operation::CreateTable { .. } => 7,
        Operation::AddColumn { .. } => 8,
        Operation::AlterColumn { .. } => 9,
        Operation::DropColumn { .. } => 10,
        Operation::AlterTable { .. } => 11,
        Operation::RenamePart { .. } => 12,
        Operation::AddPart { part: Part::PrimaryKey(_), .. } => 13,
        Operation::AddPart { part: Part::Unique(_) | Part::Index(_) | Part::Check(_), .. } => 14,
        Operation::AddPart { part: Part::ForeignKey(_), .. } => 15,
        Operation::DropTable { .. } => 16,
        Operation::DropEnum { .. } => 17,
    }
}

/// Sorts operations. Where keys can be added later (`keys_apart`), those that would close a circle of new tables are
/// taken out of their tables and added at the end, and those of old tables that point at each other go first.
pub(crate) fn ordered(operations: Vec<Operation>, keys_apart: bool) -> Vec<Operation> {
    let mut creates = Vec::new();
    let mut drops = Vec::new();
    let mut others = Vec::new();
    for operation in operations {
        match operation {
            Operation::CreateTable { name, table } => creates.push((name, table)),
            Operation::DropTable { name, table } => drops.push((name, table)),
            other => others.push(other),
        }
    }
    let mut creates = parents_first(creates);
    let mut drops = parents_first(drops);
    if keys_apart {
        let part = |(table, key)| Operation::AddPart { table, part: Part::ForeignKey(key) };
        others.extend(keys_ahead(&mut creates).into_iter().map(part));
        let part = |(table, key)| Operation::DropPart { table, part: Part::ForeignKey(key) };
        others.extend(keys_ahead(&mut drops).into_iter().map(part));
    }
    others.extend(creates.into_iter().map(|(name, table)| Operation::CreateTable { name, table }));
    others.extend(drops.into_iter().rev().map(|(name, table)| Operation::DropTable { name, table }));
    others.sort_by_key(phase);
    others
}

/// Tables after those that they point to, as far as there are no circles; otherwise in the order given.
fn parents_first(tables: Vec<(String, Table)>) -> Vec<(String, Table)> {
    let places: BTreeMap<String, usize> =
        tables.iter().enumerate().map(|(place, (name, _))| (name.to_lowercase(), place)).collect();
    let mut order = Vec::new();
    let mut is_seen = vec![false; tables.len()];
    for place in 0..tables.len() {
        visit(place, &tables, &places, &mut is_seen, &mut order);
    }
    let mut slots: Vec<Option<(String, Table)>> = tables.into_iter().map(Some).collect();
    order.into_iter().filter_map(|place| slots[place].take()).collect()
}

fn visit(
    place: usize,
    tables: &[(String, Table)],
    places: &BTreeMap<String, usize>,
    is_seen: &mut [bool],
    order: &mut Vec<usize>,
) {
    if std::mem::replace(&mut is_seen[place], true) {
        return;
    }
    for key in &tables[place].1.foreign_keys {
        if let Some(&parent) = places.get(&key.table.to_lowercase()) {
            visit(parent, tables, places, is_seen, order);
        }
    }
    order.push(place);
}

/// Takes out the keys that point to a table which comes later.
fn keys_ahead(tables: &mut [(String, Table)]) -> Vec<(String, ForeignKey)> {
    let places: BTreeMap<String, usize> =
        tables.iter().enumerate().map(|(place, (name, _))| (name.to_lowercase(), place)).collect();
    let mut taken = Vec::new();
    for (place, (name, table)) in tables.iter_mut().enumerate() {
        let is_ahead = |target: &str| places.get(&target.to_lowercase()).is_some_and(|&other| other > place);
        let (ahead, behind) =
            std::mem::take(&mut table.foreign_keys).into_iter().partition(|key| is_ahead(&key.table));
        table.foreign_keys = behind;
        let ahead: Vec<_> = ahead;
        taken.extend(ahead.into_iter().map(|key| (name.clone(), key)));
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::difference::detected;

    /// A table that points to these.
    fn table(parents: &[&str]) -> Table {
        let key = |parent: &&str| ForeignKey {
            name: None,
            columns: vec!["x".to_owned()],
            table: (*parent).to_owned(),
            references: vec!["id".to_owned()],
            on_delete: Default::default(),
            on_update: Default::default(),
            deferrable: Default::default(),
        };
        Table {
            columns: Vec::new(),
            primary_key: None,
            uniques: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            foreign_keys: parents.iter().map(key).collect(),
            comment: None,
            options: Default::default(),
            knowledge: Default::default(),
            was: None,
            place: None,
        }
    }

    fn create(name: &str, parents: &[&str]) -> Operation {
        Operation::CreateTable { name: name.to_owned(), table: table(parents) }
    }

    #[track_caller]
    fn check(operations: Vec<Operation>, keys_apart: bool, expected: &[&str]) {
        let told: Vec<String> = ordered(operations, keys_apart).iter().map(detected).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn parents_are_made_first_and_dropped_last() {
        let tables = || vec![create("a", &["B"]), create("b", &["c", "b"]), create("c", &["elsewhere"])];
        check(tables(), false, &["added table `c`", "added table `b`", "added table `a`"]);
        let drops = tables().iter().map(Operation::reverse).collect();
        check(drops, false, &["removed table `a`", "removed table `b`", "removed table `c`"]);
    }

    #[test]
    fn a_circle_is_closed_by_a_key_of_its_own() {
        let tables = || vec![create("a", &["b"]), create("b", &["a"])];
        let apart = ["added table `b`", "added table `a`", "added foreign key on b(x) -> a(id)"];
        check(tables(), true, &apart);
        check(tables(), false, &apart[..2]);
        let drops = tables().iter().map(Operation::reverse).collect();
        let apart = ["removed foreign key on b(x) -> a(id)", "removed table `a`", "removed table `b`"];
        check(drops, true, &apart);
    }

    #[test]
    fn renames_come_first_and_drops_last() {
        let rename = Operation::RenameTable { from: "x".to_owned(), to: "y".to_owned() };
        let operations = vec![create("z", &[]).reverse(), create("a", &["y"]), rename];
        check(operations, false, &["renamed table `x` -> `y`", "added table `a`", "removed table `z`"]);
    }
}
