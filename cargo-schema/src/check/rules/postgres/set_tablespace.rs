//! `set-tablespace`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "set-tablespace",
    level: Warn,
    ways: Up,
    about: "moving a table to another tablespace copies it",
    why: "The table is copied while nobody can use it.",
    instead: "Make a new table as it should be, move the rows over in batches, and change to it in a later \
          release.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users SET TABLESPACE pg_default;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh SET TABLESPACE pg_default;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        if matches!(action.kind, ActionKind::SetTablespace) {
            hits.push(
                Hit::new(
                    &action.span,
                    format!("nobody can use `{table}` while it is written anew to move it"),
                )
                .help("make a new table as it should be, and move the rows over in batches"),
            );
        }
    }
}
