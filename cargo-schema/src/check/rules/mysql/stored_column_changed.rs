//! `stored-column-changed`.

use crate::check::rules::innodb::{self, Conversion, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "stored-column-changed",
    level: Warn,
    ways: Up,
    about: "a stored generated column gets another expression or type",
    why: "Every row is computed anew and copied, and nobody can write meanwhile.",
    instead: "Add another column, virtual if it can be, and drop the old one when nobody reads it.",
    find,
    examples: &[
        fires(users!("ALTER TABLE users ADD COLUMN next_age int AS (age + 1) STORED;"), "ALTER TABLE users MODIFY next_age int AS (age + 2) STORED;", Claim::Rewrites("users")),
        quiet(users!("ALTER TABLE users ADD COLUMN next_age int AS (age + 1) VIRTUAL;"), "ALTER TABLE users MODIFY next_age int AS (age + 2) VIRTUAL;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Copy, |table, action| {
        let (known, column, definition) = innodb::redefinition(site, table, action)?;
        let is_stored = definition.generated.as_ref().is_some_and(|generated| generated.is_stored);
        let is_same_type = innodb::conversion(site.table(table)?, known, definition) == Conversion::Free;
        (is_stored && is_same_type).then(|| format!("`{table}.{column}` is computed anew for every row"))
    });
}
