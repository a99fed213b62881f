//! `backfill-in-schema-transaction`.

use crate::check::rules::locks::exclusive;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "backfill-in-schema-transaction",
    level: Warn,
    ways: Up,
    about: "rows are changed while nobody can use their table",
    why: "The lock of an earlier ALTER TABLE lasts until the transaction ends, so everybody waits while the \
          rows are changed.",
    instead: "Change the rows in a revision of its own, in batches, with `run_in_transaction = false`.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN plan text;\nUPDATE users SET plan = 'free' WHERE plan IS NULL;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; ALTER TABLE users ADD COLUMN plan text;",
            "UPDATE users SET plan = 'free' WHERE plan IS NULL;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let table = match site.act {
        Act::Update(change) | Act::Delete(change) => &change.table,
        Act::Insert(insert) if insert.has_query => &insert.table,
        _ => return,
    };
    if !site.is_transactional() || !site.is_old(table) {
        return;
    }
    let locked = site.before().iter().flat_map(|placed| exclusive(site, &placed.act)).next();
    if let Some(locked) = locked {
        hits.push(
            Hit::new(site.span, format!("nobody can use `{locked}` while rows of `{table}` are changed"))
                .help(
                    "change the rows in a revision of its own, in batches, with `run_in_transaction = false`",
                ),
        );
    }
}
