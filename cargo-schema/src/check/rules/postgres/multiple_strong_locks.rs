//! `multiple-strong-locks`.

use super::{
    attach_partition_scan, check_not_valid, constrained_domain_column,
    exclusion_constraint, foreign_key_not_valid, primary_key_build, serial_or_identity_column, set_not_null,
    stored_generated_column, type_change_rewrite, unique_constraint, volatile_default,
};
use crate::check::rules::locks::strong;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "multiple-strong-locks",
    level: Warn,
    ways: Up,
    about: "one table stays locked while all rows of another one are worked on",
    why: "The lock of an earlier statement lasts until the transaction ends. A change of the catalogue alone takes it \
          for a moment, however many tables there are; but where a later statement reads or writes every row of \
          another table, whoever wants the first one waits for all of that.",
    instead: "The slow change in a revision of its own.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN a int;\nALTER TABLE orders ALTER COLUMN note SET NOT NULL;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN a int;\nALTER TABLE orders ADD COLUMN b int, ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID;",
        ),
    ],
};

/// Rules that say which changes of a table look at its rows, or write them anew.
const SLOW: [&Rule; 12] = [
    &attach_partition_scan::RULE,
    &check_not_valid::RULE,
    &constrained_domain_column::RULE,
    &exclusion_constraint::RULE,
    &foreign_key_not_valid::RULE,
    &primary_key_build::RULE,
    &serial_or_identity_column::RULE,
    &set_not_null::RULE,
    &stored_generated_column::RULE,
    &type_change_rewrite::RULE,
    &unique_constraint::RULE,
    &volatile_default::RULE,
];

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::AlterTable(alter) = site.act else { return };
    if !is_slow(site) || !site.is_transactional() {
        return;
    }
    let own = strong(site, site.act);
    let is_other = |table: &&Name| !own.iter().any(|(locked, _)| locked == table);
    let mut earlier =
        site.before().iter().flat_map(|placed| strong(site, &placed.act)).map(|(table, _)| table);
    if let Some(first) = earlier.find(is_other) {
        hits.push(
            Hit::new(site.span, format!("`{first}` stays locked while all rows of `{}` are worked on", alter.table))
                .help("move the slow change into a revision of its own"),
        );
    }
}

fn is_slow(site: &Site<'_>) -> bool {
    let mut hits = Vec::new();
    SLOW.iter().any(|rule| {
        (rule.find)(site, &mut hits);
        !hits.is_empty()
    })
}
