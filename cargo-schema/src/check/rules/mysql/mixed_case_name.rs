//! `mixed-case-name`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "mixed-case-name",
    level: Allow,
    ways: Up,
    about: "a table has capitals in its name",
    why: "Whether `Users` and `users` are one table depends on `lower_case_table_names` and the system \
          of files: what runs on one machine fails on another.",
    instead: "Use lower case:\n\
          \n    \
          CREATE TABLE notes (id bigint PRIMARY KEY);",
    find,
    examples: &[
        fires("", "CREATE TABLE Notes (id bigint PRIMARY KEY);", Claim::Runs),
        quiet("", "CREATE TABLE notes (Id bigint PRIMARY KEY);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let name = match site.act {
        Act::CreateTable(create) => &create.table,
        Act::CreateView(create) => &create.name,
        _ => return,
    };
    if name.name.chars().any(char::is_uppercase) {
        hits.push(
            Hit::new(&name.span, format!("whether `{name}` is found in lower case depends on the machine")).help("use lower case"),
        );
    }
}
