//! `copy-in-other-order`.

use crate::check::rules::prelude::*;
use crate::check::sql::act::Insert;
use crate::check::sql::part::Expr;

pub(super) static RULE: Rule = Rule {
    id: "copy-in-other-order",
    level: Deny,
    ways: Up,
    about: "a copy puts values into the wrong columns",
    why: "SQLite fills columns by their place. Where a SELECT gives them in another order than the table \
          has, or another number, the copy fails or, as SQLite takes any value for any column, succeeds.",
    instead: "Name the columns on both sides, in the same order:\n\
          \n    \
          INSERT INTO new_users (id, email, age) SELECT id, email, age FROM users;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, age INTEGER, email TEXT); INSERT INTO new_users SELECT * FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Loses("SELECT count(*) FROM users WHERE email = 'a'"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO new_users (id, age, email) SELECT id, email, age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Loses("SELECT count(*) FROM users WHERE email = 'a'"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER, phone TEXT); INSERT INTO new_users SELECT * FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Fails("has 4 columns but 3 values"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO new_users (id, email, age) SELECT o.id, o.age, coalesce(o.email, '') FROM users AS o; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Loses("SELECT count(*) FROM users WHERE email = 'a'"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, age INTEGER, email TEXT); INSERT INTO new_users (id, email, age) SELECT * FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Insert(insert) = site.act else { return };
    let Some((targets, sources)) = sides(site, insert) else { return };
    if targets.len() != sources.len() {
        hits.push(
            Hit::new(site.span, format!("this gives {} values for {} columns of `{}`", sources.len(), targets.len(), insert.table))
                .help("name the columns on both sides, in the same order"),
        );
        return;
    }
    let is_other = |(target, source): &(&String, &Option<String>)| {
        source.as_ref().is_some_and(|source| source != *target && targets.contains(source) && sources.contains(&Some((*target).clone())))
    };
    if let Some((target, Some(source))) = targets.iter().zip(&sources).find(is_other) {
        hits.push(
            Hit::new(site.span, format!("what is in `{source}` goes into `{target}`"))
                .help("name the columns on both sides, in the same order"),
        );
    }
}

/// The columns that are filled, and the column that each is filled with where that can be told.
fn sides(site: &Site<'_>, insert: &Insert) -> Option<(Vec<String>, Vec<Option<String>>)> {
    let copy = insert.copy.as_ref()?;
    let columns = |table: &Table| -> Vec<String> {
        table.columns.iter().filter(|column| !column.is_generated).map(|column| column.name.clone()).collect()
    };
    let known = |name: &Name| site.table(name).filter(|table| !table.is_vague && !table.columns.is_empty()).map(columns);
    let targets = if copy.targets.is_empty() { known(&insert.table)? } else { copy.targets.clone() };
    let [from] = copy.from.as_slice() else { return None };
    if copy.is_everything {
        let sources = known(from).filter(|_| copy.items.is_empty())?;
        return Some((targets, sources.into_iter().map(Some).collect()));
    }
    let own = known(from)?;
    let source = |item: &Expr| source(item).filter(|column| own.contains(column)).cloned();
    Some((targets, copy.items.iter().map(source).collect()))
}

/// The column whose value an expression gives, but where that is NULL: `b`, `o.b`, `coalesce(b, '')`.
fn source(item: &Expr) -> Option<&String> {
    let [column] = item.columns.as_slice() else { return None };
    let is_bare = item.text.rsplit('.').next().is_some_and(|last| last.trim_matches('"') == *column);
    let is_filled = ["coalesce (", "ifnull ("].iter().any(|call| item.text.starts_with(call)) && item.calls.len() == 1;
    (is_filled || (is_bare && item.calls.is_empty())).then_some(column)
}
