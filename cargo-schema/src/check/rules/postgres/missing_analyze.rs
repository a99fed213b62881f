//! `missing-analyze`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "missing-analyze",
    level: Allow,
    ways: Up,
    about: "nothing is known about an index over an expression",
    why: "PostgreSQL keeps statistics of columns, and of expressions once ANALYZE has seen them. Until then it \
          guesses.",
    instead: "    ANALYZE users;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "-- schema:allow(index-not-concurrent) small\nCREATE INDEX i ON users (lower(email));",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "-- schema:allow(index-not-concurrent) small\nCREATE INDEX i ON users (lower(email)); ANALYZE users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateIndex(create) = site.act else { return };
    let is_expression = create.items.iter().any(|item| item.column.is_none());
    let follows = site
        .after()
        .iter()
        .any(|placed| matches!(&placed.act, Act::Maintain(work) if work.verb == "analyze"));
    if is_expression && !follows && site.is_old(&create.table) {
        hits.push(
            Hit::new(site.span, "nothing is known about the values of this expression until ANALYZE has run")
                .sql("run it afterwards:", format!("ANALYZE {};", create.table)),
        );
    }
}
