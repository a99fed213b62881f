//! `timestamp-without-time-zone`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "timestamp-without-time-zone",
    level: Allow,
    ways: Up,
    about: "a time is stored without saying where",
    why: "What it means depends on who reads it.",
    instead: "Use timestamptz.",
    find,
    examples: &[
        fires("", "CREATE TABLE t (id bigint PRIMARY KEY, at timestamp);", Claim::Runs),
        quiet("", "CREATE TABLE t (id bigint PRIMARY KEY, at timestamptz);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let columns = match site.act {
        Act::CreateTable(create) => create.columns.iter().collect(),
        _ => site.added_columns().map(|(_, column)| column).collect::<Vec<_>>(),
    };
    for column in columns {
        let Some(ty) = &column.ty else { continue };
        if ty.name == "timestamp without time zone" {
            hits.push(
                Hit::new(&column.span, format!("what `{}` means depends on who reads it", column.name))
                    .help("use timestamptz"),
            );
        }
    }
}
