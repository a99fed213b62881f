//! Which rows are there for certain: those that the history wrote down itself, by their unique keys. Whatever may take
//! rows away or change them forgets them, and where that cannot be told nothing is remembered.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::rc::Rc;

use schema_runtime::dialect::Dialect;

use super::table::{Column, Index, Table};
use super::{Catalogue, Map};
use crate::check::sql::Act;
use crate::check::sql::act::{ActionKind, Change, Insert, Object, Transaction};
use crate::check::sql::part::Name;

/// Unique keys of rows, as hashes. Copies share what they have in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    /// Each more than twice as large as the one behind it.
    layers: Vec<Rc<BTreeSet<u64>>>,
    /// How often rows were stirred when the first of them came.
    since: usize,
}

/// Of more keys than these nobody asks.
const LIMIT: usize = 1 << 20;

impl Keys {
    fn contains(&self, key: u64) -> bool {
        self.layers.iter().any(|layer| layer.contains(&key))
    }

    fn insert(&mut self, key: u64) {
        match self.layers.last_mut().and_then(Rc::get_mut) {
            Some(last) => drop(last.insert(key)),
            None => self.layers.push(Rc::new(BTreeSet::from([key]))),
        }
        while let [.., larger, last] = self.layers.as_slice()
            && last.len() * 2 >= larger.len()
        {
            self.merge();
        }
    }

    fn merge(&mut self) {
        let (last, larger) = (self.layers.pop(), self.layers.pop());
        let mut merged = larger.map(Rc::unwrap_or_clone).unwrap_or_default();
        merged.extend(last.iter().flat_map(|layer| layer.iter()));
        self.layers.push(Rc::new(merged));
    }

    fn len(&self) -> usize {
        self.layers.iter().map(|layer| layer.len()).sum()
    }
}

/// A unique key, and where a row of an INSERT has its columns.
struct Written<'a> {
    index: &'a Index,
    places: Vec<(usize, &'a Column)>,
}

impl Written<'_> {
    /// `None` where a value is NULL, or not written down.
    fn key(&self, row: &[String]) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        self.index.columns.hash(&mut hasher);
        for (place, column) in &self.places {
            literal(row.get(*place)?, column)?.hash(&mut hasher);
        }
        Some(hasher.finish())
    }

    /// `id`, `1`.
    fn shown(&self, row: &[String]) -> (String, String) {
        let columns: Vec<&str> = self.places.iter().map(|(_, column)| column.name.as_str()).collect();
        let values: Vec<&str> = self.places.iter().map(|(place, _)| row[*place].as_str()).collect();
        (columns.join(", "), values.join(", "))
    }
}

impl Catalogue {
    /// The columns and values of a unique key that a row would have which is there already, or which the same INSERT
    /// has written down before.
    pub(crate) fn taken(&self, insert: &Insert) -> Option<(String, String)> {
        let table = self.table(&insert.table).filter(|table| is_followed(table) && is_plain(insert))?;
        let written = self.written(table, insert);
        let is_known = table.keys.since == self.stirred;
        let mut own = BTreeSet::new();
        insert.rows.iter().find_map(|row| {
            let is_there =
                |key: u64, own: &mut BTreeSet<u64>| is_known && table.keys.contains(key) || !own.insert(key);
            written
                .iter()
                .find(|it| it.key(row).is_some_and(|key| is_there(key, &mut own)))
                .map(|it| it.shown(row))
        })
    }

    /// What an INSERT wrote down is there, if it ran.
    pub(crate) fn note_rows(&mut self, act: &Act) {
        let Act::Insert(insert) = act else { return };
        let Some(table) = self.table(&insert.table).filter(|it| is_followed(it) && is_plain(insert)) else {
            return;
        };
        let written = self.written(table, insert);
        let keys: Vec<u64> =
            insert.rows.iter().flat_map(|row| written.iter().filter_map(|it| it.key(row))).collect();
        let stirred = self.stirred;
        self.change(&insert.table, |table| {
            if table.keys.since != stirred {
                table.keys = Keys { since: stirred, ..Keys::default() };
            }
            let room = LIMIT.saturating_sub(table.keys.len());
            keys.into_iter().take(room).for_each(|key| table.keys.insert(key));
        });
    }

