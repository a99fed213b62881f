//! `unique-constraint`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "unique-constraint",
    level: Warn,
    ways: Up,
    about: "a unique index is built while everybody waits",
    why: "ADD UNIQUE builds an index over all rows under a lock that lets nobody use the table; and it fails \
          if a value is there twice.",
    instead: "Build the index beside the writes, in a revision of its own with `run_in_transaction = false`; then \
          adopt it:\n\
          \n    \
          CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);\n    \
          -- in the next revision:\n    \
          ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD CONSTRAINT k UNIQUE (email);",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE UNIQUE INDEX k ON users (email);",
            "ALTER TABLE users ADD CONSTRAINT k UNIQUE USING INDEX k;",
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh ADD UNIQUE (email);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, constraint) in site.added_constraints().filter(|(table, _)| site.is_old(table)) {
        let ConstraintKind::Unique(key) = &constraint.kind else { continue };
        if key.using_index.is_none() {
            let columns = key.columns.join(", ");
            let name = format!("{}_{}_key", table.name, key.columns.join("_"));
            hits.push(
                Hit::new(
                    &constraint.span,
                    format!("nobody can use `{table}` while an index over ({columns}) is built"),
                )
                .sql(
                    "build the index first, in a revision of its own with `run_in_transaction = false`:",
                    format!(
                        "CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns});\n\
                         -- in the next revision:\n\
                         ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name};"
                    ),
                ),
            );
        }
    }
}
