//! `name-taken`.

use std::ops::Range;

use crate::check::rules::prelude::*;
use crate::check::sql::act::Rename;

pub(super) static RULE: Rule = Rule {
    id: "name-taken",
    level: Deny,
    ways: Up,
    about: "a statement makes what is there already",
    why: "A table, view, index or column has this name already. The statement fails.",
    instead: "Choose another name. Where it may be there or not, say IF NOT EXISTS and mind that it changes \
          nothing then.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE users (id INTEGER PRIMARY KEY);",
            Claim::Fails("table users already exists"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN Email TEXT;",
            Claim::Fails("duplicate column name"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX i ON users (age);",
            "CREATE INDEX i ON users (email);",
            Claim::Fails("index i already exists"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); CREATE TRIGGER aging AFTER INSERT ON users BEGIN SELECT 1; END;",
            "CREATE TRIGGER aging AFTER DELETE ON users BEGIN SELECT 1; END;",
            Claim::Fails("trigger aging already exists"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);",
            "CREATE INDEX users ON users (email);",
            Claim::Fails("there is already a table named users"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY); CREATE TEMP TABLE users_temp (a TEXT);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let taken = match site.act {
        Act::Rename(rename) => renamed(site, rename),
        Act::AlterTable(_) => column(site),
        _ => made(site),
    };
    if let Some((span, taken)) = taken {
        hits.push(Hit::new(span, format!("this fails: `{taken}` is there already")).help("choose another name"));
    }
}

/// Where a name is, and what is there already.
type Taken<'a> = Option<(&'a Range<usize>, String)>;

fn made<'a>(site: &Site<'a>) -> Taken<'a> {
    let name = match site.act {
        Act::CreateTable(create) if !create.if_not_exists && !create.is_temporary => &create.table,
        Act::CreateView(create) if !create.is_temporary && !create.or_replace && !is_guarded(site) => &create.name,
        Act::CreateIndex(create) if !create.if_not_exists => create.name.as_ref()?,
        Act::CreateTrigger(create) if !create.if_not_exists => &create.name,
        _ => return None,
    };
    let is_trigger = matches!(site.act, Act::CreateTrigger(_));
    let is_there = if is_trigger { site.catalogue.holds(Object::Trigger, name) } else { is_relation(site, name) };
    is_there.then(|| (site.span, name.to_string()))
}

/// Tables, views and indexes share their names.
fn is_relation(site: &Site<'_>, name: &Name) -> bool {
    let is_relation = name.schema.is_none() && site.catalogue.has_relation(&site.catalogue.key(name));
    // A temporary one went with its connection, or hides the other.
    let is_lasting = site.table(name).is_none_or(|known| !known.is_temporary);
    (is_relation && is_lasting) || site.catalogue.index(name).is_some()
}

fn renamed<'a>(site: &Site<'a>, rename: &Rename) -> Taken<'a> {
    let to = Name { name: rename.to.clone(), ..rename.from.clone() };
    let is_other = site.catalogue.key(&to) != site.catalogue.key(&rename.from);
    (is_other && is_relation(site, &to)).then(|| (site.span, rename.to.clone()))
}

fn column<'a>(site: &Site<'a>) -> Taken<'a> {
    site.changes().find_map(|(table, action)| {
        let name = match &action.kind {
            ActionKind::AddColumn { column, .. } => &column.name.name,
            ActionKind::RenameColumn { from, to } if from != to => to,
            _ => return None,
        };
        site.table(table)?.column(name).map(|_| (&action.span, format!("{table}.{name}")))
    })
}

/// CREATE VIEW IF NOT EXISTS.
fn is_guarded(site: &Site<'_>) -> bool {
    site.statement().to_lowercase().contains("if not exists")
}
