//! What is done to rows.

use sqlite3_parser::ast::{
    FromClause, InsertBody, OneSelect, QualifiedName, ResolveType, ResultColumn, Select, SelectTable, Set,
    Stmt,
};

use super::super::act::{Act, Change, Copied, Insert};
use super::super::part::{Expr, Name};
use super::part::{fold, qualified, resolution};
use super::place::Text;
use super::words::expr;

/// The act, where it is about rows.
pub(super) fn act(statement: &Stmt<'_>, text: &Text<'_>) -> Option<Act> {
    let whole = || expr(statement);
    Some(match statement {
        Stmt::Insert { or_conflict, tbl_name, columns, body, .. } => Act::Insert(Insert {
            table: qualified(tbl_name, &text.whole()),
            names_columns: columns.is_some(),
            expr: whole(),
            conflict: or_conflict.map(|resolve: ResolveType| resolution(resolve).to_owned()),
            ..filled(body, columns.iter().flat_map(|names| names.iter()).map(|name| fold(name.0)).collect())
        }),
        Stmt::Update { tbl_name, sets, where_clause, limit, .. } => Act::Update(Change {
            sets: sets.iter().flat_map(columns_of).collect(),
            ..change(tbl_name, where_clause.as_ref().map(expr), limit.is_some(), whole(), text)
        }),
        Stmt::Delete { tbl_name, where_clause, limit, .. } => {
            Act::Delete(change(tbl_name, where_clause.as_ref().map(expr), limit.is_some(), whole(), text))
        }
        Stmt::Select(select) => Act::Query(expr(*select)),
        _ => return None,
    })
}

fn columns_of<'s>(set: &'s Set<'_>) -> impl Iterator<Item = String> + 's {
    set.col_names.iter().map(|name| fold(name.0))
}

fn change(
    table: &QualifiedName<'_>,
    condition: Option<Expr>,
    is_limited: bool,
    expr: Expr,
    text: &Text<'_>,
) -> Change {
    Change { table: qualified(table, &text.whole()), condition, expr, sets: Vec::new(), is_limited }
}

fn filled(body: &InsertBody<'_>, targets: Vec<String>) -> Insert {
    let InsertBody::Select(select, upsert) = body else { return Insert::default() };
    let copy = copied(select).map(|copy| Copied { targets: targets.clone(), ..copy });
    let rows = match &select.body.select {
        OneSelect::Values(rows) => {
            rows.iter().map(|row| row.iter().map(|value| expr(value).text).collect()).collect()
        }
        OneSelect::Select { .. } => Vec::new(),
    };
    Insert {
        has_query: copy.is_some(),
        is_upsert: upsert.is_some(),
        copy,
        rows,
        columns: targets,
        ..Insert::default()
    }
}

/// What a query takes from tables; `None` where it only lists rows.
fn copied(select: &Select<'_>) -> Option<Copied> {
    let OneSelect::Select { columns, from: Some(from), where_clause, group_by, distinctness, .. } =
        &select.body.select
    else {
        return None;
    };
    let is_filtered = where_clause.is_some()
        || group_by.is_some()
        || distinctness.is_some()
        || select.limit.is_some()
        || from.joins.is_some();
    let item = |column: &ResultColumn<'_>| match column {
        ResultColumn::Expr(node, _) => Some(expr(node)),
        ResultColumn::Star | ResultColumn::TableStar(_) => None,
    };
    Some(Copied {
        from: tables(from),
        targets: Vec::new(),
        items: columns.iter().filter_map(item).collect(),
        is_everything: columns.iter().any(|column| !matches!(column, ResultColumn::Expr(..))),
        is_filtered: is_filtered && !is_always_true(where_clause.map(expr)),
    })
}

/// `WHERE true`, which SQLite asks for before ON CONFLICT.
fn is_always_true(condition: Option<Expr>) -> bool {
    condition.is_some_and(|condition| matches!(condition.text.as_str(), "true" | "1"))
}

fn tables(from: &FromClause<'_>) -> Vec<Name> {
    let joined = from.joins.iter().flatten().map(|join| &join.table);
    from.select.into_iter().chain(joined).flat_map(of_item).collect()
}

fn of_item(item: &SelectTable<'_>) -> Vec<Name> {
    match item {
        SelectTable::Table(found, ..) => vec![qualified(found, &(0..0))],
        SelectTable::TableCall(..) => Vec::new(),
        SelectTable::Select(select, _) => copied(select).map(|copy| copy.from).unwrap_or_default(),
        SelectTable::Sub(from, _) => tables(from),
    }
}
