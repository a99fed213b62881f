//! `partitioning-copy`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "partitioning-copy",
    level: Warn,
    ways: Up,
    about: "a table that is in use is partitioned, or is so no more",
    why: "Every row is copied into its partition, and nobody can write meanwhile. Each unique key has \
          to hold the columns that decide the partition (error 1503).",
    instead: "Make a partitioned table, fill it in batches, and swap the two by their names.",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users PARTITION BY HASH (id) PARTITIONS 4;", Claim::Rewrites("users")),
        fires("CREATE TABLE logs (id bigint PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2; INSERT INTO logs VALUES (1);", "ALTER TABLE logs REMOVE PARTITIONING;", Claim::Rewrites("logs")),
        quiet("", "CREATE TABLE logs (id bigint PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Copy, |table, action| match &action.kind {
        ActionKind::Other(words) if words.starts_with("partition by") || words == "remove partitioning" => {
            Some(format!("the rows of `{table}` are put into other partitions"))
        }
        _ => None,
    });
}
