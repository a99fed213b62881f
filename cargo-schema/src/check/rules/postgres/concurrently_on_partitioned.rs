//! `concurrently-on-partitioned`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "concurrently-on-partitioned",
    level: Deny,
    ways: Up,
    about: "an index cannot be built concurrently on a partitioned table",
    why: "PostgreSQL refuses CREATE INDEX CONCURRENTLY on a partitioned table.",
    instead: "Make it on the parent alone, build it on every partition beside the writes, and attach these:\n\
          \n    \
          CREATE INDEX events_at_idx ON ONLY events (at);\n    \
          CREATE INDEX CONCURRENTLY events_1_at_idx ON events_1 (at);\n    \
          ALTER INDEX events_at_idx ATTACH PARTITION events_1_at_idx;",
    find,
    examples: &[
        fires(
            "CREATE TABLE events (at timestamptz) PARTITION BY RANGE (at);",
            "CREATE INDEX CONCURRENTLY i ON events (at);",
            Claim::Fails("0A000"),
        )
        .outside(),
        quiet(
            "CREATE TABLE events (at timestamptz) PARTITION BY RANGE (at);",
            "CREATE INDEX i ON ONLY events (at);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateIndex(index) = site.act else { return };
    if index.concurrently && site.table(&index.table).is_some_and(|table| table.is_partitioned) {
        hits.push(
            Hit::new(site.span, format!("PostgreSQL refuses this: `{}` is partitioned", index.table))
                .help("CREATE INDEX ON ONLY the parent, CONCURRENTLY on every partition, then ALTER INDEX .. ATTACH PARTITION"),
        );
    }
}
