//! `add-required-column`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-required-column",
    level: Deny,
    ways: Up,
    about: "a column is added that has no default and must not be NULL",
    why: "Rows that are there get 0, an empty string or '0000-00-00' without a word, and programs of \
          the previous release, which do not name the column, fail when they insert (error 1364).",
    instead: "Give it a default, or let it be NULL until every program writes it:\n\
          \n    \
          ALTER TABLE users ADD COLUMN city varchar(50) NOT NULL DEFAULT '';",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD COLUMN city varchar(50) NOT NULL;", Claim::Breaks("INSERT INTO users (email, age) VALUES ('c', 3)")),
        quiet(users!(), "ALTER TABLE users ADD COLUMN city varchar(50) NOT NULL DEFAULT '';"),
        quiet(users!(), "ALTER TABLE users ADD COLUMN city varchar(50);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns().filter(|(table, _)| site.is_old(table)) {
        if !column.not_null || column.default.is_some() || column.is_numbered || column.generated.is_some() {
            continue;
        }
        hits.push(
            Hit::new(&column.span, format!("programs that run now cannot insert into `{table}` without `{}`", column.name))
                .note("rows that are there get 0, '' or '0000-00-00' without a word")
                .help("give it a default, or let it be NULL until every program writes it"),
        );
    }
}
