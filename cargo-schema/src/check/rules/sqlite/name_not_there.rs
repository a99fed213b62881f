//! `name-not-there`.

use std::ops::Range;

use crate::check::rules::broken::is_missing;
use crate::check::rules::prelude::*;
use crate::check::sql::act::Drop;

pub(super) static RULE: Rule = Rule {
    id: "name-not-there",
    level: Deny,
    ways: Up,
    about: "a statement names a table, column or index that is not there",
    why: "The history makes no such thing, or it went before. The statement fails.",
    instead: "Correct the name, or make it first.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE INDEX i ON users (emial);",
            Claim::Fails("no such column: emial"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE user ADD COLUMN phone TEXT;",
            Claim::Fails("no such table: user"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users RENAME COLUMN mail TO email2;",
            Claim::Fails("no such column: \"mail\""),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "UPDATE user SET age = 1 WHERE id = 1;",
            Claim::Fails("no such table: user"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "DROP INDEX users_email;",
            Claim::Fails("no such index: users_email"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "INSERT INTO users (id, emial) VALUES (3, 'c');",
            Claim::Fails("has no column named emial"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "UPDATE users SET emial = 'c' WHERE id = 1;",
            Claim::Fails("no such column: emial"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE INDEX i ON users (email); DROP INDEX IF EXISTS users_email; INSERT INTO users (rowid, email) VALUES (9, 'x');",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if site.catalogue.is_empty() {
        return;
    }
    if let Some((span, missing)) = missing(site) {
        hits.push(
            Hit::new(span, format!("this fails: there is no {missing}"))
                .help("correct the name, or make it first"),
        );
    }
}

/// Where a name is, and what is not there.
type Missing<'a> = Option<(&'a Range<usize>, String)>;

fn missing<'a>(site: &Site<'a>) -> Missing<'a> {
    let table = match site.act {
        Act::CreateIndex(create) => &create.table,
        Act::CreateTrigger(create) => &create.table,
        Act::Insert(insert) => &insert.table,
        Act::Update(change) | Act::Delete(change) => &change.table,
        Act::Rename(rename) => &rename.from,
        Act::AlterTable(alter) => &alter.table,
        Act::Drop(drop) if !drop.if_exists => return object(site, drop),
        _ => return None,
    };
    no_table(site, table).map(|missing| (site.span, missing)).or_else(|| column(site))
}

fn no_table(site: &Site<'_>, name: &Name) -> Option<String> {
    let key = site.catalogue.key(name);
    (is_missing(site.catalogue, &key) && !key.starts_with("__")).then(|| format!("table `{name}`"))
}

fn column<'a>(site: &Site<'a>) -> Missing<'a> {
    let first = |table: &Name, columns: &[String]| columns.iter().find_map(|it| no_column(site, table, it));
    let found = match site.act {
        Act::CreateIndex(create) => {
            // What is quoted and no column is a string.
            let bare = create.items.iter().filter(|_| !site.statement().contains('"'));
            bare.filter_map(|item| item.column.as_deref()).find_map(|it| no_column(site, &create.table, it))
        }
        Act::Insert(insert) => first(&insert.table, &insert.columns),
        Act::Update(change) => first(&change.table, &change.sets),
        _ => return site.changes().find_map(|(table, action)| changed(site, table, action)),
    };
    found.map(|missing| (site.span, missing))
}

fn changed<'a>(site: &Site<'a>, table: &Name, action: &'a Action) -> Missing<'a> {
    let column = match &action.kind {
        ActionKind::RenameColumn { from: column, .. }
        | ActionKind::DropColumn { column, .. }
        | ActionKind::SetNotNull { column }
        | ActionKind::DropNotNull { column } => column,
        _ => return None,
    };
    no_column(site, table, column).map(|missing| (&action.span, missing))
}

/// Names that every table with row numbers has for them.
const ROW_NUMBER: [&str; 3] = ["rowid", "oid", "_rowid_"];

fn no_column(site: &Site<'_>, table: &Name, column: &str) -> Option<String> {
    let known = site.table(table).filter(|known| !known.is_vague && !known.columns.is_empty())?;
    let is_there = known.column(column).is_some() || ROW_NUMBER.contains(&column);
    (!is_there).then(|| format!("column `{column}` in `{table}`"))
}

fn object<'a>(site: &Site<'a>, drop: &Drop) -> Missing<'a> {
    let is_missing = |name: &&Name| {
        name.schema.is_none() && !name.name.starts_with("__") && !site.catalogue.holds(drop.object, name)
    };
    drop.names.iter().find(is_missing).map(|name| (site.span, format!("{} `{name}`", drop.object.word())))
}
