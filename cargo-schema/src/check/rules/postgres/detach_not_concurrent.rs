//! `detach-not-concurrent`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "detach-not-concurrent",
    level: Warn,
    ways: Up,
    about: "taking a partition away locks the parent against everybody",
    why: "DETACH PARTITION, and DROP TABLE of a partition, take an ACCESS EXCLUSIVE lock on the parent.",
    instead: "In a revision of its own with `run_in_transaction = false` (PostgreSQL 14 and later):\n\
          \n    \
          ALTER TABLE events DETACH PARTITION events_1 CONCURRENTLY;",
    find,
    examples: &[
        fires("CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at); CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);", "ALTER TABLE events DETACH PARTITION events_1;", Claim::Locks("AccessExclusiveLock", "events")),
        quiet("CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at); CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);", "ALTER TABLE events DETACH PARTITION events_1 CONCURRENTLY;").outside(),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let ActionKind::DetachPartition { partition, concurrently: false } = &action.kind else { continue };
        hits.push(
            Hit::new(&action.span, format!("nobody can use `{table}` until `{partition}` is detached")).sql(
                "in a revision of its own, with `run_in_transaction = false`:",
                format!("ALTER TABLE {table} DETACH PARTITION {partition} CONCURRENTLY;"),
            ),
        );
    }
    let Act::Drop(drop) = site.act else { return };
    for name in drop.names.iter().filter(|name| drop.object == Object::Table && site.is_old(name)) {
        if let Some(parent) = site.table(name).and_then(|table| table.partition_of.as_ref()) {
            hits.push(
                Hit::new(
                    site.span,
                    format!("nobody can use `{parent}`, of which `{name}` is a partition, until it is gone"),
                )
                .help("detach it CONCURRENTLY first, in a revision of its own"),
            );
        }
    }
}
