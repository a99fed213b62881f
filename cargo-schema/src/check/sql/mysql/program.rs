//! Statements that hold others: MariaDB's compound statements, which run at once, and what is prepared from a text.
//! The bodies of stored programs run later, if ever, and are not looked into.

use schema_build::statement::Kind;

use super::super::act::Transaction;
use super::super::{Placed, Reading};
use super::cursor::{Cursor, Unread};
use super::part::unquoted;
use super::{Act, Acts, one, read, statement};

/// PREPARE, EXECUTE and EXECUTE IMMEDIATE: a plain text can be read, anything else is put together when it runs.
pub(super) fn dynamic(mut cursor: Cursor<'_, '_>) -> Result<Acts, Unread> {
    let is_prepare = cursor.takes(&["prepare"]);
    if is_prepare {
        cursor.identifier()?;
        cursor.needs(&["from"])?;
    } else {
        cursor.advance();
        if !cursor.takes(&["immediate"]) {
            return one(Act::Other("execute".to_owned()));
        }
    }
    let literal = cursor
        .peek(0)
        .filter(|piece| piece.kind == Kind::String && cursor.peek(1).is_none_or(|it| it.is_word("using")));
    if let Some(variable) = variable(&cursor) {
        return one(Act::PrepareVariable(variable));
    }
    let start = cursor.rest_span().start + 1;
    let read = literal.map(|piece| read(&unquoted(piece.text), start));
    match read {
        Some(Reading::Acts(acts)) => Ok(acts.into_iter().map(|placed: Placed| (None, placed.act)).collect()),
        _ => one(Act::Dynamic),
    }
}

/// `@sql`, where that is all that is prepared.
fn variable(cursor: &Cursor<'_, '_>) -> Option<String> {
    let mut behind = cursor.clone();
    if !behind.takes_symbol('@') {
        return None;
    }
    let name = behind.identifier().ok()?.to_lowercase();
    (behind.is_done() || behind.sees(&["using"])).then(|| format!("@{name}"))
}

/// Words behind which a statement may begin.
const OPENERS: [&str; 8] = ["then", "else", "do", "loop", "begin", "atomic", "repeat", "not"];

/// Words that begin a statement which is looked at.
const VERBS: [&str; 19] = [
    "create", "alter", "drop", "rename", "truncate", "insert", "replace", "update", "delete", "select",
    "set", "prepare", "execute", "grant", "revoke", "lock", "optimize", "with", "call",
];

/// BEGIN NOT ATOMIC .. END, IF .. END IF and the like; plain BEGIN begins a transaction.
pub(super) fn compound(mut cursor: Cursor<'_, '_>) -> Result<Acts, Unread> {
    if cursor.sees(&["begin"])
        && (cursor.peek(1).is_none() || cursor.peek(1).is_some_and(|piece| piece.is_word("work")))
    {
        return one(Act::Transaction(Transaction::Begin));
    }
    let mut acts = Vec::new();
    while !cursor.is_done() {
        let segment = segment(&mut cursor);
        let mut start = segment.clone();
        let mut ahead = segment.clone();
        while let Some(piece) = ahead.advance() {
            if OPENERS.iter().any(|opener| piece.is_word(opener))
                && VERBS.iter().any(|verb| ahead.sees(&[verb]))
            {
                start = ahead.clone();
                break;
            }
        }
        if VERBS.iter().any(|verb| start.sees(&[verb])) {
            let span = start.rest_span();
            acts.extend(statement(start)?.into_iter().map(|(own, act)| (own.or(Some(span.clone())), act)));
        }
    }
    if acts.is_empty() { one(Act::Other("begin not atomic".to_owned())) } else { Ok(acts) }
}

/// What stands before the next semicolon, which goes with it.
fn segment<'p, 'a>(cursor: &mut Cursor<'p, 'a>) -> Cursor<'p, 'a> {
    let before = cursor.clone();
    while cursor.peek(0).is_some_and(|piece| !piece.is_symbol(';')) {
        cursor.advance();
    }
    let segment = cursor.since(&before);
    cursor.advance();
    segment
}
