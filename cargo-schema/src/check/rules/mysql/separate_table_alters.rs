//! `separate-table-alters`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "separate-table-alters",
    level: Allow,
    ways: Up,
    about: "one table is altered several times in a row",
    why: "Each ALTER TABLE that copies the table copies it again.",
    instead: "Write one statement with several changes, where all of them need the same work.",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD COLUMN a int; ALTER TABLE users ADD COLUMN b int;", Claim::Runs),
        quiet(users!(), "ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(alter) = innodb::alter(site).filter(|alter| site.is_old(&alter.table)) else { return };
    let is_same = |placed: &crate::check::sql::Placed| matches!(&placed.act, Act::AlterTable(other) if other.table == alter.table);
    if site.before().last().is_some_and(is_same) {
        hits.push(
            Hit::new(site.span, format!("`{}` was altered by the statement before as well", alter.table))
                .help("write one statement, where both need the same work"),
        );
    }
}
