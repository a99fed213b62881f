//! `exclusion-constraint`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "exclusion-constraint",
    level: Warn,
    ways: Up,
    about: "an exclusion constraint is built while everybody waits",
    why: "ADD EXCLUDE builds an index over all rows under a lock that lets nobody use the table, and there is \
          no way to build it beside the writes.",
    instead: "Make a new table with the constraint and move the rows over, or add it when nobody works.",
    find,
    examples: &[
        fires(
            "CREATE TABLE stays (id bigint PRIMARY KEY, during int4range); INSERT INTO stays VALUES (1);",
            "ALTER TABLE stays ADD EXCLUDE USING gist (during WITH &&);",
            Claim::Locks("AccessExclusiveLock", "stays"),
        ),
        quiet(
            "",
            "CREATE TABLE stays (id bigint PRIMARY KEY, during int4range, EXCLUDE USING gist (during WITH &&));",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, constraint) in site.added_constraints().filter(|(table, _)| site.is_old(table)) {
        if matches!(constraint.kind, ConstraintKind::Exclude) {
            hits.push(
                Hit::new(
                    &constraint.span,
                    format!("nobody can use `{table}` while the index of this constraint is built"),
                )
                .help(
                    "there is no way beside the writes: move rows to a new table, or do it when nobody works",
                ),
            );
        }
    }
}
