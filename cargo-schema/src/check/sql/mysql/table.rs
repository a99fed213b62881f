//! CREATE TABLE.

use schema_build::statement::Kind;

use super::super::act::CreateTable;
use super::cursor::{Cursor, Unread};
use super::key::{self, Clause};
use super::{Act, column};

/// Behind CREATE TABLE.
pub(super) fn create(cursor: &mut Cursor<'_, '_>, is_temporary: bool) -> Result<Act, Unread> {
    let mut create =
        CreateTable { is_temporary, if_not_exists: cursor.takes_if_not_exists(), ..CreateTable::default() };
    create.table = cursor.name()?;
    if cursor.takes(&["like"]) {
        create.like.push(cursor.name()?);
        return finished(cursor, create);
    }
    if let Some(mut group) = definitions(cursor)? {
        if group.takes(&["like"]) {
            create.like.push(group.name()?);
            return finished(cursor, create);
        }
        for item in group.items() {
            define(item, &mut create)?;
        }
    }
    options(cursor, &mut create.options)?;
    create.is_partitioned = cursor.sees(&["partition", "by"]);
    if create.is_partitioned {
        cursor.until(&["select", "as", "ignore", "replace"]);
    }
    let _ = cursor.takes_any(&["ignore", "replace"]);
    let _ = cursor.takes(&["as"]);
    create.has_query = cursor.sees_any(&["select", "with", "values", "table"]) || cursor.sees_symbol('(');
    if create.has_query { Ok(Act::CreateTable(create)) } else { finished(cursor, create) }
}

fn finished(cursor: &Cursor<'_, '_>, create: CreateTable) -> Result<Act, Unread> {
    key::ended(cursor)?;
    Ok(Act::CreateTable(create))
}

/// The brackets with columns, unless a query stands in them.
fn definitions<'p, 'a>(cursor: &mut Cursor<'p, 'a>) -> Result<Option<Cursor<'p, 'a>>, Unread> {
    let mut ahead = cursor.clone();
    match ahead.group_if_any()? {
        Some(group) if !group.sees_any(&["select", "with"]) && !group.sees_symbol('(') => {
            *cursor = ahead;
            Ok(Some(group))
        }
        _ => Ok(None),
    }
}

fn define(mut item: Cursor<'_, '_>, create: &mut CreateTable) -> Result<(), Unread> {
    if !key::is_clause(&item) {
        create.columns.push(column::read(&mut item)?);
        return Ok(());
    }
    match key::clause(&mut item, &create.table)? {
        Clause::Constraint(constraint) => create.constraints.push(constraint),
        Clause::Index(index) => create.indexes.push(index),
        Clause::Period => {}
    }
    Ok(())
}

/// Options of a table, with commas or without, each as `name=value`.
pub(super) fn options(cursor: &mut Cursor<'_, '_>, options: &mut Vec<String>) -> Result<(), Unread> {
    while let Some(option) = option(cursor)? {
        options.push(option);
        cursor.takes_symbol(',');
    }
    Ok(())
}

/// Options that a value may follow without `=`.
const OPTIONS: [&str; 34] = [
    "engine",
    "auto_increment",
    "avg_row_length",
    "checksum",
    "comment",
    "compression",
    "connection",
    "delay_key_write",
    "encryption",
    "insert_method",
    "key_block_size",
    "max_rows",
    "min_rows",
    "pack_keys",
    "page_checksum",
    "password",
    "row_format",
    "sequence",
    "stats_auto_recalc",
    "stats_persistent",
    "stats_sample_pages",
    "table_checksum",
    "transactional",
    "tablespace",
    "storage",
    "union",
    "page_compressed",
    "page_compression_level",
    "encrypted",
    "encryption_key_id",
    "autoextend_size",
    "type",
    "secondary_engine",
    "engine_attribute",
];

/// The option that stands here.
pub(super) fn option(cursor: &mut Cursor<'_, '_>) -> Result<Option<String>, Unread> {
    if cursor.takes(&["with", "system", "versioning"]) {
        return Ok(Some("system versioning".to_owned()));
    }
    let mut ahead = cursor.clone();
    let is_default = ahead.takes(&["default"]);
    let name =
        if ahead.takes(&["character", "set"]) || ahead.takes(&["charset"]) || ahead.takes(&["char", "set"]) {
            "charset".to_owned()
        } else if ahead.takes(&["collate"]) {
            "collate".to_owned()
        } else if ahead.takes(&["data", "directory"]) || ahead.takes(&["index", "directory"]) {
            "directory".to_owned()
        } else if !is_default
            && ahead.peek(0).is_some_and(|piece| is_option(&piece.text.to_lowercase()) || is_assigned(&ahead))
        {
            ahead.folded()?
        } else {
            return Ok(None);
        };
    ahead.takes_symbol('=');
    let value = match ahead.group_if_any()? {
        Some(group) => group.text(),
        None => ahead.identifier()?,
    };
    *cursor = ahead;
    let value = if name == "comment" { value } else { value.to_lowercase() };
    Ok(Some(format!("{name}={value}")))
}

fn is_option(word: &str) -> bool {
    OPTIONS.contains(&word)
}

fn is_assigned(cursor: &Cursor<'_, '_>) -> bool {
    cursor.peek(1).is_some_and(|piece| piece.is_symbol('='))
        && cursor.peek(0).is_some_and(|piece| matches!(piece.kind, Kind::Word | Kind::Quoted))
}

/// `name = value`, as engines of MariaDB have them for columns, indexes and tables.
pub(super) fn takes_assignment(cursor: &mut Cursor<'_, '_>) -> Result<bool, Unread> {
    if !is_assigned(cursor) {
        return Ok(false);
    }
    cursor.identifier()?;
    cursor.takes_symbol('=');
    cursor.identifier()?;
    Ok(true)
}
