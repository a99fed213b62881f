//! `cast-to-number`.

use crate::check::rules::prelude::*;
use crate::dialect::sqlite::types::{Affinity, affinity};

pub(super) static RULE: Rule = Rule {
    id: "cast-to-number",
    level: Warn,
    ways: Up,
    about: "text is made a number, and what is none becomes 0",
    why: "CAST never fails: 'abc' becomes 0, '12 apples' becomes 12. What was there is gone.",
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
    if tables.iter().any(|table| site.is_old(table)) && casts_text(site, &expr.text, &tables) {
        hits.push(
            Hit::new(site.span, "what is no number becomes 0 here, and nothing says so")
                .help("look for what is no number first: `WHERE column GLOB '*[^0-9]*'`"),
        );
    }
}

/// Whether a column that is no number is cast to one.
fn casts_text(site: &Site<'_>, text: &str, tables: &[&Name]) -> bool {
    let mut casts = text.split("CAST (").skip(1).filter_map(|rest| rest.split_once(" AS "));
    casts.any(|(operand, rest)| {
        let target = rest.split(')').next().unwrap_or_default();
        let column = operand.rsplit('.').next().unwrap_or_default().trim_matches('"');
        let known = tables.iter().find_map(|table| site.table(table)?.column(column));
        let is_number = known.and_then(|column| column.ty.as_ref()).is_some_and(|ty| !is_text(&ty.text));
        !is_text(target) && !is_number
    })
}

fn is_text(ty: &str) -> bool {
    matches!(affinity(ty), Affinity::Text | Affinity::Blob)
}
