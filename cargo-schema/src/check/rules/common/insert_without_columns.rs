//! `insert-without-columns`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "insert-without-columns",
    level: Allow,
    ways: Up,
    about: "an INSERT relies on the order of the columns",
    why: "It fails, or puts values into the wrong columns, as soon as the table has another column or order.",
    instead: "Name the columns:\n\
          \n    \
          INSERT INTO users (id, email) VALUES (1, 'a@example.org');",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "INSERT INTO users VALUES (1000, 'a', 1);",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "INSERT INTO users (id, email) VALUES (1000, 'a');",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Insert(insert) = site.act else { return };
    if !insert.names_columns {
        hits.push(
            Hit::new(site.span, format!("this relies on the order of the columns of `{}`", insert.table))
                .help("name the columns"),
        );
    }
}
