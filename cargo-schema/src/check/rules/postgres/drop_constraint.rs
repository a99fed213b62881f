//! `drop-constraint`.

use crate::check::catalogue::Index;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-constraint",
    level: Warn,
    ways: Up,
    about: "what a constraint kept true is not kept any more",
    why: "Rows that break it can be written from this moment on, and nothing says so; an ON CONFLICT that \
          names its columns fails. Adding it again later means cleaning up first.",
    instead: "Drop it when nothing relies on it, and say so. To change it, add the new one in the same revision.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0);",
            "ALTER TABLE users DROP CONSTRAINT c;",
            Claim::Loses("SELECT count(*) FROM pg_constraint WHERE conname = 'c'"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; ALTER TABLE users ADD CONSTRAINT c CHECK (email IS NOT NULL);",
            "ALTER TABLE users DROP CONSTRAINT c;",
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0);",
            "ALTER TABLE users DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (age > 1) NOT VALID;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let ActionKind::DropConstraint { name, if_exists, .. } = &action.kind else { continue };
        let known = site.table(table);
        let is_missing = *if_exists && known.is_some_and(|table| !has(table, name));
        if is_missing || known.is_some_and(|table| is_spare(site, table, name)) || returns(site, table, name)
        {
            continue;
        }
        hits.push(
            Hit::new(&action.span, format!("what `{name}` kept true in `{table}` is not kept any more"))
                .help("if nothing relies on it, say so above: `-- schema:allow(drop-constraint) why`"),
        );
    }
}

fn has(table: &Table, name: &str) -> bool {
    let is_own = |own: &Option<String>| own.as_deref() == Some(name);
    table.checks.iter().any(|it| is_own(&it.name))
        || table.foreign_keys.iter().any(|it| is_own(&it.name))
        || table.indexes.iter().any(|it| is_own(&it.name))
}

/// A check that says no more than NOT NULL says by now.
fn is_spare(site: &Site<'_>, table: &Table, name: &str) -> bool {
    let is_set_here = |column: &String| {
        site.changes().any(
            |(_, action)| matches!(&action.kind, ActionKind::SetNotNull { column: own } if own == column),
        )
    };
    let check = table.checks.iter().find(|check| check.name.as_deref() == Some(name));
    check.is_some_and(|check| {
        let proven = &check.expr.proves_not_null;
        let is_not_null = |column: &String| {
            is_set_here(column) || table.column(column).is_some_and(|column| column.not_null)
        };
        !proven.is_empty() && proven.len() == check.expr.columns.len() && proven.iter().all(is_not_null)
    })
}

/// The same statement or a later one adds a constraint of that name again, or one of its kind over the same columns.
fn returns(site: &Site<'_>, table: &Name, name: &str) -> bool {
    let later = std::iter::once(site.act).chain(site.after().iter().map(|placed| &placed.act));
    let known = site.table(table);
    let is_it = |added: &Constraint| {
        added.name.as_ref().is_some_and(|own| own.name == name)
            || known.is_some_and(|known| is_alike(known, name, &added.kind))
    };
    later.into_iter().any(|act| match act {
        Act::AlterTable(alter) => alter.table == *table && alter.actions.iter().any(
            |action| matches!(&action.kind, ActionKind::AddConstraint(added) if is_it(added)),
        ),
        _ => false,
    })
}

/// Whether a constraint of a table says something of the same columns as a new one of its kind.
fn is_alike(table: &Table, name: &str, kind: &ConstraintKind) -> bool {
    let is_named = |own: &Option<String>| own.as_deref() == Some(name);
    let is_same = |own: &[String], new: &[String]| {
        own.iter().all(|column| new.contains(column)) && new.iter().all(|column| own.contains(column))
    };
    match kind {
        ConstraintKind::Check(new) => {
            table.checks.iter().any(|it| is_named(&it.name) && is_same(&it.expr.columns, &new.columns))
        }
        ConstraintKind::ForeignKey(new) => {
            table.foreign_keys.iter().any(|it| is_named(&it.name) && is_same(&it.columns, &new.columns))
        }
        ConstraintKind::Unique(new) | ConstraintKind::PrimaryKey(new) => {
            let columns = |it: &Index| it.columns.iter().flatten().cloned().collect::<Vec<_>>();
            table.indexes.iter().any(|it| is_named(&it.name) && is_same(&columns(it), &new.columns))
        }
        ConstraintKind::Exclude | ConstraintKind::NotNull(_) => false,
    }
}
