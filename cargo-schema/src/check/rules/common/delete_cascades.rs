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
    for (child, table) in site.catalogue.referencing(&change.table).filter(|(child, _)| !is_emptied(site, child)) {
        let points = |it: &&crate::check::catalogue::Key| it.table == key && it.on_delete.is_some();
        if let Some(action) = table.foreign_keys.iter().find(points).and_then(|it| it.on_delete.as_ref()) {
            hits.push(
                Hit::new(&site.verb_on(), format!("ON DELETE {} acts on the rows of `{child}` that point to what is deleted", action.to_uppercase()))
                    .help("count first what goes with them, and delete it by a statement of its own"),
            );
        }
    }
}

/// The script deletes rows of a table before this, or all of them, or the table: it says itself what goes.
fn is_emptied(site: &Site<'_>, child: &str) -> bool {
    let is_it = |name: &Name| site.catalogue.key(name) == child;
    let is_before = |act: &Act| matches!(act, Act::Delete(other) if is_it(&other.table));
    let is_whole = |act: &Act| match act {
        Act::Delete(other) => other.condition.is_none() && is_it(&other.table),
        Act::Truncate(truncate) => truncate.tables.iter().any(is_it),
        Act::Drop(drop) => drop.object == Object::Table && drop.names.iter().any(is_it),
        _ => false,
    };
    site.before().iter().any(|placed| is_before(&placed.act))
        || site.script.acts.iter().any(|placed| is_whole(&placed.act))
}
