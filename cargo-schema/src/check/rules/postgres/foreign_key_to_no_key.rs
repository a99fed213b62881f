//! `foreign-key-to-no-key`.

use crate::check::catalogue::Index;
use crate::check::rules::prelude::*;
use crate::check::rules::rebuild::keys;

pub(super) static RULE: Rule = Rule {
    id: "foreign-key-to-no-key",
    level: Deny,
    ways: Up,
    about: "a foreign key points to columns that nothing makes unique",
    why: "PostgreSQL refuses a foreign key whose target has no primary key, unique constraint or unique index over \
          all rows of exactly these columns.",
    instead: "Point to the primary key, or make the columns unique first.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE UNIQUE INDEX ON users (email) WHERE id > 9;",
            "CREATE TABLE pets (id bigint PRIMARY KEY, owner text REFERENCES users (email));",
            Claim::Fails("42830"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text, n int); CREATE UNIQUE INDEX ON users (email, n);",
            "CREATE TABLE pets (id bigint PRIMARY KEY, owner bigint REFERENCES users, n int, email text, FOREIGN KEY (n, email) REFERENCES users (n, email));",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (constraint, key) in keys(site) {
        // What the same statement makes unique is not there yet.
        let is_own = site.changes().any(|(table, _)| *table == key.table);
        let Some(target) = site.table(&key.table).filter(|target| !target.is_vague && !is_own) else { continue };
        if key.references.is_empty() || target.indexes.iter().any(|index| is_over(index, &key.references)) {
            continue;
        }
        hits.push(
            Hit::new(
                &constraint.span,
                format!("PostgreSQL refuses this: nothing makes `{}` ({}) unique", key.table, key.references.join(", ")),
            )
            .help("point to its primary key, or make the columns unique first"),
        );
    }
}

fn is_over(index: &Index, columns: &[String]) -> bool {
    index.is_unique && index.columns.len() == columns.len() && index.covers(columns)
}
