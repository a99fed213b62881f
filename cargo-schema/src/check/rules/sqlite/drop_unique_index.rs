//! `drop-unique-index`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "drop-unique-index",
    level: Warn,
    ways: Up,
    about: "a unique index goes, and doubles get in",
    why: "What kept values apart is gone. Programs that rely on it, and ON CONFLICT clauses that name the \
          columns, fail or store the same thing twice.",
    instead: "Make another unique index in the same revision, or release a version that needs none first.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE UNIQUE INDEX emails ON users (email);",
            "DROP INDEX emails;",
            Claim::Breaks("INSERT INTO users VALUES (9, 'z', 1) ON CONFLICT (email) DO NOTHING"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX emails ON users (email);",
            "DROP INDEX emails;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE UNIQUE INDEX emails ON users (email);",
            "DROP INDEX emails;\n-- schema:allow(unique-index-over-rows) it was unique\nCREATE UNIQUE INDEX emails2 ON users (email, age);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if drop.object != Object::Index {
        return;
    }
    let end = rebuild::end(site);
    for name in drop.names.iter().filter(|name| !site.is_missing(drop, name)) {
        let Some((_, index)) = site.catalogue.index(name).filter(|(_, index)| index.is_unique && !site.is_fresh(index.born)) else { continue };
        let first = index.columns.first();
        let returns = end.tables().any(|(_, table)| {
            table.indexes.iter().any(|it| it.is_unique && it.columns.first() == first && it.born == site.script.era)
        });
        if !returns {
            hits.push(
                Hit::new(site.span, format!("what `{name}` kept apart may be there twice from then on"))
                    .help("make another unique index in the same revision, or release a version that needs none first"),
            );
        }
    }
}
