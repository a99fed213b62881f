//! `row-format-rebuild`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "row-format-rebuild",
    level: Warn,
    ways: Up,
    about: "rows get another format on the disk, which writes the table anew",
    why: "ROW_FORMAT, KEY_BLOCK_SIZE, compression and encryption are how rows lie on the disk: the \
          whole table is written anew, while programs go on.",
    instead: "Say that programs must be able to go on, and do it when the server has time:\n\
          \n    \
          ALTER TABLE users ROW_FORMAT=DYNAMIC, LOCK=NONE;",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ROW_FORMAT=COMPRESSED;", Claim::Rewrites("users")),
        quiet(users!(), "ALTER TABLE users STATS_PERSISTENT=1, AUTO_INCREMENT=100;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Rebuild, |table, action| match &action.kind {
        ActionKind::SetTableOption { name, value } => Some(format!("`{table}` gets `{name}={value}`")),
        _ => None,
    });
}
