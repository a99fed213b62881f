//! `replace-deletes`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "replace-deletes",
    level: Deny,
    ways: Up,
    about: "a row is replaced that others point to",
    why: "INSERT OR REPLACE deletes the row that is in the way and inserts another one. ON DELETE acts on \
          the rows that point to it: with CASCADE they are deleted, although the new row has the same \
          key.",
    instead: "Change the row instead:\n\
          \n    \
          INSERT INTO users (id, email) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET email = excluded.email;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); INSERT INTO posts VALUES (1, 1);",
            "INSERT OR REPLACE INTO users (id, email, age) VALUES (1, 'z', 1);",
            Claim::Loses("SELECT count(*) FROM posts"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); INSERT INTO posts VALUES (1, 1);",
            "REPLACE INTO users VALUES (1, 'z', 1);",
            Claim::Loses("SELECT count(*) FROM posts"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); INSERT INTO posts VALUES (1, 1);",
            "INSERT INTO users (id, email) VALUES (1, 'z') ON CONFLICT (id) DO UPDATE SET email = excluded.email;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); INSERT INTO posts VALUES (1, 1);",
            "INSERT OR REPLACE INTO posts (id, user_id) VALUES (1, 2);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Insert(insert) = site.act else { return };
    if insert.conflict.as_deref() != Some("replace") || !site.is_old(&insert.table) || site.script.keys_are_off {
        return;
    }
    let key = site.catalogue.key(&insert.table);
    let acts = |table: &Table| table.foreign_keys.iter().find(|it| it.table == key).and_then(|it| it.on_delete.clone());
    if let Some((child, action)) = site.catalogue.tables().find_map(|(name, table)| Some((name, acts(table)?))) {
        hits.push(
            Hit::new(site.span, format!("where a row of `{}` is in the way it is deleted, and ON DELETE {} acts on `{child}`", insert.table, action.to_uppercase()))
                .help("change the row instead: INSERT .. ON CONFLICT (..) DO UPDATE SET .. = excluded..."),
        );
    }
}
