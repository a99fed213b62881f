//! `add-auto-increment`.

use crate::check::rules::innodb::{self, Conversion, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-auto-increment",
    level: Warn,
    ways: Up,
    about: "a column that the server numbers is added",
    why: "Every row gets a number: the table is written anew, nobody can write meanwhile, and replicas \
          may number rows in another order.",
    instead: "Make a new table with such a column, fill it in batches, and swap the two by their names.",
    find,
    examples: &[
        fires("CREATE TABLE logs (line varchar(100)); INSERT INTO logs VALUES ('a'), ('b');", "ALTER TABLE logs ADD COLUMN id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY FIRST;", Claim::Locks("NONE", "logs")),
        quiet(users!(), "CREATE TABLE logs (id bigint AUTO_INCREMENT PRIMARY KEY, line varchar(100));"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Rebuild, |table, action| match &action.kind {
        ActionKind::AddColumn { column, .. } => {
            column.is_numbered.then(|| format!("`{table}.{}` numbers every row", column.name))
        }
        _ => None,
    });
    innodb::report(site, hits, Work::Copy, |table, action| {
        let (known, column, definition) = innodb::redefinition(site, table, action)?;
        let is_free = innodb::conversion(site.table(table)?, known, definition) == Conversion::Free;
        (is_free && definition.is_numbered && !known.is_numbered).then(|| format!("`{table}.{column}` numbers its rows"))
    });
}
