//! `vacuum-full`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "vacuum-full",
    level: Warn,
    ways: Both,
    about: "a table is written anew while nobody can use it",
    why: "VACUUM FULL copies the table under an ACCESS EXCLUSIVE lock.",
    instead: "Plain VACUUM works beside everybody; `pg_repack` gives the space back beside everybody.",
    find,
    examples: &[
        fires("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;", "VACUUM FULL users;", Claim::Rewrites("users")).outside(),
        quiet("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;", "VACUUM users; VACUUM (ANALYZE, FULL false) users;").outside(),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Maintain(work) = site.act else { return };
    if work.verb == "vacuum full"
        && (work.tables.is_empty() || work.tables.iter().any(|table| site.is_old(table)))
    {
        let what = work.tables.first().map_or_else(|| "any table".to_owned(), |table| format!("`{table}`"));
        hits.push(
            Hit::new(site.span, format!("nobody can use {what} while it is written anew"))
                .help("use plain VACUUM, or pg_repack, which work beside everybody"),
        );
    }
}
