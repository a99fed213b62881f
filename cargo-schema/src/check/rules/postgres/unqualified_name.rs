//! `unqualified-name`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "unqualified-name",
    level: Allow,
    ways: Up,
    about: "what a name means depends on the search path",
    why: "Another search_path makes the statement change another table, or none.",
    instead: "Name the schema:\n\
          \n    \
          ALTER TABLE public.users ADD COLUMN age int;",
    find,
    examples: &[
        fires("", "CREATE TABLE t (id bigint PRIMARY KEY);", Claim::Runs),
        quiet("", "CREATE TABLE public.t (id bigint PRIMARY KEY);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let table = match site.act {
        Act::CreateTable(create) => &create.table,
        Act::AlterTable(alter) => &alter.table,
        _ => return,
    };
    if table.schema.is_none() {
        hits.push(
            Hit::new(&table.span, format!("which table `{table}` is depends on the search path"))
                .help("name its schema"),
        );
    }
}
