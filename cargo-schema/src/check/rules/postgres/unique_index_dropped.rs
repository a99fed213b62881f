//! `unique-index-dropped`.

use crate::check::catalogue::Index;
use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "unique-index-dropped",
    level: Warn,
    ways: Up,
    about: "a unique index goes, and doubles get in",
    why: "What kept values apart is gone. Programs that rely on it store the same thing twice, and an ON CONFLICT \
          clause that names the columns fails.",
    instead: "Make another unique index over them first, or release a version that needs none.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE UNIQUE INDEX emails ON users (email);",
            "DROP INDEX CONCURRENTLY emails;",
            Claim::Breaks("INSERT INTO users VALUES (900, 'z', 1) ON CONFLICT (email) DO NOTHING"),
        )
        .outside(),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE INDEX emails ON users (email);",
            "DROP INDEX CONCURRENTLY emails;",
        )
        .outside(),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE UNIQUE INDEX emails ON users (email); CREATE UNIQUE INDEX emails2 ON users (email) INCLUDE (age);",
            "DROP INDEX CONCURRENTLY emails;",
        )
        .outside(),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if drop.object != Object::Index {
        return;
    }
    for name in &drop.names {
        let Some((table, index)) = site.catalogue.index(name) else { continue };
        let is_old = !table.is_temporary && !site.is_fresh(table.born) && !site.is_fresh(index.born);
        if index.is_unique && is_old && !is_kept(site, table, index) {
            hits.push(
                Hit::new(site.span, format!("what `{name}` kept apart may be there twice from then on"))
                    .help("make another unique index over the same columns first, or release a version that needs none"),
            );
        }
    }
}

/// Whether another index is there when the script is done, which keeps apart what this one did.
fn is_kept(site: &Site<'_>, table: &Table, gone: &Index) -> bool {
    let keeps = |index: &Index| {
        let is_part = index.items.iter().all(|item| gone.items.contains(item));
        let is_whole = index.condition.is_none() || index.condition == gone.condition;
        index.is_unique && index.name != gone.name && is_part && is_whole
    };
    let end = rebuild::end(site);
    let key = site.catalogue.tables().find(|(_, own)| std::ptr::eq(*own, table)).map(|(key, _)| key);
    key.is_some_and(|key| end.table_at(key).is_none_or(|table| table.indexes.iter().any(keeps)))
}
