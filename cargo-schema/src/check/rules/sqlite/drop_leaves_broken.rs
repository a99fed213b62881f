//! `drop-leaves-broken`.

use crate::check::rules::prelude::*;
use crate::check::rules::broken::{Broken, broken};
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "drop-leaves-broken",
    level: Deny,
    ways: Up,
    about: "a table or view goes that a view or trigger still names",
    why: "SQLite drops it without a word. From then on whoever reads the view fails, and so does every \
          change of the table that the trigger is on; most forms of ALTER TABLE fail, too.",
    instead: "Drop what names it as well, or change it:\n\
          \n    \
          DROP VIEW emails;\n    \
          DROP TABLE users;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW emails AS SELECT email FROM users;",
            "-- schema:allow(drop-table) unused\nDROP TABLE users;",
            Claim::Breaks("SELECT email FROM emails"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE log (id INTEGER PRIMARY KEY, n INTEGER); CREATE TRIGGER users_log AFTER UPDATE ON users BEGIN INSERT INTO log (n) VALUES (new.id); END;",
            "-- schema:allow(drop-table) unused\nDROP TABLE log;",
            Claim::Breaks("UPDATE users SET age = 2 WHERE id = 1"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW emails AS SELECT email FROM users;",
            "-- schema:allow(drop-view) unused\nDROP VIEW emails;\n-- schema:allow(drop-table) unused\nDROP TABLE users;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW emails AS SELECT email FROM users;",
            "DROP VIEW emails; CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users; CREATE VIEW emails AS SELECT email FROM users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if !matches!(drop.object, Object::Table | Object::View) {
        return;
    }
    let before = broken(site.catalogue);
    let end = broken(&rebuild::end(site));
    for name in &drop.names {
        let key = site.catalogue.key(name);
        for Broken { kind, name, .. } in end.iter().filter(|it| it.lacks == key && !before.contains(it)) {
            hits.push(
                Hit::new(site.span, format!("the {kind} `{name}` still names `{key}`, and fails from then on"))
                    .help(format!("drop the {kind}, too, or make it again without `{key}`")),
            );
        }
    }
}
