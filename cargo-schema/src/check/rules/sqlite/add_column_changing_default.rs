//! `add-column-changing-default`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-column-changing-default",
    level: Deny,
    ways: Up,
    about: "a column is added with a default that is computed",
    why: "SQLite writes no row when a column is added, so what the column holds in rows that are there \
          must be one constant. CURRENT_TIMESTAMP or an expression in brackets is refused as soon as the \
          table has a row; on an empty table it works.",
    instead: "Add the column with a constant or none, fill it, and set it where rows are written; or rebuild \
          the table:\n\
          \n    \
          ALTER TABLE users ADD COLUMN created_at TEXT;\n    \
          UPDATE users SET created_at = CURRENT_TIMESTAMP WHERE created_at IS NULL;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN created_at TEXT DEFAULT CURRENT_TIMESTAMP;",
            Claim::Fails("non-constant default"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN created_at TEXT NOT NULL DEFAULT (datetime('now'));",
            Claim::Fails("non-constant default"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN level INTEGER NOT NULL DEFAULT (-1);",
        ),
        quiet(
            "",
            "CREATE TABLE events (id INTEGER PRIMARY KEY, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns().filter(|(table, _)| !site.is_empty(table)) {
        let Some(default) = column.default.as_ref().filter(|default| !default.is_literal) else { continue };
        hits.push(
            Hit::new(&column.span, format!("this fails as soon as `{table}` has a row: `{}` is no constant", default.text))
                .help("add the column without it, fill it with UPDATE, and set it where rows are written; or rebuild the table"),
        );
    }
}
