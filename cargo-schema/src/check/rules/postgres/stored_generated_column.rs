//! `stored-generated-column`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "stored-generated-column",
    level: Warn,
    ways: Up,
    about: "a generated column that is stored writes the whole table anew",
    why: "It is computed for every row, and the table is written anew while nobody can use it.",
    instead: "Add a plain column, keep it up to date with a trigger, and fill old rows in batches; or compute it \
          in a view, or where it is read.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN twice int GENERATED ALWAYS AS (age * 2) STORED;",
            Claim::Rewrites("users"),
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh ADD COLUMN twice int GENERATED ALWAYS AS (age * 2) STORED;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns().filter(|(table, _)| site.is_old(table)) {
        if column.generated.as_ref().is_some_and(|generated| generated.is_stored) {
            hits.push(
                Hit::new(
                    &column.span,
                    format!(
                        "`{table}` is written anew, while nobody can use it, to compute `{}`",
                        column.name
                    ),
                )
                .help("add a plain column, a trigger that keeps it, and fill old rows in batches"),
            );
        }
    }
    for (table, action) in site.changes_of_old() {
        if let ActionKind::SetExpression { column } = &action.kind {
            hits.push(
                Hit::new(
                    &action.span,
                    format!("`{table}` is written anew, while nobody can use it, to compute `{column}`"),
                )
                .help("add a plain column, a trigger that keeps it, and fill old rows in batches"),
            );
        }
    }
}
