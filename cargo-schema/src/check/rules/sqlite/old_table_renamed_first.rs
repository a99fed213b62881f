//! `old-table-renamed-first`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "old-table-renamed-first",
    level: Deny,
    ways: Up,
    about: "a rebuild renames the old table before it makes the new one",
    why: "When a table is renamed, the foreign keys, views and triggers of others follow it. When it is \
          then dropped they name what is not there, and the new table has nobody that points to it; with \
          foreign keys on, the rows of others go with it.",
    instead: "Make the new table under another name, and rename it at the end:\n\
          \n    \
          CREATE TABLE new_users (..);\n    \
          INSERT INTO new_users (..) SELECT .. FROM users;\n    \
          DROP TABLE users;\n    \
          ALTER TABLE new_users RENAME TO users;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); INSERT INTO posts VALUES (1, 1);",
            "ALTER TABLE users RENAME TO old_users; CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO users SELECT id, coalesce(email, ''), age FROM old_users;\n-- schema:allow(drop-cascades) x\nDROP TABLE old_users;",
            Claim::Spoils("SELECT sql LIKE '%REFERENCES users%' FROM sqlite_master WHERE name = 'posts'"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); INSERT INTO posts VALUES (1, 1);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); INSERT INTO posts VALUES (1, 1);",
            "-- schema:allow(rename-table) x\nALTER TABLE users RENAME TO people;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Rename(rename) = site.act else { return };
    if rename.object != Object::Table || !site.is_old(&rename.from) {
        return;
    }
    let key = site.catalogue.key(&rename.from);
    let returns = site.after().iter().any(|placed| match &placed.act {
        Act::CreateTable(create) => site.catalogue.key(&create.table) == key,
        Act::Rename(other) => other.to == rename.from.name,
        _ => false,
    });
    if let Some(follower) = follower(site, &rename.from, &key).filter(|_| returns) {
        hits.push(
            Hit::new(site.span, format!("{follower} follows the old table to `{}`, and does not come back to `{key}`", rename.to))
                .help("make the new table under another name, copy, drop the old one, and rename the new one at the end"),
        );
    }
}

/// Who names the table and is none of its own.
fn follower(site: &Site<'_>, table: &Name, key: &str) -> Option<String> {
    let child = site.catalogue.referencing(table).next().map(|(name, _)| format!("the foreign key of `{name}`"));
    let has = |tables: &[String]| tables.iter().any(|it| it == key);
    let view = || site.catalogue.views().find(|(_, view)| has(&view.tables));
    let trigger = || site.catalogue.triggers().find(|(_, trigger)| trigger.on != key && has(&trigger.tables));
    child
        .or_else(|| view().map(|(name, _)| format!("the view `{name}`")))
        .or_else(|| trigger().map(|(name, _)| format!("the trigger `{name}`")))
}
