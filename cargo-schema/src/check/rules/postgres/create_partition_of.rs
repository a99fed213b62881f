//! `create-partition-of`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "create-partition-of",
    level: Warn,
    ways: Up,
    about: "making a partition in place locks the parent against everybody",
    why: "CREATE TABLE .. PARTITION OF takes an ACCESS EXCLUSIVE lock on the parent; ATTACH PARTITION takes \
          one that lets reads and writes go on.",
    instead: "Make the table by itself and attach it:\n\
          \n    \
          CREATE TABLE events_1 (LIKE events INCLUDING ALL);\n    \
          ALTER TABLE events ATTACH PARTITION events_1 FOR VALUES FROM (0) TO (10);",
    find,
    examples: &[
        fires(
            "CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at);",
            "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);",
            Claim::Locks("AccessExclusiveLock", "events"),
        ),
        quiet(
            "",
            "CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at); CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTable(create) = site.act else { return };
    let Some(parent) = create.partition_of.as_ref().filter(|parent| site.is_old(parent)) else { return };
    let table = &create.table;
    hits.push(
        Hit::new(site.span, format!("nobody can use `{parent}` until `{table}` is made"))
            .sql("make it by itself and attach it:", format!("CREATE TABLE {table} (LIKE {parent} INCLUDING ALL);\nALTER TABLE {parent} ATTACH PARTITION {table} ..;")),
    );
}
