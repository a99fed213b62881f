//! Models against schema.lock: what they say now beside what they said when they last agreed with the history. Both are
//! the models' own words, so that being equal needs neither a database nor knowledge of an engine; only a table that
//! never agreed is compared with the history itself, and by names alone.

use super::Models;
use crate::finding::{Finding, Place};
use crate::lockfile::LockFile;
use crate::lockfile::print::{Item, items};
use crate::schema::words::{changes, null, ty};
use crate::schema::{Column, EnumType, Knowledge, Schema, Table};

/// The rule of these findings.
pub const RULE: &str = "models-ahead";

/// Whether the lock file can tell: it knows a schema of this engine.
pub fn is_known(models: &Models, lock: &LockFile) -> bool {
    lock.models.as_ref().is_some_and(|known| known.dialect == models.schema.dialect)
}

/// Everything in which the models differ from the history, at its place in the source. Nothing, where the lock file
/// cannot tell.
pub fn findings(models: &Models, lock: &LockFile) -> Vec<Finding> {
    let Some(known) = lock.models.as_ref().filter(|_| is_known(models, lock)) else { return Vec::new() };
    let mut found = Found { now: &models.schema, known, history: lock.schema.as_ref(), findings: Vec::new() };
    found.enums();
    found.tables();
    let help = match lock.outside.first() {
        None => "`cargo schema generate \"what changed\"` writes the migration".to_string(),
        Some(id) => format!(
            "`schema.lock` does not know what revision `{id}` does yet: run `cargo schema lock` with a database first"
        ),
    };
    found.findings.into_iter().map(|finding| finding.help(&*help)).collect()
}

struct Found<'m> {
    now: &'m Schema,
    known: &'m Schema,
    history: Option<&'m Schema>,
    findings: Vec<Finding>,
}

impl<'m> Found<'m> {
    fn say(&mut self, message: String, place: Option<&Place>, label: &str) {
        let finding = Finding::warning(RULE, message);
        self.findings.push(match place.cloned() {
            None => finding,
            Some(mut place) => {
                if let Some(excerpt) = &mut place.excerpt {
                    excerpt.label = label.to_string();
                }
                finding.at_place(place)
            }
        });
    }

    fn enums(&mut self) {
        let values = |ty: &EnumType| ty.values.iter().map(|value| value.name.clone()).collect::<Vec<_>>();
        let (now, known) = (self.now, self.known);
        for (name, ty) in &now.enums {
            match known.enums.get(name) {
                None => self.say(format!("the enum `{name}` is not in the history yet"), None, ""),
                Some(before) if values(before) != values(ty) => {
                    self.say(format!("the history has other values for the enum `{name}`"), None, "");
                }
                Some(_) => {}
            }
        }
        for name in known.enums.keys().filter(|name| !now.enums.contains_key(*name)) {
            self.say(format!("the history has the enum `{name}`, and no model does any more"), None, "");
        }
    }

    fn tables(&mut self) {
        let (now, known) = (self.now, self.known);
        for (name, table) in &now.tables {
            match (known.tables.get(name), self.in_history(name)) {
                (Some(before), _) => self.table(name, table, before),
                (None, Some(history)) => self.names(name, table, history),
                (None, None) => self.new_table(name, table),
            }
        }
        for (name, table) in known.tables.iter().filter(|(name, _)| !now.tables.contains_key(*name)) {
            let is_renamed = now.tables.values().any(|other| other.was.as_ref() == Some(name));
            // What a block no longer names stays, unless somebody says otherwise.
            if table.knowledge == Knowledge::Whole && !is_renamed {
                self.say(
                    format!("the history has the table `{name}`, and no model describes it any more"),
                    None,
                    "",
                );
            }
        }
    }

    fn new_table(&mut self, name: &str, table: &Table) {
        let was = table.was.as_ref().filter(|was| self.known.tables.contains_key(*was));
        let message = match was {
            Some(was) => format!("the table `{name}` is still `{was}` in the history"),
            None => format!("the table `{name}` is not in the history yet"),
        };
        self.say(message, table.place.as_ref(), "no migration makes it");
    }

