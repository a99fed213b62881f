//! What is said to the session and the server: SET, locks, rights, upkeep.

use super::super::act::{Act, Lock, Maintain, Privilege, Set, Transaction};
use super::cursor::{Cursor, Unread};
use super::part::unquoted;
use super::{Acts, one, statement};

/// First words of statements that no rule looks into.
const KNOWN: [&str; 33] = [
    "use",
    "call",
    "do",
    "flush",
    "reset",
    "show",
    "help",
    "load",
    "install",
    "uninstall",
    "change",
    "purge",
    "stop",
    "start",
    "signal",
    "resignal",
    "binlog",
    "cache",
    "checksum",
    "import",
    "clone",
    "shutdown",
    "restart",
    "get",
    "backup",
    "kill",
    "handler",
    "unlock",
    "deallocate",
    "xa",
    "return",
    "leave",
    "close",
];

/// Whether a statement begins with such a word.
pub(super) fn is_known(word: &str) -> bool {
    KNOWN.contains(&word)
}

/// SET, one act for each variable.
pub(super) fn set(mut cursor: Cursor<'_, '_>) -> Result<Acts, Unread> {
    cursor.advance();
    if cursor.takes(&["statement"]) {
        let mut acts = assignments(&cursor.until(&["for"]));
        cursor.needs(&["for"])?;
        acts.extend(statement(cursor)?);
        return Ok(acts);
    }
    for (words, name) in
        [("names", "names"), ("charset", "character set"), ("password", "password"), ("role", "role")]
    {
        if cursor.sees(&[words])
            && !cursor.peek(1).is_some_and(|piece| piece.is_symbol('=') && words != "password")
        {
            cursor.advance();
            return one(plain(name, cursor.text()));
        }
    }
    if cursor.sees(&["character", "set"])
        || cursor.sees(&["default", "role"])
        || cursor.sees(&["resource", "group"])
    {
        let name = cursor.first_words(2);
        return one(plain(&name, cursor.text()));
    }
    let mut ahead = cursor.clone();
    let _ = ahead.takes_any(&["global", "session", "local"]);
    if ahead.sees(&["transaction"]) {
        return one(plain("transaction", ahead.text()));
    }
    Ok(assignments(&cursor))
}

fn plain(name: &str, value: String) -> Act {
    Act::Set(Set { name: name.to_owned(), value: Some(value.to_lowercase()), ..Set::default() })
}

fn assignments(cursor: &Cursor<'_, '_>) -> Acts {
    let mut scope = String::new();
    cursor.items().into_iter().map(|item| (Some(item.span()), assignment(item, &mut scope))).collect()
}

/// `SESSION a = 1`, `@@global.a := 1`, `@a = 1`. A scope is that of what follows it, too.
fn assignment(mut item: Cursor<'_, '_>, scope: &mut String) -> Act {
    let is_scope =
        |item: &Cursor<'_, '_>| item.sees_any(&["global", "session", "local", "persist", "persist_only"]);
    let mut own = scope.clone();
    let mut marks = 0;
    while item.takes_symbol('@') {
        marks += 1;
    }
    if is_scope(&item) {
        own = item.word_here().to_lowercase();
        item.advance();
        if !item.takes_symbol('.') {
            scope.clone_from(&own);
        }
    }
    let mut name = item.identifier().unwrap_or_default().to_lowercase();
    let _ = item.takes_symbol(':');
    let _ = item.takes_symbol('=');
    if marks == 1 {
        name.insert(0, '@');
    } else if matches!(own.as_str(), "global" | "persist" | "persist_only") {
        name = format!("{own} {name}");
    }
    let value = unquoted(&item.text()).to_lowercase();
    let strings = if marks == 1 { item.strings() } else { Vec::new() };
    Act::Set(Set { name, value: Some(value), strings, ..Set::default() })
}

/// LOCK TABLES, OPTIMIZE TABLE and the like.
pub(super) fn tables(mut cursor: Cursor<'_, '_>) -> Result<Act, Unread> {
    let verb = cursor.folded()?;
    let _ = cursor.takes_any(&["no_write_to_binlog", "local"]);
    if !cursor.takes_any(&["table", "tables"]) {
        return Ok(Act::Other(format!("{verb} {}", cursor.first_words(1)).trim().to_owned()));
    }
    let mut names = Vec::new();
    let mut mode = "read";
    for mut item in cursor.items() {
        names.push(item.name()?);
        if item.rest().iter().any(|piece| piece.is_word("write")) {
            mode = "write";
        }
    }
    if verb == "lock" {
        return Ok(Act::Lock(Lock { tables: names, mode: mode.to_owned() }));
    }
    Ok(Act::Maintain(Maintain { verb, tables: names }))
}

/// GRANT and REVOKE.
pub(super) fn privilege(cursor: &Cursor<'_, '_>) -> Result<Acts, Unread> {
    let is_grant = cursor.sees(&["grant"]);
    let mut behind = cursor.clone();
    behind.until(&["on"]);
    let _ = behind.takes(&["on"]);
    let _ = behind.takes_any(&["table", "procedure", "function"]);
    let tables = behind.name().ok().into_iter().collect();
    one(Act::Privilege(Privilege { is_grant, tables }))
}

/// ROLLBACK, or ROLLBACK TO.
pub(super) fn rollback(cursor: &Cursor<'_, '_>) -> Transaction {
    let has_point = cursor.rest().iter().any(|piece| piece.is_word("to"));
    if has_point { Transaction::Savepoint } else { Transaction::Rollback }
}
