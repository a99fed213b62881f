//! MySQL's and MariaDB's statements: from the lexer's tokens to acts, by a recursive reader made for the job. Neither
//! server's grammar is whole in any parser there is, MariaDB's least of all; what rules ask for is a few statements,
//! read to the last word, while all others are known by their first words. `cursor` walks tokens, `part` reads names,
//! types and expressions, `column` columns, `key` keys and indexes, `table` and `alter` what is done to tables, `rows`
//! what is done to rows, `create`, `drop` and `session` the rest, `program` statements that hold others.

mod alter;
mod column;
mod create;
mod cursor;
mod drop;
mod key;
mod part;
mod program;
mod rows;
mod session;
mod table;

use super::act::Transaction;
use super::{Act, Placed, Reading};
use cursor::{Cursor, Unread, lexed};

/// Reads one statement, which begins at byte `offset` of its script.
pub(super) fn read(sql: &str, offset: usize) -> Reading {
    let pieces = lexed(sql);
    let cursor = Cursor::new(sql, offset, &pieces);
    let whole = cursor.rest_span();
    match statement(cursor) {
        Ok(acts) => Reading::Acts(
            acts.into_iter().map(|(span, act)| Placed { span: span.unwrap_or(whole.clone()), act }).collect(),
        ),
        Err(Unread { span, message }) => Reading::Unreadable(span, message),
    }
}

/// Acts, each with a place of its own where it does not have the statement's.
type Acts = Vec<(Option<std::ops::Range<usize>>, Act)>;

fn one(act: Act) -> Result<Acts, Unread> {
    Ok(vec![(None, act)])
}

/// What follows is one statement.
fn statement(mut cursor: Cursor<'_, '_>) -> Result<Acts, Unread> {
    if cursor.is_done() {
        return Ok(Vec::new());
    }
    if cursor.sees_symbol('(') {
        return one(rows::query(&cursor));
    }
    let first = cursor.word_here().to_lowercase();
    match first.as_str() {
        "create" => create::read(cursor),
        "alter" => alter::read(cursor),
        "drop" => drop::read(cursor),
        "rename" => drop::rename(cursor),
        "truncate" => drop::truncate(cursor),
        "insert" | "replace" => rows::insert(cursor).and_then(one),
        "update" => rows::update(cursor).and_then(one),
        "delete" => rows::delete(cursor).and_then(one),
        "select" | "with" | "values" | "table" => one(rows::leading(&cursor)),
        "set" => session::set(cursor),
        "lock" | "optimize" | "analyze" | "check" | "repair" => session::tables(cursor).and_then(one),
        "grant" | "revoke" => session::privilege(&cursor),
        "start" if cursor.sees(&["start", "transaction"]) => one(Act::Transaction(Transaction::Begin)),
        "commit" => one(Act::Transaction(Transaction::Commit)),
        "rollback" => one(Act::Transaction(session::rollback(&cursor))),
        "savepoint" | "release" => one(Act::Transaction(Transaction::Savepoint)),
        "prepare" | "execute" => program::dynamic(cursor),
        "begin" | "if" | "case" | "loop" | "while" | "repeat" | "for" | "declare" => {
            program::compound(cursor)
        }
        "explain" | "describe" | "desc" => one(Act::Other(first)),
        _ if session::is_known(&first) => one(Act::Other(cursor.first_words(2))),
        _ if cursor.sees_label() => program::compound(cursor),
        _ => {
            let problem = cursor.unread("no statement begins like this");
            cursor.advance();
            Err(problem)
        }
    }
}

#[cfg(test)]
mod tests;
