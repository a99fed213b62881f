//! `reckless-pragma`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "reckless-pragma",
    level: Deny,
    ways: Up,
    about: "a PRAGMA takes away what keeps the data sound",
    why: "Without a journal or with synchronous off a crash leaves a broken file; \
          ignore_check_constraints and foreign keys that stay off let rows in that no program expects. \
          The setting also stays with the connection for whatever runs next.",
    instead: "Leave it out.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "PRAGMA ignore_check_constraints = ON;",
            Claim::Runs,
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "PRAGMA synchronous = OFF;",
            Claim::Runs,
        ).outside(),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "PRAGMA foreign_keys = OFF;\nINSERT INTO users VALUES (3, 'c', 3);",
            Claim::Runs,
        ).outside(),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "PRAGMA synchronous = NORMAL;",
        ).outside(),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "PRAGMA foreign_keys = OFF;\nCREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;\nPRAGMA foreign_keys = ON;",
        ).outside(),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Set(set) = site.act else { return };
    let Some(value) = set.value.as_deref() else { return };
    let is_on = matches!(value, "on" | "1" | "true" | "yes");
    let returns = || site.after().iter().any(|placed| matches!(&placed.act, Act::Set(other) if other.name == set.name));
    let harm = match set.name.as_str() {
        "ignore_check_constraints" if is_on && !returns() => "rows that break a check get in",
        "foreign_keys" if !is_on && !site.is_transactional() && !returns() => "foreign keys stay off for whatever runs next",
        "journal_mode" if matches!(value, "off" | "memory") => "a crash leaves a broken file",
        "synchronous" if matches!(value, "off" | "0") => "a crash leaves a broken file",
        "recursive_triggers" if is_on && !returns() => "a trigger that changes its own table fires itself, up to a thousand times",
        _ => return,
    };
    hits.push(Hit::new(site.span, format!("`PRAGMA {} = {value}`: {harm}", set.name)).help("leave it out, or set it back in the same script"));
}
