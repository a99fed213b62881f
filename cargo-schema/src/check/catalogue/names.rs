//! Names: of what has no entry of its own (sequences, policies, schemas, types), and of all that a new name may meet. And
//! what happens to names where a schema changes or where nobody can tell.

use std::rc::Rc;

use super::map::Map;
use super::replay::move_entry;
use super::{Catalogue, Era};
use crate::check::sql::Act;
use crate::check::sql::act::{Alter, Object};
use crate::check::sql::part::{Name, Type};

impl Catalogue {
    /// When the table, view, index or sequence of this name came; a temporary table stands in nobody's way.
    pub(crate) fn relation_born(&self, name: &Name) -> Option<Era> {
        let key = self.key(name);
        let table = self.tables.get(&key).filter(|table| !table.is_temporary).map(|table| table.born);
        let view = || self.views.get(&key).map(|view| view.born);
        let index = || self.index(name).map(|(_, index)| index.born);
        table.or_else(view).or_else(index).or_else(|| self.other_born(Object::Sequence, name, None))
    }

    /// When the type or domain of this name came, or the table that has one of its own.
    pub(crate) fn type_born(&self, name: &Name) -> Option<Era> {
        let born = |object| self.other_born(object, name, None);
        let key = self.key(name);
        let table = || self.tables.get(&key).filter(|table| !table.is_temporary).map(|table| table.born);
        born(Object::Type).or_else(|| born(Object::Domain)).or_else(table)
    }

    /// When something without an entry of its own came.
    pub(crate) fn other_born(&self, object: Object, name: &Name, on: Option<&Name>) -> Option<Era> {
        self.others.get(&self.other_key(object, name, on)).copied()
    }

    pub(super) fn holds_other(&self, object: Object, name: &Name) -> bool {
        let key = self.other_key(object, name, None);
        self.others.contains_key(&key) || self.others.contains_key(&format!("owned {key}"))
    }

    /// The names of all extensions that were made.
    pub(crate) fn extensions(&self) -> impl Iterator<Item = &str> {
        self.others.iter().filter_map(|(key, _)| key.strip_prefix("extension "))
    }

    /// Whether a table, view, index, sequence or type has this as the last part of its name, in any schema.
    pub(crate) fn knows(&self, name: &str) -> bool {
        let is_it = |key: &str| key == name || key.rsplit_once('.').is_some_and(|(_, last)| last == name);
        let is_other = |key: &str| key.split(' ').skip(1).any(is_it);
        self.tables.iter().any(|(key, _)| is_it(key))
            || self.views.iter().any(|(key, _)| is_it(key))
            || self.indexes.iter().any(|(key, _)| is_it(key))
            || self.others.iter().any(|(key, _)| is_other(key))
    }

    /// Whether a schema holds anything that the history made.
    pub(crate) fn has_schema(&self, schema: &str) -> bool {
        let is_in = |key: &str| key.split_once('.').is_some_and(|(own, _)| own == schema);
        self.tables.iter().any(|(key, _)| is_in(key)) || self.views.iter().any(|(key, _)| is_in(key))
    }

    /// Whether what came then is there for certain: nothing that nobody can read ran since.
    pub(crate) fn is_certain(&self, born: Era) -> bool {
        self.doubt.is_none_or(|doubt| born > doubt)
    }

