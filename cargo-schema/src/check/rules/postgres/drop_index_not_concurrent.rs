//! `drop-index-not-concurrent`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-index-not-concurrent",
    level: Warn,
    ways: Up,
    about: "an index is dropped while everybody waits",
    why: "DROP INDEX takes an ACCESS EXCLUSIVE lock on the table. It is short once it is granted, yet it waits \
          for every query that runs, and all that come later wait behind it.",
    instead: "In a revision of its own with `run_in_transaction = false`:\n\
          \n    \
          DROP INDEX CONCURRENTLY users_email_idx;",
    find,
    examples: &[
        fires("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE INDEX i ON users (email);", "DROP INDEX i;", Claim::Locks("AccessExclusiveLock", "users")),
        quiet("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE INDEX i ON users (email);", "DROP INDEX CONCURRENTLY i;").outside(),
        quiet("", "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); CREATE INDEX i ON fresh (email); DROP INDEX i;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if drop.object != Object::Index || drop.concurrently {
        return;
    }
    for name in drop.names.iter().filter(|name| is_in_use(site, name) && !site.is_missing(drop, name)) {
        hits.push(
            Hit::new(
                site.span,
                format!(
                    "dropping `{name}` waits for every query on its table, and all later ones wait behind it"
                ),
            )
            .sql(
                "in a revision of its own, with `run_in_transaction = false`:",
                format!("DROP INDEX CONCURRENTLY {name};"),
            ),
        );
    }
}

fn is_in_use(site: &Site<'_>, index: &Name) -> bool {
    site.catalogue.index(index).is_none_or(|(table, _)| !table.is_temporary && !site.is_fresh(table.born))
}
