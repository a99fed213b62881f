//! `column-with-index`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "column-with-index",
    level: Warn,
    ways: Up,
    about: "a column and an index on it are added in one statement",
    why: "Alone the column is added without touching a row and the index is built without writing the \
          table; together the whole table is written anew.",
    instead: "Write two statements:\n\
          \n    \
          ALTER TABLE users ADD COLUMN city varchar(50);\n    \
          ALTER TABLE users ADD INDEX users_city (city);",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD COLUMN city varchar(50), ADD INDEX users_city (city);", Claim::Rewrites("users")),
        quiet(users!(), "ALTER TABLE users ADD COLUMN city varchar(50); ALTER TABLE users ADD INDEX users_city (city);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(alter) = innodb::alter(site) else { return };
    let added: Vec<&str> = site.added_columns().filter(|(table, _)| site.is_old(table)).map(|(_, column)| column.name.name.as_str()).collect();
    if innodb::promises_online(&alter.options) || innodb::changes(site, Work::Rebuild).len() > 0 {
        return;
    }
    let uses = |column: &Option<String>| column.as_ref().is_some_and(|column| added.contains(&column.as_str()));
    for (index, span) in innodb::indexes(site) {
        if index.items.iter().any(|item| uses(&item.column)) && index.method.is_none() {
            hits.push(
                Hit::new(span, format!("with the new column and this index in one statement, all of `{}` is written anew", alter.table))
                    .help("write two statements: the first is done at once, and the second builds nothing but the index"),
            );
        }
    }
}
