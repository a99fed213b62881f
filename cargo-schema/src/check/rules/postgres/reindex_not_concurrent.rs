//! `reindex-not-concurrent`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "reindex-not-concurrent",
    level: Warn,
    ways: Up,
    about: "an index is built anew while writes wait",
    why: "REINDEX locks the table against writes and the index against everybody until it is done.",
    instead: "In a revision of its own with `run_in_transaction = false`:\n\
          \n    \
          REINDEX INDEX CONCURRENTLY users_email_idx;",
    find,
    examples: &[
        fires("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;", "REINDEX TABLE users;", Claim::Locks("ShareLock", "users")),
        quiet("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;", "REINDEX TABLE CONCURRENTLY users;").outside(),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Reindex(reindex) = site.act else { return };
    if reindex.concurrently || reindex.name.as_ref().is_some_and(|name| is_new(site, reindex.object, name)) {
        return;
    }
    let what = reindex.name.as_ref().map_or_else(|| "everything".to_owned(), |name| format!("`{name}`"));
    hits.push(
        Hit::new(site.span, format!("writes wait while {what} is indexed anew"))
            .help("in a revision of its own, with `run_in_transaction = false`: REINDEX .. CONCURRENTLY"),
    );
}

fn is_new(site: &Site<'_>, object: Object, name: &Name) -> bool {
    match object {
        Object::Table => !site.is_old(name),
        Object::Index => site.catalogue.index(name).is_some_and(|(table, _)| site.is_fresh(table.born)),
        _ => false,
    }
}