    /// The unique keys of which an INSERT fills all columns.
    fn written<'a>(&self, table: &'a Table, insert: &Insert) -> Vec<Written<'a>> {
        let is_filled = |column: &&Column| !(column.is_generated && self.dialect == Dialect::Sqlite);
        let place = |column: &Column| match insert.columns.as_slice() {
            [] => table.columns.iter().filter(is_filled).position(|own| own.name == column.name),
            names => names.iter().position(|own| *own == column.name),
        };
        let find = |name: &Option<String>| {
            let column = table.column(name.as_deref()?)?;
            Some((place(column)?, column))
        };
        let is_unique =
            |index: &&Index| index.is_unique && index.condition.is_none() && !index.columns.is_empty();
        let unique = table.indexes.iter().filter(is_unique);
        let of_index = |index: &'a Index| {
            Some(Written { index, places: index.columns.iter().map(find).collect::<Option<_>>()? })
        };
        unique.filter_map(of_index).collect()
    }

    /// What an act may do to rows that are there.
    pub(super) fn follow_rows(&mut self, act: &Act) {
        match act {
            Act::Insert(insert) if !is_plain(insert) && !is_timid(insert) => self.forget_rows(&insert.table),
            Act::Insert(insert) => self.follow_triggers(&insert.table),
            Act::Update(change) | Act::Delete(change) if self.is_of_many(change) => self.stirred += 1,
            Act::Update(change) | Act::Delete(change) => self.forget_rows(&change.table),
            Act::Truncate(truncate) => truncate.tables.iter().for_each(|table| self.forget_rows(table)),
            Act::Drop(drop) if drop.object == Object::Table => {
                drop.names.iter().for_each(|table| self.forget_rows(table));
            }
            Act::AlterTable(alter) if !alter.actions.iter().all(|action| keeps_rows(&action.kind)) => {
                self.forget_rows(&alter.table);
            }
            Act::Create(create) if create.object == Object::Rule => {
                create.on.iter().for_each(|table| self.change(table, |table| table.has_rule = true));
            }
            Act::Transaction(Transaction::Rollback | Transaction::Savepoint)
            | Act::Dynamic
            | Act::PrepareVariable(_)
            | Act::Other(_) => self.stirred += 1,
            _ => {}
        }
    }

    /// A trigger, or whoever is behind a view, may change any table.
    fn follow_triggers(&mut self, table: &Name) {
        let is_clear = self.table(table).is_none_or(|table| table.triggers.is_empty() && !table.has_rule);
        if !is_clear || self.view(table).is_some() {
            self.stirred += 1;
        }
    }

    /// The rows of a table may be others from now on, and so may those that point to them.
    fn forget_rows(&mut self, table: &Name) {
        self.follow_triggers(table);
        let (mut open, mut seen) = (vec![self.key(table)], BTreeSet::new());
        while let Some(key) = open.pop() {
            if !seen.insert(key.clone()) {
                continue;
            }
            let points = |table: &Table| table.foreign_keys.iter().any(|own| own.table == key);
            open.extend(self.tables().filter(|(_, table)| points(table)).map(|(own, _)| own.to_owned()));
        }
        for key in seen {
            self.forget_keys(&key);
        }
    }

    fn forget_keys(&mut self, key: &str) {
        let has_keys = |tables: &Map<Rc<Table>>| tables.get(key).is_some_and(|table| table.keys.len() > 0);
        if has_keys(&self.tables)
            && let Some(table) = self.tables.get_mut(key)
        {
            Rc::make_mut(table).keys = Keys::default();
        }
    }

    /// MySQL's UPDATE and DELETE of several tables, of which only the first is known.
    fn is_of_many(&self, change: &Change) -> bool {
        let text = change.expr.text.to_lowercase();
        let end = text.find(" set ").or_else(|| text.find(" where ")).unwrap_or(text.len());
        self.dialect == Dialect::Mysql && (text[..end].contains(',') || text[..end].contains(" join "))
    }
}

/// Whether nothing comes between what is written and what is there.
fn is_followed(table: &Table) -> bool {
    let is_part = table.is_partitioned || table.partition_of.is_some();
    let is_whole = !table.is_vague && !table.is_temporary && !is_part;
    is_whole && table.triggers.is_empty() && !table.has_rule && !table.settles_conflicts
}

