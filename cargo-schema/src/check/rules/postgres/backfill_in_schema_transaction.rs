//! `backfill-in-schema-transaction`.

use crate::check::rules::locks::exclusive;
use crate::check::rules::prelude::*;
use crate::check::sql::act::Change;

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
        Act::Update(change) | Act::Delete(change) if names_rows(site, change) => return,
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

/// `id = 1` and `id IN (1, 2)`, where that is the primary key: a few rows, each found at once.
fn names_rows(site: &Site<'_>, change: &Change) -> bool {
    let (Some(condition), Some(table)) = (&change.condition, site.table(&change.table)) else { return false };
    let text = condition.text.to_lowercase();
    let is_list = text.contains('=') || text.split_whitespace().any(|word| word == "in");
    let is_range = text.contains(['<', '>', '!'])
        || text.split_whitespace().any(|word| matches!(word, "or" | "not" | "between" | "like" | "is" | "any"));
    is_list && !is_range && !condition.has_query && table.primary_key.as_deref() == Some(&condition.columns[..])
}
