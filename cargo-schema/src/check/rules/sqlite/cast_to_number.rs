//! `cast-to-number`.

use crate::check::rules::prelude::*;
use crate::dialect::sqlite::types::{Affinity, affinity};

pub(super) static RULE: Rule = Rule {
    id: "cast-to-number",
    level: Warn,
    ways: Up,
    about: "values are cast to numbers that do not hold them",
    why: "CAST never fails: 'abc' becomes 0, '12 apples' becomes 12, and 1.9 as an INTEGER becomes 1. What was there \
          is gone.",
    instead: "Look for what is no number first, and decide what becomes of it:\n\
          \n    \
          SELECT * FROM users WHERE age GLOB '*[^0-9]*';",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "UPDATE users SET email = CAST(email AS INTEGER) WHERE id > 0;",
            Claim::Loses("SELECT count(*) FROM users WHERE email = 'a'"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email INTEGER, age INTEGER); INSERT INTO new_users (id, email, age) SELECT id, CAST(email AS INTEGER), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Loses("SELECT count(*) FROM users WHERE email = 'a'"),
        ),
        fires(
            "CREATE TABLE items (id INTEGER PRIMARY KEY, price REAL); INSERT INTO items VALUES (1, 1.5);",
            "CREATE TABLE new_items (id INTEGER PRIMARY KEY, price INTEGER); INSERT INTO new_items (id, price) SELECT id, CAST(price AS INTEGER) FROM items; DROP TABLE items; ALTER TABLE new_items RENAME TO items;",
            Claim::Loses("SELECT CAST(sum(price) * 10 AS INTEGER) FROM items"),
        ),
        quiet(
            "CREATE TABLE items (id INTEGER PRIMARY KEY, price REAL); INSERT INTO items VALUES (1, 1.5);",
            "CREATE TABLE new_items (id INTEGER PRIMARY KEY, price INTEGER); INSERT INTO new_items (id, price) SELECT id, CAST(round(price * 100) AS INTEGER) FROM items; DROP TABLE items; ALTER TABLE new_items RENAME TO items;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "UPDATE users SET email = CAST(age AS TEXT) WHERE id > 0;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "UPDATE users SET email = CAST(age AS REAL) WHERE id > 0;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let (expr, tables) = match site.act {
        Act::Update(change) => (&change.expr, vec![&change.table]),
        Act::Insert(insert) => match &insert.copy {
            Some(copy) => (&insert.expr, copy.from.iter().collect()),
            None => return,
        },
        _ => return,
    };
    if !tables.iter().any(|table| site.is_old(table)) {
        return;
    }
    let lost = casts(&expr.text).find_map(|(operand, target)| lost(site, operand, target, &tables));
    match lost {
        Some(Lost::Text) => hits.push(
            Hit::new(site.span, "what is no number becomes 0 here, and nothing says so")
                .help("look for what is no number first: `WHERE column GLOB '*[^0-9]*'`"),
        ),
        Some(Lost::Fraction(column)) => hits.push(
            Hit::new(site.span, format!("what `{column}` has behind the point is cut off here, and nothing says so"))
                .help(format!("say how it is rounded: `CAST(round({column}) AS INTEGER)`")),
        ),
        None => {}
    }
}

enum Lost {
    Text,
    Fraction(String),
}

/// `a` and `INTEGER` of each `CAST (a AS INTEGER)`.
fn casts(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let operands = text.split("CAST (").skip(1).filter_map(|rest| rest.split_once(" AS "));
    operands.map(|(operand, rest)| (operand, rest.split(')').next().unwrap_or_default()))
}

/// What a cast of a column, or of what is made of one, loses.
fn lost(site: &Site<'_>, operand: &str, target: &str, tables: &[&Name]) -> Option<Lost> {
    let column = operand.rsplit('.').next().unwrap_or_default().trim_matches('"');
    let known = tables.iter().find_map(|table| site.table(table)?.column(column));
    let own = known.and_then(|column| column.ty.as_ref()).map(|ty| ty.text.as_str());
    if !is_text(target) && own.is_none_or(is_text) {
        let is_rounded = operand.to_lowercase().starts_with("round (");
        return (!is_rounded).then_some(Lost::Text);
    }
    let has_fraction = own.is_some_and(|ty| affinity(ty) == Affinity::Real);
    (has_fraction && affinity(target) == Affinity::Integer).then(|| Lost::Fraction(column.to_owned()))
}

fn is_text(ty: &str) -> bool {
    matches!(affinity(ty), Affinity::Text | Affinity::Blob)
}
