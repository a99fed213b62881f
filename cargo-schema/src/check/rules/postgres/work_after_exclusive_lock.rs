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
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "-- schema:allow(index-not-concurrent) small\nCREATE INDEX i ON users (age);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let slow = match site.act {
        Act::CreateIndex(index) if !index.concurrently && site.is_old(&index.table) => &index.table,
        Act::Refresh(view) => &view.name,
        Act::Reindex(reindex) => match &reindex.name {
            Some(name) => name,
            None => return,
        },
        _ => return,
    };
    if !site.is_transactional() {
        return;
    }
    let locked = site.before().iter().flat_map(|placed| exclusive(site, &placed.act)).next();
    if let Some(locked) = locked {
        hits.push(
            Hit::new(site.span, format!("nobody can use `{locked}` while this works on `{slow}`"))
                .help("move it into a revision of its own"),
        );
    }
}
