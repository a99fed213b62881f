//! `fulltext-index`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "fulltext-index",
    level: Warn,
    ways: Up,
    about: "a FULLTEXT index is built on a table that is in use",
    why: "Nobody can write while it is built, and the first one of a table writes the whole table \
          anew.",
    instead: "Build it while nobody writes, and say which lock is meant:\n\
          \n    \
          ALTER TABLE users ADD FULLTEXT INDEX users_text (email), LOCK=SHARED;",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD FULLTEXT INDEX users_text (email);", Claim::Locks("NONE", "users")),
        fires(users!(), "CREATE FULLTEXT INDEX users_text ON users (email);", Claim::Rewrites("users")),
        quiet(users!(), "CREATE INDEX users_text ON users (email);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::locking_index(site, hits, "fulltext");
}
