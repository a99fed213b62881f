//! `invalid-index-skipped`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "invalid-index-skipped",
    level: Warn,
    ways: Up,
    about: "IF NOT EXISTS takes an index for there that could not be built",
    why: "A build with CONCURRENTLY that fails leaves an index that is INVALID: no query uses it, every write \
          keeps it up to date. Run again, IF NOT EXISTS finds the name taken and says that all is well.",
    instead: "Drop what may be left first:\n\
          \n    \
          DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;\n    \
          CREATE INDEX CONCURRENTLY users_email_idx ON users (email);",
    find,
    examples: &[
        fires("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON users (email);", Claim::Runs).outside(),
        quiet("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;", "DROP INDEX CONCURRENTLY IF EXISTS i; CREATE INDEX CONCURRENTLY i ON users (email);").outside(),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateIndex(index) = site.act else { return };
    let Some(name) = index.name.as_ref().filter(|_| index.concurrently && index.if_not_exists) else {
        return;
    };
    let is_dropped = site.before().iter().any(
        |placed| matches!(&placed.act, Act::Drop(drop) if drop.names.iter().any(|it| it.name == name.name)),
    );
    if !is_dropped && site.is_old(&index.table) {
        hits.push(
            Hit::new(
                site.span,
                format!("an INVALID `{name}` that a failed build left behind would be taken for the index"),
            )
            .sql(
                "drop what may be left, and leave IF NOT EXISTS out:",
                format!("DROP INDEX CONCURRENTLY IF EXISTS {name};"),
            ),
        );
    }
}