/// Whether a row that is there already makes an INSERT fail.
fn is_plain(insert: &Insert) -> bool {
    let is_settled = matches!(insert.conflict.as_deref(), Some("ignore" | "replace"));
    !is_settled && !insert.is_upsert
}

/// Whether it leaves such a row alone.
fn is_timid(insert: &Insert) -> bool {
    insert.conflict.as_deref() == Some("ignore")
        || (insert.conflict.is_none() && insert.expr.text.to_lowercase().contains("do nothing"))
}

fn keeps_rows(action: &ActionKind) -> bool {
    matches!(
        action,
        ActionKind::AddColumn { .. }
            | ActionKind::SetNotNull { .. }
            | ActionKind::DropNotNull { .. }
            | ActionKind::SetDefault { .. }
            | ActionKind::DropDefault { .. }
            | ActionKind::AddConstraint(_)
            | ActionKind::DropConstraint { .. }
            | ActionKind::ValidateConstraint { .. }
            | ActionKind::RenameConstraint { .. }
            | ActionKind::DropForeignKey { .. }
            | ActionKind::AddIndex(_)
            | ActionKind::DropIndex { .. }
            | ActionKind::SetOptions
            | ActionKind::SetStatistics
            | ActionKind::SetStorage
            | ActionKind::Owner
    )
}

/// A literal so that two spellings of one value are one text; `None`: NULL, DEFAULT, or what is computed.
fn literal(value: &str, column: &Column) -> Option<String> {
    let ty = column.ty.as_ref().map(|ty| ty.name.to_lowercase()).unwrap_or_default();
    let number = |text: &str| text.parse::<i128>().ok().filter(|_| ty.contains("int"));
    let (bare, cast) = value.split_once("::").unwrap_or((value, ""));
    if let Some(text) = unquoted(bare.trim()) {
        let is_moment = ty.starts_with("date") || ty.starts_with("time");
        let is_word = !text.starts_with(|first: char| first.is_ascii_digit());
        return match number(text) {
            Some(number) => Some(number.to_string()),
            None if is_moment && is_word => None,
            None => Some(format!("'{text}' {cast}")),
        };
    }
    let word = value.replace(' ', "").to_lowercase();
    let is_number = word.parse::<f64>().is_ok() && word.ends_with(|last: char| last.is_ascii_digit());
    let is_fixed = is_number || matches!(word.as_str(), "true" | "false") || word.starts_with("x'");
    // MySQL gives the next number for a zero.
    let is_next = column.is_numbered && word.trim_start_matches('0').is_empty();
    (is_fixed && !is_next).then(|| number(&word).map_or(word, |number| number.to_string()))
}

/// What stands in one pair of quotes.
fn unquoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.replace(&format!("{quote}{quote}"), "").contains(quote)).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_a_set_whatever_was_copied() {
        let (mut keys, mut copies) = (Keys::default(), Vec::new());
        for key in 0..5_000_u64 {
            keys.insert(key * 7919 % 4001);
            if key % 3 == 0 {
                copies.push((key, keys.clone()));
            }
        }
        for (last, copy) in copies.iter().step_by(97) {
            let known = (0..=*last).map(|key| key * 7919 % 4001).collect::<BTreeSet<u64>>();
            assert!((0..4001).all(|key| copy.contains(key) == known.contains(&key)), "{last}");
            assert!(copy.layers.len() < 16, "{}", copy.layers.len());
        }
    }

    #[test]
    fn one_value_has_one_spelling() {
        let column = |ty: &str| Column {
            ty: Some(crate::check::sql::part::Type { name: ty.to_owned(), ..Default::default() }),
            ..Column::default()
        };
        let same = |ty: &str, left: &str, right: &str| {
            let value = literal(left, &column(ty));
            value.is_some() && value == literal(right, &column(ty))
        };
        assert!(
            same("bigint", "1", "'01'") && same("INTEGER", "- 1", "-1") && same("text", "'it''s'", "'it''s'")
        );
        assert!(!same("text", "'a'", "'A'") && !same("text", "'a' || 'b'", "'a' || 'b'"));
        assert!(!same("timestamp with time zone", "'now'", "'now'") && !same("date", "now()", "now()"));
        assert!(!same("bigint", "DEFAULT", "DEFAULT") && !same("bigint", "NULL", "NULL"));
    }
}
