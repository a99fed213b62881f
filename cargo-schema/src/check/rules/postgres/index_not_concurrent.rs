//! `index-not-concurrent`.

use crate::check::rules::prelude::*;
use crate::check::sql::act::CreateIndex;

pub(super) static RULE: Rule = Rule {
    id: "index-not-concurrent",
    level: Warn,
    ways: Up,
    about: "an index is built while writes to its table wait",
    why: "CREATE INDEX takes a SHARE lock on the table until the index is built: reads go on, every INSERT, UPDATE and \
          DELETE waits. On a large table that takes minutes.",
    instead: "Build it beside the writes, in a revision of its own with `run_in_transaction = false`:\n\n    \
              CREATE INDEX CONCURRENTLY users_email_idx ON users (email);",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text);",
            "CREATE INDEX users_email_idx ON users (email);",
            Claim::Locks("ShareLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text);",
            "CREATE INDEX CONCURRENTLY users_email_idx ON users (email);",
        )
        .outside(),
        quiet("", "CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE INDEX ON users (email);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateIndex(index) = site.act else { return };
    // On the parent of partitions alone there is nothing to build.
    let is_empty = index.only && site.table(&index.table).is_none_or(|table| table.is_partitioned);
    if index.concurrently || is_empty || !site.is_old(&index.table) || is_there(site, index) {
        return;
    }
    let name = index.name.as_ref().map_or_else(|| "an index".to_owned(), |name| format!("`{name}`"));
    let mut hit =
        Hit::new(site.span, format!("building {name} blocks writes to `{}` until it is done", index.table))
            .sql(
                "in a revision of its own, with `run_in_transaction = false`:",
                concurrently(&site.statement()),
            );
    // Where it runs outside a transaction and nobody has run it yet, one word is all that is missing.
    if !site.is_transactional() && site.script.is_released.is_some() {
        let word =
            site.text(site.span).to_lowercase().find("index").map(|at| site.span.start + at + "index".len());
        hit = word.into_iter().fold(hit, |hit, at| hit.fix(at..at, " CONCURRENTLY"));
    }
    hits.push(hit);
}

/// IF NOT EXISTS, and it does.
fn is_there(site: &Site<'_>, index: &CreateIndex) -> bool {
    index.if_not_exists && index.name.as_ref().is_some_and(|name| site.catalogue.index(name).is_some())
}

fn concurrently(statement: &str) -> String {
    let lower = statement.to_lowercase();
    let Some(at) = lower.find("index") else { return statement.to_owned() };
    format!("{} CONCURRENTLY{};", &statement[..at + 5], &statement[at + 5..])
}
