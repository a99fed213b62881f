//! `volatile-default`.

use crate::check::rules::prelude::*;
use crate::check::rules::volatile::volatile;

pub(super) static RULE: Rule = Rule {
    id: "volatile-default",
    level: Warn,
    ways: Up,
    about: "a default that differs from row to row writes the whole table anew",
    why: "A constant default, or one like now(), is computed once and stored beside the table. One that gives \
          another value for every row is computed for every row, and the table is written anew while nobody \
          can use it.",
    instead: "Add the column, then its default for new rows, then fill old rows in batches:\n\
          \n    \
          ALTER TABLE users ADD COLUMN token uuid;\n    \
          ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();",
            Claim::Rewrites("users"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN seen timestamptz DEFAULT clock_timestamp();",
            Claim::Rewrites("users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN seen timestamptz DEFAULT now();",
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN token uuid; ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns().filter(|(table, _)| site.is_old(table)) {
        let Some(default) = &column.default else { continue };
        let Some(function) = volatile(default, site.catalogue) else { continue };
        let ty = column.ty.as_ref().map(|ty| ty.text.clone()).unwrap_or_default();
        hits.push(
            Hit::new(&column.span, format!("`{table}` is written anew, while nobody can use it, to compute `{function}` for every row"))
                .sql("add the column first and its default next, then fill old rows in batches:", format!(
                    "ALTER TABLE {table} ADD COLUMN {name} {ty};\nALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {};",
                    default.text,
                    name = column.name,
                )),
        );
    }
}
