//! `drop-default`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-default",
    level: Warn,
    ways: Up,
    about: "a default goes that inserts rely on",
    why: "Programs of the previous release insert without naming the column, and fail where it must not be \
          NULL.",
    instead: "Release a version that names the column first.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, plan text NOT NULL DEFAULT 'free');",
            "ALTER TABLE users ALTER COLUMN plan DROP DEFAULT;",
            Claim::Breaks("INSERT INTO users (id) VALUES (99)"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, plan text DEFAULT 'free');",
            "ALTER TABLE users ALTER COLUMN plan DROP DEFAULT;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let (ActionKind::DropDefault { column }
        | ActionKind::DropIdentity { column }
        | ActionKind::DropExpression { column }) = &action.kind
        else {
            continue;
        };
        let known = site.table(table).and_then(|table| table.column(column));
        let is_needed =
            known.is_none_or(|column| column.not_null && (column.default.is_some() || column.is_numbered));
        let is_expression = matches!(action.kind, ActionKind::DropExpression { .. });
        if is_needed || is_expression {
            hits.push(
                Hit::new(
                    &action.span,
                    format!("programs that insert into `{table}` without `{column}` rely on its default"),
                )
                .help("release a version that names the column first"),
            );
        }
    }
}
