//! `add-column-not-null`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-column-not-null",
    level: Deny,
    ways: Up,
    about: "a column that must not be NULL is added without a value for the rows that are there",
    why: "SQLite refuses it as soon as the table has a row. On an empty table it works, so it passes \
          every test and fails in production.",
    instead: "Give it a default, or let it be NULL first:\n\
          \n    \
          ALTER TABLE users ADD COLUMN phone TEXT NOT NULL DEFAULT '';",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN phone TEXT NOT NULL;",
            Claim::Fails("NOT NULL column with default value NULL"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD phone TEXT DEFAULT NULL NOT NULL;",
            Claim::Fails("NOT NULL column with default value NULL"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN phone TEXT NOT NULL DEFAULT '';",
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id INTEGER PRIMARY KEY, email TEXT); ALTER TABLE fresh ADD COLUMN phone TEXT NOT NULL;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns() {
        let has_value = column.default.as_ref().is_some_and(|default| !default.is_null);
        if column.not_null && !has_value && column.generated.is_none() && !site.is_empty(table) {
            let (name, ty) = (&column.name.name, column.ty.as_ref().map_or("TEXT", |ty| ty.text.as_str()));
            hits.push(
                Hit::new(&column.span, format!("this fails as soon as `{table}` has a row: `{name}` would be NULL in it"))
                    .sql("give it a default:", format!("ALTER TABLE {table} ADD COLUMN {name} {ty} NOT NULL DEFAULT ..;")),
            );
        }
    }
}
