//! `narrow-auto-increment`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "narrow-auto-increment",
    level: Allow,
    ways: Up,
    about: "rows are numbered in less than 64 bits",
    why: "An INT ends at 2147483647 (unsigned: 4294967295), and a wider key means that the table, and \
          every table that points to it, is copied.",
    instead: "Use BIGINT from the start:\n\
          \n    \
          CREATE TABLE notes (id bigint AUTO_INCREMENT PRIMARY KEY);",
    find,
    examples: &[
        fires("", "CREATE TABLE notes (id int AUTO_INCREMENT PRIMARY KEY);", Claim::Runs),
        quiet("", "CREATE TABLE notes (id bigint AUTO_INCREMENT PRIMARY KEY);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in innodb::columns(site) {
        let ty = column.ty.as_ref().map_or("", |ty| ty.name.as_str());
        if column.is_numbered && matches!(ty, "tinyint" | "smallint" | "mediumint" | "int") {
            hits.push(
                Hit::new(&column.span, format!("`{table}.{}` runs out of numbers", column.name)).help("use BIGINT"),
            );
        }
    }
}
