//! `enum-values-moved`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "enum-values-moved",
    level: Warn,
    ways: Up,
    about: "values of an ENUM or SET are put before or between others",
    why: "Rows hold the number of a value. Behind the others a value is free; anywhere else every row \
          is copied, and nobody can write meanwhile. Programs that use the numbers mean other values \
          from then on.",
    instead: "Put new values behind the others:\n\
          \n    \
          ALTER TABLE users MODIFY mood enum('happy', 'sad', 'so so'), ALGORITHM=INSTANT;",
    find,
    examples: &[
        fires(users!("ALTER TABLE users ADD mood enum('happy', 'sad') DEFAULT 'sad';"), "ALTER TABLE users MODIFY mood enum('happy', 'so so', 'sad') DEFAULT 'sad';", Claim::Rewrites("users")),
        quiet(users!("ALTER TABLE users ADD mood enum('happy', 'sad') DEFAULT 'sad';"), "ALTER TABLE users MODIFY mood enum('happy', 'sad', 'so so') DEFAULT 'sad';"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Copy, |table, action| {
        let (known, column, definition) = innodb::redefinition(site, table, action)?;
        let (from, to) = (known.ty.as_ref()?, definition.ty.as_ref()?);
        let is_kept = !from.values.is_empty() && from.values.iter().all(|value| to.values.contains(value));
        let is_moved = is_kept && !to.values.starts_with(&from.values);
        is_moved.then(|| format!("the values of `{table}.{column}` get other numbers"))
    });
}
