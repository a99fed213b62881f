//! `column-with-index`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "column-with-index",
    level: Warn,
    ways: Up,
    about: "a column and an index are changed in one statement",
    why: "Alone a column is added or dropped without touching a row, and an index is built without \
          writing the table; together the whole table is written anew, while programs go on.",
    instead: "Write two statements:\n\
          \n    \
          ALTER TABLE users ADD COLUMN city varchar(50);\n    \
          ALTER TABLE users ADD INDEX users_city (city);",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD COLUMN city varchar(50), ADD INDEX users_city (city);", Claim::Rewrites("users")),
        fires(users!(), "-- schema:allow(drop-column) nobody reads it\nALTER TABLE users DROP COLUMN age, ADD INDEX users_email (email);", Claim::Rewrites("users")),
        quiet(users!(), "ALTER TABLE users ADD COLUMN city varchar(50); ALTER TABLE users ADD INDEX users_city (city);"),
        quiet(users!(), "ALTER TABLE users ADD COLUMN next_age int AS (age + 1) VIRTUAL, ADD INDEX users_age (age);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(alter) = innodb::alter(site).filter(|alter| site.is_old(&alter.table)) else { return };
    let moves = |action: &Action| match &action.kind {
        ActionKind::AddColumn { column, .. } => column.generated.is_none(),
        ActionKind::DropColumn { .. } => true,
        _ => false,
    };
    // Where more than that is needed anyway, other rules have said so.
    let is_said = !innodb::changes(site, Work::Rebuild).is_empty() || innodb::promises_online(&alter.options);
    if is_said || !alter.actions.iter().any(moves) {
        return;
    }
    for (_, span) in site.indexes().into_iter().filter(|(index, _)| index.method.is_none()) {
        hits.push(
            Hit::new(span, format!("for a column and this index in one statement, all of `{}` is written anew", alter.table))
                .help("write two statements: the first is done at once, and the second builds nothing but the index"),
        );
    }
}
