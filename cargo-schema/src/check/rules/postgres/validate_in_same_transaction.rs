//! `validate-in-same-transaction`.

use crate::check::rules::locks::strong;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "validate-in-same-transaction",
    level: Warn,
    ways: Up,
    about: "rows are looked at while a strong lock of the same transaction lasts",
    why: "VALIDATE lets reads and writes go on. In the transaction that added the constraint they wait anyway: \
          its lock lasts until the end.",
    instead: "Validate in a revision of its own.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID;\nALTER TABLE users VALIDATE CONSTRAINT c;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID;",
            "ALTER TABLE users VALIDATE CONSTRAINT c;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if !site.is_transactional() {
        return;
    }
    for (table, action) in site.changes_of_old() {
        let ActionKind::ValidateConstraint { name } = &action.kind else { continue };
        let is_locked = |act: &Act| strong(site, act).iter().any(|(locked, _)| **locked == *table);
        if is_locked(site.act) || site.before().iter().any(|placed| is_locked(&placed.act)) {
            hits.push(
                Hit::new(&action.span, format!(
                    "`{table}` stays locked from an earlier statement while every row is compared with `{name}`"
                ))
                .help("validate it in a revision of its own"),
            );
        }
    }
}
