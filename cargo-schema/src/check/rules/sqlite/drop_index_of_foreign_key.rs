//! `drop-index-of-foreign-key`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "drop-index-of-foreign-key",
    level: Deny,
    ways: Up,
    about: "a unique index goes that a foreign key needs",
    why: "A foreign key points to columns that are unique because of this index. Without it every change \
          of either table fails: `foreign key mismatch`.",
    instead: "Keep it, or make another unique index over the same columns first.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); CREATE UNIQUE INDEX emails ON users (email); CREATE TABLE posts (author TEXT REFERENCES users (email)); INSERT INTO users VALUES (1, 'a');",
            "DROP INDEX emails;",
            Claim::Breaks("INSERT INTO posts VALUES ('a')"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); CREATE INDEX emails ON users (email);",
            "DROP INDEX emails;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if drop.object != Object::Index {
        return;
    }
    let end = rebuild::end(site);
    for name in &drop.names {
        let Some((_, index)) = site.catalogue.index(name) else { continue };
        let columns: Vec<&String> = index.columns.iter().flatten().collect();
        let on = site.catalogue.tables().find(|(_, table)| table.indexes.iter().any(|it| it.name == index.name));
        let Some((key, _)) = on.filter(|_| index.is_unique) else { continue };
        let needs = |it: &crate::check::catalogue::Key| {
            it.table == key && it.references.iter().eq(columns.iter().copied()) && end.table_at(key).is_some_and(|table| !table.is_key(&it.columns, &it.references))
        };
        for (child, _) in end.tables().filter(|(_, table)| table.foreign_keys.iter().any(needs)) {
            hits.push(
                Hit::new(site.span, format!("every change of `{child}` fails: its foreign key needs `{name}`"))
                    .help("keep it, or make another unique index over the same columns first"),
            );
        }
    }
}
