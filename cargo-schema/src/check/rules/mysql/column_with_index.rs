//! `column-with-index`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;
use crate::check::sql::act::CreateIndex;

pub(super) static RULE: Rule = Rule {
    id: "column-with-index",
    level: Warn,
    ways: Up,
    about: "a column and an index are changed in one statement",
    why: "Alone a column is added or dropped without touching a row, and an index is built without \
          writing the table; together the whole table is written anew, while programs go on. With a virtual \
          column and an index over it nothing is written anew, and nobody can write while the index is built.",
    instead: "Write two statements:\n\
          \n    \
          ALTER TABLE users ADD COLUMN city varchar(50);\n    \
          ALTER TABLE users ADD INDEX users_city (city);",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD COLUMN city varchar(50), ADD INDEX users_city (city);", Claim::Rewrites("users")),
        fires(users!(), "-- schema:allow(drop-column) nobody reads it\nALTER TABLE users DROP COLUMN age, ADD INDEX users_email (email);", Claim::Rewrites("users")),
        fires(users!(), "ALTER TABLE users ADD COLUMN next_age int AS (age + 1) VIRTUAL, ADD INDEX users_next (next_age);", Claim::Locks("NONE", "users")),
        quiet(users!(), "ALTER TABLE users ADD COLUMN next_age int AS (age + 1) VIRTUAL, ADD INDEX users_age (age);"),
        quiet(users!(), "ALTER TABLE users ADD COLUMN city varchar(50); ALTER TABLE users ADD INDEX users_city (city);"),
        quiet(users!("ALTER TABLE users ADD INDEX users_email (email);"), "ALTER TABLE users ADD COLUMN city varchar(50), DROP INDEX users_email;"),
        quiet(users!(), "ALTER TABLE users ALTER COLUMN age SET DEFAULT 3, ADD INDEX users_email (email);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(alter) = innodb::alter(site).filter(|alter| site.is_old(&alter.table)) else { return };
    // Where more than that is needed anyway, other rules have said so.
    if !innodb::changes(site, Work::Rebuild).is_empty() || innodb::promises_online(&alter.options) {
        return;
    }
    for (index, span) in site.indexes().into_iter().filter(|(index, _)| index.method.is_none()) {
        let Some(work) = work(site, index) else { continue };
        hits.push(
            Hit::new(span, format!("for a column of `{}` and this index in one statement {}", alter.table, innodb::waits(work)))
                .help("write two statements: the first is done at once, and the second builds nothing but the index"),
        );
    }
}

/// What it takes to build an index beside the columns that come and go; `None`: no more than the index.
fn work(site: &Site<'_>, index: &CreateIndex) -> Option<Work> {
    let is_virtual = |column: &Column| column.generated.is_some();
    let made: Vec<&str> =
        site.added_columns().filter(|(_, it)| is_virtual(it)).map(|(_, it)| it.name.name.as_str()).collect();
    let is_of_made = index.items.iter().filter_map(|item| item.column.as_deref()).any(|it| made.contains(&it));
    match (stores(site), made.is_empty()) {
        (true, true) => Some(Work::Rebuild),
        (true, false) => Some(Work::Locked),
        (false, _) => (is_of_made || (index.is_unique && !made.is_empty())).then_some(Work::Locked),
    }
}

/// Whether a column that is kept in rows comes or goes.
fn stores(site: &Site<'_>) -> bool {
    site.changes().any(|(table, action)| match &action.kind {
        ActionKind::AddColumn { column, .. } => column.generated.is_none(),
        ActionKind::DropColumn { column, .. } => {
            site.table(table).and_then(|known| known.column(column)).is_none_or(|known| !known.is_generated)
        }
        _ => false,
    })
}
