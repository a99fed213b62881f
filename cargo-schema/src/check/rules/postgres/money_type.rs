//! `money-type`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "money-type",
    level: Allow,
    ways: Up,
    about: "an amount depends on the locale of the server",
    why: "How many digits money has, and its sign, are settings of the server.",
    instead: "Use numeric, with a column for the currency.",
    find,
    examples: &[
        fires("", "CREATE TABLE t (id bigint PRIMARY KEY, price money);", Claim::Runs),
        quiet("", "CREATE TABLE t (id bigint PRIMARY KEY, price numeric(12, 2));"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let columns = match site.act {
        Act::CreateTable(create) => create.columns.iter().collect(),
        _ => site.added_columns().map(|(_, column)| column).collect::<Vec<_>>(),
    };
    for column in columns {
        let Some(ty) = &column.ty else { continue };
        if ty.name == "money" {
            hits.push(
                Hit::new(
                    &column.span,
                    format!("what `{}` holds depends on the locale of the server", column.name),
                )
                .help("use numeric, with a column for the currency"),
            );
        }
    }
}
