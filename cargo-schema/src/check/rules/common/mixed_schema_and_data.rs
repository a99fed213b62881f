//! `mixed-schema-and-data`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "mixed-schema-and-data",
    level: Allow,
    ways: Up,
    about: "a revision changes both the schema and rows",
    why: "Changes of the schema should be short, changes of rows may be long; together the short ones wait for \
          the long ones, or hold locks meanwhile.",
    instead: "Change rows in a revision of their own.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE a (id bigint PRIMARY KEY); UPDATE users SET age = 1 WHERE id = 1;",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "UPDATE users SET age = 1 WHERE id = 1;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let table = match site.act {
        Act::Update(change) | Act::Delete(change) => &change.table,
        Act::Insert(insert) if insert.has_query => &insert.table,
        _ => return,
    };
    let is_schema = |act: &Act| matches!(act, Act::AlterTable(_) | Act::CreateTable(_) | Act::CreateIndex(_));
    if site.is_old(table) && site.script.acts.iter().any(|placed| is_schema(&placed.act)) {
        hits.push(
            Hit::new(
                site.span,
                format!("rows of `{table}` are changed in a revision that also changes the schema"),
            )
            .help("move it into a revision of its own"),
        );
    }
}
