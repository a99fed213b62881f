//! `legacy-alter-table`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "legacy-alter-table",
    level: Warn,
    ways: Up,
    about: "renames stop being followed, and nothing switches that back",
    why: "With legacy_alter_table a renamed table or column keeps its old name in views and triggers, \
          which then fail. It stays with the connection for whatever runs next.",
    instead: "Switch it off again in the same script, or drop what mentions the table and make it again.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW emails AS SELECT email FROM users;",
            "PRAGMA legacy_alter_table = ON;\n-- schema:allow(rename-table) x\nALTER TABLE users RENAME TO people;",
            Claim::Breaks("SELECT email FROM emails"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW emails AS SELECT email FROM users;",
            "PRAGMA legacy_alter_table = ON; CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users; PRAGMA legacy_alter_table = OFF;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Set(set) = site.act else { return };
    let is_on = |value: Option<&str>| value.is_some_and(|value| matches!(value, "on" | "1" | "true" | "yes"));
    let is_it = |act: &Act| matches!(act, Act::Set(other) if other.name == "legacy_alter_table" && !is_on(other.value.as_deref()));
    if set.name == "legacy_alter_table" && is_on(set.value.as_deref()) && !site.after().iter().any(|placed| is_it(&placed.act)) {
        hits.push(
            Hit::new(site.span, "from here on a rename leaves the old name in views and triggers, and this stays with the connection")
                .help("switch it off again in the same script"),
        );
    }
}
