//! Expressions as an engine spells them and as people wrote them. An engine that keeps `CHECK (stock IN (1, 2))` as
//! `stock = ANY (ARRAY[1, 2])` is asked for its spelling before schemas are compared; what is then to be done is said
//! in the words that people wrote. Pure.

use std::collections::BTreeMap;

use schema_build::schema::{Column, IndexItem, Table};

use crate::operation::{Operation, Part};

/// What people wrote, by the engine's spelling of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spelling(BTreeMap<String, String>);

impl Spelling {
    /// Replaces what was written by the engine's spelling, and remembers both.
    pub(crate) fn respell(&mut self, written: &mut String, spelled: String) {
        if *written != spelled {
            let written = std::mem::replace(written, spelled.clone());
            self.0.entry(spelled).or_insert(written);
        }
    }

    /// Says operations in the words that people wrote. Two expressions that one engine spells alike are the same.
    pub(crate) fn undo(&self, operations: &mut [Operation]) {
        let mut back = |sql: &mut String| {
            if let Some(written) = self.0.get(sql) {
                sql.clone_from(written);
            }
        };
        operations.iter_mut().for_each(|operation| of_operation(operation, &mut back));
    }
}

/// Every expression of an operation.
pub(crate) fn of_operation(operation: &mut Operation, visit: &mut impl FnMut(&mut String)) {
    match operation {
        Operation::CreateTable { table, .. } | Operation::DropTable { table, .. } => of_table(table, visit),
        Operation::AddColumn { column, .. } | Operation::DropColumn { column, .. } => {
            of_column(column, visit);
        }
        Operation::AlterColumn { from, to, .. } => [from, to].into_iter().for_each(|it| of_column(it, visit)),
        Operation::AddPart { part, .. } | Operation::DropPart { part, .. } => of_part(part, visit),
        Operation::RenamePart { from, to, .. } => [from, to].into_iter().for_each(|it| of_part(it, visit)),
        Operation::RenameTable { .. }
        | Operation::AlterTable { .. }
        | Operation::RenameColumn { .. }
        | Operation::CreateEnum { .. }
        | Operation::DropEnum { .. }
        | Operation::RenameEnum { .. }
        | Operation::AlterEnum { .. } => {}
    }
}

/// Every expression of a table: those of its columns, then its checks, then those of its indexes; the same order
/// for the same table.
pub(crate) fn of_table(table: &mut Table, visit: &mut impl FnMut(&mut String)) {
    table.columns.iter_mut().for_each(|column| of_column(column, visit));
    table.checks.iter_mut().for_each(|check| visit(&mut check.expression));
    table.indexes.iter_mut().for_each(|index| of_index(index, visit));
}

fn of_column(column: &mut Column, visit: &mut impl FnMut(&mut String)) {
    column.default.iter_mut().for_each(&mut *visit);
    column.generated.iter_mut().for_each(|generated| visit(&mut generated.expression));
}

fn of_part(part: &mut Part, visit: &mut impl FnMut(&mut String)) {
    match part {
        Part::Check(check) => visit(&mut check.expression),
        Part::Index(index) => of_index(index, visit),
        Part::PrimaryKey(_) | Part::Unique(_) | Part::ForeignKey(_) => {}
    }
}

fn of_index(index: &mut schema_build::schema::Index, visit: &mut impl FnMut(&mut String)) {
    for item in &mut index.items {
        match item {
            IndexItem::Sql(sql) => visit(sql),
            IndexItem::Column { .. } => {}
        }
    }
    index.condition.iter_mut().for_each(visit);
}

#[cfg(test)]
mod tests {
    use schema_build::schema::Check;

    use super::*;

    #[test]
    fn operations_speak_as_people_wrote() {
        let mut spelling = Spelling::default();
        let mut expression = "stock>=0".to_owned();
        spelling.respell(&mut expression, "(stock >= 0)".to_owned());
        assert_eq!(expression, "(stock >= 0)");
        let part = Part::Check(Check { name: None, expression });
        let mut operations = [Operation::AddPart { table: "products".to_owned(), part }];
        spelling.undo(&mut operations);
        let Operation::AddPart { part: Part::Check(check), .. } = &operations[0] else { panic!("a check") };
        assert_eq!(check.expression, "stock>=0");
    }
}
