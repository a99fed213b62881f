//! `writable-schema`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "writable-schema",
    level: Deny,
    ways: Up,
    about: "the schema is edited as text",
    why: "SQLite believes whatever stands in sqlite_schema. A slip there makes the database unreadable, \
          and nothing checks it.",
    instead: "Rebuild the table: change the model and let `cargo schema generate` write it.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'age INTEGER', 'age INTEGER CHECK (age > 0)') WHERE name = 'users';",
            Claim::Spoils("SELECT sql NOT LIKE '%CHECK%' FROM sqlite_schema WHERE name = 'users'"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "SELECT sql FROM sqlite_schema;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let is_table = |name: &Name| matches!(name.name.as_str(), "sqlite_schema" | "sqlite_master" | "sqlite_temp_schema" | "sqlite_temp_master");
    let is_edit = match site.act {
        Act::Set(set) => {
            matches!(set.name.as_str(), "writable_schema" | "schema_version")
                && set.value.as_deref().is_some_and(|value| !matches!(value, "off" | "0" | "false" | "no" | "reset"))
        }
        Act::Update(change) | Act::Delete(change) => is_table(&change.table),
        Act::Insert(insert) => is_table(&insert.table),
        _ => false,
    };
    if is_edit {
        hits.push(
            Hit::new(site.span, "a slip in this makes the database unreadable, and nothing checks it")
                .help("rebuild the table: make a new one, copy, drop the old one, rename"),
        );
    }
}
