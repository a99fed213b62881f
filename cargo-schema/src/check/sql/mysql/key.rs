//! Keys, indexes, checks and foreign keys of a table.

use super::super::act::CreateIndex;
use super::super::part::{Constraint, ConstraintKind, ForeignKey, IndexItem, Key, Name};
use super::cursor::{Cursor, Unread};
use super::part::expr;
use super::table::takes_assignment;

/// What a table has besides columns.
#[derive(Debug)]
pub(super) enum Clause {
    Constraint(Constraint),
    Index(CreateIndex),
    /// `PERIOD FOR ..`, which no rule asks for.
    Period,
}

/// Whether something besides a column stands here.
pub(super) fn is_clause(cursor: &Cursor<'_, '_>) -> bool {
    cursor.sees_any(&[
        "constraint",
        "primary",
        "unique",
        "foreign",
        "check",
        "index",
        "key",
        "fulltext",
        "spatial",
    ]) || cursor.sees(&["period", "for"])
}

/// The clause that a whole cursor holds.
pub(super) fn clause(cursor: &mut Cursor<'_, '_>, table: &Name) -> Result<Clause, Unread> {
    let before = cursor.clone();
    let mut name = None;
    if cursor.takes(&["constraint"]) {
        let _ = cursor.takes_if_not_exists();
        if !cursor.sees_any(&["primary", "unique", "foreign", "check"]) {
            name = Some(lower(cursor.name()?));
        }
    }
    let kind = if cursor.takes(&["primary", "key"]) {
        let _ = cursor.takes_if_not_exists();
        ConstraintKind::PrimaryKey(primary(cursor)?)
    } else if cursor.takes(&["foreign", "key"]) {
        ConstraintKind::ForeignKey(foreign(cursor)?)
    } else if cursor.takes(&["check"]) {
        let condition = expr(&cursor.group()?);
        let _ = cursor.takes(&["not", "enforced"]) || cursor.takes(&["enforced"]);
        ConstraintKind::Check(condition)
    } else if cursor.takes(&["period", "for"]) {
        while cursor.advance().is_some() {}
        return Ok(Clause::Period);
    } else {
        return index(cursor, table, name).map(Clause::Index);
    };
    ended(cursor)?;
    Ok(Clause::Constraint(Constraint { name, kind, is_not_valid: false, span: cursor.span_since(&before) }))
}

fn primary(cursor: &mut Cursor<'_, '_>) -> Result<Key, Unread> {
    let mut index = CreateIndex::default();
    named_list(cursor, &mut index)?;
    Ok(Key { columns: index.items.into_iter().filter_map(|item| item.column).collect(), using_index: None })
}

/// `UNIQUE KEY name (..)` and its like.
fn index(cursor: &mut Cursor<'_, '_>, table: &Name, name: Option<Name>) -> Result<CreateIndex, Unread> {
    let mut index = CreateIndex { name, table: table.clone(), span: cursor.span(), ..CreateIndex::default() };
    index.is_unique = cursor.takes(&["unique"]);
    if cursor.sees_any(&["fulltext", "spatial"]) {
        index.method = Some(cursor.folded()?);
    }
    let _ = cursor.takes_any(&["index", "key"]);
    named_list(cursor, &mut index)?;
    ended(cursor)?;
    Ok(index)
}

/// `IF NOT EXISTS name USING btree (..) options`.
pub(super) fn named_list(cursor: &mut Cursor<'_, '_>, index: &mut CreateIndex) -> Result<(), Unread> {
    index.if_not_exists |= cursor.takes_if_not_exists();
    if !cursor.sees_symbol('(') && !cursor.sees_any(&["using", "type"]) {
        index.name = Some(lower(cursor.name()?));
    }
    method(cursor, index)?;
    index.items = cursor.group()?.items().into_iter().map(item).collect::<Result<_, _>>()?;
    options(cursor, index)
}

fn method(cursor: &mut Cursor<'_, '_>, index: &mut CreateIndex) -> Result<(), Unread> {
    if cursor.takes_any(&["using", "type"]) {
        index.method = Some(cursor.folded()?);
    }
    Ok(())
}

