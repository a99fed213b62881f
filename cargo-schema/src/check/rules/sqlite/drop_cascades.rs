//! `drop-cascades`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "drop-cascades",
    level: Deny,
    ways: Up,
    about: "a table is dropped while foreign keys are on, and rows that point to it go or change",
    why: "Before SQLite drops a table it deletes all of its rows, and ON DELETE CASCADE, SET NULL and SET \
          DEFAULT act on the rows of other tables. A rebuild that makes the new table under the old name \
          is not known for one, and so runs with foreign keys on.",
    instead: "Make the new table under another name and rename it at the end, or say in `metadata.toml` that \
          this is a rebuild:\n\
          \n    \
          foreign_keys = false",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); INSERT INTO posts VALUES (1, 1);",
            "CREATE TABLE backup AS SELECT * FROM users; DROP TABLE users; CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users SELECT * FROM backup; DROP TABLE backup;",
            Claim::Loses("SELECT count(*) FROM posts"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); INSERT INTO posts VALUES (1, 1);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); INSERT INTO posts VALUES (1, 1);",
            "-- schema:allow(drop-table) x\nDROP TABLE posts;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if drop.object != Object::Table || keys_are_off(site) {
        return;
    }
    let end = rebuild::end(site);
    for table in drop.names.iter().filter(|table| site.is_old(table)) {
        let key = site.catalogue.key(table);
        for (name, child) in site.catalogue.referencing(table).filter(|(name, _)| end.table_at(name).is_some()) {
            let Some(action) = child.foreign_keys.iter().filter(|it| it.table == key).find_map(|it| it.on_delete.as_ref()) else {
                continue;
            };
            let becomes = if action == "cascade" { "are deleted" } else { "are changed" };
            hits.push(
                Hit::new(site.span, format!("rows of `{name}` that point to `{table}` {becomes}: foreign keys are on, and say {}", action.to_uppercase()))
                    .help("make the new table under another name and rename it at the end, or write `foreign_keys = false` into `metadata.toml`"),
            );
        }
    }
}

/// By the runner, or by the script itself where no transaction is in the way.
fn keys_are_off(site: &Site<'_>) -> bool {
    let is_off = |value: &String| !matches!(value.as_str(), "on" | "1" | "true" | "yes");
    let last = site.before().iter().rev().find_map(|placed| match &placed.act {
        Act::Set(set) if set.name == "foreign_keys" => set.value.as_ref(),
        _ => None,
    });
    site.script.keys_are_off || (!site.script.is_transactional && last.is_some_and(is_off))
}
