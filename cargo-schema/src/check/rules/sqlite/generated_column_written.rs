//! `generated-column-written`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "generated-column-written",
    level: Deny,
    ways: Up,
    about: "a computed column is given a value",
    why: "SQLite computes generated columns itself, and refuses a statement that writes to one.",
    instead: "Leave the column out, or change what it is computed from.",
    find,
    examples: &[
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER AS (a * 2)); INSERT INTO t (a) VALUES (1);",
            "UPDATE t SET b = 3 WHERE id = 1;",
            Claim::Fails("cannot UPDATE generated column"),
        ),
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER AS (a * 2)); INSERT INTO t (a) VALUES (1);",
            "INSERT INTO t (a, b) VALUES (2, 4);",
            Claim::Fails("cannot INSERT into generated column"),
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER AS (a * 2)); INSERT INTO t (a) VALUES (1);",
            "UPDATE t SET a = 3 WHERE id = 1; INSERT INTO t (a) VALUES (2); INSERT INTO t VALUES (7, 2);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let (table, columns) = match site.act {
        Act::Insert(insert) => (&insert.table, &insert.columns),
        Act::Update(change) => (&change.table, &change.sets),
        _ => return,
    };
    let is_generated = |name: &&String| {
        site.table(table).and_then(|known| known.column(name)).is_some_and(|column| column.is_generated)
    };
    if let Some(column) = columns.iter().find(is_generated) {
        hits.push(
            Hit::new(site.span, format!("SQLite refuses this: `{table}.{column}` is computed"))
                .help("leave the column out, or change what it is computed from"),
        );
    }
}
