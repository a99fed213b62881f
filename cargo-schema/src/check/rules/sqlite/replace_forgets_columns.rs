//! `replace-forgets-columns`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "replace-forgets-columns",
    level: Warn,
    ways: Up,
    about: "a row is replaced, and what it held in other columns is lost",
    why: "INSERT OR REPLACE deletes the row that is in the way. Columns that the statement does not name \
          are NULL or their default afterwards; triggers on DELETE do not fire.",
    instead: "Change the row instead:\n\
          \n    \
          INSERT INTO users (id, email) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET email = excluded.email;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "INSERT OR REPLACE INTO users (id, email) VALUES (1, 'z');",
            Claim::Loses("SELECT count(age) FROM users"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "INSERT OR REPLACE INTO users (id, email, age) VALUES (1, 'z', 1);",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "INSERT OR IGNORE INTO users (id, email) VALUES (1, 'z');",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Insert(insert) = site.act else { return };
    if insert.conflict.as_deref() != Some("replace") || !insert.names_columns || !site.is_old(&insert.table) {
        return;
    }
    let Some(known) = site.table(&insert.table) else { return };
    let is_left = |column: &&crate::check::catalogue::Column| !column.is_generated && !insert.expr.columns.contains(&column.name);
    if let Some(column) = known.columns.iter().find(is_left) {
        hits.push(
            Hit::new(site.span, format!("where a row is in the way, what it held in `{}` is lost", column.name))
                .help("change the row instead: INSERT .. ON CONFLICT (..) DO UPDATE SET .. = excluded..."),
        );
    }
}
