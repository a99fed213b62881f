//! Takes out of a made-up schema what the edits have made senseless.

use std::collections::BTreeMap;

use schema_build::schema::{ColumnType, IndexItem, Schema, Table};

use super::{COLUMNS, Maker, Words, sql, text};

impl<W: Words> Maker<'_, W> {
    /// Removes what the edits have made senseless, as the reader of models would refuse it.
    pub(super) fn sound(&mut self, schema: &mut Schema) {
        for table in schema.tables.values_mut() {
            self.sound_table(table);
        }
        let keys: BTreeMap<String, (Vec<String>, ColumnType)> = schema
            .tables
            .iter()
            .filter_map(|(name, table)| {
                let key = table.primary_key.as_ref()?;
                let first = table.columns.iter().find(|column| column.name == key.columns[0])?;
                // An enum may be a type of its own, which no column is given that points to it.
                first.values.is_none().then_some(())?;
                Some((name.clone(), (key.columns.clone(), first.ty.clone())))
            })
            .collect();
        for table in schema.tables.values_mut() {
            let columns = table.columns.clone();
            let is_strict = table.options.is_strict;
            let types = self.words.types(table);
            table.foreign_keys.retain_mut(|key| {
                let Some((target, ty)) = keys.get(&key.table) else { return false };
                let own = columns.iter().find(|column| column.name == key.columns[0]);
                if !key.references.is_empty() {
                    key.references.clone_from(target);
                }
                let is_strict = is_strict && !types.contains(&text(ty).as_str());
                !is_strict
                    && target.len() == 1
                    && own.is_some_and(|own| own.ty == *ty && own.generated.is_none())
            });
        }
    }

    fn sound_table(&mut self, table: &mut Table) {
        let names: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        let has = |name: &String| names.contains(name);
        let gone = |sql: &str| {
            let is_gone = |name: &str| {
                self.words.mentions(sql, name) && !names.iter().any(|other| self.words.is_same(other, name))
            };
            COLUMNS.iter().any(|name| is_gone(name) || is_gone(&format!("{name}_ref")))
                || sql.match_indices("re ").filter(|(at, _)| sql[..*at].ends_with(['"', '`'])).any(
                    |(at, _)| {
                        let name: String = sql[at..].chars().take_while(|c| !"\"`".contains(*c)).collect();
                        !names.contains(&name) && !names.iter().any(|n| self.words.quoted(n).contains(&name))
                    },
                )
        };
        if table.primary_key.as_ref().is_some_and(|key| !key.columns.iter().all(has)) {
            table.primary_key = None;
        }
        let key: Vec<String> = table.primary_key.iter().flat_map(|key| key.columns.clone()).collect();
        for column in &mut table.columns {
            let is_key = key.contains(&column.name);
            if column.generated.as_ref().is_some_and(|made| gone(&made.expression)) || is_key {
                column.generated = None;
            }
            column.is_nullable &= !is_key;
            if !(key.len() == 1 && is_key && column.ty == sql(self.words.number()))
                || table.options.is_without_rowid
            {
                column.identity = None;
            }
            if column.identity.is_some() {
                column.default = None;
            }
            if column.ty != self.text() {
                column.collation = None;
            }
        }
        let real: Vec<String> = table
            .columns
            .iter()
            .filter(|column| column.generated.is_none())
            .map(|c| c.name.clone())
            .collect();
        let generated: Vec<String> =
            table.columns.iter().filter(|c| c.generated.is_some()).map(|c| c.name.clone()).collect();
        for column in &mut table.columns {
            // One computed column of another's is right, and no business of this test.
            if column.generated.as_ref().is_some_and(|made| {
                generated.iter().any(|other| self.words.mentions(&made.expression, other))
            }) {
                column.generated = None;
            }
        }
        if real.is_empty() {
            table.columns[0].generated = None;
        }
        table.options.is_without_rowid &= table.primary_key.is_some();
        table.uniques.retain(|unique| !unique.columns.is_empty() && unique.columns.iter().all(has));
        table.checks.retain(|check| !gone(&check.expression));
        table.indexes.retain(|index| {
            let is_there = |item: &IndexItem| match item {
                IndexItem::Column { name, .. } => has(name),
                IndexItem::Sql(sql) => !gone(sql),
            };
            index.items.iter().all(is_there) && !index.condition.as_ref().is_some_and(|sql| gone(sql))
        });
        let words = self.words;
        words.finish(self, table);
    }
}
