//! `numbered-without-key`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "numbered-without-key",
    level: Deny,
    ways: Up,
    about: "a column that the server numbers begins no key",
    why: "AUTO_INCREMENT needs an index that begins with the column: the statement fails (error 1075).",
    instead: "Make it the primary key, or give it a key",
    find,
    examples: &[
        fires("", "CREATE TABLE logs (at int PRIMARY KEY, id bigint AUTO_INCREMENT);", Claim::Fails("1075")),
        fires(users!(), "ALTER TABLE users DROP PRIMARY KEY;", Claim::Fails("1075")),
        quiet("", "CREATE TABLE logs (at int PRIMARY KEY, id bigint AUTO_INCREMENT, KEY (id));"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let table = match site.act {
        Act::CreateTable(create) if create.like.is_empty() => &create.table,
        Act::AlterTable(alter) => &alter.table,
        _ => return,
    };
    let mut after = site.catalogue.clone();
    after.apply(site.act, site.script.era);
    let Some(known) = after.table(table).filter(|known| !known.is_vague && innodb::is_kept_by_innodb(known)) else { return };
    let begins = |name: &String| known.indexes.iter().any(|index| index.columns.first() == Some(&Some(name.clone())));
    if let Some(column) = known.columns.iter().find(|column| column.is_numbered && !begins(&column.name)) {
        hits.push(
            Hit::new(site.span, format!("`{table}.{}` is AUTO_INCREMENT, and no key begins with it", column.name))
                .help("make it the primary key, or give it a key"),
        );
    }
}
