//! `column-becomes-optional`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "column-becomes-optional",
    level: Warn,
    ways: Up,
    about: "a column that must not be NULL may be so from now on, which writes the table anew",
    why: "InnoDB keeps a bit for NULL in every row, so the whole table is written anew, while programs \
          go on. A MODIFY or CHANGE that does not repeat NOT NULL takes it away without a word.",
    instead: "Repeat NOT NULL, if it should stay; if not, say that the server must not block for it:\n\
          \n    \
          ALTER TABLE users MODIFY age int NULL, LOCK=NONE;",
    find,
    examples: &[
        fires(users!("ALTER TABLE users MODIFY age int NOT NULL;"), "ALTER TABLE users MODIFY age int DEFAULT 3;", Claim::Rewrites("users")),
        quiet(users!("ALTER TABLE users MODIFY age int NOT NULL;"), "ALTER TABLE users MODIFY age int NOT NULL DEFAULT 3;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Rebuild, |table, action| {
        let (known, column, definition) = innodb::redefinition(site, table, action)?;
        let is_key = site.table(table)?.primary_key.as_ref().is_some_and(|key| key.contains(&known.name));
        let loses = known.not_null && !is_key && !definition.not_null && !definition.is_numbered;
        loses.then(|| format!("`{table}.{column}` loses NOT NULL"))
    });
}
