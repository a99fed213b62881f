//! `alter-not-supported`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "alter-not-supported",
    level: Deny,
    ways: Up,
    about: "an ALTER TABLE that SQLite does not know",
    why: "SQLite renames tables and columns, adds and drops columns, and from 3.53 on sets NOT NULL and \
          adds checks. It knows no change of a type or a default, no other constraint, and one change per \
          statement.",
    instead: "Rebuild the table: change the model and let `cargo schema generate` write it, or make a new \
          table, copy, drop, rename.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ALTER COLUMN age TYPE TEXT;",
            Claim::Fails("syntax error"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD CONSTRAINT emails UNIQUE (email);",
            Claim::Fails("syntax error"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN a TEXT, ADD COLUMN b TEXT;",
            Claim::Fails("syntax error"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN a TEXT; ALTER TABLE users ADD COLUMN b TEXT;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let is_key = |action: &Action| {
        matches!(&action.kind, ActionKind::AddConstraint(it) if !matches!(it.kind, ConstraintKind::Check(_)))
    };
    let unknown = match site.act {
        Act::Alter(alter) => (alter.object == Object::Table).then_some(site.span),
        _ => site.changes().map(|(_, action)| action).find(|action| is_key(action)).map(|action| &action.span),
    };
    if let Some(span) = unknown {
        hits.push(
            Hit::new(span, "SQLite does not know this change of a table")
                .help("rebuild the table: change the model and let `cargo schema generate` write it; several changes are several statements"),
        );
    }
}
