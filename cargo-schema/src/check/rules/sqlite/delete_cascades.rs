//! `delete-cascades`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "delete-cascades",
    level: Warn,
    ways: Up,
    about: "rows are deleted that others point to, and those go or change, too",
    why: "ON DELETE CASCADE deletes the rows that point to the deleted ones, SET NULL and SET DEFAULT \
          change them, as far as the keys lead. One DELETE can take far more with it than it names.",
    instead: "Count first what goes with them, and delete it by statements of its own:\n\
          \n    \
          SELECT count(*) FROM posts WHERE user_id IN (SELECT id FROM users WHERE email IS NULL);",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); INSERT INTO posts VALUES (1, 1);",
            "DELETE FROM users WHERE id = 1;",
            Claim::Loses("SELECT count(*) FROM posts"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); INSERT INTO posts VALUES (1, 1);",
            "DELETE FROM posts WHERE user_id = 1;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); INSERT INTO posts VALUES (1, 1);",
            "DELETE FROM posts WHERE user_id = 1; DELETE FROM users WHERE id = 1;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Delete(change) = site.act else { return };
    if !site.is_old(&change.table) || site.script.keys_are_off {
        return;
    }
    let key = site.catalogue.key(&change.table);
    let is_emptied = |child: &str| {
        site.before().iter().any(|placed| matches!(&placed.act, Act::Delete(other) if site.catalogue.key(&other.table) == child))
    };
    for (child, table) in site.catalogue.referencing(&change.table).filter(|(child, _)| !is_emptied(child)) {
        let points = |it: &&crate::check::catalogue::Key| it.table == key && it.on_delete.is_some();
        if let Some(action) = table.foreign_keys.iter().find(points).and_then(|it| it.on_delete.as_ref()) {
            hits.push(
                Hit::new(site.span, format!("ON DELETE {} acts on the rows of `{child}` that point to what is deleted", action.to_uppercase()))
                    .help("count first what goes with them, and delete it by a statement of its own"),
            );
        }
    }
}
