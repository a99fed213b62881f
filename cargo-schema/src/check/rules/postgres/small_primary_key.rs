//! `small-primary-key`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "small-primary-key",
    level: Allow,
    ways: Up,
    about: "a key of 32 bits is used up one day",
    why: "At two thousand million rows, rolled back ones included, inserts fail; a wider type then writes the \
          table anew while nobody can use it.",
    instead: "Use bigint.",
    find,
    examples: &[
        fires("", "CREATE TABLE t (id int PRIMARY KEY);", Claim::Runs),
        quiet("", "CREATE TABLE t (id bigint PRIMARY KEY);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTable(create) = site.act else { return };
    let is_key = |column: &Column| {
        let named = create.constraints.iter().any(|it| {
            matches!(&it.kind, ConstraintKind::PrimaryKey(key) if key.columns.contains(&column.name.name))
        });
        named || column.constraints.iter().any(|it| matches!(it.kind, ConstraintKind::PrimaryKey(_)))
    };
    let is_small = |column: &&Column| {
        column.ty.as_ref().is_some_and(|ty| matches!(ty.name.as_str(), "integer" | "smallint"))
    };
    for column in create.columns.iter().filter(is_small).filter(|column| is_key(column)) {
        hits.push(
            Hit::new(&column.span, format!("`{}.{}` is used up one day", create.table, column.name))
                .help("use bigint"),
        );
    }
}
