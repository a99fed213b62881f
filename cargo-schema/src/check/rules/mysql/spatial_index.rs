//! `spatial-index`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "spatial-index",
    level: Warn,
    ways: Up,
    about: "a SPATIAL index is built on a table that is in use",
    why: "Nobody can write while it is built.",
    instead: "Build it while nobody writes.",
    find,
    examples: &[
        fires(users!("ALTER TABLE users ADD place point NOT NULL DEFAULT (ST_GeomFromText('POINT(0 0)'));"), "ALTER TABLE users ADD SPATIAL INDEX users_place (place);", Claim::Locks("NONE", "users")),
        quiet(users!(), "CREATE TABLE places (id bigint PRIMARY KEY, place point NOT NULL, SPATIAL INDEX (place));"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::locking_index(site, hits, "spatial");
}
