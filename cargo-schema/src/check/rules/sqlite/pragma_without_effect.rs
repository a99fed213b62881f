//! `pragma-without-effect`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "pragma-without-effect",
    level: Warn,
    ways: Up,
    about: "a PRAGMA that does nothing where it stands",
    why: "Inside a transaction SQLite ignores foreign_keys, and encoding, page_size and auto_vacuum do \
          nothing once a database has tables. No error says so.",
    instead: "The runner switches foreign keys off for a rebuild and on again by itself. For anything else \
          write `run_in_transaction = false` into `metadata.toml`.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "PRAGMA foreign_keys = ON;\nINSERT INTO users VALUES (3, 'c', 3);",
            Claim::Runs,
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "PRAGMA encoding = 'UTF-16';",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "PRAGMA foreign_keys = OFF;\nCREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;\nPRAGMA foreign_keys = ON;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "PRAGMA foreign_keys = ON;\nINSERT INTO users VALUES (3, 'c', 3);",
        ).outside(),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Set(set) = site.act else { return };
    let is_idle = match set.name.as_str() {
        "foreign_keys" => site.is_transactional() && !site.script.keys_are_off,
        "encoding" | "page_size" | "auto_vacuum" => !site.catalogue.is_empty(),
        _ => false,
    };
    if is_idle && set.value.is_some() {
        hits.push(
            Hit::new(site.span, format!("`PRAGMA {}` does nothing here, and SQLite does not say so", set.name))
                .help("leave it out; or write `run_in_transaction = false` into `metadata.toml`"),
        );
    }
}
