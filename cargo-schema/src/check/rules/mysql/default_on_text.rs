//! `default-on-text`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "default-on-text",
    level: Allow,
    ways: Up,
    about: "a TEXT, BLOB or JSON has a literal default",
    why: "MySQL refuses it (error 1101), unless it stands in brackets; MariaDB takes both.",
    instead: "Put it into brackets, which both take:\n\
          \n    \
          CREATE TABLE notes (id bigint PRIMARY KEY, body text DEFAULT ('empty'));",
    find,
    examples: &[
        fires("", "CREATE TABLE notes (id bigint PRIMARY KEY, body text DEFAULT 'empty');", Claim::Runs),
        quiet("", "CREATE TABLE notes (id bigint PRIMARY KEY, body text DEFAULT ('empty'));"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in innodb::columns(site) {
        let ty = column.ty.as_ref().map_or("", |ty| ty.name.as_str());
        let is_long = ty.ends_with("text") || ty.ends_with("blob") || ty == "json" || ty == "geometry";
        if column.default.as_ref().is_some_and(|it| is_long && !it.is_null && !it.text.starts_with('(')) {
            hits.push(
                Hit::new(&column.span, format!("MySQL refuses a literal default of `{table}.{}`", column.name))
                    .help("put it into brackets"),
            );
        }
    }
}
