//! `rebuild-leaves-values-behind`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "rebuild-leaves-values-behind",
    level: Deny,
    ways: Up,
    about: "a table is made anew, and a column of both is not copied",
    why: "The new table has the column, and the copy does not fill it: after the old table is dropped it \
          holds NULL or its default in every row.",
    instead: "Name every column on both sides of the copy:\n\
          \n    \
          INSERT INTO new_users (id, email, age) SELECT id, email, age FROM users;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO new_users (id, email) SELECT id, email FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Loses("SELECT count(age) FROM users"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO new_users (id, email, age) SELECT id, email, age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO new_users (id, email) SELECT id, email FROM users; UPDATE new_users SET age = (SELECT age FROM users WHERE users.id = new_users.id) WHERE age IS NULL; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE guard (is_sound CHECK (is_sound)); INSERT INTO guard SELECT 0 FROM users WHERE age IS NULL; DROP TABLE guard; CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER NOT NULL); INSERT INTO new_users (id, email, age) SELECT id, email, age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    for (span, copy) in &rebuild.copies {
        let Some(copy) = copy.filter(|copy| !copy.is_everything) else { continue };
        let names = |column: &str| copy.items.iter().any(|item| item.columns.iter().any(|it| it == column));
        let is_left = |column: &&crate::check::catalogue::Column| {
            !column.is_generated
                && rebuild.new.column(&column.name).is_some_and(|new| !new.is_generated)
                && !rebuild.copies.iter().any(|(_, other)| other.is_none_or(|other| other.is_everything))
                && !names(&column.name)
                && !is_filled_later(site, &rebuild, &column.name)
        };
        for column in rebuild.old.columns.iter().filter(is_left) {
            hits.push(
                Hit::new(span, format!("`{}` is not copied, and is lost when `{}` is dropped", column.name, rebuild.key))
                    .help("name every column on both sides of the copy"),
            );
        }
    }
}

/// Whether an UPDATE of another table than the old one sets the column before that goes.
fn is_filled_later(site: &Site<'_>, rebuild: &rebuild::Rebuild<'_>, column: &str) -> bool {
    site.before().iter().any(|placed| match &placed.act {
        Act::Update(change) => {
            let is_new = site.table(&change.table).is_some_and(|table| !std::ptr::eq(table, rebuild.old));
            is_new && change.sets.iter().any(|set| set == column)
        }
        _ => false,
    })
}
