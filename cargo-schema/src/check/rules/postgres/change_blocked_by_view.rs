//! `change-blocked-by-view`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "change-blocked-by-view",
    level: Deny,
    ways: Up,
    about: "a view stands in the way of a change",
    why: "PostgreSQL refuses to drop a column, or to change its type, while a view reads it.",
    instead: "Drop the view first, and make it again in the same revision.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE VIEW names AS SELECT email FROM users;",
            "ALTER TABLE users ALTER COLUMN email TYPE varchar(99);",
            Claim::Fails("0A000"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE VIEW names AS SELECT email FROM users;",
            "ALTER TABLE users ALTER COLUMN age SET DEFAULT 1;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes() {
        let column = match &action.kind {
            ActionKind::DropColumn { column, cascade: false, .. } | ActionKind::SetType { column, .. } => {
                column
            }
            _ => continue,
        };
        let is_known = site.table(table).is_some_and(|table| table.column(column).is_some());
        if let (true, Some(view)) = (is_known, site.catalogue.views_of(table, column).next()) {
            hits.push(
                Hit::new(
                    &action.span,
                    format!("PostgreSQL refuses this: the view `{view}` reads `{table}.{column}`"),
                )
                .help("drop the view first, and make it again in the same revision"),
            );
        }
    }
}
