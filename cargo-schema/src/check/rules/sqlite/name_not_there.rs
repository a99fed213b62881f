//! `name-not-there`.

use crate::check::rules::prelude::*;
use crate::check::rules::broken::is_missing;

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
    if let Some(missing) = missing(site) {
        hits.push(
            Hit::new(site.span, format!("this fails: there is no {missing}"))
                .help("correct the name, or make it first"),
        );
    }
}

fn missing(site: &Site<'_>) -> Option<String> {
    let no_table = |name: &Name| {
        let key = site.catalogue.key(name);
        (is_missing(site.catalogue, &key) && !key.starts_with("__")).then(|| format!("table `{name}`"))
    };
    let no_column = |table: &Name, column: &str| {
        let known = site.table(table).filter(|known| !known.is_vague && !known.columns.is_empty())?;
        known.column(column).is_none().then(|| format!("column `{column}` in `{table}`"))
    };
    match site.act {
        Act::CreateIndex(create) => no_table(&create.table).or_else(|| {
            let bare = create.items.iter().filter(|item| !item.text.contains('"'));
            let quoted = site.statement().contains('"');
            bare.filter(|_| !quoted).filter_map(|item| item.column.as_deref()).find_map(|it| no_column(&create.table, it))
        }),
        Act::CreateTrigger(create) => no_table(&create.table),
        Act::Insert(insert) => no_table(&insert.table),
        Act::Update(change) | Act::Delete(change) => no_table(&change.table),
        Act::Rename(rename) => no_table(&rename.from),
        Act::AlterTable(alter) => no_table(&alter.table).or_else(|| {
            alter.actions.iter().find_map(|action| match &action.kind {
                ActionKind::RenameColumn { from: column, .. }
                | ActionKind::DropColumn { column, .. }
                | ActionKind::SetNotNull { column }
                | ActionKind::DropNotNull { column } => no_column(&alter.table, column),
                _ => None,
            })
        }),
        Act::Drop(drop) if !drop.if_exists => drop
            .names
            .iter()
            .find(|name| name.schema.is_none() && !name.name.starts_with("__") && !site.catalogue.holds(drop.object, name))
            .map(|name| format!("{} `{name}`", drop.object.word())),
        _ => None,
    }
}
