//! `add-column-stored`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-column-stored",
    level: Deny,
    ways: Up,
    about: "a stored generated column is added to a table",
    why: "SQLite would have to write every row, and refuses as soon as there is one. On an empty table it \
          works.",
    instead: "Let it be computed when it is read, or rebuild the table:\n\
          \n    \
          ALTER TABLE users ADD COLUMN domain TEXT AS (lower(email)) VIRTUAL;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN next INTEGER GENERATED ALWAYS AS (age + 1) STORED;",
            Claim::Fails("cannot add a STORED column"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN next INTEGER GENERATED ALWAYS AS (age + 1) VIRTUAL;",
        ),
        quiet(
            "",
            "CREATE TABLE boxes (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER AS (a * 2) STORED);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns().filter(|(table, _)| !site.is_empty(table)) {
        if column.generated.as_ref().is_some_and(|generated| generated.is_stored) {
            hits.push(
                Hit::new(&column.span, format!("this fails as soon as `{table}` has a row: `{}` would be stored in it", column.name))
                    .help("make it VIRTUAL, or rebuild the table"),
            );
        }
    }
}
