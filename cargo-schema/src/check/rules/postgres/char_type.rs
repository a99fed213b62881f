//! `char-type`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "char-type",
    level: Allow,
    ways: Up,
    about: "a column of type char is padded with blanks",
    why: "char(n) fills values with blanks up to its length, which some comparisons see and others do not.",
    instead: "Use text, with a CHECK of the length where it matters.",
    find,
    examples: &[
        fires("", "CREATE TABLE t (id bigint PRIMARY KEY, code char(3));", Claim::Runs),
        quiet("", "CREATE TABLE t (id bigint PRIMARY KEY, code text);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let columns = match site.act {
        Act::CreateTable(create) => create.columns.iter().collect(),
        _ => site.added_columns().map(|(_, column)| column).collect::<Vec<_>>(),
    };
    for column in columns {
        let Some(ty) = &column.ty else { continue };
        if ty.name == "character" {
            hits.push(
                Hit::new(&column.span, format!("`{}` is padded with blanks up to its length", column.name))
                    .help("use text, with a CHECK of its length"),
            );
        }
    }
}
