//! `computed-default`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "computed-default",
    level: Warn,
    ways: Up,
    about: "a column is added whose default is another one for each row",
    why: "MariaDB computes it for every row that is there: all of them are copied, and nobody can \
          write meanwhile. MySQL 8 promises a rewrite as well, and refuses it where replication is by \
          statements.",
    instead: "Add the column without a default, set the default, and fill the rows that are there in \
          batches:\n\
          \n    \
          ALTER TABLE users ADD COLUMN token varchar(36);\n    \
          ALTER TABLE users ALTER COLUMN token SET DEFAULT (uuid());\n    \
          UPDATE users SET token = uuid() WHERE token IS NULL LIMIT 1000;",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD COLUMN token varchar(36) DEFAULT (uuid());", Claim::Rewrites("users")),
        quiet(users!(), "ALTER TABLE users ADD COLUMN token varchar(36); ALTER TABLE users ALTER COLUMN token SET DEFAULT (uuid());"),
        quiet(users!(), "ALTER TABLE users ADD COLUMN seen datetime NOT NULL DEFAULT CURRENT_TIMESTAMP;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Rebuild, |table, action| match &action.kind {
        ActionKind::AddColumn { column, .. } => innodb::is_computed(site.table(table), column)
            .then(|| format!("the default of `{table}.{}` is computed for every row", column.name)),
        _ => None,
    });
}
