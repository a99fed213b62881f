//! `drop-primary-key`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-primary-key",
    level: Warn,
    ways: Up,
    about: "a table loses its primary key",
    why: "InnoDB keeps rows in the order of the primary key: without another one in the same statement \
          every row is copied while nobody can write, replicas have to search for each row that \
          changes, and Galera deletes none. With another one the table is written anew.",
    instead: "Give it the new primary key in the same statement:\n\
          \n    \
          ALTER TABLE logs DROP PRIMARY KEY, ADD PRIMARY KEY (id, at), LOCK=NONE;",
    find,
    examples: &[
        fires("CREATE TABLE logs (id bigint PRIMARY KEY, at int NOT NULL); INSERT INTO logs VALUES (1, 2);", "ALTER TABLE logs DROP PRIMARY KEY;", Claim::Rewrites("logs")),
        fires("CREATE TABLE logs (id bigint PRIMARY KEY, at int NOT NULL); INSERT INTO logs VALUES (1, 2);", "ALTER TABLE logs DROP PRIMARY KEY, ADD PRIMARY KEY (at);", Claim::Rewrites("logs")),
        quiet("", "CREATE TABLE logs (id bigint PRIMARY KEY, at int NOT NULL); ALTER TABLE logs DROP PRIMARY KEY, ADD PRIMARY KEY (at);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Rebuild, |table, action| match &action.kind {
        ActionKind::DropPrimaryKey => Some(format!("the rows of `{table}` are kept in another order")),
        _ => None,
    });
}
