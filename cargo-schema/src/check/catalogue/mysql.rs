//! What only MySQL does: an index outlives a column of several, and triggers are dropped by their name alone.

use std::rc::Rc;

use super::Catalogue;
use super::table::Table;

impl Catalogue {
    /// A trigger goes, whatever its table.
    pub(super) fn drop_trigger(&mut self, name: &str) {
        self.tables.change_where(
            |_, table| table.triggers.iter().any(|own| own == name),
            |table| Rc::make_mut(table).triggers.retain(|own| own != name),
        );
    }
}

/// An index over several columns loses the one that goes.
pub(super) fn shrink_indexes(table: &mut Table, column: &str) {
    for index in table.indexes.iter_mut().filter(|index| index.columns.len() > 1) {
        let is_kept: Vec<bool> = index.columns.iter().map(|own| own.as_deref() != Some(column)).collect();
        let mut kept = is_kept.iter();
        index.columns.retain(|_| kept.next().copied().unwrap_or(true));
        let mut kept = is_kept.iter();
        index.items.retain(|_| kept.next().copied().unwrap_or(true));
    }
}
