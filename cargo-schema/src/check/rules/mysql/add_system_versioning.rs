//! `add-system-versioning`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-system-versioning",
    level: Warn,
    ways: Up,
    about: "a table that is in use begins to keep its history",
    why: "Every row is copied with two more columns, nobody can write meanwhile, and from then on each \
          UPDATE and DELETE keeps the old row: the table only grows. Only MariaDB has it.",
    instead: "Do it while nobody writes, and put the history into partitions that can be dropped.",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD SYSTEM VERSIONING;", Claim::Rewrites("users")),
        quiet("", "CREATE TABLE notes (id bigint PRIMARY KEY) WITH SYSTEM VERSIONING;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Copy, |table, action| match &action.kind {
        ActionKind::Other(words) if words == "add system versioning" => Some(format!("`{table}` begins to keep its history")),
        _ => None,
    });
}
