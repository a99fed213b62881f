//! `create-skipped`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "create-skipped",
    level: Deny,
    ways: Up,
    about: "CREATE TABLE IF NOT EXISTS has columns that the table which is there has not",
    why: "The table is there already, so nothing happens, and nothing says so. Programs that expect the new \
          columns fail.",
    instead: "Add the columns:\n\
          \n    \
          ALTER TABLE users ADD COLUMN phone text;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);",
            "CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY, email text NOT NULL, phone text);
INSERT INTO users (id, email, phone) VALUES (1, 'a@example.com', '1');",
            Claim::Fails("42703"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);",
            "CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTable(create) = site.act else { return };
    let known = site.table(&create.table).filter(|known| create.if_not_exists && !known.is_vague && !known.columns.is_empty());
    let Some(known) = known else { return };
    let is_new = |column: &&Column| !known.columns.iter().any(|it| it.name.eq_ignore_ascii_case(&column.name.name));
    if let Some(column) = create.columns.iter().find(is_new) {
        hits.push(
            Hit::new(site.span, format!("nothing happens here: `{}` is there already, and goes on without `{}`", create.table, column.name.name))
                .help("add the column with ALTER TABLE"),
        );
    }
}
