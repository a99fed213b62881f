//! `order-by-copy`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "order-by-copy",
    level: Warn,
    ways: Up,
    about: "rows are sorted once, which copies the table",
    why: "Every row is copied while nobody can write, and for a table with a primary key nothing comes \
          of it: InnoDB keeps rows in the order of the key.",
    instead: "Leave it out, and sort in the query.",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ORDER BY age, email DESC;", Claim::Rewrites("users")),
        quiet(users!(), "SELECT id FROM users ORDER BY age, email DESC;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Copy, |table, action| match &action.kind {
        ActionKind::Other(words) if words.starts_with("order by") => Some(format!("`{table}` is sorted once")),
        _ => None,
    });
}
