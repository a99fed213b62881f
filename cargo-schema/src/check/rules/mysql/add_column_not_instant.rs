//! `add-column-not-instant`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-column-not-instant",
    level: Warn,
    ways: Up,
    about: "a column is added to a table that cannot take it at once",
    why: "A column is added without touching a row, but not to a table with a FULLTEXT index or \
          compressed rows, not at another place than the end where the table has generated columns, \
          and not together with a key of its own. Then the table is written anew.",
    instead: "Add it behind the others, and its index in a statement of its own:\n\
          \n    \
          ALTER TABLE users ADD COLUMN city varchar(50), ALGORITHM=INSTANT;",
    find,
    examples: &[
        fires(users!("ALTER TABLE users ADD FULLTEXT INDEX ft (email);"), "ALTER TABLE users ADD COLUMN city varchar(50);", Claim::Locks("NONE", "users")),
        fires(users!(), "ALTER TABLE users ADD COLUMN city varchar(50) UNIQUE;", Claim::Rewrites("users")),
        fires(users!("ALTER TABLE users ROW_FORMAT=COMPRESSED;"), "ALTER TABLE users ADD COLUMN city varchar(50);", Claim::Rewrites("users")),
        fires(users!("ALTER TABLE users ADD v int AS (age + 1) VIRTUAL;"), "ALTER TABLE users ADD COLUMN city varchar(50) AFTER email;", Claim::Rewrites("users")),
        quiet(users!(), "ALTER TABLE users ADD COLUMN city varchar(50) AFTER email;"),
        quiet(users!(), "ALTER TABLE users ADD COLUMN city varchar(50), ADD COLUMN zip char(5) FIRST;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Rebuild, |table, action| match &action.kind {
        ActionKind::AddColumn { column, .. } => {
            let is_other = column.is_numbered
                || innodb::is_computed(site.table(table), column)
                || column.generated.as_ref().is_some_and(|generated| generated.is_stored)
                || column.constraints.iter().any(|it| matches!(it.kind, ConstraintKind::ForeignKey(_)));
            (!is_other).then(|| format!("`{table}` cannot take `{}` at once", column.name))
        }
        _ => None,
    });
}
