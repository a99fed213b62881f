//! Everything that a database holds, as the statements that make it: tables in the server's own words. Pure.

use std::collections::BTreeSet;

use schema_build::schema::ForeignKey;
use schema_build::statement::{Kind, tokens};
use schema_runtime::dialect::Dialect;

use super::catalogue::{Catalogue, Entry, Trigger};
use super::name::{fold, is_same, mentions, quoted};
use super::{define, emit};
use crate::dialect::script::{Group, Script};

/// What a view begins with whose reader needs rights of his own.
const INVOKER: &str = "SQL SECURITY INVOKER ";

/// Tables after those that they point to, keys that close circles, triggers, views after those that they read.
pub(super) fn of(catalogue: &Catalogue) -> Script {
    let mut script = Script::default();
    let mut done: BTreeSet<String> = BTreeSet::new();
    let mut later: Vec<(String, ForeignKey)> = Vec::new();
    while let Some(entry) = next(catalogue, &done) {
        let is_ahead = |key: &&ForeignKey| is_open(catalogue, &done, &entry.name, key);
        let ahead: Vec<ForeignKey> = entry.foreign_keys.iter().filter(is_ahead).cloned().collect();
        script.push(Group::of(vec![table(entry, &ahead)]));
        later.extend(ahead.into_iter().map(|key| (entry.name.clone(), key)));
        done.insert(fold(&entry.name));
    }
    script.push(emit::add_keys(&later));
    script.push(Group::of(catalogue.triggers.iter().map(Trigger::sql).collect()));
    script.push(Group::of(views(catalogue)));
    script
}

/// The first table that points to none that is still to be made; where all do, the first.
fn next<'c>(catalogue: &'c Catalogue, done: &BTreeSet<String>) -> Option<&'c Entry> {
    let open = || catalogue.tables.values().filter(|entry| !done.contains(&fold(&entry.name)));
    let waits =
        |entry: &Entry| entry.foreign_keys.iter().any(|key| is_open(catalogue, done, &entry.name, key));
    open().find(|entry| !waits(entry)).or_else(|| open().next())
}

/// Whether a key points to a table that is still to be made.
fn is_open(catalogue: &Catalogue, done: &BTreeSet<String>, table: &str, key: &ForeignKey) -> bool {
    !is_same(&key.table, table) && catalogue.table(&key.table).is_some() && !done.contains(&fold(&key.table))
}

/// Without the number that the next row would have had.
fn table(entry: &Entry, later: &[ForeignKey]) -> String {
    let Some(source) = &entry.source else { return define::table(entry, later) };
    let sql = emit::without(source, later);
    match counter(&sql) {
        Some(range) => format!("{}{}", &sql[..range.start], &sql[range.end..]),
        None => sql,
    }
}

/// ` AUTO_INCREMENT=7` behind the columns.
fn counter(sql: &str) -> Option<std::ops::Range<usize>> {
    let mut depth = 0_i32;
    let words: Vec<_> = tokens(sql, Dialect::Mysql).filter(|token| token.kind != Kind::Comment).collect();
    let at = words.iter().position(|token| {
        let text = &sql[token.range()];
        depth += i32::from(text == "(") - i32::from(text == ")");
        depth == 0 && token.kind == Kind::Word && text == "AUTO_INCREMENT"
    })?;
    let (start, end) = (words[at].range().start, words.get(at + 2)?.range().end);
    Some(start.saturating_sub(1)..end)
}

/// A view is made after those that its query mentions.
fn views(catalogue: &Catalogue) -> Vec<String> {
    let mut open: Vec<(&String, &String)> = catalogue.views.iter().collect();
    let mut statements = Vec::new();
    while !open.is_empty() {
        let names: Vec<&String> = open.iter().map(|(name, _)| *name).collect();
        let is_ready = |(name, query): &(&String, &String)| {
            !names.iter().any(|other| !is_same(other, name) && mentions(query, other))
        };
        let place = open.iter().position(is_ready).unwrap_or_default();
        let (name, query) = open.remove(place);
        let (security, query) = match query.strip_prefix(INVOKER) {
            Some(query) => (INVOKER, query),
            None => ("", query.as_str()),
        };
        statements.push(format!("CREATE {security}VIEW {} AS {query}", quoted(name)));
    }
    statements
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, parents: &[&str]) -> (String, Entry) {
        let key = |parent: &&str| ForeignKey {
            name: Some(format!("{name}_{parent}")),
            columns: vec!["x".to_owned()],
            table: (*parent).to_owned(),
            references: vec!["id".to_owned()],
            on_delete: Default::default(),
            on_update: Default::default(),
            deferrable: Default::default(),
        };
        let foreign_keys = parents.iter().map(key).collect();
        (name.to_owned(), Entry { name: name.to_owned(), foreign_keys, ..Entry::default() })
    }

    #[test]
    fn tables_come_after_their_parents_and_circles_are_closed_at_the_end() {
        let tables = [entry("a", &["b"]), entry("b", &["c", "b"]), entry("c", &["a"])].into_iter().collect();
        let catalogue = Catalogue { tables, ..Catalogue::default() };
        let script = of(&catalogue);
        let starts: Vec<&str> =
            script.statements().map(|sql| sql.split('\n').next().unwrap_or_default().trim_end()).collect();
        assert_eq!(starts[..3], ["CREATE TABLE `a` (", "CREATE TABLE `c` (", "CREATE TABLE `b` ("]);
        assert!(starts[3].starts_with("ALTER TABLE `a` ADD CONSTRAINT `a_b`"), "{starts:?}");
    }

    #[test]
    fn the_next_number_is_nobodys_business() {
        let source = "CREATE TABLE `t` (\n  `id` int NOT NULL AUTO_INCREMENT\n) ENGINE=InnoDB AUTO_INCREMENT=7 COMMENT='AUTO_INCREMENT=8'";
        let entry = Entry { source: Some(source.to_owned()), ..Entry::default() };
        assert_eq!(table(&entry, &[]), source.replace(" AUTO_INCREMENT=7", ""));
    }

    #[test]
    fn views_come_after_those_that_they_read() {
        let views = [("a", "select 1 from `b`"), ("b", "SQL SECURITY INVOKER select 1")];
        let views = views.map(|(name, sql)| (name.to_owned(), sql.to_owned())).into_iter().collect();
        assert_eq!(
            super::views(&Catalogue { views, ..Catalogue::default() }),
            ["CREATE SQL SECURITY INVOKER VIEW `b` AS select 1", "CREATE VIEW `a` AS select 1 from `b`"]
        );
    }
}
