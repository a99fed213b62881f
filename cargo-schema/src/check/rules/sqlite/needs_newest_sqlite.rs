//! `needs-newest-sqlite`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "needs-newest-sqlite",
    level: Warn,
    ways: Up,
    about: "a statement that only SQLite 3.53 and later know",
    why: "SET NOT NULL, DROP NOT NULL, ADD CHECK and DROP CONSTRAINT came with SQLite 3.53, in 2026. The \
          SQLite of an operating system is older, and the statement is a syntax error there. SET NOT NULL \
          and ADD CHECK also fail where a row breaks them.",
    instead: "Link the bundled SQLite wherever the history runs and say so, or rebuild the table.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ALTER COLUMN email SET NOT NULL;",
            Claim::Spoils("SELECT \"notnull\" = 0 FROM pragma_table_info('users') WHERE name = 'email'"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD CONSTRAINT ages CHECK (age > 0);",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users RENAME COLUMN age TO years;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (_, action) in site.changes() {
        let is_new = match &action.kind {
            ActionKind::SetNotNull { .. } | ActionKind::DropNotNull { .. } | ActionKind::DropConstraint { .. } => true,
            ActionKind::AddConstraint(constraint) => matches!(constraint.kind, ConstraintKind::Check(_)),
            _ => false,
        };
        if is_new {
            hits.push(
                Hit::new(&action.span, "SQLite before 3.53 calls this a syntax error")
                    .help("link the bundled SQLite wherever the history runs, or rebuild the table"),
            );
        }
    }
}
