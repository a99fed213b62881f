//! What only SQLite does: triggers stand in one list and name any table, a table that goes leaves the keys of others
//! that point to it, and a table is changed by making a new one that takes its name.

use std::rc::Rc;

use super::{Catalogue, Era, Key, Table};
use crate::check::sql::act::{CreateTrigger, Insert};
use crate::check::sql::part::Name;

/// A trigger.
#[derive(Clone, Debug)]
pub(crate) struct Trigger {
    /// When it was made.
    pub(crate) born: Era,
    /// The table or view that it watches, as a key.
    pub(crate) on: String,
    /// The tables and views that its statements name, as keys.
    pub(crate) tables: Vec<String>,
    /// The columns that it names, whatever their table.
    pub(crate) columns: Vec<String>,
}

impl Trigger {
    /// Whether it stands on this table, or names it.
    fn names(&self, table: &str) -> bool {
        self.on == table || self.tables.iter().any(|it| it == table)
    }
}

impl Catalogue {
    /// SQLite's triggers, by name.
    pub(crate) fn triggers(&self) -> impl Iterator<Item = (&str, &Trigger)> {
        self.triggers.iter()
    }

    /// All views, by key.
    pub(crate) fn views(&self) -> impl Iterator<Item = (&str, &super::View)> {
        self.views.iter()
    }

    /// A table by its key.
    pub(crate) fn table_at(&self, key: &str) -> Option<&Table> {
        self.tables.get(key).map(Rc::as_ref)
    }

    /// Whether a table or a view has this key.
    pub(crate) fn has_relation(&self, key: &str) -> bool {
        self.tables.contains_key(key) || self.views.contains_key(key)
    }

    pub(super) fn create_trigger(&mut self, create: &CreateTrigger, era: Era) {
        let on = self.key(&create.table);
        let tables = create.tables.iter().chain(&create.writes).map(|table| self.key(table)).collect();
        let trigger = Trigger { born: era, on: on.clone(), tables, columns: create.expr.columns.clone() };
        let key = self.key(&create.name);
        self.triggers.insert(key.clone(), trigger);
        let table = Name { schema: None, name: on, span: 0..0 };
        self.change(&table, |table| table.triggers.push(key));
    }

    /// Rows that are written down are remembered, up to a number that no seed of a test exceeds.
    pub(super) fn insert_rows(&mut self, insert: &Insert) {
        const LIMIT: usize = 1000;
        self.change(&insert.table, |table| {
            table.has_rows = true;
            let is_plain = !insert.rows.is_empty() && insert.conflict.is_none() && !insert.is_upsert;
            let room = table.columns.first().map_or(0, |column| LIMIT.saturating_sub(column.values.len()));
            table.rows_are_known &= is_plain && insert.rows.len() <= room;
            if !table.rows_are_known {
                return;
            }
            for (place, column) in table.columns.iter_mut().filter(|column| !column.is_generated).enumerate()
            {
                let at = match insert.columns.as_slice() {
                    [] => Some(place),
                    names => names.iter().position(|name| *name == column.name),
                };
                let default = column.default.as_ref().map_or("NULL", |default| &default.text).to_owned();
                let value = |row: &Vec<String>| {
                    at.and_then(|at| row.get(at)).cloned().unwrap_or_else(|| default.clone())
                };
                column.values.extend(insert.rows.iter().map(value));
            }
        });
    }

    /// A table goes; its indexes and triggers go with it, keys that point to it stay.
    pub(super) fn set_aside(&mut self, key: &str) {
        self.indexes.remove_where(|_, table| table == key);
        self.triggers.remove_where(|_, trigger| trigger.on == key);
        if let Some(table) = self.tables.remove(key) {
            self.dropped.insert(key.to_owned(), table);
        }
    }

    /// A view goes, and so do the triggers on it.
    pub(super) fn drop_view(&mut self, key: &str) {
        self.views.remove(key);
        self.triggers.remove_where(|_, trigger| trigger.on == key);
    }

    /// Keys, triggers and views follow a table to its new name, unless it takes the name of one that was dropped.
    pub(super) fn move_table(&mut self, from: &str, to: &str) {
        if let Some(table) = self.tables.get(from) {
            self.dropped.insert(from.to_owned(), Rc::clone(table));
        }
        self.rename_table(from, to);
        self.triggers.change_where(
            |_, trigger| trigger.names(from),
            |trigger| {
                let names = trigger.tables.iter_mut().chain([&mut trigger.on]);
                names.filter(|name| *name == from).for_each(|name| to.clone_into(name));
            },
        );
        self.inherit(to);
    }

    /// Keys and triggers follow a column to its new name, as views do.
    pub(super) fn follow_column(&mut self, table: &str, from: &str, to: &str) {
        let renamed = |name: &mut String| {
            if name == from {
                to.clone_into(name);
            }
        };
        self.triggers.change_where(
            |_, trigger| trigger.names(table),
            |trigger| trigger.columns.iter_mut().for_each(renamed),
        );
        let points = |key: &Key| key.table == table && key.references.iter().any(|own| own == from);
        self.tables.change_where(
            |_, other| other.foreign_keys.iter().any(points),
            |other| {
                let keys = Rc::make_mut(other).foreign_keys.iter_mut().filter(|it| it.table == table);
                keys.flat_map(|key| &mut key.references).for_each(renamed);
            },
        );
    }

    /// A table that takes the name of one that the script dropped is as old as that one, and so are its columns.
    pub(super) fn inherit(&mut self, key: &str) {
        let Some(old) = self.dropped.remove(key) else { return };
        let Some(table) = self.tables.get_mut(key) else { return };
        let table = Rc::make_mut(table);
        table.born = old.born;
        table.has_rows |= old.has_rows;
        for column in &mut table.columns {
            if let Some(known) = old.column(&column.name) {
                column.born = known.born;
            }
        }
    }
}
