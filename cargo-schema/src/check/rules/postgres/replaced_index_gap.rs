//! `replaced-index-gap`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "replaced-index-gap",
    level: Warn,
    ways: Up,
    about: "queries have no index between dropping one and building its successor",
    why: "Until the new one is built every query that needs it reads the whole table.",
    instead: "Build the new one first, then drop the old one.",
    find,
    examples: &[
        fires("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE INDEX i ON users (age);", "DROP INDEX CONCURRENTLY i;\nCREATE INDEX CONCURRENTLY j ON users (age, email);", Claim::Runs).outside(),
        quiet("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE INDEX i ON users (age);", "DROP INDEX i;\nCREATE INDEX i ON users (age, email);"),
        quiet("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE INDEX i ON users (age);", "CREATE INDEX CONCURRENTLY j ON users (age, email);\nDROP INDEX CONCURRENTLY i;").outside(),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateIndex(create) = site.act else { return };
    // In a transaction whoever looks waits for the end of it, and finds the new one.
    if site.is_transactional() || !site.is_old(&create.table) || create.items.is_empty() {
        return;
    }
    let columns: Vec<Option<&String>> = create.items.iter().map(|item| item.column.as_ref()).collect();
    let dropped = site.before().iter().filter_map(|placed| match &placed.act {
        Act::Drop(drop) if drop.object == Object::Index => Some(&drop.names),
        _ => None,
    });
    let old = dropped.flatten().find(|name| {
        let known = site.script.start.index(name);
        known.is_some_and(|(_, index)| index.columns.first().map(Option::as_ref) == columns.first().copied())
    });
    if let Some(old) = old {
        hits.push(
            Hit::new(
                site.span,
                format!(
                    "queries on `{}` have no index from the end of `{old}` until this one is built",
                    create.table
                ),
            )
            .help("build the new one first, then drop the old one"),
        );
    }
}
