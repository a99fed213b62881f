//! `add-stored-column`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-stored-column",
    level: Warn,
    ways: Up,
    about: "a stored generated column is added, which copies every row",
    why: "The value is computed for every row and written beside it: all rows are copied, and nobody \
          can write meanwhile.",
    instead: "Add a virtual column, which costs nothing, and index it where it is asked for:\n\
          \n    \
          ALTER TABLE users ADD COLUMN next_age int AS (age + 1) VIRTUAL;",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD COLUMN next_age int GENERATED ALWAYS AS (age + 1) STORED;", Claim::Rewrites("users")),
        quiet(users!(), "ALTER TABLE users ADD COLUMN next_age int AS (age + 1) VIRTUAL;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Rebuild, |table, action| match &action.kind {
        ActionKind::AddColumn { column, .. } => {
            let is_stored = column.generated.as_ref().is_some_and(|generated| generated.is_stored);
            is_stored.then(|| format!("`{table}.{}` is computed for every row", column.name))
        }
        _ => None,
    });
}
