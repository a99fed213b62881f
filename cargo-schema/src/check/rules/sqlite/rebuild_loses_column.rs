//! `rebuild-loses-column`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "rebuild-loses-column",
    level: Deny,
    ways: Up,
    about: "a table is made anew without one of its columns",
    why: "What the old table holds in that column goes with it, and no way down brings it back. Programs \
          of the previous release that name the column fail from this moment on.",
    instead: "Copy the column, too. If it is to go, release a version that does not use it first, and say so \
          above the DROP:\n\
          \n    \
          -- schema:allow(rebuild-loses-column) nothing reads it since 1.4\n    \
          DROP TABLE users;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT); INSERT INTO new_users SELECT id, email FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Loses("SELECT count(age) FROM users"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, years INTEGER); INSERT INTO new_users (id, email, years) SELECT id, email, age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Breaks("SELECT age FROM users"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    for column in rebuild.lost_columns() {
        let is_kept = |item: &crate::check::sql::part::Expr| item.columns.iter().any(|it| it == column);
        let moved = rebuild.copies.iter().flat_map(|(_, copy)| copy.iter()).any(|copy| copy.items.iter().any(is_kept));
        let message = match moved {
            true => format!("`{}.{column}` is not called so any more: programs that run now fail", rebuild.key),
            false => format!("`{}.{column}` and all that is in it will be lost with the old table", rebuild.key),
        };
        hits.push(
            Hit::new(site.span, message)
                .help("give the new table the column and copy it; if it is to go, say so above: `-- schema:allow(rebuild-loses-column) why`"),
        );
    }
}
