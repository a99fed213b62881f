//! `set-not-null`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "set-not-null",
    level: Warn,
    ways: Up,
    about: "every row is looked at while everybody waits",
    why: "SET NOT NULL takes an ACCESS EXCLUSIVE lock and looks at every row for a NULL, unless a CHECK that \
          was validated says that there is none.",
    instead: "Prove it first, which lets reads and writes go on; then it takes a moment (PostgreSQL 12 and later):\n\
          \n    \
          ALTER TABLE users ADD CONSTRAINT users_age_set CHECK (age IS NOT NULL) NOT VALID;\n    \
          -- in a later revision:\n    \
          ALTER TABLE users VALIDATE CONSTRAINT users_age_set;\n    \
          ALTER TABLE users ALTER COLUMN age SET NOT NULL;\n    \
          ALTER TABLE users DROP CONSTRAINT users_age_set;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ALTER COLUMN age SET NOT NULL;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; ALTER TABLE users ADD CONSTRAINT c CHECK (age IS NOT NULL) NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT c;",
            "ALTER TABLE users ALTER COLUMN age SET NOT NULL;",
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh ALTER COLUMN age SET NOT NULL;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let column = match &action.kind {
            ActionKind::SetNotNull { column } => column,
            ActionKind::AddConstraint(Constraint {
                kind: ConstraintKind::NotNull(column),
                is_not_valid: false,
                ..
            }) => column,
            _ => continue,
        };
        let is_free = site.table(table).is_some_and(|known| {
            known.is_proven_not_null(column) || known.column(column).is_some_and(|it| it.not_null)
        });
        if !is_free {
            let check = format!("{}_{column}_set", table.name);
            hits.push(
                Hit::new(
                    &action.span,
                    format!("nobody can use `{table}` while every row is asked whether `{column}` is NULL"),
                )
                .sql(
                    "prove it first, then SET NOT NULL is free:",
                    format!(
                        "ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID;\n\
                         -- in a later revision:\n\
                         ALTER TABLE {table} VALIDATE CONSTRAINT {check};"
                    ),
                ),
            );
        }
    }
}
