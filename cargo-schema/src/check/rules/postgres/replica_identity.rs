//! `replica-identity`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "replica-identity",
    level: Warn,
    ways: Up,
    about: "what replicas are told about rows changes",
    why: "Logical replication tells its readers by which columns a row is found. With FULL every column is \
          sent and compared; with NOTHING updates and deletes fail on published tables.",
    instead: "Change the readers first, and say so.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users REPLICA IDENTITY FULL;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh REPLICA IDENTITY FULL;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        if matches!(action.kind, ActionKind::ReplicaIdentity) {
            hits.push(
                Hit::new(
                    &action.span,
                    format!("readers of the changes of `{table}` are told something else about its rows"),
                )
                .help("change the readers first; then say so above: `-- schema:allow(replica-identity) why`"),
            );
        }
    }
}
