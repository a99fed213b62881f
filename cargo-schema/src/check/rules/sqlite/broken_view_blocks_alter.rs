//! `broken-view-blocks-alter`.

use crate::check::rules::prelude::*;
use crate::check::rules::broken::{Broken, broken};

pub(super) static RULE: Rule = Rule {
    id: "broken-view-blocks-alter",
    level: Deny,
    ways: Up,
    about: "a table or column is renamed or dropped while a view or trigger cannot be read",
    why: "SQLite reads every view and trigger again when it renames a table or a column or drops a \
          column, whatever they are about, and refuses where one names what is not there. In a rebuild \
          the old table is gone when the new one takes its name.",
    instead: "Drop what mentions the table first, and make it again after the rename:\n\
          \n    \
          DROP VIEW emails;\n    \
          DROP TABLE users;\n    \
          ALTER TABLE new_users RENAME TO users;\n    \
          CREATE VIEW emails AS SELECT email FROM users;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW emails AS SELECT email FROM users;",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Fails("error in view emails: no such table: main.users"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE o (a INTEGER); CREATE TRIGGER aging AFTER INSERT ON o BEGIN UPDATE users SET age = 1 WHERE id = new.a; END;",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Fails("error in trigger aging: no such table: main.users"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW emails AS SELECT email FROM users;",
            "DROP VIEW emails; CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users; CREATE VIEW emails AS SELECT email FROM users;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW emails AS SELECT email FROM users;",
            "PRAGMA legacy_alter_table = ON; CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users; PRAGMA legacy_alter_table = OFF;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let is_change = match site.act {
        Act::Rename(rename) => rename.object == Object::Table,
        _ => site.changes().any(|(_, action)| {
            matches!(action.kind, ActionKind::RenameColumn { .. } | ActionKind::DropColumn { .. })
        }),
    };
    if !is_change || is_legacy(site) {
        return;
    }
    if let Some(broken) = broken(site.catalogue).first() {
        let Broken { kind, name, lacks } = broken;
        hits.push(
            Hit::new(site.span, format!("SQLite refuses this while the {kind} `{name}` names `{lacks}`, which is not there"))
                .help(format!("drop the {kind} first, and make it again afterwards")),
        );
    }
}

/// The old way renames without looking.
fn is_legacy(site: &Site<'_>) -> bool {
    let last = site.before().iter().rev().find_map(|placed| match &placed.act {
        Act::Set(set) if set.name == "legacy_alter_table" => set.value.as_deref(),
        _ => None,
    });
    last.is_some_and(|value| matches!(value, "on" | "1" | "true" | "yes"))
}
