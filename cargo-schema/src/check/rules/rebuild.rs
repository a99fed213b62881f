//! SQLite's way to change a table: a new one is made, the rows are copied, the old one is dropped, and the new one takes
//! its name. What a rebuild is, and what it loses; rules say so.

use std::collections::BTreeSet;
use std::ops::Range;

use schema_runtime::dialect::Dialect;

use crate::check::catalogue::{Catalogue, Table};
use crate::check::rule::Site;
use crate::check::sql::act::{Copied, CreateTable, Object};
use crate::check::sql::part::{Column, Constraint, ConstraintKind, Expr, ForeignKey, Name};
use crate::check::sql::{Act, Placed};

/// A table that a script makes anew, looked at where the old one is dropped.
pub(super) struct Rebuild<'a> {
    /// What the table is called before and after, as a key.
    pub(super) key: String,
    /// The old one, just before it goes.
    pub(super) old: &'a Table,
    /// The new one, when the script is done.
    pub(super) new: Table,
    /// All that is there when the script is done.
    pub(super) end: Catalogue,
    /// What copies rows of the old one: the statement and what it copies.
    pub(super) copies: Vec<(&'a Range<usize>, Option<&'a Copied>)>,
}

/// The rebuild that a DROP TABLE is a part of: a table that others use is dropped, its rows were copied, and a table has
/// its name when the script is done.
pub(super) fn of<'a>(site: &Site<'a>, dropped: &Name) -> Option<Rebuild<'a>> {
    if site.script.dialect != Dialect::Sqlite || !site.is_old(dropped) {
        return None;
    }
    let old = site.table(dropped)?;
    let key = home(site, dropped);
    let copies = copies(site, &[key.clone(), site.catalogue.key(dropped)], &key);
    let end = end(site);
    let new = end.table_at(&key)?.clone();
    let is_rebuild = !copies.is_empty() || site.is_empty(dropped);
    is_rebuild.then_some(Rebuild { key, old, new, end, copies })
}

/// The rebuild that is dropped here, if this act is such a DROP TABLE.
pub(super) fn here<'a>(site: &Site<'a>) -> Option<Rebuild<'a>> {
    let Act::Drop(drop) = site.act else { return None };
    if drop.object != Object::Table {
        return None;
    }
    drop.names.iter().find_map(|name| of(site, name))
}

/// What is there when the script is done.
pub(super) fn end(site: &Site<'_>) -> Catalogue {
    let mut end = site.catalogue.clone();
    let acts = std::iter::once(site.act).chain(site.after().iter().map(|placed| &placed.act));
    acts.for_each(|act| end.apply(act, site.script.era));
    end
}

/// What the table was called when the script began.
fn home(site: &Site<'_>, dropped: &Name) -> String {
    let key = site.catalogue.key(dropped);
    let renamed = site.before().iter().rev().find_map(|placed| match &placed.act {
        Act::Rename(rename) if rename.object == Object::Table && rename.to == dropped.name => {
            Some(&rename.from)
        }
        _ => None,
    });
    renamed
        .filter(|_| site.script.start.table_at(&key).is_none())
        .map_or(key, |from| site.catalogue.key(from))
}

/// What copies rows of a table called `names` into the one that is called `key` in the end, or into a third one from
/// which that is filled.
fn copies<'a>(site: &Site<'a>, names: &[String], key: &str) -> Vec<(&'a Range<usize>, Option<&'a Copied>)> {
    let finals = finals(site, key);
    let made: Vec<Copy<'a>> =
        site.before().iter().filter_map(copy_of).filter(|copy| reads(site, copy.from, names)).collect();
    let is_direct = |copy: &&Copy<'a>| finals.contains(&site.catalogue.key(copy.into));
    let fills = |third: &Name| {
        let third = [site.catalogue.key(third)];
        let mut all = site.script.acts.iter().filter_map(copy_of);
        all.any(|copy| is_direct(&&copy) && reads(site, copy.from, &third))
    };
    let direct: Vec<&Copy<'a>> = made.iter().filter(is_direct).collect();
    let chosen =
        if direct.is_empty() { made.iter().filter(|copy| fills(copy.into)).collect() } else { direct };
    chosen.into_iter().map(|copy| (copy.span, copy.what)).collect()
}

/// The names that the table has until it is called `key`.
fn finals(site: &Site<'_>, key: &str) -> Vec<String> {
    let renamed = site.script.acts.iter().filter_map(|placed| match &placed.act {
        Act::Rename(rename) if rename.object == Object::Table && rename.to == key => {
            Some(site.catalogue.key(&rename.from))
        }
        _ => None,
    });
    renamed.chain([key.to_owned()]).collect()
}

/// A statement that fills a table from others.
struct Copy<'a> {
    span: &'a Range<usize>,
    into: &'a Name,
    from: &'a [Name],
    /// What is known of it; nothing of CREATE TABLE AS, which takes all that its query gives.
    what: Option<&'a Copied>,
}

