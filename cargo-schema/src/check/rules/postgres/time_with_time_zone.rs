//! `time-with-time-zone`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "time-with-time-zone",
    level: Allow,
    ways: Up,
    about: "a time of day has a zone and no date",
    why: "A zone without a date does not say whether it is summer.",
    instead: "Use time, or timestamptz.",
    find,
    examples: &[
        fires("", "CREATE TABLE t (id bigint PRIMARY KEY, at timetz);", Claim::Runs),
        quiet("", "CREATE TABLE t (id bigint PRIMARY KEY, at time);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let columns = match site.act {
        Act::CreateTable(create) => create.columns.iter().collect(),
        _ => site.added_columns().map(|(_, column)| column).collect::<Vec<_>>(),
    };
    for column in columns {
        let Some(ty) = &column.ty else { continue };
        if ty.name == "time with time zone" {
            hits.push(
                Hit::new(
                    &column.span,
                    format!("`{}` has a zone and no date, so nobody knows whether it is summer", column.name),
                )
                .help("use time, or timestamptz"),
            );
        }
    }
}
