//! `work-after-exclusive-lock`.

use crate::check::rules::locks::exclusive;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "work-after-exclusive-lock",
    level: Warn,
    ways: Up,
    about: "slow work is done while nobody can use a table",
    why: "The lock of an earlier statement lasts until the transaction ends, so everybody waits for what comes \
          after it, too: an index that is built, rows that are changed.",
    instead: "Do the slow part in a revision of its own.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN plan text;\nCREATE INDEX i ON users (plan);",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nCREATE TABLE orders (id bigint PRIMARY KEY, note text);\nINSERT INTO orders SELECT n, 'x' FROM generate_series(1, 100) n;\nALTER TABLE orders ADD CONSTRAINT has_note CHECK (note <> '') NOT VALID;",
            "ALTER TABLE users ADD COLUMN plan text;\nALTER TABLE orders VALIDATE CONSTRAINT has_note;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "-- schema:allow(index-not-concurrent) small\nCREATE INDEX i ON users (age);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(slow) = slow(site) else { return };
    if !site.is_transactional() {
        return;
    }
    let is_of_own = |table: &&Name| matches!(site.act, Act::AlterTable(_)) && *table == slow;
    let mut locks = site.before().iter().flat_map(|placed| exclusive(site, &placed.act));
    let locked = locks.find(|table| !is_of_own(table));
    if let Some(locked) = locked {
        hits.push(
            Hit::new(site.span, format!("nobody can use `{locked}` while this works on `{slow}`"))
                .help("move it into a revision of its own"),
        );
    }
}

/// What slow work is done on. That a table's own lock lasts while it is validated has a rule of its own.
fn slow<'a>(site: &Site<'a>) -> Option<&'a Name> {
    match site.act {
        Act::CreateIndex(index) if !index.concurrently && site.is_old(&index.table) => Some(&index.table),
        Act::Refresh(view) => Some(&view.name),
        Act::Reindex(reindex) => reindex.name.as_ref(),
        _ => {
            let is_validation = |action: &Action| matches!(action.kind, ActionKind::ValidateConstraint { .. });
            site.changes_of_old().find(|(_, action)| is_validation(action)).map(|(table, _)| table)
        }
    }
}
