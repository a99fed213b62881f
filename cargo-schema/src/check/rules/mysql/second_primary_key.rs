//! `second-primary-key`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "second-primary-key",
    level: Deny,
    ways: Up,
    about: "a primary key is added to a table that has one",
    why: "A table has one primary key: the statement fails (error 1068).",
    instead: "Drop the old one in the same statement, if that is meant:\n\
          \n    \
          ALTER TABLE users DROP PRIMARY KEY, ADD PRIMARY KEY (id, email);",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD PRIMARY KEY (email);", Claim::Fails("1068")),
        quiet("CREATE TABLE logs (id bigint PRIMARY KEY, at int NOT NULL); ", "-- schema:allow(drop-primary-key) empty\nALTER TABLE logs DROP PRIMARY KEY, ADD PRIMARY KEY (at);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let drops = site.changes().any(|(_, action)| matches!(action.kind, ActionKind::DropPrimaryKey));
    for (table, constraint) in site.added_constraints().filter(|_| !drops) {
        let has_one = site.table(table).is_some_and(|known| known.primary_key.is_some());
        if has_one && matches!(constraint.kind, ConstraintKind::PrimaryKey(_)) {
            hits.push(
                Hit::new(&constraint.span, format!("`{table}` has a primary key already"))
                    .help("drop the old one in the same statement, if that is meant"),
            );
        }
    }
}
