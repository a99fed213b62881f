//! `add-primary-key`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-primary-key",
    level: Warn,
    ways: Up,
    about: "a table that is in use gets a primary key",
    why: "InnoDB keeps rows in the order of the primary key, so the whole table is written anew; where \
          two rows have the same key, it fails (error 1062).",
    instead: "Look for rows with the same key first, and say that programs must be able to go on:\n\
          \n    \
          ALTER TABLE logs ADD PRIMARY KEY (id), LOCK=NONE;",
    find,
    examples: &[
        fires("CREATE TABLE logs (id bigint NOT NULL, at int); INSERT INTO logs VALUES (1, 2);", "ALTER TABLE logs ADD PRIMARY KEY (id);", Claim::Rewrites("logs")),
        fires("CREATE TABLE logs (id bigint NOT NULL, at int); INSERT INTO logs VALUES (1, 2), (1, 3);", "ALTER TABLE logs ADD PRIMARY KEY (id);", Claim::Fails("1062")),
        quiet("", "CREATE TABLE logs (id bigint NOT NULL, at int); ALTER TABLE logs ADD PRIMARY KEY (id);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let drops = site.changes().any(|(_, action)| matches!(action.kind, ActionKind::DropPrimaryKey));
    innodb::report(site, hits, Work::Rebuild, |table, action| match &action.kind {
        ActionKind::AddConstraint(constraint) if !drops && matches!(constraint.kind, ConstraintKind::PrimaryKey(_)) => {
            Some(format!("the rows of `{table}` are put into the order of the key"))
        }
        _ => None,
    });
}
