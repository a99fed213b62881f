//! `rename-column`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "rename-column",
    level: Deny,
    ways: Up,
    about: "a column gets another name while programs use the old one",
    why: "Programs of the previous release name the column as it was called, and fail until the last of them \
          is replaced.",
    instead: "Add the new column, write both, copy what is there in batches, read the new one, and drop the old \
          one in a later release. Or rename the field in the models alone and leave the column: \
          `#[diesel(column_name = ..)]`.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users RENAME COLUMN email TO mail;",
            Claim::Breaks("SELECT email FROM users"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users RENAME email TO mail;",
            Claim::Breaks("SELECT email FROM users"),
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh RENAME COLUMN email TO mail;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let ActionKind::RenameColumn { from, to } = &action.kind else { continue };
        let was = site.table(table).and_then(|table| table.column(from));
        if was.is_some_and(|column| site.is_fresh(column.born)) || returns(site, table, from) {
            continue;
        }
        hits.push(
            Hit::new(
                &action.span,
                format!("programs that run now fail when `{table}.{from}` is called `{to}`"),
            )
            .help("add the new column, write both, copy in batches, and drop the old one in a later release"),
        );
    }
}

/// The old name is given to another column at once, which programs may use instead.
fn returns(site: &Site<'_>, table: &Name, from: &str) -> bool {
    site.after().iter().any(|placed| match &placed.act {
        Act::AlterTable(alter) => {
            alter.table == *table
                && alter.actions.iter().any(
                    |action| matches!(&action.kind, ActionKind::AddColumn { column, .. } if column.name.name == from),
                )
        }
        _ => false,
    })
}