    /// Whether there may be more than is known.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.doubt.is_some()
    }

    /// Something runs that nobody can read.
    pub(crate) fn doubt(&mut self, era: Era) {
        self.doubt = Some(era);
        self.stirred += 1;
    }

    /// What an act may do besides what is followed.
    pub(super) fn suspect(&mut self, act: &Act, era: Era) {
        let is_unclear = match act {
            Act::Dynamic | Act::PrepareVariable(_) => true,
            Act::Other(words) => {
                ["call", "import", "use "].iter().any(|word| words.starts_with(word)) || words == "do"
            }
            Act::Query(query) => query.calls.iter().any(|call| self.is_own_program(call)),
            Act::Drop(drop) => match drop.object {
                Object::Table | Object::View | Object::MaterializedView | Object::Type | Object::Domain => {
                    false
                }
                Object::Extension | Object::Other => true,
                _ => drop.cascade && drop.object != Object::Schema,
            },
            _ => false,
        };
        if is_unclear {
            self.doubt(era);
        }
    }

    /// A function of the history may change anything; of Diesel's own it is known that it makes a trigger.
    fn is_own_program(&self, call: &str) -> bool {
        self.functions.contains_key(call) && call != "diesel_manage_updated_at"
    }

    pub(super) fn remember(&mut self, object: Object, name: &Name, on: Option<&Name>, era: Era) {
        let key = self.other_key(object, name, on);
        if !self.others.contains_key(&key) {
            self.others.insert(key, era);
        }
    }

    pub(super) fn forget(&mut self, object: Object, name: &Name, on: Option<&Name>) {
        self.others.remove(&self.other_key(object, name, on));
    }

    /// What stands on a table goes with it; where a table is called otherwise, nobody follows the names there.
    pub(super) fn forget_on(&mut self, table: &str) {
        let end = format!(" on {table}");
        self.others.remove_where(|key, _| key.ends_with(&end));
    }

    pub(super) fn rename_other(&mut self, object: Object, from: &Name, to: &str) {
        let to = Name { name: to.to_owned(), ..from.clone() };
        let (from_key, to_key) = (self.other_key(object, from, None), self.other_key(object, &to, None));
        if let Some(born) = self.others.remove(&from_key) {
            self.others.insert(to_key, born);
        }
        let beginning = format!("{from_key} on ");
        self.others.remove_where(|key, _| key.starts_with(&beginning));
    }

    fn other_key(&self, object: Object, name: &Name, on: Option<&Name>) -> String {
        let key = format!("{} {}", object.word(), self.key(name));
        on.map_or(key.clone(), |table| format!("{key} on {}", self.key(table)))
    }

    /// ALTER .. SET SCHEMA of what is no table; and a sequence that a column owns goes when that goes, which nobody follows.
    pub(super) fn alter_other(&mut self, alter: &Alter) {
        if alter.object == Object::Sequence && alter.words.contains("owned by") {
            let key = self.other_key(Object::Sequence, &alter.name, None);
            move_entry(&mut self.others, &key, format!("owned {key}"));
        }
        if matches!(alter.object, Object::View) && alter.words.contains(" rename ") {
            self.forget_outputs(&alter.name);
        }
        let Some((_, schema)) = alter.words.split_once("set schema ") else { return };
        let moved = Name { schema: Some(schema.trim_matches('"').to_owned()), ..alter.name.clone() };
        let (from, to) = (self.key(&alter.name), self.key(&moved));
        match alter.object {
            Object::View | Object::MaterializedView => move_entry(&mut self.views, &from, to),
            Object::Index => move_entry(&mut self.indexes, &from, to),
            object => {
                let (from, to) =
                    (self.other_key(object, &alter.name, None), self.other_key(object, &moved, None));
                move_entry(&mut self.others, &from, to);
            }
        }
    }

    /// ALTER TABLE .. SET SCHEMA: its indexes go along.
    pub(super) fn move_to_schema(&mut self, table: &Name, schema: &str) {
        let moved = Name { schema: Some(schema.to_owned()), ..table.clone() };
        let (from, to) = (self.key(table), self.key(&moved));
        let indexes = self.tables.get(&from).map(|table| table.indexes.clone()).unwrap_or_default();
        for name in indexes.into_iter().filter_map(|index| index.name) {
            let own = |table: &Name| Name { name: name.clone(), ..table.clone() };
            let (from, to) = (self.key(&own(table)), self.key(&own(&moved)));
            move_entry(&mut self.indexes, &from, to);
        }
        self.forget_on(&from);
        self.rename_table(&from, &to);
    }

    /// Everything in a schema goes.
    pub(super) fn drop_schema(&mut self, schema: &str) {
        let is_in = |key: &str| match key.split_once('.') {
            Some((own, _)) => own == schema,
            None => schema == "public",
        };
        self.tables.remove_where(|key, _| is_in(key));
        self.views.remove_where(|key, _| is_in(key));
        self.indexes.remove_where(|key, _| is_in(key));
        self.others.remove_where(|key, _| key.split_once(' ').is_some_and(|(_, name)| is_in(name)));
        if schema == "public" {
            (self.enums, self.domains) = (Map::default(), Map::default());
        }
    }

    /// DROP TYPE .. CASCADE takes the columns of that type along.
    pub(super) fn drop_columns_of(&mut self, ty: &str) {
        let is_of = |own: &Option<Type>| own.as_ref().is_some_and(|own| own.name == ty);
        self.tables.change_where(
            |_, table| table.columns.iter().any(|column| is_of(&column.ty)),
            |table| {
                let table = Rc::make_mut(table);
                let gone =
                    table.columns.iter().filter(|column| is_of(&column.ty)).map(|column| column.name.clone());
                for column in gone.collect::<Vec<_>>() {
                    super::column::drop_column(table, &column);
                }
            },
        );
    }
}
