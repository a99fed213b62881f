//! `cluster-table`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "cluster-table",
    level: Warn,
    ways: Both,
    about: "a table is sorted anew while nobody can use it",
    why: "CLUSTER copies the table under an ACCESS EXCLUSIVE lock.",
    instead: "`pg_repack` sorts beside everybody.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CLUSTER users USING users_pkey;",
            Claim::Rewrites("users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ANALYZE users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Maintain(work) = site.act else { return };
    if work.verb == "cluster"
        && (work.tables.is_empty() || work.tables.iter().any(|table| site.is_old(table)))
    {
        let what = work.tables.first().map_or_else(|| "any table".to_owned(), |table| format!("`{table}`"));
        hits.push(
            Hit::new(site.span, format!("nobody can use {what} while it is sorted and written anew"))
                .help("use pg_repack, which works beside everybody"),
        );
    }
}
