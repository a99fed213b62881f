//! `refresh-not-concurrent`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "refresh-not-concurrent",
    level: Warn,
    ways: Up,
    about: "a materialized view is filled while nobody can read it",
    why: "REFRESH takes an ACCESS EXCLUSIVE lock on the view until the query is done.",
    instead: "With a unique index, readers go on:\n\
          \n    \
          CREATE UNIQUE INDEX totals_id_idx ON totals (id);\n    \
          REFRESH MATERIALIZED VIEW CONCURRENTLY totals;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE MATERIALIZED VIEW totals AS SELECT id FROM users;",
            "REFRESH MATERIALIZED VIEW totals;",
            Claim::Locks("AccessExclusiveLock", "totals"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE MATERIALIZED VIEW totals AS SELECT id FROM users; CREATE UNIQUE INDEX i ON totals (id);",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Refresh(refresh) = site.act else { return };
    let known = site.catalogue.view(&refresh.name);
    let is_new = known.is_some_and(|view| site.is_fresh(view.born) || !view.has_rows);
    if !refresh.concurrently && !is_new {
        let name = &refresh.name;
        hits.push(Hit::new(site.span, format!("nobody can read `{name}` until it is filled")).sql(
            "with a unique index on it, readers go on:",
            format!("REFRESH MATERIALIZED VIEW CONCURRENTLY {name};"),
        ));
    }
}
