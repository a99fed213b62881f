//! `implicit-timestamp-default`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "implicit-timestamp-default",
    level: Allow,
    ways: Up,
    about: "a TIMESTAMP says neither NULL nor a default",
    why: "Where `explicit_defaults_for_timestamp` is off (MariaDB before 10.10, MySQL 5.7), the first \
          such column of a table sets itself on each UPDATE, and the others begin with '0000-00-00'.",
    instead: "Say NULL or a default:\n\
          \n    \
          CREATE TABLE notes (id bigint PRIMARY KEY, at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);",
    find,
    examples: &[
        fires("", "CREATE TABLE notes (id bigint PRIMARY KEY, at timestamp);", Claim::Runs),
        quiet("", "CREATE TABLE notes (id bigint PRIMARY KEY, at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in innodb::columns(site) {
        let is_stamp = column.ty.as_ref().is_some_and(|ty| ty.name == "timestamp");
        let says_null = site.text(&column.span).to_lowercase().contains("null");
        if is_stamp && column.default.is_none() && !says_null && column.generated.is_none() {
            hits.push(
                Hit::new(&column.span, format!("`{table}.{}` may set itself on each UPDATE, on older servers", column.name))
                    .help("say NULL or a default"),
            );
        }
    }
}
