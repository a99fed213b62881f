//! `charset-not-stated`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "charset-not-stated",
    level: Allow,
    ways: Up,
    about: "a table does not say in which characters its text is",
    why: "It gets what the database or the server has by default: latin1, utf8mb4_general_ci, \
          utf8mb4_0900_ai_ci or another one. Keys and joins between tables of different servers then \
          do not fit.",
    instead: "Say it:\n\
          \n    \
          CREATE TABLE names (id bigint PRIMARY KEY, name varchar(50)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;",
    find,
    examples: &[
        fires("", "CREATE TABLE names (id bigint PRIMARY KEY, name varchar(50));", Claim::Runs),
        quiet("", "CREATE TABLE names (id bigint PRIMARY KEY, name varchar(50)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTable(create) = site.act else { return };
    let is_said = create.options.iter().any(|option| option.starts_with("charset=") || option.starts_with("collate="));
    let is_bare = |column: &&Column| {
        column.charset.is_none() && column.collation.is_none() && column.ty.as_ref().is_some_and(innodb::is_text)
    };
    if !is_said && create.columns.iter().find(is_bare).is_some() {
        hits.push(
            Hit::new(site.span, format!("the text of `{}` is in whatever characters the server has by default", create.table))
                .help("say `DEFAULT CHARSET=utf8mb4` and a COLLATE"),
        );
    }
}
