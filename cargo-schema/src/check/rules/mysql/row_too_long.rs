//! `row-too-long`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "row-too-long",
    level: Deny,
    ways: Up,
    about: "the columns of a table need more bytes than a row may have",
    why: "All columns but TEXT and BLOB may have 65535 bytes together, and a character of utf8mb4 \
          counts as four (errors 1118 and 1074).",
    instead: "Make the longest of them TEXT:\n\
          \n    \
          CREATE TABLE pages (id bigint PRIMARY KEY, a text, b text);",
    find,
    examples: &[
        fires("", "CREATE TABLE pages (id bigint PRIMARY KEY, a varchar(10000), b varchar(10000)) DEFAULT CHARSET=utf8mb4;", Claim::Fails("1118")),
        fires("", "CREATE TABLE pages (id bigint PRIMARY KEY, a varchar(20000)) DEFAULT CHARSET=utf8mb4;", Claim::Fails("1074")),
        quiet("", "CREATE TABLE pages (id bigint PRIMARY KEY, a varchar(10000), b text) DEFAULT CHARSET=utf8mb4;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let table = match site.act {
        Act::CreateTable(create) => &create.table,
        Act::AlterTable(alter) => &alter.table,
        _ => return,
    };
    let mut after = site.catalogue.clone();
    after.apply(site.act, site.script.era);
    let Some(known) = after.table(table).filter(|known| innodb::charset(known, None, None).is_some()) else { return };
    let bytes: u64 = known.columns.iter().map(|column| u64::from(innodb::row_bytes(known, &column.name))).sum();
    if bytes > 65535 {
        hits.push(
            Hit::new(site.span, format!("a row of `{table}` needs up to {bytes} bytes, and may have 65535"))
                .help("make the longest columns TEXT"),
        );
    }
}
