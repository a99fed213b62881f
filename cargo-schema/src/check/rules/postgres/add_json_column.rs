//! `add-json-column`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-json-column",
    level: Warn,
    ways: Up,
    about: "a column of type json makes DISTINCT and GROUP BY fail",
    why: "json has no equality. Queries that say SELECT DISTINCT or UNION over all columns of the table fail \
          from this moment on.",
    instead: "Use jsonb:\n\
          \n    \
          ALTER TABLE users ADD COLUMN settings jsonb;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN settings json;",
            Claim::Breaks("SELECT DISTINCT * FROM users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN settings jsonb;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns().filter(|(table, _)| site.is_old(table)) {
        if column.ty.as_ref().is_some_and(|ty| ty.name == "json") {
            hits.push(
                Hit::new(
                    &column.span,
                    format!("SELECT DISTINCT * FROM `{table}` fails from then on: json has no equality"),
                )
                .help("use jsonb"),
            );
        }
    }
}
