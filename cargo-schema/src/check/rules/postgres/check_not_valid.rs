//! `check-not-valid`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "check-not-valid",
    level: Warn,
    ways: Up,
    about: "a check looks at all rows while everybody waits",
    why: "ADD CHECK takes an ACCESS EXCLUSIVE lock and holds it while it looks at every row.",
    instead: "Add it without looking, then look in a later revision, which lets reads and writes go on:\n\
          \n    \
          ALTER TABLE users ADD CONSTRAINT users_age_check CHECK (age > 0) NOT VALID;\n    \
          ALTER TABLE users VALIDATE CONSTRAINT users_age_check;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0);",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID;",
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh ADD CHECK (id > 0);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, constraint) in site.added_constraints().filter(|(table, _)| site.is_old(table)) {
        if !matches!(constraint.kind, ConstraintKind::Check(_)) || constraint.is_not_valid {
            continue;
        }
        hits.push(
            Hit::new(&constraint.span, format!("nobody can use `{table}` while every row is checked"))
                .help("add it NOT VALID, and validate it in a later revision"),
        );
    }
}
