//! `multiple-strong-locks`.

use crate::check::rules::locks::{Strength, strong};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "multiple-strong-locks",
    level: Warn,
    ways: Up,
    about: "one transaction locks several tables that are in use",
    why: "The first table stays locked while the second one is waited for. Another transaction that takes them \
          in the other order is a deadlock, and until then everybody waits for both.",
    instead: "One table in use per revision.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN a int;\nALTER TABLE orders ADD COLUMN b int;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN a int;\nALTER TABLE users ADD COLUMN b int;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if !site.is_transactional() {
        return;
    }
    let own = strong(site, site.act);
    let is_exclusive = |locks: &[(&Name, Strength)]| locks.iter().any(|(_, it)| *it == Strength::Everything);
    let earlier: Vec<&Name> = site
        .before()
        .iter()
        .map(|placed| strong(site, &placed.act))
        .filter(|locks| is_exclusive(locks))
        .flatten()
        .map(|(table, _)| table)
        .collect();
    let Some(first) = earlier.first() else { return };
    let is_new = |table: &&Name| !earlier.contains(table);
    if let Some(second) = own.iter().map(|(table, _)| *table).find(is_new) {
        hits.push(
            Hit::new(site.span, format!("`{first}` stays locked while `{second}` is waited for"))
                .help("change one table in use per revision"),
        );
    }
}
