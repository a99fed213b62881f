//! What becomes of views: which columns they read is known from when they were made, and follows renames.

use super::{Catalogue, Era, Given, View};

use crate::check::sql::act::{ActionKind, CreateView, Output, Read};
use crate::check::sql::part::{Name, Type};

impl Catalogue {
    pub(super) fn create_view(&mut self, create: &CreateView, era: Era) {
        let key = self.key(&create.name);
        let born = self.views.get(&key).filter(|_| create.or_replace).map_or(era, |known| known.born);
        let view = View {
            born,
            is_materialized: create.is_materialized,
            tables: create.tables.iter().map(|table| self.key(table)).collect(),
            outputs: self.outputs(create),
            reads: create.reads.iter().flat_map(|read| self.columns_read(read)).collect(),
            has_unique_index: false,
            has_rows: create.is_materialized && !create.without_data,
        };
        self.views.insert(key, view);
    }

    /// The columns that a view would give, with the types of the moment.
    pub(crate) fn outputs(&self, create: &CreateView) -> Option<Vec<Given>> {
        let given = |output: &Output| Given { name: output.name.clone(), ty: self.type_of(output) };
        create.outputs.as_ref().map(|outputs| outputs.iter().map(given).collect())
    }

    fn type_of(&self, output: &Output) -> Option<Type> {
        let of = |read: &Read| self.table(&read.table)?.column(read.column.as_deref()?)?.ty.clone();
        output.ty.clone().or_else(|| output.reads.iter().find_map(of))
    }

    /// A view's columns are called otherwise, and nobody follows which.
    pub(super) fn forget_outputs(&mut self, view: &Name) {
        let key = self.key(view);
        if let Some(view) = self.views.get_mut(&key) {
            view.outputs = None;
        }
    }

    /// `*` means the columns of the moment; a column that the table does not have is somebody else's.
    fn columns_read(&self, read: &Read) -> Vec<(String, String)> {
        let key = self.key(&read.table);
        let Some(table) = self.tables.get(&key) else { return Vec::new() };
        let is_read = |name: &String| read.column.as_ref().is_none_or(|column| column == name);
        let names = table.columns.iter().map(|column| &column.name).filter(|name| is_read(name));
        names.map(|name| (key.clone(), name.clone())).collect()
    }

    /// Everything that reads a table or view goes, and what reads that.
    pub(super) fn drop_views_on(&mut self, key: &str) {
        self.drop_views(|view| view.tables.iter().any(|table| table == key));
    }

    fn drop_views(&mut self, is_gone: impl Fn(&View) -> bool) {
        let gone: Vec<String> =
            self.views.iter().filter(|(_, view)| is_gone(view)).map(|(key, _)| key.to_owned()).collect();
        for key in gone {
            self.views.remove(&key);
            self.drop_views_on(&key);
        }
    }

    /// What a change of a column means for views.
    pub(super) fn change_views(&mut self, table: &Name, action: &ActionKind) {
        let key = self.key(table);
        match action {
            ActionKind::RenameColumn { .. } if self.views.contains_key(&key) => self.forget_outputs(table),
            ActionKind::RenameColumn { from, to } => {
                let is_meant = |(table, column): &(String, String)| *table == key && column == from;
                self.views.change_where(
                    |_, view| view.reads.iter().any(is_meant),
                    |view| {
                        let renamed = view.reads.iter_mut().filter(|read| is_meant(read));
                        renamed.for_each(|(_, column)| to.clone_into(column));
                    },
                );
            }
            ActionKind::DropColumn { column, cascade: true, .. } => {
                self.drop_views(|view| view.reads.iter().any(|(table, own)| *table == key && own == column));
            }
            _ => {}
        }
    }

    /// A table or view has another name.
    pub(super) fn rename_in_views(&mut self, from: &str, to: &str) {
        self.views.change_where(
            |_, view| view.tables.iter().any(|table| table == from),
            |view| {
                let tables = view.tables.iter_mut().chain(view.reads.iter_mut().map(|(table, _)| table));
                tables.filter(|table| *table == from).for_each(|table| to.clone_into(table));
            },
        );
    }
}
