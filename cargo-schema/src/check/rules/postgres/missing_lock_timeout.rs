//! `missing-lock-timeout`.

use crate::check::rules::locks::strong;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "missing-lock-timeout",
    level: Allow,
    ways: Up,
    about: "a strong lock is waited for without a limit",
    why: "The statement waits behind every query that runs, and all that come later wait behind it. `cargo \
          schema` sets `lock_timeout` and tries again by itself; a script that something else runs should say \
          it.",
    instead: "Say how long to wait:\n\
          \n    \
          SET LOCAL lock_timeout = '3s';",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN a int;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "SET LOCAL lock_timeout = '3s';\nALTER TABLE users ADD COLUMN a int;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let is_set = |act: &Act| matches!(act, Act::Set(set) if set.name == "lock_timeout");
    let Some((table, _)) = strong(site, site.act).into_iter().next() else { return };
    let is_first =
        !site.before().iter().any(|placed| is_set(&placed.act) || !strong(site, &placed.act).is_empty());
    if is_first {
        hits.push(
            Hit::new(
                site.span,
                format!("everybody waits behind this for as long as `{table}` cannot be locked"),
            )
            .sql("say how long to wait:", "SET LOCAL lock_timeout = '3s';"),
        );
    }
}
