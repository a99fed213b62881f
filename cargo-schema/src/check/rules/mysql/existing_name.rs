//! `existing-name`.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::check::rules::innodb::is_guarded;
use crate::check::rules::prelude::*;
use crate::check::sql::act::{CreateIndex, CreateTable};

pub(super) static RULE: Rule = Rule {
    id: "existing-name",
    level: Deny,
    ways: Up,
    about: "a statement makes what is there already",
    why: "A table, view, column, index or trigger has this name already. The statement fails, and what stood \
          before it in the revision stays done.",
    instead: "Choose another name. Where it may be there or not, say IF NOT EXISTS and mind that it changes \
          nothing then.",
    find,
    examples: &[
        fires(users!(), "CREATE TABLE users (id bigint PRIMARY KEY);", Claim::Fails("1050")),
        fires(users!(), "ALTER TABLE users ADD COLUMN Age int;", Claim::Fails("1060")),
        fires(users!("CREATE INDEX users_age ON users (age);"), "CREATE INDEX users_age ON users (email);", Claim::Fails("1061")),
        fires(users!("CREATE INDEX users_age ON users (age);"), "ALTER TABLE users ADD KEY Users_Age (email);", Claim::Fails("1061")),
        fires(
            users!("CREATE TRIGGER aging BEFORE INSERT ON users FOR EACH ROW SET NEW.age = 1;"),
            "CREATE TRIGGER aging BEFORE UPDATE ON users FOR EACH ROW SET NEW.age = 1;",
            Claim::Fails("1359"),
        ),
        fires(users!(), "CREATE TABLE logs (id bigint PRIMARY KEY, n int, N int);", Claim::Fails("1060")),
        quiet(
            users!("CREATE INDEX users_age ON users (age);"),
            "CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY);\nALTER TABLE users DROP KEY users_age, ADD KEY users_age (age, id);\n\
             ALTER TABLE users ADD COLUMN IF NOT EXISTS age int;\nCREATE OR REPLACE INDEX users_age ON users (age);",
        ),
        quiet(
            users!("CREATE TRIGGER aging BEFORE INSERT ON users FOR EACH ROW SET NEW.age = 1; CREATE VIEW ages AS SELECT age FROM users;"),
            "-- schema:allow(drop-trigger) made anew\nDROP TRIGGER aging;\nCREATE TRIGGER aging BEFORE UPDATE ON users FOR EACH ROW SET NEW.age = 1;\n\
             CREATE OR REPLACE VIEW ages AS SELECT age FROM users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let taken = match site.act {
        Act::CreateTable(create) => table(site, create).map(|name| (site.span, name)),
        Act::CreateView(create) if !create.or_replace => relation(site, &create.name).map(|name| (site.span, name)),
        Act::CreateTrigger(create) => trigger(site, &create.name).map(|name| (site.span, name)),
        Act::CreateIndex(create) => index(site, create).map(|name| (site.span, name)),
        Act::Rename(rename) => {
            relation(site, &Name { name: rename.to.clone(), ..rename.from.clone() }).map(|name| (site.span, name))
        }
        _ => site.changes().find_map(|(table, action)| changed(site, table, action)),
    };
    if let Some((span, name)) = taken.filter(|(span, _)| !is_guarded(site, span)) {
        hits.push(Hit::new(span, format!("this fails: `{name}` is there already")).help("choose another name"));
    }
}

fn table(site: &Site<'_>, create: &CreateTable) -> Option<String> {
    let columns = create.columns.iter().map(|column| column.name.name.as_str());
    let indexes = create.indexes.iter().filter_map(|index| Some(index.name.as_ref()?.name.as_str()));
    let taken = if create.is_temporary { None } else { relation(site, &create.table) };
    let within = twice(columns).or_else(|| twice(indexes)).map(|name| format!("{}.{name}", create.table));
    taken.or(within)
}

/// The first name that another one before it is, too.
fn twice<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut before = BTreeSet::new();
    names.map(str::to_lowercase).find(|name| !before.insert(name.clone()))
}

fn relation(site: &Site<'_>, name: &Name) -> Option<String> {
    let is_there = name.schema.is_none() && site.catalogue.has_relation(&site.catalogue.key(name));
    // A temporary one went with its session, or hides the other.
    (is_there && site.table(name).is_none_or(|known| !known.is_temporary)).then(|| name.to_string())
}

fn trigger(site: &Site<'_>, name: &Name) -> Option<String> {
    site.catalogue.holds(Object::Trigger, name).then(|| name.to_string())
}

fn index(site: &Site<'_>, create: &CreateIndex) -> Option<String> {
    let name = &create.name.as_ref()?.name;
    let known = site.table(&create.table)?;
    let is_it = |own: &Option<String>| own.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name));
    // One that MySQL made for a foreign key goes when another will do.
    known.indexes.iter().any(|index| !index.is_implicit && is_it(&index.name)).then(|| name.clone())
}

fn changed<'a>(site: &Site<'a>, table: &'a Name, action: &'a Action) -> Option<(&'a Range<usize>, String)> {
    let taken = match &action.kind {
        ActionKind::AddColumn { column, .. } => column_of(site, table, &column.name.name),
        ActionKind::RenameColumn { from, to } if !from.eq_ignore_ascii_case(to) => column_of(site, table, to),
        ActionKind::AddIndex(create) => index(site, create).filter(|name| !goes(site, name)),
        _ => None,
    };
    taken.map(|name| (&action.span, name))
}

fn column_of(site: &Site<'_>, table: &Name, column: &str) -> Option<String> {
    let known = site.table(table)?;
    let is_there = known.columns.iter().any(|it| it.name.eq_ignore_ascii_case(column));
    (is_there && !goes(site, column)).then(|| format!("{table}.{column}"))
}

/// The same statement takes the name from what has it.
fn goes(site: &Site<'_>, name: &str) -> bool {
    site.changes().any(|(_, action)| match &action.kind {
        ActionKind::DropColumn { column: own, .. }
        | ActionKind::RenameColumn { from: own, .. }
        | ActionKind::DropIndex { name: own }
        | ActionKind::DropConstraint { name: own, .. }
        | ActionKind::RenameConstraint { from: own, .. } => own.eq_ignore_ascii_case(name),
        _ => false,
    })
}
