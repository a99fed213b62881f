//! `partition-rows-lost`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "partition-rows-lost",
    level: Deny,
    ways: Up,
    about: "a partition is dropped or emptied, and its rows with it",
    why: "DROP PARTITION and TRUNCATE PARTITION take all rows of the partition away at once.",
    instead: "Keep the rows elsewhere first, if anybody may ask for them:\n\
          \n    \
          ALTER TABLE logs EXCHANGE PARTITION p0 WITH TABLE logs_kept;",
    find,
    examples: &[
        fires("CREATE TABLE logs (at int PRIMARY KEY) PARTITION BY RANGE (at) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20)); INSERT INTO logs VALUES (1), (11);", "ALTER TABLE logs DROP PARTITION p0;", Claim::Loses("SELECT count(*) FROM logs")),
        fires("CREATE TABLE logs (at int PRIMARY KEY) PARTITION BY RANGE (at) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20)); INSERT INTO logs VALUES (1), (11);", "ALTER TABLE logs TRUNCATE PARTITION p0;", Claim::Loses("SELECT count(*) FROM logs")),
        quiet("CREATE TABLE logs (at int PRIMARY KEY) PARTITION BY RANGE (at) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20)); INSERT INTO logs VALUES (1), (11);", "ALTER TABLE logs ADD PARTITION (PARTITION p2 VALUES LESS THAN (30));"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let ActionKind::Other(words) = &action.kind else { continue };
        if words.starts_with("drop partition") || words.starts_with("truncate partition") {
            hits.push(
                Hit::new(&action.span, format!("all rows in these partitions of `{table}` will be lost"))
                    .help("keep them elsewhere first; then say so above: `-- schema:allow(partition-rows-lost) why`"),
            );
        }
    }
}