    /// A table as the history has it, by its name in any case.
    fn in_history(&self, name: &str) -> Option<&'m Table> {
        let tables = &self.history?.tables;
        tables.get(name).or_else(|| {
            tables.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, table)| table)
        })
    }

    /// A table that agreed once: every item of it, word by word.
    fn table(&mut self, name: &str, now: &Table, before: &Table) {
        let (now_items, before_items) = (items(now), items(before));
        let is_same = |one: &Item, other: &Item| one.kind == other.kind && one.label == other.label;
        for item in &now_items {
            match before_items.iter().rfind(|before| is_same(before, item)) {
                Some(same) if same.fields == item.fields => {}
                Some(_) => self.changed(name, item, (now, before)),
                None => self.added(name, item, (now, before)),
            }
        }
        for item in before_items.iter().filter(|item| !now_items.iter().any(|now| is_same(now, item))) {
            self.removed(name, item, now);
        }
    }

    fn added(&mut self, table: &str, item: &Item, (now, before): (&Table, &Table)) {
        let Some(column) = column(now, item) else {
            let message = format!("the history does not have {} of `{table}` yet", called(item));
            return self.say(message, now.place.as_ref(), "no migration makes it");
        };
        let was = column.was.as_ref().filter(|was| before.columns.iter().any(|it| it.name == **was));
        let message = match was {
            Some(was) => format!("the column `{table}.{}` is still `{was}` in the history", column.name),
            None => format!(
                "the column `{table}.{}` ({}, {}) is not in the history yet",
                column.name,
                ty(column),
                null(column)
            ),
        };
        self.say(message, column.place.as_ref(), "no migration makes it");
    }

    fn changed(&mut self, table: &str, item: &Item, (now, before): (&Table, &Table)) {
        match (column(now, item), column(before, item)) {
            (Some(to), Some(from)) => {
                let message = format!(
                    "the history has another column `{table}.{}` ({})",
                    to.name,
                    changes(from, to).join(", ")
                );
                self.say(message, to.place.as_ref(), "no migration makes it so");
            }
            (_, _) => {
                let message = format!(
                    "the history has another {} of `{table}`",
                    called(item).trim_start_matches("the ")
                );
                self.say(message, now.place.as_ref(), "no migration makes it so");
            }
        }
    }

    fn removed(&mut self, table: &str, item: &Item, now: &Table) {
        let is_renamed = item.kind == "column"
            && now.columns.iter().any(|column| column.was.as_ref() == Some(&item.label));
        if is_renamed {
            return;
        }
        let message = match item.kind {
            "column" => format!(
                "the history has the column `{table}.{}`, and the model does not any more",
                item.label
            ),
            _ => format!("the history has {} of `{table}`, and the model does not any more", called(item)),
        };
        self.say(message, now.place.as_ref(), "no migration takes it away");
    }

    /// A table that never agreed, beside the history's: names say most, and the rest takes a database.
    fn names(&mut self, name: &str, now: &Table, history: &Table) {
        let has = |table: &Table, column: &str| {
            table.columns.iter().any(|other| other.name.eq_ignore_ascii_case(column))
        };
        let new: Vec<&Column> = now.columns.iter().filter(|column| !has(history, &column.name)).collect();
        for column in &new {
            let message = format!("the column `{name}.{}` is not in the history", column.name);
            self.say(message, column.place.as_ref(), "no migration makes it");
        }
        let gone: Vec<&Column> = history
            .columns
            .iter()
            .filter(|column| now.knowledge == Knowledge::Whole && !has(now, &column.name))
            .collect();
        for column in &gone {
            let message =
                format!("the history has the column `{name}.{}`, and the model does not", column.name);
            self.say(message, now.place.as_ref(), "no field for it");
        }
        if new.is_empty() && gone.is_empty() {
            let message = format!("the table `{name}` is not what the history makes of it");
            self.say(message, now.place.as_ref(), "");
        }
    }
}

/// The column that an item is about.
fn column<'t>(table: &'t Table, item: &Item) -> Option<&'t Column> {
    table.columns.iter().find(|column| item.kind == "column" && column.name == item.label)
}

/// `the index `users_phone_idx``, `the unique key (email)`.
fn called(item: &Item) -> String {
    let noun = match item.kind {
        "key" => return "the primary key".to_string(),
        "options" => return "the options".to_string(),
        "unique" => "unique key",
        "foreign_key" => "foreign key",
        kind => kind,
    };
    match item.label.starts_with('(') {
        true => format!("the {noun} {}", item.label),
        false => format!("the {noun} `{}`", item.label),
    }
}
