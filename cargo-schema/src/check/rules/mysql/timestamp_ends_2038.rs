//! `timestamp-ends-2038`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "timestamp-ends-2038",
    level: Allow,
    ways: Up,
    about: "a column is a TIMESTAMP, which ends in 2038",
    why: "TIMESTAMP holds seconds in 32 bits: the last one is on 19 January 2038 (MariaDB 11.5 and \
          later reach 2106 on 64 bits). It also depends on the time zone of the session.",
    instead: "Use DATETIME, in UTC:\n\
          \n    \
          CREATE TABLE notes (id bigint PRIMARY KEY, at datetime(6));",
    find,
    examples: &[
        fires("", "CREATE TABLE notes (id bigint PRIMARY KEY, at timestamp NULL);", Claim::Runs),
        quiet("", "CREATE TABLE notes (id bigint PRIMARY KEY, at datetime(6));"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in innodb::columns(site) {
        if column.ty.as_ref().is_some_and(|ty| ty.name == "timestamp") {
            hits.push(
                Hit::new(&column.span, format!("`{table}.{}` holds nothing after 19 January 2038", column.name))
                    .help("use DATETIME, in UTC"),
            );
        }
    }
}
