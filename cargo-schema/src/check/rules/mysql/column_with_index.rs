//! `column-with-index`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "column-with-index",
    level: Warn,
    ways: Up,
    about: "a column and an index are changed in one statement",
    why: "Alone a column is added or dropped without touching a row, and an index is built without \
          writing the table; together the whole table is written anew, while programs go on. With a virtual \
          column nothing is written anew, and nobody can write while the index is built.",
    instead: "Write two statements:\n\
          \n    \
          ALTER TABLE users ADD COLUMN city varchar(50);\n    \
          ALTER TABLE users ADD INDEX users_city (city);",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD COLUMN city varchar(50), ADD INDEX users_city (city);", Claim::Rewrites("users")),
        fires(users!(), "-- schema:allow(drop-column) nobody reads it\nALTER TABLE users DROP COLUMN age, ADD INDEX users_email (email);", Claim::Rewrites("users")),
        fires(users!(), "ALTER TABLE users ADD COLUMN next_age int AS (age + 1) VIRTUAL, ADD INDEX users_age (age);", Claim::Locks("NONE", "users")),
        quiet(users!(), "ALTER TABLE users ADD COLUMN city varchar(50); ALTER TABLE users ADD INDEX users_city (city);"),
        quiet(users!("ALTER TABLE users ADD INDEX users_email (email);"), "ALTER TABLE users ADD COLUMN city varchar(50), DROP INDEX users_email;"),
        quiet(users!(), "ALTER TABLE users ALTER COLUMN age SET DEFAULT 3, ADD INDEX users_email (email);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(alter) = innodb::alter(site).filter(|alter| site.is_old(&alter.table)) else { return };
    // Where more than that is needed anyway, other rules have said so.
    let is_said = !innodb::changes(site, Work::Rebuild).is_empty() || innodb::promises_online(&alter.options);
    let Some(work) = alter.actions.iter().filter_map(moves).max().filter(|_| !is_said) else { return };
    for (_, span) in site.indexes().into_iter().filter(|(index, _)| index.method.is_none()) {
        hits.push(
            Hit::new(span, format!("for a column of `{}` and this index in one statement {}", alter.table, innodb::waits(work)))
                .help("write two statements: the first is done at once, and the second builds nothing but the index"),
        );
    }
}

/// What it takes to build an index beside this change.
fn moves(action: &Action) -> Option<Work> {
    match &action.kind {
        ActionKind::AddColumn { column, .. } if column.generated.is_some() => Some(Work::Locked),
        ActionKind::AddColumn { .. } | ActionKind::DropColumn { .. } => Some(Work::Rebuild),
        _ => None,
    }
}