fn copy_of(placed: &Placed) -> Option<Copy<'_>> {
    match &placed.act {
        Act::Insert(insert) => {
            let what = insert.copy.as_ref()?;
            Some(Copy { span: &placed.span, into: &insert.table, from: &what.from, what: Some(what) })
        }
        Act::CreateTable(create) if create.has_query => {
            Some(Copy { span: &placed.span, into: &create.table, from: &create.like, what: None })
        }
        _ => None,
    }
}

fn reads(site: &Site<'_>, tables: &[Name], names: &[String]) -> bool {
    tables.iter().any(|table| names.contains(&site.catalogue.key(table)))
}

impl Rebuild<'_> {
    /// The old columns that the new table has not.
    pub(super) fn lost_columns(&self) -> Vec<&str> {
        let is_lost = |name: &&str| !self.new.is_vague && self.new.column(name).is_none();
        self.old.columns.iter().map(|column| column.name.as_str()).filter(is_lost).collect()
    }

    /// Whether the new table still has all of these columns.
    pub(super) fn keeps(&self, columns: &[String]) -> bool {
        columns.iter().all(|column| self.new.column(column).is_some())
    }
}

/// What kind of thing a table says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Clause {
    Column,
    NotNull,
    Default,
    Generated,
    /// Keys, checks, and whatever else is no column's own.
    Constraint,
}

impl Rebuild<'_> {
    /// Whether anything differs but that clauses of this kind, or others of this column, are gone. Where nothing does,
    /// that is what the rebuild is about.
    pub(super) fn changes_more_than(&self, lost: Clause, column: &str) -> bool {
        let (old, new) = (clauses(self.old), clauses(&self.new));
        let is_meant = |(kind, text): &(Clause, String)| {
            let is_own = text.split(' ').next() == Some(column);
            *kind == lost || (is_own && !matches!(kind, Clause::Column | Clause::Constraint))
        };
        new.difference(&old).next().is_some() || !old.difference(&new).all(is_meant)
    }
}

/// What a table says of itself, word by word.
fn clauses(table: &Table) -> BTreeSet<(Clause, String)> {
    let columns = table.columns.iter().flat_map(|column| {
        let text = |expr: &Option<Expr>| expr.as_ref().map(|expr| format!("{} {}", column.name, expr.text));
        let ty = column.ty.as_ref().map_or("", |ty| ty.name.as_str());
        let collation = column.collation.as_deref().unwrap_or_default();
        let own = format!("{} {ty} {collation} {}", column.name, column.is_numbered);
        let not_null = column.not_null.then(|| (Clause::NotNull, column.name.clone()));
        let default = text(&column.default).map(|text| (Clause::Default, text));
        let generated = text(&column.generated).map(|text| (Clause::Generated, text));
        [Some((Clause::Column, own)), not_null, default, generated]
    });
    let checks = table.checks.iter().map(|check| check.expr.text.clone());
    let keys = table
        .foreign_keys
        .iter()
        .map(|key| format!("{:?} {} {:?} {:?}", key.columns, key.table, key.references, key.on_delete));
    let unique =
        table.indexes.iter().filter(|index| index.is_constraint).map(|it| format!("{:?}", it.columns));
    let primary = table.primary_key.iter().map(|key| format!("primary {key:?}"));
    let constraints = checks.chain(keys).chain(unique).chain(primary).chain(table.options.iter().cloned());
    columns.flatten().chain(constraints.map(|text| (Clause::Constraint, text))).collect()
}

/// The foreign keys that an act makes.
pub(super) fn keys<'a>(site: &Site<'a>) -> Vec<(&'a Constraint, &'a ForeignKey)> {
    let mut constraints: Vec<&Constraint> =
        site.added_constraints().map(|(_, constraint)| constraint).collect();
    if let Act::CreateTable(create) = site.act {
        constraints
            .extend(create.columns.iter().flat_map(|column| &column.constraints).chain(&create.constraints));
    }
    let key = |constraint: &'a Constraint| match &constraint.kind {
        ConstraintKind::ForeignKey(key) => Some((constraint, key)),
        _ => None,
    };
    constraints.into_iter().filter_map(key).collect()
}

/// The column that is the whole primary key of a table that is made.
pub(super) fn keys_of(create: &CreateTable) -> impl Iterator<Item = &Column> {
    let is_key = |constraint: &Constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey(_));
    let listed = create.constraints.iter().find_map(|constraint| match &constraint.kind {
        ConstraintKind::PrimaryKey(key) if key.columns.len() == 1 => key.columns.first(),
        _ => None,
    });
    let is_it =
        move |column: &&Column| column.constraints.iter().any(is_key) || listed == Some(&column.name.name);
    create.columns.iter().filter(is_it)
}
