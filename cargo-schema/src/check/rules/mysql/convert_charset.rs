//! `convert-charset`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "convert-charset",
    level: Warn,
    ways: Up,
    about: "a table is converted to another character set, which copies every row",
    why: "All text is converted, every row is copied, every index over text is built anew, and nobody \
          can write meanwhile. Longer characters can make keys too long.",
    instead: "Convert while nobody writes, or let a tool copy the table in the background (gh-ost, \
          pt-online-schema-change).",
    find,
    examples: &[
        fires(users!("ALTER TABLE users ADD name varchar(20) CHARACTER SET latin1;"), "ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;", Claim::Rewrites("users")),
        quiet(users!(), "ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"),
        quiet(users!(), "ALTER TABLE users DEFAULT CHARACTER SET utf8mb4;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Copy, |table, action| match &action.kind {
        ActionKind::ConvertCharset { charset, .. } => Some(format!("all text of `{table}` becomes `{charset}`")),
        _ => None,
    });
}
