//! CREATE of everything.

use schema_build::statement::Kind;

use super::super::act::{
    Create, CreateFunction, CreateIndex, CreateTrigger, CreateView, Object, Output, Read,
};
use super::cursor::{Cursor, Unread};
use super::part::{expr, tables, unquoted};
use super::{Act, Acts, key, table};

/// What stands between CREATE and the word that says what is made.
#[derive(Debug, Default)]
pub(super) struct Head {
    or_replace: bool,
    is_temporary: bool,
    definer: Option<String>,
    is_invoker: bool,
}

/// CREATE itself stands here.
pub(super) fn read(mut cursor: Cursor<'_, '_>) -> Result<Acts, Unread> {
    cursor.advance();
    let words = cursor.first_words(4);
    let head = skip_head(&mut cursor)?;
    let act = made(&mut cursor, &head, words)?;
    let mut acts = Vec::new();
    if head.or_replace
        && let Act::CreateTable(create) = &act
    {
        acts.push((None, replaced(create)));
    }
    acts.push((None, act));
    acts.extend(head.definer.map(|definer| (None, Act::Definer(definer))));
    Ok(acts)
}

/// MariaDB's CREATE OR REPLACE TABLE drops what was there.
fn replaced(create: &super::super::act::CreateTable) -> Act {
    Act::Drop(super::super::act::Drop {
        object: Object::Table,
        names: vec![create.table.clone()],
        on: None,
        if_exists: true,
        cascade: false,
        concurrently: false,
    })
}

/// `OR REPLACE ALGORITHM=MERGE DEFINER=a@b SQL SECURITY INVOKER TEMPORARY`.
pub(super) fn skip_head(cursor: &mut Cursor<'_, '_>) -> Result<Head, Unread> {
    let mut head = Head::default();
    loop {
        if cursor.takes(&["or", "replace"]) {
            head.or_replace = true;
        } else if cursor.takes(&["temporary"]) {
            head.is_temporary = true;
        } else if cursor.takes(&["definer"]) {
            cursor.takes_symbol('=');
            head.definer =
                Some(cursor.person()?.name.to_lowercase()).filter(|it| !it.starts_with("current_"));
        } else if cursor.takes(&["sql", "security"]) {
            head.is_invoker = cursor.folded()? == "invoker";
        } else if cursor.sees(&["algorithm"]) {
            super::alter::takes_promise(cursor)?;
        } else if !cursor.takes_any(&["aggregate", "online", "offline", "undo"]) {
            return Ok(head);
        }
    }
}

fn made(cursor: &mut Cursor<'_, '_>, head: &Head, words: String) -> Result<Act, Unread> {
    if cursor.takes(&["table"]) {
        return table::create(cursor, head.is_temporary);
    }
    if cursor.takes(&["view"]) {
        return view(cursor, head.or_replace);
    }
    if cursor.sees_any(&["unique", "fulltext", "spatial", "vector", "index"]) {
        return index(cursor).map(Act::CreateIndex);
    }
    if cursor.takes(&["trigger"]) {
        return trigger(cursor, head.or_replace);
    }
    let object = object(cursor)?;
    let if_not_exists = cursor.takes_if_not_exists();
    let name = if object == Object::Role { cursor.person()? } else { cursor.name()? };
    if object == Object::Function {
        return Ok(Act::CreateFunction(CreateFunction {
            name,
            or_replace: head.or_replace,
            language: Some("sql".to_owned()),
            is_definer: !head.is_invoker,
            sets_search_path: true,
            ..CreateFunction::default()
        }));
    }
    Ok(Act::Create(Create { object, name, on: None, if_not_exists, words }))
}

/// The word for what is made, changed or dropped.
pub(super) fn object(cursor: &mut Cursor<'_, '_>) -> Result<Object, Unread> {
    let object = match cursor.word_here().to_lowercase().as_str() {
        "table" | "tables" => Object::Table,
        "view" => Object::View,
        "index" => Object::Index,
        "trigger" => Object::Trigger,
        "procedure" | "function" => Object::Function,
        "event" => Object::Event,
        "database" | "schema" => Object::Database,
        "user" | "role" => Object::Role,
        "sequence" => Object::Sequence,
        "tablespace" => Object::Tablespace,
        "server" | "package" | "logfile" | "resource" | "spatial" | "instance" | "library" => Object::Other,
        _ => return Err(cursor.unread("what it is about should stand here")),
    };
    cursor.advance();
    let _ = cursor.takes_any(&["body", "group"]);
    Ok(object)
}

