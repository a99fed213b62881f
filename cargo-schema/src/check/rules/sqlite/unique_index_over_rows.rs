//! `unique-index-over-rows`.

use crate::check::rules::prelude::*;
use crate::check::sql::act::CreateIndex;
use crate::check::sql::part::IndexItem;

pub(super) static RULE: Rule = Rule {
    id: "unique-index-over-rows",
    level: Warn,
    ways: Up,
    about: "a unique index is made over rows that may hold doubles",
    why: "It fails where two rows have the same values, and nobody sees that before production.",
    instead: "Look for doubles first, and decide what becomes of them:\n\
          \n    \
          SELECT email, count(*) FROM users GROUP BY email HAVING count(*) > 1;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); INSERT INTO users VALUES (3, 'a', 3);",
            "CREATE UNIQUE INDEX emails ON users (email);",
            Claim::Fails("UNIQUE constraint failed"),
        ),
        fires(
            "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT UNIQUE); INSERT INTO tags VALUES (1, 'Rust'), (2, 'rust');",
            "CREATE UNIQUE INDEX names ON tags (name COLLATE NOCASE);",
            Claim::Fails("UNIQUE constraint failed"),
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT); CREATE UNIQUE INDEX ns ON t (n);",
        ),
        quiet(
            "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE); INSERT INTO tags VALUES (1, 'Rust'), (2, 'C');",
            "CREATE UNIQUE INDEX names ON tags (name COLLATE nocase, id);",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE UNIQUE INDEX ids ON users (id, email);",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE UNIQUE INDEX lower_emails ON users (lower(email));",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateIndex(create) = site.act else { return };
    let Some(table) = site.table(&create.table).filter(|_| create.is_unique && site.is_old(&create.table)) else { return };
    let columns: Vec<&String> = create.items.iter().filter_map(|item| item.column.as_ref()).collect();
    let covers = |key: &[Option<String>]| key.iter().all(|it| it.as_ref().is_some_and(|it| columns.contains(&it)));
    let is_narrower = create.items.iter().any(|item| is_collated_otherwise(table, item));
    let is_unique = !is_narrower && table.indexes.iter().any(|index| index.is_unique && index.condition.is_none() && covers(&index.columns));
    let is_new = columns.len() == create.items.len()
        && columns.iter().any(|it| {
            table.column(it).is_some_and(|column| site.is_fresh(column.born) && column.default.is_none() && !column.is_generated)
        });
    if !is_unique && !is_new && !returns(site, create) && !are_distinct(table, create) {
        let list = create.items.iter().map(|item| item.text.as_str()).collect::<Vec<_>>().join(", ");
        hits.push(
            Hit::new(site.span, format!("this fails where two rows of `{}` have the same ({list})", create.table)).sql(
                "look for doubles first:",
                format!("SELECT {list}, count(*) FROM {} GROUP BY {list} HAVING count(*) > 1;", create.table),
            ),
        );
    }
}

/// Whether values that differ to the column are the same to this index.
fn is_collated_otherwise(table: &Table, item: &IndexItem) -> bool {
    let collation = item.text.split_once(" COLLATE ").and_then(|(_, rest)| rest.split(' ').next());
    let own = item.column.as_deref().and_then(|column| table.column(column)?.collation.as_deref());
    collation.is_some_and(|it| !it.eq_ignore_ascii_case(own.unwrap_or("binary")))
}

/// Whether the same index was there when the script began, as where a rebuild makes again what went with the old table.
fn returns(site: &Site<'_>, create: &CreateIndex) -> bool {
    let items: Vec<&String> = create.items.iter().map(|item| &item.text).collect();
    let condition = create.condition.as_ref().map(|condition| &condition.text);
    site.script.start.table(&create.table).is_some_and(|table| {
        table.indexes.iter().any(|index| {
            index.is_unique && index.items.iter().eq(items.iter().copied()) && index.condition.as_ref() == condition
        })
    })
}

/// Whether the history alone put rows there, and all of them differ.
fn are_distinct(table: &Table, create: &CreateIndex) -> bool {
    let differ = |item: &IndexItem| {
        let inner = item.text.strip_prefix("lower (").and_then(|text| text.strip_suffix(')'));
        let values = table.column(item.column.as_deref().or(inner)?).map(|column| &column.values);
        let mut seen = std::collections::BTreeSet::new();
        Some(values?.iter().filter(|it| *it != "NULL").all(|value| seen.insert(value.to_lowercase())))
    };
    table.has_rows && table.rows_are_known && create.items.iter().any(|item| differ(item) == Some(true))
}
