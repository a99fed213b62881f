//! `type-change-with-check`.

use crate::check::rules::conversion::{Conversion, conversion};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "type-change-with-check",
    level: Warn,
    ways: Up,
    about: "changing a type makes PostgreSQL check all rows again",
    why: "Where a check names the column, even a change of type that is free makes PostgreSQL check every row \
          again while nobody can use the table.",
    instead: "Drop the check first and add it again NOT VALID; validate it in a later revision.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20) CHECK (name <> '')); INSERT INTO users VALUES (1, 'a');",
            "ALTER TABLE users ALTER COLUMN name TYPE varchar(50);",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20)); INSERT INTO users VALUES (1, 'a');",
            "ALTER TABLE users ALTER COLUMN name TYPE varchar(50);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let ActionKind::SetType { column, ty, .. } = &action.kind else { continue };
        let Some(known) = site.table(table) else { continue };
        let from = known.column(column).and_then(|column| column.ty.as_ref());
        let is_free = from.is_some_and(|from| from != ty && conversion(from, ty) != Conversion::Rewrite);
        let check = known.checks.iter().find(|check| check.expr.columns.iter().any(|it| it == column));
        if let (true, Some(check)) = (is_free, check) {
            let name = check.name.as_deref().unwrap_or("a check");
            hits.push(
                Hit::new(
                    &action.span,
                    format!("nobody can use `{table}` while `{name}` is checked again for every row"),
                )
                .help("drop the check first, add it again NOT VALID, and validate it in a later revision"),
            );
        }
    }
}
