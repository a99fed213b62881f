//! `rebuild-loses-index`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "rebuild-loses-index",
    level: Warn,
    ways: Up,
    about: "a table is made anew, and an index of the old one is not",
    why: "Indexes go with the table that they are on, without a word. Queries become slow; where the \
          index was unique, doubles get in.",
    instead: "Make it again after the new table has its name:\n\
          \n    \
          ALTER TABLE new_users RENAME TO users;\n    \
          CREATE INDEX users_email ON users (email) WHERE age > 17;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX adults ON users (email) WHERE age > 17;",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Loses("SELECT count(*) FROM sqlite_master WHERE type = 'index'"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX emails ON users (lower(email));",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Loses("SELECT count(*) FROM sqlite_master WHERE type = 'index'"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX adults ON users (email) WHERE age > 17;",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users; CREATE INDEX adults_again ON users (email) WHERE age > 17;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    for index in rebuild.old.indexes.iter().filter(|index| !index.is_constraint) {
        let columns: Vec<String> = index.columns.iter().flatten().cloned().collect();
        let is_same = |other: &&crate::check::catalogue::Index| {
            other.name == index.name || (other.items == index.items && other.condition == index.condition)
        };
        let is_kept = |other: &crate::check::catalogue::Index| is_same(&other) && (other.is_unique || !index.is_unique);
        if rebuild.keeps(&columns) && !rebuild.new.indexes.iter().any(is_kept) {
            let name = index.name.as_deref().unwrap_or("without a name");
            hits.push(
                Hit::new(site.span, format!("the index `{name}` goes with the old `{}`, and is not made again", rebuild.key))
                    .help("make it again after the new table has its name"),
            );
        }
    }
}
