//! `constrained-domain-column`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "constrained-domain-column",
    level: Warn,
    ways: Up,
    about: "a column of a domain with a constraint writes the whole table anew",
    why: "PostgreSQL does not trust a stored default to satisfy the domain: the table is written anew while \
          nobody can use it.",
    instead: "Use the type that the domain is made of, and a CHECK that is added NOT VALID and validated later.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE DOMAIN positive AS int CHECK (value > 0);",
            "ALTER TABLE users ADD COLUMN score positive DEFAULT 1;",
            Claim::Rewrites("users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE DOMAIN plain AS int;",
            "ALTER TABLE users ADD COLUMN score plain DEFAULT 1;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns().filter(|(table, _)| site.is_old(table)) {
        let domain = column.ty.as_ref().and_then(|ty| site.catalogue.domain(&ty.name));
        if domain.is_some_and(|domain| domain.is_constrained) {
            let name = column.ty.as_ref().map(|ty| ty.name.clone()).unwrap_or_default();
            hits.push(
                Hit::new(&column.span, format!("`{table}` is written anew, while nobody can use it, because `{name}` has a constraint"))
                    .help("use the type that it is made of, and a CHECK that is added NOT VALID and validated later"),
            );
        }
    }
}
