//! `drop-column-refused`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-column-refused",
    level: Deny,
    ways: Up,
    about: "a column is dropped that something else is made of",
    why: "SQLite refuses to drop a column that is part of a key, an index, a check or a foreign key of \
          the table, a generated column, a trigger or a view; and the only one.",
    instead: "Drop what names it first and make it again without it; a key, a check or a foreign key takes a \
          rebuild of the table:\n\
          \n    \
          DROP INDEX users_age;\n    \
          ALTER TABLE users DROP COLUMN age;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX users_age ON users (age);",
            "-- schema:allow(drop-column) unused\nALTER TABLE users DROP COLUMN age;",
            Claim::Fails("error in index users_age"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW ages AS SELECT age FROM users;",
            "-- schema:allow(drop-column) unused\nALTER TABLE users DROP COLUMN age;",
            Claim::Fails("error in view ages"),
        ),
        fires(
            "CREATE TABLE t (a TEXT, b TEXT, CHECK (a <> b));",
            "-- schema:allow(drop-column) unused\nALTER TABLE t DROP COLUMN a;",
            Claim::Fails("no such column: a"),
        ),
        fires(
            "CREATE TABLE t (a TEXT UNIQUE, b TEXT);",
            "-- schema:allow(drop-column) unused\nALTER TABLE t DROP COLUMN a;",
            Claim::Fails("cannot drop UNIQUE column"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX users_age ON users (age);",
            "DROP INDEX users_age;\n-- schema:allow(drop-column) unused\nALTER TABLE users DROP COLUMN age;",
        ),
        quiet(
            "CREATE TABLE t (a TEXT CHECK (a <> ''), b TEXT);",
            "-- schema:allow(drop-column) unused\nALTER TABLE t DROP COLUMN a;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes() {
        let ActionKind::DropColumn { column, .. } = &action.kind else { continue };
        let Some(known) = site.table(table) else { continue };
        if let Some(reason) = reason(site, table, known, column) {
            hits.push(
                Hit::new(&action.span, format!("SQLite refuses to drop `{table}.{column}`: {reason}"))
                    .help("drop or change what names it first; a key or a constraint takes a rebuild of the table"),
            );
        }
    }
}

fn reason(site: &Site<'_>, table: &Name, known: &Table, column: &str) -> Option<String> {
    let is_own = |name: &String| name == column;
    if known.primary_key.iter().flatten().any(is_own) {
        return Some("it is part of the primary key".to_owned());
    }
    let others = || known.columns.iter().filter(|other| other.name != column);
    if !known.is_vague && others().count() == 0 {
        return Some("the table has no other column".to_owned());
    }
    let in_index = |index: &&crate::check::catalogue::Index| {
        let word = |text: &String| text.split(|it: char| !it.is_alphanumeric() && it != '_').any(|it| it == column);
        index.columns.iter().flatten().any(is_own) || index.items.iter().any(word) || index.condition.iter().any(word)
    };
    let index = known.indexes.iter().find(in_index).map(|index| match index.is_constraint {
        true => "it is UNIQUE".to_owned(),
        false => format!("the index `{}` names it", index.name.as_deref().unwrap_or("without a name")),
    });
    let is_beside = |beside: &Option<String>| beside.as_deref() == Some(column);
    let check = || {
        let check = known.checks.iter().find(|it| it.expr.columns.iter().any(is_own) && !is_beside(&it.beside));
        check.map(|check| format!("`CHECK ({})` names it", check.expr.text))
    };
    let key = || {
        let key = known.foreign_keys.iter().find(|it| it.columns.iter().any(is_own) && !is_beside(&it.beside));
        key.map(|key| format!("it points to `{}`", key.table))
    };
    let generated = || {
        let made = others().find(|other| other.generated.iter().any(|expr| expr.columns.iter().any(is_own)));
        made.map(|other| format!("`{}` is made of it", other.name))
    };
    index.or_else(check).or_else(key).or_else(generated).or_else(|| mention(site, table, column))
}

fn mention(site: &Site<'_>, table: &Name, column: &str) -> Option<String> {
    if let Some(view) = site.catalogue.views_of(table, column).next() {
        return Some(format!("the view `{view}` names it"));
    }
    let key = site.catalogue.key(table);
    let mut triggers = site.catalogue.triggers();
    let found = triggers.find(|(_, trigger)| {
        (trigger.on == key || trigger.tables.contains(&key)) && trigger.columns.iter().any(|it| it == column)
    });
    found.map(|(name, _)| format!("the trigger `{name}` names it"))
}
