//! `update-delete-without-where`.

use crate::check::rules::prelude::*;
use crate::check::rules::truth::is_always_true;

pub(super) static RULE: Rule = Rule {
    id: "update-delete-without-where",
    level: Warn,
    ways: Up,
    about: "every row of a table is changed or deleted at once",
    why: "Without a condition the statement touches all rows: each stays locked until the transaction ends, \
          the table grows by as many dead rows, and a DELETE loses everything. A condition that is always true \
          is none.",
    instead: "Change rows in batches, outside a transaction, so that each commits by itself:\n\
          \n    \
          UPDATE users SET age = 0 WHERE age IS NULL AND id BETWEEN 1 AND 10000;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "UPDATE users SET age = 0;",
            Claim::Spoils("SELECT bool_or(age > 0) FROM users"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "DELETE FROM users WHERE 1 = 1;",
            Claim::Loses("SELECT count(*) FROM users"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "DELETE FROM users WHERE age > 90 OR id IS NOT NULL;",
            Claim::Loses("SELECT count(*) FROM users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "UPDATE users SET age = 0 WHERE age IS NULL;",
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); UPDATE fresh SET age = 0;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let (verb, change) = match site.act {
        Act::Update(change) => ("changed", change),
        Act::Delete(change) => ("deleted", change),
        _ => return,
    };
    let is_limited = change.is_limited
        || change.condition.as_ref().is_some_and(|it| !is_always_true(site, &change.table, it));
    if is_limited || !site.is_old(&change.table) {
        return;
    }
    hits.push(
        Hit::new(&site.verb_on(), format!("every row of `{}` is {verb} at once", change.table))
            .help("name the rows with WHERE, and change many of them in batches that commit by themselves"),
    );
}
