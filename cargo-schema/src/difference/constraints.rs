//! Unique keys, checks and foreign keys: which of the model is which of the database.

use schema_build::schema::{Check, ForeignKey, Table, Unique};

use super::Comparison;
use crate::dialect::Dialect;
use crate::operation::{Operation, Part};

/// What became of a list of constraints.
pub(super) struct Matched<T> {
    pub(super) added: Vec<T>,
    pub(super) removed: Vec<T>,
    /// Before and after.
    pub(super) renamed: Vec<(T, T)>,
}

/// Matches a model's list with the database's. `name` gives an item's name and the one that it used to have;
/// an item with a name is that one and no other; one without is any with the same definition.
pub(super) fn matched<T: Clone>(
    desired: &[T],
    current: &[T],
    name: impl Fn(&T) -> Option<String>,
    is_same: impl Fn(&T, &T) -> bool,
) -> Matched<T> {
    let mut left: Vec<T> = current.to_vec();
    let mut open: Vec<&T> = Vec::new();
    for wanted in desired {
        let wanted_name = name(wanted);
        let is_it = |there: &T| wanted_name.is_some() && name(there) == wanted_name && is_same(wanted, there);
        match left.iter().position(is_it) {
            Some(position) => drop(left.remove(position)),
            None => open.push(wanted),
        }
    }
    let mut found = Matched { added: Vec::new(), removed: Vec::new(), renamed: Vec::new() };
    // Those without a name take what is left first, lest another's rename takes it from them.
    open.sort_by_key(|wanted| name(wanted).is_some());
    for wanted in open {
        match left.iter().position(|there| is_same(wanted, there)) {
            None => found.added.push(wanted.clone()),
            Some(position) => {
                let there = left.remove(position);
                if name(wanted).is_some() {
                    found.renamed.push((there, wanted.clone()));
                }
            }
        }
    }
    found.removed = left;
    found
}

impl<D: Dialect> Comparison<'_, D> {
    /// All constraints of one table.
    pub(super) fn constraints(&mut self, table: &str, desired: &Table, current: &Table) {
        let uniques = matched(
            &desired.uniques,
            &current.uniques,
            |unique: &Unique| unique.name.as_ref().map(|name| self.dialect.fold(name)),
            |left, right| self.are_same(&left.columns, &right.columns),
        );
        self.parts(table, uniques, Part::Unique);
        let checks = matched(
            &desired.checks,
            &current.checks,
            |check: &Check| check.name.as_ref().map(|name| self.dialect.fold(name)),
            |left, right| {
                self.dialect.expression(&left.expression) == self.dialect.expression(&right.expression)
            },
        );
        self.parts(table, checks, Part::Check);
        let keys = matched(
            &desired.foreign_keys,
            &current.foreign_keys,
            |key: &ForeignKey| key.name.as_ref().map(|name| self.dialect.fold(name)),
            |left, right| self.is_same_key(left, right),
        );
        self.parts(table, keys, Part::ForeignKey);
    }

    fn is_same_key(&self, left: &ForeignKey, right: &ForeignKey) -> bool {
        self.are_same(&left.columns, &right.columns)
            && self.is_same(&left.table, &right.table)
            && self.are_same(&left.references, &right.references)
            && left.on_delete == right.on_delete
            && left.on_update == right.on_update
            && left.deferrable == right.deferrable
    }

    /// What a match means for the table.
    pub(super) fn parts<T>(&mut self, table: &str, matched: Matched<T>, part: fn(T) -> Part) {
        let Matched { added, removed, renamed } = matched;
        let (added, removed): (Vec<Part>, Vec<Part>) =
            (added.into_iter().map(part).collect(), removed.into_iter().map(part).collect());
        let renamed: Vec<(Part, Part)> =
            renamed.into_iter().map(|(from, to)| (part(from), part(to))).collect();
        let olds = removed.iter().chain(renamed.iter().map(|(from, _)| from));
        for old in olds.filter_map(Part::name) {
            let news = added.iter().chain(renamed.iter().map(|(_, to)| to));
            news.filter_map(Part::name).for_each(|new| self.accept_rename(old, new));
        }
        let table = || table.to_owned();
        for part in removed {
            self.push(Operation::DropPart { table: table(), part });
        }
        for (from, to) in renamed {
            self.push(Operation::RenamePart { table: table(), from, to });
        }
        for part in added {
            self.push(Operation::AddPart { table: table(), part });
        }
    }

    /// A key, index or check has no data, so nobody is asked; whoever says it all the same is right.
    fn accept_rename(&mut self, old: &str, new: &str) {
        let _ = self.is_renamed(old, new);
    }
}
