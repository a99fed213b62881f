//! `varchar-limit`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "varchar-limit",
    level: Allow,
    ways: Up,
    about: "a limit of a varchar has to be changed one day",
    why: "A smaller limit writes the table anew, and programs have to know it.",
    instead: "Use text with a CHECK, which is added and dropped without a copy.",
    find,
    examples: &[
        fires("", "CREATE TABLE t (id bigint PRIMARY KEY, code varchar(3));", Claim::Runs),
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
        if ty.name == "character varying" && !ty.arguments.is_empty() {
            hits.push(
                Hit::new(&column.span, format!("the limit of `{}` has to be changed one day", column.name))
                    .help("use text with a CHECK, which can be changed without a copy"),
            );
        }
    }
}