/// Behind CREATE VIEW.
pub(super) fn view(cursor: &mut Cursor<'_, '_>, or_replace: bool) -> Result<Act, Unread> {
    let _ = cursor.takes_if_not_exists();
    let name = cursor.name()?;
    let named = cursor.group_if_any()?;
    cursor.needs(&["as"])?;
    let outputs = outputs(cursor.clone(), named);
    let (expr, tables) = (expr(cursor), tables(cursor));
    let mut reads = Read::any(&tables, &expr.columns);
    if selects_star(cursor) {
        reads.extend(tables.iter().map(|table| Read { table: table.clone(), column: None }));
    }
    Ok(Act::CreateView(CreateView {
        name,
        or_replace,
        is_materialized: false,
        without_data: false,
        is_temporary: false,
        reads,
        outputs,
        expr,
        tables,
    }))
}

/// The columns that a view gives: those that it names, or those of its first SELECT where all of them have names.
fn outputs(mut query: Cursor<'_, '_>, named: Option<Cursor<'_, '_>>) -> Option<Vec<Output>> {
    let output = |name: String| Output { name: Some(name), ..Output::default() };
    if let Some(named) = named {
        let names = named.items().into_iter().map(|mut item| item.folded().ok());
        return names.map(|name| name.map(output)).collect();
    }
    if !query.takes(&["select"]) {
        return None;
    }
    let _ = query.takes_any(&["distinct", "all"]);
    query.until(&["from"]).items().iter().map(|item| own_name(item).map(output)).collect()
}

/// `c` of `t.c` and of `.. AS c`, folded.
fn own_name(item: &Cursor<'_, '_>) -> Option<String> {
    let pieces = item.rest();
    let (last, before) = pieces.split_last()?;
    let is_name = matches!(last.kind, Kind::Word | Kind::Quoted);
    let is_given = before.last().is_none_or(|piece| piece.is_word("as"));
    let is_column =
        before.iter().all(|piece| matches!(piece.kind, Kind::Word | Kind::Quoted) || piece.is_symbol('.'))
            && before.last().is_some_and(|piece| piece.is_symbol('.'));
    (is_name && (is_given || is_column)).then(|| unquoted(last.text).to_lowercase())
}

fn selects_star(cursor: &Cursor<'_, '_>) -> bool {
    let is_list = |before: &super::cursor::Piece<'_>| {
        before.is_word("select")
            || before.is_word("distinct")
            || before.is_symbol(',')
            || before.is_symbol('.')
    };
    cursor.rest().windows(2).any(|two| two[1].is_symbol('*') && is_list(&two[0]))
}

fn index(cursor: &mut Cursor<'_, '_>) -> Result<CreateIndex, Unread> {
    let mut index =
        CreateIndex { span: cursor.span(), is_unique: cursor.takes(&["unique"]), ..CreateIndex::default() };
    if !cursor.sees(&["index"]) {
        index.method = Some(cursor.folded()?);
    }
    cursor.needs(&["index"])?;
    index.if_not_exists = cursor.takes_if_not_exists();
    let name = cursor.name()?;
    index.name = Some(super::super::part::Name { name: name.name.to_lowercase(), ..name });
    if cursor.takes(&["using"]) {
        index.method = Some(cursor.folded()?);
    }
    cursor.needs(&["on"])?;
    index.table = cursor.name()?;
    index.options.extend(cursor.takes_wait());
    let mut listed = CreateIndex { name: index.name.clone(), ..CreateIndex::default() };
    key::named_list(cursor, &mut listed)?;
    key::ended(cursor)?;
    index.items = listed.items;
    index.method = listed.method.or(index.method);
    index.options.extend(listed.options);
    Ok(index)
}

fn trigger(cursor: &mut Cursor<'_, '_>, or_replace: bool) -> Result<Act, Unread> {
    let _ = cursor.takes_if_not_exists();
    let name = cursor.name()?;
    cursor.until(&["on"]);
    cursor.needs(&["on"])?;
    let table = cursor.name()?;
    Ok(Act::CreateTrigger(CreateTrigger { name, table, or_replace, ..CreateTrigger::default() }))
}
