//! Indexes that are no constraints.

use schema_build::schema::{Index, IndexItem, Table};

use super::Comparison;
use super::constraints::matched;
use crate::dialect::Dialect;
use crate::operation::Part;

impl<D: Dialect> Comparison<'_, D> {
    /// The indexes of one table.
    pub(super) fn indexes(&mut self, table: &str, desired: &Table, current: &Table) {
        let indexes = matched(
            &desired.indexes,
            &current.indexes,
            |index: &Index| index.name.as_ref().map(|name| self.dialect.fold(name)),
            |left, right| self.is_same_index(left, right),
        );
        self.parts(table, indexes, Part::Index);
    }

    fn is_same_index(&self, left: &Index, right: &Index) -> bool {
        let condition = |index: &Index| index.condition.as_ref().map(|sql| self.dialect.expression(sql));
        left.is_unique == right.is_unique
            && left.method == right.method
            && condition(left) == condition(right)
            && self.are_same(&left.include, &right.include)
            && left.items.len() == right.items.len()
            && left.items.iter().zip(&right.items).all(|(left, right)| self.is_same_item(left, right))
    }

    fn is_same_item(&self, left: &IndexItem, right: &IndexItem) -> bool {
        let folded = |name: &Option<String>| name.as_ref().map(|name| self.dialect.fold(name));
        match (left, right) {
            (IndexItem::Sql(left), IndexItem::Sql(right)) => {
                self.dialect.expression(left) == self.dialect.expression(right)
            }
            (
                IndexItem::Column { name, is_descending, collation },
                IndexItem::Column { name: other, is_descending: falls, collation: sorted },
            ) => self.is_same(name, other) && is_descending == falls && folded(collation) == folded(sorted),
            (IndexItem::Sql(_), IndexItem::Column { .. }) | (IndexItem::Column { .. }, IndexItem::Sql(_)) => {
                false
            }
        }
    }
}
