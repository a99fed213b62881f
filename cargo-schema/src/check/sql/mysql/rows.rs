//! INSERT, REPLACE, UPDATE, DELETE and queries.

use super::super::act::{Act, Change, Insert};
use super::super::part::Name;
use super::cursor::{Cursor, Unread};
use super::part::{expr, tables};

/// A query that stands alone.
pub(super) fn query(cursor: &Cursor<'_, '_>) -> Act {
    Act::Query(expr(cursor))
}

/// SELECT, VALUES or WITH; behind the last a change of rows may stand.
pub(super) fn leading(cursor: &Cursor<'_, '_>) -> Act {
    if !cursor.sees(&["with"]) {
        return query(cursor);
    }
    let mut behind = cursor.clone();
    behind.until(&["select", "update", "delete", "insert"]);
    match behind.word_here().to_lowercase().as_str() {
        "update" => update(behind).unwrap_or_else(|_| query(cursor)),
        "delete" => delete(behind).unwrap_or_else(|_| query(cursor)),
        _ => query(cursor),
    }
}

/// INSERT or REPLACE.
pub(super) fn insert(mut cursor: Cursor<'_, '_>) -> Result<Act, Unread> {
    let whole = cursor.clone();
    let mut conflict = cursor.sees(&["replace"]).then(|| "replace".to_owned());
    cursor.advance();
    while cursor.takes_any(&["low_priority", "delayed", "high_priority"]) {}
    if cursor.takes(&["ignore"]) {
        conflict = Some("ignore".to_owned());
    }
    let _ = cursor.takes(&["into"]);
    let table = cursor.name()?;
    if cursor.takes(&["partition"]) {
        cursor.group()?;
    }
    let mut names_columns = cursor.sees(&["set"]);
    let mut columns = Vec::new();
    let mut ahead = cursor.clone();
    if let Some(group) = ahead.group_if_any()?
        && !group.sees_any(&["select", "with"])
        && !group.sees_symbol('(')
    {
        names_columns = !group.is_done();
        columns = columns_of(&group);
        cursor = ahead;
    }
    let written = expr(&whole);
    let has_query = written.has_query && !tables(&cursor).is_empty();
    let mut rows = rows(cursor.clone());
    if cursor.takes(&["set"]) {
        let row;
        (columns, row) = assigned(&cursor.until(&["on"]));
        rows.push(row);
    }
    let is_upsert = cursor.rest().iter().any(|piece| piece.is_word("duplicate"));
    let insert =
        Insert { table, names_columns, columns, has_query, rows, conflict, is_upsert, ..Insert::default() };
    Ok(Act::Insert(Insert { expr: written, ..insert }))
}

/// The rows behind VALUES, each as the text of its values.
fn rows(mut cursor: Cursor<'_, '_>) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    if !cursor.takes_any(&["values", "value"]) {
        return rows;
    }
    while let Ok(Some(row)) = cursor.group_if_any() {
        rows.push(row.items().iter().map(Cursor::text).collect());
        if !cursor.takes_symbol(',') {
            break;
        }
    }
    rows
}

/// The columns of `a = 1, b = 2`, and their values.
fn assigned(list: &Cursor<'_, '_>) -> (Vec<String>, Vec<String>) {
    let pair = |mut item: Cursor<'_, '_>| {
        let column = item.name().ok()?.name.to_lowercase();
        item.takes_symbol('=').then(|| (column, item.text()))
    };
    list.items().into_iter().filter_map(pair).unzip()
}

/// The columns that are listed, folded.
fn columns_of(list: &Cursor<'_, '_>) -> Vec<String> {
    let names = list.items().into_iter().filter_map(|mut item| item.name().ok());
    names.map(|it| it.name.to_lowercase()).collect()
}

/// UPDATE.
pub(super) fn update(mut cursor: Cursor<'_, '_>) -> Result<Act, Unread> {
    let whole = cursor.clone();
    cursor.advance();
    while cursor.takes_any(&["low_priority", "ignore"]) {}
    let from = cursor.until(&["set"]);
    let table = from.clone().name()?;
    cursor.needs(&["set"])?;
    let sets = columns_of(&cursor.until(&["where", "order", "limit"]));
    Ok(Act::Update(change(&mut cursor, &whole, table, sets, is_join(&from))))
}

/// DELETE, of one table or of some of those that are joined.
pub(super) fn delete(mut cursor: Cursor<'_, '_>) -> Result<Act, Unread> {
    let whole = cursor.clone();
    cursor.advance();
    while cursor.takes_any(&["low_priority", "quick", "ignore", "history"]) {}
    let _ = cursor.takes(&["from"]);
    let table = cursor.clone().name()?;
    let from = cursor.until(&["where", "order", "limit"]);
    Ok(Act::Delete(change(&mut cursor, &whole, table, Vec::new(), is_join(&from))))
}

/// Rows that others have to match.
fn is_join(from: &Cursor<'_, '_>) -> bool {
    let has = |word: &str| from.rest().iter().any(|piece| piece.is_word(word));
    has("join") && (has("on") || has("using")) && !has("left") && !has("right")
}

fn change(
    cursor: &mut Cursor<'_, '_>,
    whole: &Cursor<'_, '_>,
    table: Name,
    sets: Vec<String>,
    is_join: bool,
) -> Change {
    let mut condition = None;
    if cursor.takes(&["where"]) {
        condition = Some(expr(&cursor.until(&["order", "limit", "returning"])));
    }
    let is_limited = is_join || cursor.rest().iter().any(|piece| piece.is_word("limit"));
    Change { table, condition, expr: expr(whole), sets, is_limited }
}
