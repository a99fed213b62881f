//! `lock-table`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "lock-table",
    level: Warn,
    ways: Up,
    about: "a table is locked by hand",
    why: "LOCK TABLE without a mode lets nobody use the table until the transaction ends, and waits behind \
          every query that runs while all later ones wait behind it.",
    instead: "Name the weakest mode that does, and keep the transaction short:\n\
          \n    \
          LOCK TABLE users IN SHARE UPDATE EXCLUSIVE MODE;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "LOCK TABLE users;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "LOCK TABLE users IN SHARE UPDATE EXCLUSIVE MODE;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Lock(lock) = site.act else { return };
    let is_weak = matches!(
        lock.mode.as_str(),
        "access share" | "row share" | "row exclusive" | "share update exclusive"
    );
    for table in lock.tables.iter().filter(|table| !is_weak && site.is_old(table)) {
        let who = if lock.mode == "access exclusive" { "nobody can use" } else { "nobody can write to" };
        hits.push(Hit::new(site.span, format!("{who} `{table}` until this transaction ends")).help(
            "name the weakest mode that does, such as SHARE UPDATE EXCLUSIVE, and keep the transaction short",
        ));
    }
}
