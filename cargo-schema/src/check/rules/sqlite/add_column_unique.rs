//! `add-column-unique`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-column-unique",
    level: Deny,
    ways: Up,
    about: "a column is added as a key",
    why: "SQLite adds no UNIQUE and no PRIMARY KEY column, not even to an empty table.",
    instead: "Add the column, then make the index:\n\
          \n    \
          ALTER TABLE users ADD COLUMN phone TEXT;\n    \
          CREATE UNIQUE INDEX users_phone ON users (phone);",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN phone TEXT UNIQUE;",
            Claim::Fails("Cannot add a UNIQUE column"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN number INTEGER PRIMARY KEY;",
            Claim::Fails("Cannot add a PRIMARY KEY column"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN phone TEXT;\n-- schema:allow(unique-index-over-rows) it is NULL everywhere\nCREATE UNIQUE INDEX users_phone ON users (phone);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns() {
        let kind = column.constraints.iter().find_map(|constraint| match constraint.kind {
            ConstraintKind::PrimaryKey(_) => Some("PRIMARY KEY"),
            ConstraintKind::Unique(_) => Some("UNIQUE"),
            _ => None,
        });
        if let Some(kind) = kind {
            let name = &column.name;
            hits.push(Hit::new(&column.span, format!("SQLite cannot add a {kind} column to a table")).sql(
                "add the column alone, then make the index:",
                format!("CREATE UNIQUE INDEX {}_{name} ON {table} ({name});", table.name),
            ));
        }
    }
}
