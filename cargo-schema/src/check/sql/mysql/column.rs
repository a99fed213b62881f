//! A column, from its name to the last of its attributes.

use schema_build::statement::Kind;

use super::super::part::{Column, Constraint, ConstraintKind, Expr, Generated, Key};
use super::cursor::{Cursor, Unread};
use super::part::{expr, ty, unquoted};
use super::{key, table};

/// The column that a whole cursor holds.
pub(super) fn read(cursor: &mut Cursor<'_, '_>) -> Result<Column, Unread> {
    let before = cursor.clone();
    let name = cursor.name()?;
    let name = super::super::part::Name { name: name.name.to_lowercase(), ..name };
    let ty = ty(cursor)?;
    let mut column = Column { name, is_numbered: ty.is_serial, not_null: ty.is_serial, ..Column::default() };
    if ty.is_serial {
        let unique = Key { columns: vec![column.name.name.clone()], using_index: None };
        column.constraints.push(beside(ConstraintKind::Unique(unique), &before, cursor));
    }
    column.ty = Some(ty);
    while !cursor.is_done() {
        attribute(cursor, &mut column)?;
    }
    column.span = cursor.span_since(&before);
    Ok(column)
}

fn attribute(cursor: &mut Cursor<'_, '_>, column: &mut Column) -> Result<(), Unread> {
    let before = cursor.clone();
    if cursor.takes(&["not", "null"]) {
        column.not_null = true;
    } else if cursor.takes(&["default"]) {
        column.default = Some(default(cursor)?);
    } else if cursor.takes(&["on", "update"]) {
        column.on_update = Some(default(cursor)?);
    } else if cursor.takes(&["auto_increment"]) {
        column.is_numbered = true;
    } else if cursor.takes(&["serial", "default", "value"]) {
        column.is_numbered = true;
        column.not_null = true;
    } else if cursor.takes(&["comment"]) {
        column.comment = cursor.advance().map(|piece| unquoted(piece.text));
    } else if cursor.takes(&["collate"]) {
        cursor.takes_symbol('=');
        column.collation = Some(cursor.folded()?);
    } else if cursor.takes(&["character", "set"])
        || cursor.takes(&["charset"])
        || cursor.takes(&["char", "set"])
    {
        cursor.takes_symbol('=');
        column.charset = Some(cursor.folded()?);
    } else if cursor.takes(&["after"]) {
        cursor.identifier()?;
        column.is_placed = true;
    } else if cursor.takes(&["first"]) {
        column.is_placed = true;
    } else if !demand(cursor, column, &before)? && !generated(cursor, column)? && !silent(cursor)? {
        return Err(cursor.unread("nothing is known of a column that is said like this"));
    }
    Ok(())
}

/// What also is a constraint.
fn demand(cursor: &mut Cursor<'_, '_>, column: &mut Column, before: &Cursor<'_, '_>) -> Result<bool, Unread> {
    let own = vec![column.name.name.clone()];
    let mut name = None;
    if cursor.takes(&["constraint"]) && !cursor.sees_any(&["check", "references"]) {
        name = Some(cursor.name()?);
    }
    let kind = if cursor.takes(&["primary", "key"]) || cursor.takes(&["primary"]) || cursor.takes(&["key"]) {
        column.not_null = true;
        ConstraintKind::PrimaryKey(Key { columns: own, using_index: None })
    } else if cursor.takes(&["unique", "key"]) || cursor.takes(&["unique"]) {
        ConstraintKind::Unique(Key { columns: own, using_index: None })
    } else if cursor.takes(&["check"]) {
        let condition = expr(&cursor.group()?);
        let _ = cursor.takes(&["not", "enforced"]) || cursor.takes(&["enforced"]);
        ConstraintKind::Check(condition)
    } else if cursor.sees(&["references"]) {
        ConstraintKind::ForeignKey(key::references(cursor, own)?)
    } else {
        return Ok(false);
    };
    let mut constraint = beside(kind, before, cursor);
    constraint.name = name;
    column.constraints.push(constraint);
    Ok(true)
}

fn beside(kind: ConstraintKind, before: &Cursor<'_, '_>, after: &Cursor<'_, '_>) -> Constraint {
    Constraint { name: None, kind, is_not_valid: false, span: after.span_since(before) }
}

fn generated(cursor: &mut Cursor<'_, '_>, column: &mut Column) -> Result<bool, Unread> {
    let is_said = cursor.takes(&["generated", "always", "as"]) || cursor.takes(&["as"]);
    if !is_said {
        return Ok(false);
    }
    if cursor.takes(&["row", "start"]) || cursor.takes(&["row", "end"]) {
        column.generated = Some(Generated { expr: Expr::default(), is_stored: true });
        return Ok(true);
    }
    let made_of = expr(&cursor.group()?);
    let is_stored = cursor.takes_any(&["stored", "persistent"]);
    let _ = is_stored || cursor.takes(&["virtual"]);
    column.generated = Some(Generated { expr: made_of, is_stored });
    Ok(true)
}

/// What no rule asks for.
fn silent(cursor: &mut Cursor<'_, '_>) -> Result<bool, Unread> {
    if cursor.takes_any(&["null", "invisible", "visible", "compressed", "virtual", "stored", "persistent"]) {
        if cursor.takes_symbol('=') {
            cursor.advance();
        }
        return Ok(true);
    }
    if cursor.takes(&["with", "system", "versioning"])
        || cursor.takes(&["without", "system", "versioning"])
        || cursor.takes(&["not", "visible"])
    {
        return Ok(true);
    }
    if cursor.takes_any(&["column_format", "storage", "srid"]) {
        cursor.advance();
        return Ok(true);
    }
    table::takes_assignment(cursor)
}

/// What stands behind DEFAULT or ON UPDATE: one value, a call, or anything in brackets.
fn default(cursor: &mut Cursor<'_, '_>) -> Result<Expr, Unread> {
    let before = cursor.clone();
    if cursor.group_if_any()?.is_none() {
        while cursor.takes_symbol('-') || cursor.takes_symbol('+') {}
        if cursor.takes(&["next", "value", "for"]) {
            cursor.name()?;
        } else if cursor.advance().is_none_or(|piece| piece.is_symbol(',')) {
            return Err(before.unread("a value should stand here"));
        }
        while cursor.takes_symbol('.') || cursor.peek(0).is_some_and(|piece| piece.kind == Kind::String) {
            cursor.advance();
        }
        cursor.group_if_any()?;
    }
    Ok(expr(&cursor.since(&before)))
}
