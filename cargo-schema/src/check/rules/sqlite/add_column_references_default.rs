//! `add-column-references-default`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-column-references-default",
    level: Deny,
    ways: Up,
    about: "a column that points to another table is added with a default",
    why: "While foreign keys are on, SQLite refuses a REFERENCES column whose default is not NULL: every \
          row would point somewhere, and nobody looked whether anything is there. With foreign keys off \
          it is accepted, so it depends on the connection.",
    instead: "Add it without a default, then fill it:\n\
          \n    \
          ALTER TABLE users ADD COLUMN team_id INTEGER REFERENCES teams (id);\n    \
          UPDATE users SET team_id = 1 WHERE team_id IS NULL;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN boss INTEGER NOT NULL DEFAULT 1 REFERENCES users (id);",
            Claim::Fails("REFERENCES column with non-NULL default"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN boss INTEGER REFERENCES users (id);",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN boss INTEGER DEFAULT NULL REFERENCES users (id);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns().filter(|(table, _)| !site.is_empty(table)) {
        let has_value = column.default.as_ref().is_some_and(|default| !default.is_null);
        let points = column.constraints.iter().any(|it| matches!(it.kind, ConstraintKind::ForeignKey(_)));
        if has_value && points && !site.script.keys_are_off {
            hits.push(
                Hit::new(&column.span, format!("this fails while foreign keys are on: `{}` would point somewhere in every row of `{table}`", column.name))
                    .help("add it without a default, then fill it with UPDATE"),
            );
        }
    }
}