/// What stands behind the items of an index.
pub(super) fn options(cursor: &mut Cursor<'_, '_>, index: &mut CreateIndex) -> Result<(), Unread> {
    loop {
        method(cursor, index)?;
        if cursor.takes(&["comment"]) || cursor.takes(&["with", "parser"]) {
            cursor.takes_symbol('=');
            cursor.advance();
        } else if cursor.sees_any(&["algorithm", "lock"]) {
            index.options.push(super::alter::takes_promise(cursor)?);
        } else if let Some(wait) = cursor.takes_wait() {
            index.options.push(wait);
        } else if !(cursor.takes_any(&["visible", "invisible", "ignored", "clustering"])
            || cursor.takes(&["not", "ignored"])
            || key_block_size(cursor)
            || takes_assignment(cursor)?)
        {
            return Ok(());
        }
    }
}

fn key_block_size(cursor: &mut Cursor<'_, '_>) -> bool {
    let is_here = cursor.takes(&["key_block_size"]);
    if is_here {
        cursor.takes_symbol('=');
        cursor.advance();
    }
    is_here
}

/// `email(20) DESC`, or an expression in brackets.
fn item(mut cursor: Cursor<'_, '_>) -> Result<IndexItem, Unread> {
    if cursor.sees_symbol('(') {
        return Ok(IndexItem { column: None, text: cursor.text().to_lowercase(), prefix: None });
    }
    let column = cursor.folded()?;
    let prefix = match cursor.group_if_any()? {
        Some(group) => group.word_here().parse().ok(),
        None => None,
    };
    let mut text = column.clone();
    if let Some(prefix) = prefix {
        text += &format!("({prefix})");
    }
    let _ = cursor.takes(&["asc"]);
    if cursor.takes(&["desc"]) {
        text += " desc";
    }
    if cursor.takes(&["without", "overlaps"]) {
        return Ok(IndexItem { column: None, text: text + " without overlaps", prefix });
    }
    ended(&cursor)?;
    Ok(IndexItem { column: Some(column), text, prefix })
}

fn foreign(cursor: &mut Cursor<'_, '_>) -> Result<ForeignKey, Unread> {
    let _ = cursor.takes_if_not_exists();
    if !cursor.sees_symbol('(') {
        cursor.identifier()?;
    }
    let columns = columns(&cursor.group()?)?;
    references(cursor, columns)
}

/// `REFERENCES users (id) ON DELETE CASCADE`.
pub(super) fn references(cursor: &mut Cursor<'_, '_>, columns: Vec<String>) -> Result<ForeignKey, Unread> {
    cursor.needs(&["references"])?;
    let mut key = ForeignKey { columns, table: cursor.name()?, ..ForeignKey::default() };
    if let Some(group) = cursor.group_if_any()? {
        key.references = self::columns(&group)?;
    }
    loop {
        if cursor.takes(&["match"]) {
            cursor.advance();
        } else if cursor.takes(&["on", "delete"]) {
            key.cascades |= cursor.sees(&["cascade"]);
            let is_null = cursor.sees(&["set", "null"]).then_some("set null");
            key.on_delete = key.cascades.then_some("cascade").or(is_null).map(str::to_owned);
            action(cursor)?;
        } else if cursor.takes(&["on", "update"]) {
            action(cursor)?;
        } else {
            return Ok(key);
        }
    }
}

fn action(cursor: &mut Cursor<'_, '_>) -> Result<(), Unread> {
    let is_known = cursor.takes_any(&["cascade", "restrict"])
        || cursor.takes(&["set", "null"])
        || cursor.takes(&["set", "default"])
        || cursor.takes(&["no", "action"]);
    if is_known { Ok(()) } else { Err(cursor.unread("what happens to the rows should stand here")) }
}

/// The columns of a list.
pub(super) fn columns(group: &Cursor<'_, '_>) -> Result<Vec<String>, Unread> {
    group.items().into_iter().map(|mut item| item.folded()).collect()
}

fn lower(name: Name) -> Name {
    Name { name: name.name.to_lowercase(), ..name }
}

/// Nothing is left.
pub(super) fn ended(cursor: &Cursor<'_, '_>) -> Result<(), Unread> {
    if cursor.is_done() { Ok(()) } else { Err(cursor.unread("the clause should end here")) }
}
