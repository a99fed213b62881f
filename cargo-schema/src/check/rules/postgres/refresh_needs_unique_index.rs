//! `refresh-needs-unique-index`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "refresh-needs-unique-index",
    level: Deny,
    ways: Up,
    about: "REFRESH CONCURRENTLY needs a unique index that is not there",
    why: "PostgreSQL refuses REFRESH MATERIALIZED VIEW CONCURRENTLY without a unique index over all rows.",
    instead: "Make one first:\n\
          \n    \
          CREATE UNIQUE INDEX totals_id_idx ON totals (id);",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE MATERIALIZED VIEW totals AS SELECT id FROM users;",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;",
            Claim::Fails("55000"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE MATERIALIZED VIEW totals AS SELECT id FROM users; CREATE UNIQUE INDEX i ON totals (id);",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Refresh(refresh) = site.act else { return };
    let lacks = site.catalogue.view(&refresh.name).is_some_and(|view| !view.has_unique_index);
    if refresh.concurrently && lacks {
        hits.push(
            Hit::new(site.span, format!("PostgreSQL refuses this: `{}` has no unique index", refresh.name))
                .help("make a unique index over columns of the view first, without a WHERE"),
        );
    }
}
