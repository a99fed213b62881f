//! `disable-trigger`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "disable-trigger",
    level: Warn,
    ways: Up,
    about: "triggers, or the checks of foreign keys, are switched off",
    why: "What they kept true is not kept in the meantime, by anybody; ALL includes the triggers that check \
          foreign keys. A script that fails in between leaves them off, outside a transaction. \
          `session_replication_role` does the same for the whole session.",
    instead: "Change the rows so that the triggers agree, or switch one trigger off and on again in one \
          transaction.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users DISABLE TRIGGER ALL;",
            Claim::Locks("ShareRowExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ENABLE TRIGGER ALL;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        if matches!(action.kind, ActionKind::SetTrigger { enable: false }) {
            hits.push(
                Hit::new(
                    &action.span,
                    format!("what triggers kept true in `{table}` is not kept in the meantime"),
                )
                .help("change the rows so that the triggers agree"),
            );
        }
    }
    if let Act::Set(set) = site.act
        && set.name == "session_replication_role"
        && set.value.as_deref().is_some_and(|value| value != "origin" && value != "default")
    {
        hits.push(
            Hit::new(site.span, "no trigger and no foreign key is checked in this session from then on")
                .help("change the rows so that triggers and keys agree"),
        );
    }
}
