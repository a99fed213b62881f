//! `set-access-method`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "set-access-method",
    level: Warn,
    ways: Up,
    about: "another access method writes the table anew",
    why: "The table is written anew while nobody can use it.",
    instead: "Make a new table as it should be, move the rows over in batches, and change to it in a later \
          release.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users SET ACCESS METHOD heap;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh SET ACCESS METHOD heap;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        if matches!(action.kind, ActionKind::SetAccessMethod) {
            hits.push(
                Hit::new(
                    &action.span,
                    format!("nobody can use `{table}` while it is written anew for another access method"),
                )
                .help("make a new table as it should be, and move the rows over in batches"),
            );
        }
    }
}
