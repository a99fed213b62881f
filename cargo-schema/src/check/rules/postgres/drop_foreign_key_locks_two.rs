//! `drop-foreign-key-locks-two`.

use crate::check::rules::prelude::*;
use std::ops::Range;

pub(super) static RULE: Rule = Rule {
    id: "drop-foreign-key-locks-two",
    level: Warn,
    ways: Up,
    about: "dropping a foreign key locks both tables",
    why: "DROP CONSTRAINT of a foreign key, and DROP TABLE of a table that has one, takes an ACCESS EXCLUSIVE \
          lock on the table that the key points to as well: its readers wait, too.",
    instead: "Drop one key per revision, with a short `lock-timeout`; drop the key before the table, each by \
          itself.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n; ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES users (id);",
            "ALTER TABLE orders DROP CONSTRAINT k;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n; ALTER TABLE orders ADD CONSTRAINT c CHECK (id > 0);",
            "-- schema:allow(drop-constraint) not needed\nALTER TABLE orders DROP CONSTRAINT c;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let Some(known) = site.table(table) else { continue };
        let target = match &action.kind {
            ActionKind::DropConstraint { name, .. } => {
                known.foreign_keys.iter().find(|key| key.name.as_ref() == Some(name)).map(|key| &key.table)
            }
            ActionKind::DropColumn { column, .. } => {
                known.foreign_keys.iter().find(|key| key.columns.contains(column)).map(|key| &key.table)
            }
            _ => None,
        };
        hits.extend(
            target.filter(|target| is_other(site, table, target)).map(|target| hit(&action.span, target)),
        );
    }
    let Act::Drop(drop) = site.act else { return };
    if drop.object == Object::Table {
        for table in drop.names.iter().filter(|table| site.is_old(table)) {
            let keys = site.table(table).map(|known| known.foreign_keys.as_slice()).unwrap_or_default();
            let target = keys.iter().map(|key| &key.table).find(|target| is_other(site, table, target));
            hits.extend(target.map(|target| hit(site.span, target)));
        }
    }
}

/// Another table, which is in use.
fn is_other(site: &Site<'_>, table: &Name, target: &str) -> bool {
    let is_in_use = |known: &Table| !site.is_fresh(known.born);
    site.catalogue.key(table) != target
        && site.catalogue.tables().any(|(key, known)| key == target && is_in_use(known))
}

fn hit(span: &Range<usize>, target: &str) -> Hit {
    Hit::new(span, format!("nobody can use `{target}` either, to which a foreign key points that goes"))
        .help("drop one key per revision, each with a short `lock-timeout`")
}
