//! `serial-type`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "serial-type",
    level: Allow,
    ways: Up,
    about: "a serial is a sequence that belongs to nobody",
    why: "Its sequence has rights of its own and can be dropped or changed by itself, and rows can be given \
          any number.",
    instead: "Use an identity.\n\
          \n    \
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    find,
    examples: &[
        fires("", "CREATE TABLE t (id bigint PRIMARY KEY, n bigserial);", Claim::Runs),
        quiet("", "CREATE TABLE t (id bigint PRIMARY KEY, n bigint GENERATED ALWAYS AS IDENTITY);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let columns = match site.act {
        Act::CreateTable(create) => create.columns.iter().collect(),
        _ => site.added_columns().map(|(_, column)| column).collect::<Vec<_>>(),
    };
    for column in columns {
        let Some(ty) = &column.ty else { continue };
        if ty.is_serial {
            hits.push(
                Hit::new(
                    &column.span,
                    format!("`{}` is numbered by a sequence with rights of its own", column.name),
                )
                .help("use GENERATED ALWAYS AS IDENTITY"),
            );
        }
    }
}
