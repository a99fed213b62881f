//! `add-not-null-without-default`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-not-null-without-default",
    level: Deny,
    ways: Up,
    about: "a column that must have a value gets none in the rows that are there",
    why: "On a table with rows the statement fails; on an empty one, as in every test, it works. Programs of \
          the previous release that insert without the column fail from then on.",
    instead: "Give it a default, which costs nothing when it is constant; or add it without NOT NULL, fill it, and \
          set NOT NULL later:\n\
          \n    \
          ALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free';",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN plan text NOT NULL;",
            Claim::Fails("23502"),
        ),
        fires(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); INSERT INTO fresh VALUES (1, 'a', 1); ALTER TABLE fresh ADD COLUMN plan text NOT NULL;",
            Claim::Fails("23502"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free';",
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh ADD COLUMN plan text NOT NULL;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns().filter(|(table, _)| !site.is_empty(table)) {
        let is_key = column.constraints.iter().any(|it| matches!(it.kind, ConstraintKind::PrimaryKey(_)));
        let is_filled = column.default.as_ref().is_some_and(|default| !default.is_null)
            || column.generated.is_some()
            || column.is_numbered
            || column.ty.as_ref().is_some_and(|ty| ty.is_serial);
        if (column.not_null || is_key) && !is_filled {
            hits.push(
                Hit::new(
                    &column.span,
                    format!("this fails if `{table}` has rows: `{}` has no value for them", column.name),
                )
                .note("on an empty table, as in most tests, it works")
                .help("give it a default; or add it without NOT NULL, fill it, and set NOT NULL later"),
            );
        }
    }
}
