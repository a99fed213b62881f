//! `update-or-replace`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "update-or-replace",
    level: Deny,
    ways: Up,
    about: "an UPDATE deletes the rows that are in its way",
    why: "UPDATE OR REPLACE deletes whatever row has the new key already, without a word, and ON DELETE acts on the \
          rows that point to it.",
    instead: "Let the statement fail where two rows would have one key, or say which of them goes:\n\
          \n    \
          DELETE FROM users WHERE email = 'a' AND id <> 2;\n    \
          UPDATE users SET email = 'a' WHERE id = 2;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "UPDATE OR REPLACE users SET email = 'a' WHERE id = 2;",
            Claim::Loses("SELECT count(*) FROM users"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "UPDATE OR REPLACE users SET id = id + 1 WHERE id < 2;",
            Claim::Loses("SELECT count(*) FROM users"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "UPDATE OR REPLACE users SET age = 1 WHERE id = 2; UPDATE OR IGNORE users SET email = 'a' WHERE id = 2;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Update(change) = site.act else { return };
    if !replaces(&change.expr.text) || !site.is_old(&change.table) {
        return;
    }
    let is_key = |table: &Table, column: &String| {
        table.indexes.iter().any(|index| index.is_unique && index.columns.contains(&Some(column.clone())))
    };
    let key = change.sets.iter().find(|column| site.table(&change.table).is_none_or(|table| is_key(table, column)));
    if let Some(key) = key {
        hits.push(
            Hit::new(site.span, format!("where another row of `{}` has this `{key}`, that row is deleted", change.table))
                .help("leave OR REPLACE out, and delete by name what is in the way"),
        );
    }
}

fn replaces(statement: &str) -> bool {
    statement.split(" SET ").next().is_some_and(|head| head.contains("UPDATE OR REPLACE"))
}
