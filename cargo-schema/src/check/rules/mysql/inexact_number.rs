//! `inexact-number`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "inexact-number",
    level: Allow,
    ways: Up,
    about: "numbers are kept as FLOAT or DOUBLE",
    why: "They are rounded to powers of two: sums of money are wrong by cents, and `=` finds nothing.",
    instead: "Use DECIMAL for what is counted:\n\
          \n    \
          CREATE TABLE bills (id bigint PRIMARY KEY, total decimal(12, 2));",
    find,
    examples: &[
        fires("", "CREATE TABLE bills (id bigint PRIMARY KEY, total float);", Claim::Runs),
        quiet("", "CREATE TABLE bills (id bigint PRIMARY KEY, total decimal(12, 2));"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in innodb::columns(site) {
        if column.ty.as_ref().is_some_and(|ty| matches!(ty.name.as_str(), "float" | "double")) {
            hits.push(
                Hit::new(&column.span, format!("`{table}.{}` is rounded to powers of two", column.name))
                    .help("use DECIMAL for what is counted"),
            );
        }
    }
}
