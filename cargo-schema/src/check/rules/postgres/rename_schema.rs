//! `rename-schema`.

use crate::check::rules::prelude::*;
use std::ops::Range;

pub(super) static RULE: Rule = Rule {
    id: "rename-schema",
    level: Deny,
    ways: Up,
    about: "a schema gets another name, or a table another schema",
    why: "Programs of the previous release name it as it was called, and fail until the last of them is \
          replaced.",
    instead: "Make the new schema beside the old one, and leave views where programs look for the tables.",
    find,
    examples: &[
        fires(
            "CREATE SCHEMA shop; CREATE TABLE shop.users (id bigint PRIMARY KEY);",
            "ALTER SCHEMA shop RENAME TO store;",
            Claim::Breaks("SELECT id FROM shop.users"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE SCHEMA store;",
            "ALTER TABLE users SET SCHEMA store;",
            Claim::Breaks("SELECT id FROM users"),
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); CREATE SCHEMA store; ALTER TABLE fresh SET SCHEMA store;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    match site.act {
        Act::Rename(rename) if rename.object == Object::Schema => {
            hits.push(hit(site.span, &rename.from.to_string()));
        }
        _ => {
            let moved =
                site.changes_of_old().filter(|(_, action)| matches!(action.kind, ActionKind::SetSchema { .. }));
            hits.extend(moved.map(|(table, action)| hit(&action.span, &table.to_string())));
        }
    }
}

fn hit(span: &Range<usize>, name: &str) -> Hit {
    Hit::new(span, format!("programs that run now fail when `{name}` is not where it was"))
        .help("leave views where they look for it until nobody does")
}
