//! `attach-partition-scan`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "attach-partition-scan",
    level: Warn,
    ways: Up,
    about: "attaching a partition looks at all of its rows while nobody can use it",
    why: "PostgreSQL looks at every row of the new partition, and at every row of the default partition, \
          unless a validated CHECK says that all is well.",
    instead: "Prove it first, which lets reads and writes go on:\n\
          \n    \
          ALTER TABLE events_1 ADD CONSTRAINT fits CHECK (at IS NOT NULL AND at >= '2026-01-01' AND at < '2026-02-01') NOT VALID;\n    \
          ALTER TABLE events_1 VALIDATE CONSTRAINT fits;\n    \
          ALTER TABLE events ATTACH PARTITION events_1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
    find,
    examples: &[
        fires(
            "CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at); CREATE TABLE events_1 (at int NOT NULL); INSERT INTO events_1 VALUES (1);",
            "ALTER TABLE events ATTACH PARTITION events_1 FOR VALUES FROM (0) TO (10);",
            Claim::Locks("AccessExclusiveLock", "events_1"),
        ),
        quiet(
            "CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at);",
            "CREATE TABLE events_1 (at int NOT NULL); ALTER TABLE events ATTACH PARTITION events_1 FOR VALUES FROM (0) TO (10);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (_, action) in site.changes() {
        let ActionKind::AttachPartition { partition, .. } = &action.kind else { continue };
        let has_check =
            site.table(partition).is_some_and(|table| table.checks.iter().any(|check| check.is_valid));
        if site.is_old(partition) && !has_check {
            hits.push(
                Hit::new(
                    &action.span,
                    format!("nobody can use `{partition}` while every row of it is compared with the bounds"),
                )
                .help(
                    "add a CHECK with the bounds NOT VALID and validate it first; then no row is looked at",
                ),
            );
        }
    }
}
