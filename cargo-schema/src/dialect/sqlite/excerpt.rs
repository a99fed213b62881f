//! The part of a database that a change can touch: the tables that change, those that point to them, those that all of
//! these point to, and what mentions any of them. SQLite reads its whole schema anew for every ALTER, so a change is
//! written and proven on this part; the rest is named by none of its statements.

use std::collections::BTreeSet;

use diesel::SqliteConnection;

use super::introspect::{Catalogue, table_of};
use super::name::{fold, mentioned};
use crate::database::scratch::{self, Error, run};
use crate::dialect::Excerpt;
use crate::operation::Operation;

/// A new scratch database with that part of the catalogue.
pub(crate) fn of(
    catalogue: &Catalogue,
    operations: &[Operation],
) -> Result<Excerpt<SqliteConnection>, Error> {
    let part = Part::of(catalogue, operations);
    let mut database = scratch::sqlite()?;
    run(&mut database, "BEGIN")?;
    for entry in part.entries() {
        run(&mut database, &entry.source.sql(&entry.source.name))?;
        entry.indexes.iter().try_for_each(|index| run(&mut database, &index.sql))?;
    }
    catalogue.virtuals.iter().try_for_each(|sql| run(&mut database, sql))?;
    for (_, sql) in catalogue.views.iter().filter(|(view, _)| part.names.contains(&fold(view))) {
        run(&mut database, sql)?;
    }
    for trigger in catalogue.triggers.iter().filter(|trigger| part.names.contains(&fold(&trigger.table))) {
        run(&mut database, &trigger.sql)?;
    }
    run(&mut database, "COMMIT")?;
    // Blocks may describe views, too.
    let all = catalogue.tables.keys().cloned().chain(catalogue.views.keys().map(|view| fold(view)));
    let left_out = all.filter(|name| !part.names.contains(name)).collect();
    Ok(Excerpt { database, left_out })
}

/// Names of tables and views, folded.
struct Part<'c> {
    catalogue: &'c Catalogue,
    names: BTreeSet<String>,
    /// Every view and trigger: what it is of, and what it mentions.
    mentions: Vec<(String, BTreeSet<String>)>,
}

impl<'c> Part<'c> {
    fn of(catalogue: &'c Catalogue, operations: &[Operation]) -> Self {
        let views = catalogue.views.iter();
        let triggers = catalogue.triggers.iter().map(|trigger| (&trigger.table, &trigger.sql));
        let mentions = views.chain(triggers).map(|(owner, sql)| (fold(owner), mentioned(sql))).collect();
        let mut part = Self { catalogue, names: BTreeSet::new(), mentions };
        part.names.extend(operations.iter().flat_map(named));
        // Names that a rebuild must not take.
        let reserved = catalogue.tables.keys().filter(|name| name.starts_with("__"));
        part.names.extend(reserved.cloned());
        part.add_children();
        while part.add_mentioning() | part.add_parents() {}
        part
    }

    fn entries(&self) -> impl Iterator<Item = &'c super::introspect::Entry> {
        let catalogue = self.catalogue;
        let names = self.names.clone();
        catalogue.tables.iter().filter(move |(name, _)| names.contains(*name)).map(|(_, entry)| entry)
    }

    /// Tables that point to one of these.
    fn add_children(&mut self) {
        let points_here = |entry: &&super::introspect::Entry| {
            table_of(entry).foreign_keys.iter().any(|key| self.names.contains(&fold(&key.table)))
        };
        let children: Vec<String> = self
            .catalogue
            .tables
            .values()
            .filter(points_here)
            .map(|entry| fold(&entry.source.name))
            .collect();
        self.names.extend(children);
    }

    /// Tables that these point to.
    fn add_parents(&mut self) -> bool {
        let keys = self.entries().flat_map(|entry| table_of(entry).foreign_keys);
        let parents: Vec<String> = keys.map(|key| fold(&key.table)).collect();
        self.add(parents)
    }

    /// Views and triggers that mention one of these, and everything that they mention in turn.
    fn add_mentioning(&mut self) -> bool {
        let is_ours = |(owner, mentioned): &&(String, BTreeSet<String>)| {
            self.names.contains(owner) || !self.names.is_disjoint(mentioned)
        };
        let views: BTreeSet<String> = self.catalogue.views.keys().map(|view| fold(view)).collect();
        let is_there = |name: &&String| self.catalogue.tables.contains_key(*name) || views.contains(*name);
        let mut found: Vec<String> = Vec::new();
        for (owner, mentioned) in self.mentions.iter().filter(is_ours) {
            found.extend(mentioned.iter().filter(is_there).cloned());
            found.push(owner.clone());
        }
        self.add(found)
    }

    fn add(&mut self, names: Vec<String>) -> bool {
        let before = self.names.len();
        self.names.extend(names);
        self.names.len() > before
    }
}

/// The names that an operation knows its tables by.
fn named(operation: &Operation) -> Vec<String> {
    let own = operation.table().map(fold);
    let other = match operation {
        Operation::RenameTable { to, .. } => Some(fold(to)),
        Operation::CreateTable { table, .. } => {
            let parents = table.foreign_keys.iter().map(|key| fold(&key.table));
            return own.into_iter().chain(parents).collect();
        }
        Operation::AddPart { part: crate::operation::Part::ForeignKey(key), .. } => Some(fold(&key.table)),
        _ => None,
    };
    own.into_iter().chain(other).collect()
}
