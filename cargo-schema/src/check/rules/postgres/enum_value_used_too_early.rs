//! `enum-value-used-too-early`.

use crate::check::rules::prelude::*;
use crate::check::sql::part::Expr;

pub(super) static RULE: Rule = Rule {
    id: "enum-value-used-too-early",
    level: Deny,
    ways: Both,
    about: "a new value of an enum is used in the transaction that adds it",
    why: "PostgreSQL refuses to use a value before the transaction that added it has committed.",
    instead: "Add the value in one revision, use it in the next.",
    find,
    examples: &[
        fires(
            "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE moods (m mood);",
            "ALTER TYPE mood ADD VALUE 'happy';\nINSERT INTO moods VALUES ('happy');",
            Claim::Fails("55P04"),
        ),
        quiet(
            "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE moods (m mood);",
            "ALTER TYPE mood ADD VALUE 'happy';\nINSERT INTO moods VALUES ('ok');",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if !site.is_transactional() || matches!(site.act, Act::AddEnumValue(_)) {
        return;
    }
    for placed in site.before() {
        let Act::AddEnumValue(add) = &placed.act else { continue };
        if uses(site, &add.value) {
            hits.push(
                Hit::new(
                    site.span,
                    format!(
                        "PostgreSQL refuses this: `{}` was added to `{}` in the same transaction",
                        add.value, add.name
                    ),
                )
                .help("add the value in one revision, use it in the next"),
            );
        }
    }
}

/// Whether the act evaluates the value. What a function's body says is not looked at before it runs.
fn uses(site: &Site<'_>, value: &str) -> bool {
    let has = |expr: &Expr| expr.strings.iter().any(|string| string == value);
    match site.act {
        Act::Insert(insert) => has(&insert.expr),
        Act::Update(change) | Act::Delete(change) => has(&change.expr),
        Act::Query(query) => has(query),
        Act::CreateIndex(index) => index.condition.as_ref().is_some_and(has),
        Act::CreateView(view) => has(&view.expr),
        Act::CreateTable(create) => {
            let checks =
                create.constraints.iter().chain(create.columns.iter().flat_map(|it| &it.constraints));
            create.columns.iter().filter_map(|column| column.default.as_ref()).any(has)
                || checks.into_iter().any(|it| in_check(it, value))
        }
        Act::AlterTable(alter) => alter.actions.iter().any(|action| match &action.kind {
            ActionKind::SetDefault { expr, .. } => has(expr),
            ActionKind::AddColumn { column, .. } => column.default.as_ref().is_some_and(has),
            ActionKind::AddConstraint(constraint) => in_check(constraint, value),
            _ => false,
        }),
        _ => false,
    }
}

fn in_check(constraint: &Constraint, value: &str) -> bool {
    matches!(&constraint.kind, ConstraintKind::Check(expr) if expr.strings.iter().any(|string| string == value))
}
