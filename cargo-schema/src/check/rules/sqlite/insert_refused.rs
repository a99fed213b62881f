//! `insert-refused`.

use crate::check::rules::prelude::*;
use crate::check::sql::act::Insert;

pub(super) static RULE: Rule = Rule {
    id: "insert-refused",
    level: Deny,
    ways: Up,
    about: "a row is inserted that the table refuses",
    why: "There are more or fewer values than columns, or a column that must have a value gets none. The statement \
          fails, and the migration with it.",
    instead: "Give every column that needs one a value:\n\
          \n    \
          INSERT INTO users (id, email) VALUES (1, 'a');",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "INSERT INTO users VALUES (3, 'c');",
            Claim::Fails("has 3 columns but 2 values were supplied"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "INSERT INTO users (id, email) VALUES (3, 'c', 4);",
            Claim::Fails("3 values for 2 columns"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "INSERT INTO users (id, age) VALUES (3, 3);",
            Claim::Fails("NOT NULL constraint failed"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "INSERT INTO users VALUES (3, NULL, 3);",
            Claim::Fails("NOT NULL constraint failed"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "INSERT INTO users (id, email) VALUES (3, 'c'); INSERT OR IGNORE INTO users (id, email) VALUES (1, 'd'); INSERT INTO users (id, email) VALUES (1, 'd') ON CONFLICT (id) DO NOTHING; INSERT INTO users VALUES (NULL, 'e', NULL);",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "DELETE FROM users WHERE id = 1; INSERT INTO users (id, email) VALUES (1, 'c');",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Insert(insert) = site.act else { return };
    let Some(known) = site.table(&insert.table).filter(|known| !known.is_vague && !known.columns.is_empty()) else { return };
    if let Some(reason) = insert.rows.iter().find_map(|row| refused(insert, known, row)) {
        hits.push(
            Hit::new(site.span, format!("`{}` refuses this: {reason}", insert.table))
                .help("give every column that needs one a value"),
        );
    }
}

fn refused(insert: &Insert, known: &Table, row: &[String]) -> Option<String> {
    let columns = targets(insert, known);
    if columns.len() != row.len() {
        return Some(format!("it has {} values for {} columns", row.len(), columns.len()));
    }
    if insert.conflict.is_some() || insert.is_upsert {
        return None;
    }
    let value = |column: &str| columns.iter().position(|it| *it == column).map(|at| row[at].as_str());
    lacking(known, &value)
}

/// The columns that the values are for.
fn targets<'a>(insert: &'a Insert, known: &'a Table) -> Vec<&'a str> {
    if insert.names_columns {
        return insert.columns.iter().map(String::as_str).collect();
    }
    known.columns.iter().filter(|column| !column.is_generated).map(|column| column.name.as_str()).collect()
}

/// A column that must have a value, and gets none. Those of the primary key are left alone: SQLite fills the one, and
/// takes NULL for the others.
fn lacking<'a>(known: &Table, value: &impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let is_key = |name: &String| known.primary_key.as_ref().is_some_and(|key| key.contains(name));
    let needed = known.columns.iter().filter(|it| it.not_null && !it.is_generated && !is_key(&it.name));
    let mut lacking = needed.filter(|column| match value(&column.name) {
        Some(value) => is_null(value),
        None => column.default.as_ref().is_none_or(|default| default.is_null),
    });
    lacking.next().map(|column| format!("`{}` must have a value", column.name))
}

fn is_null(value: &str) -> bool {
    value.eq_ignore_ascii_case("null")
}
