//! SQLite's words: names with and without quotes, and texts in a form in which equal ones are equal. Pure.

use std::collections::BTreeSet;

use schema_build::statement::{Kind, Token, tokens};
use schema_runtime::dialect::Dialect;

/// Words that SQLite does not take as a bare name everywhere (its own list, sorted).
const KEYWORDS: [&str; 147] = [
    "abort",
    "action",
    "add",
    "after",
    "all",
    "alter",
    "always",
    "analyze",
    "and",
    "as",
    "asc",
    "attach",
    "autoincrement",
    "before",
    "begin",
    "between",
    "by",
    "cascade",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "commit",
    "conflict",
    "constraint",
    "create",
    "cross",
    "current",
    "current_date",
    "current_time",
    "current_timestamp",
    "database",
    "default",
    "deferrable",
    "deferred",
    "delete",
    "desc",
    "detach",
    "distinct",
    "do",
    "drop",
    "each",
    "else",
    "end",
    "escape",
    "except",
    "exclude",
    "exclusive",
    "exists",
    "explain",
    "fail",
    "filter",
    "first",
    "following",
    "for",
    "foreign",
    "from",
    "full",
    "generated",
    "glob",
    "group",
    "groups",
    "having",
    "if",
    "ignore",
    "immediate",
    "in",
    "index",
    "indexed",
    "initially",
    "inner",
    "insert",
    "instead",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "key",
    "last",
    "left",
    "like",
    "limit",
    "match",
    "materialized",
    "natural",
    "no",
    "not",
    "nothing",
    "notnull",
    "null",
    "nulls",
    "of",
    "offset",
    "on",
    "or",
    "order",
    "others",
    "outer",
    "over",
    "partition",
    "plan",
    "pragma",
    "preceding",
    "primary",
    "query",
    "raise",
    "range",
    "recursive",
    "references",
    "regexp",
    "reindex",
    "release",
    "rename",
    "replace",
    "restrict",
    "returning",
    "right",
    "rollback",
    "row",
    "rows",
    "savepoint",
    "select",
    "set",
    "table",
    "temp",
    "temporary",
    "then",
    "ties",
    "to",
    "transaction",
    "trigger",
    "unbounded",
    "union",
    "unique",
    "update",
    "using",
    "vacuum",
    "values",
    "view",
    "virtual",
    "when",
    "where",
    "window",
    "with",
    "without",
];

/// Words that are no names although SQLite's list lacks them: what they stand for is decided by their place.
const LITERALS: [&str; 2] = ["false", "true"];

/// A name as SQLite compares it.
pub(crate) fn fold(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// Whether two names are one to SQLite.
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}

/// A name as it is written in SQL: in quotes only where it must be.
pub(crate) fn quoted(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// Names in brackets, as in `(a, b)`, without the brackets.
pub(crate) fn list<T: AsRef<str>>(names: &[T]) -> String {
    names.iter().map(|name| quoted(name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A text as an SQL string.
pub(crate) fn string(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && KEYWORDS.binary_search(&fold(name).as_str()).is_err()
        && !LITERALS.contains(&fold(name).as_str())
}

/// A name without its quotes, of which SQLite takes four kinds.
pub(crate) fn unquoted(text: &str) -> String {
    match text.as_bytes() {
        [b'[', .., b']'] => text[1..text.len() - 1].to_owned(),
        [quote @ (b'"' | b'`' | b'\''), .., last] if quote == last && text.len() > 1 => {
            let quote = char::from(*quote);
            text[1..text.len() - 1].replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        _ => text.to_owned(),
    }
}

/// An expression or any other SQL, in a form in which white space, comments, the case of words, needless quotes
/// and brackets around the whole do not matter.
pub(crate) fn canonical(sql: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for token in tokens(sql, Dialect::Sqlite).filter(|token| token.kind != Kind::Comment) {
        let text = &sql[token.range()];
        match (token.kind, text, words.last().map(String::as_str)) {
            (Kind::Word, _, _) => words.push(fold(text)),
            (Kind::Quoted, _, _) => words.push(bare(text)),
            (Kind::String, _, _) if text.starts_with(['x', 'X']) => words.push(text.to_ascii_uppercase()),
            (_, "=", Some("=")) => {}
            (_, "=", Some("!")) => {
                words.pop();
                words.extend(["<".to_owned(), ">".to_owned()]);
            }
            (_, _, _) => words.push(text.to_owned()),
        }
    }
    unwrapped(&words).join(" ")
}

/// A quoted name as a bare one, unless it needs its quotes.
fn bare(text: &str) -> String {
    let name = fold(&unquoted(text));
    let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !name.is_empty();
    if is_word { name } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// Without brackets around the whole.
fn unwrapped(mut words: &[String]) -> &[String] {
    while let [first, inner @ .., last] = words
        && first == "("
        && last == ")"
        && is_balanced(inner)
    {
        words = inner;
    }
    words
}

fn is_balanced(words: &[String]) -> bool {
    let mut depth = 0_usize;
    for word in words {
        match word.as_str() {
            "(" => depth += 1,
            ")" if depth == 0 => return false,
            ")" => depth -= 1,
            _ => {}
        }
    }
    depth == 0
}

/// Whether the SQL mentions this name anywhere, as a word or in quotes of any kind.
pub(crate) fn mentions(sql: &str, name: &str) -> bool {
    tokens(sql, Dialect::Sqlite).any(|token| {
        let text = &sql[token.range()];
        match token.kind {
            Kind::Word => is_same(text, name),
            Kind::Quoted | Kind::String => is_same(&unquoted(text), name),
            _ => false,
        }
    })
}

/// Every name that the SQL may mention, folded.
pub(super) fn mentioned(sql: &str) -> BTreeSet<String> {
    let word = |token: Token| {
        let text = &sql[token.range()];
        match token.kind {
            Kind::Word => Some(fold(text)),
            Kind::Quoted | Kind::String => Some(fold(&unquoted(text))),
            _ => None,
        }
    };
    tokens(sql, Dialect::Sqlite).filter_map(word).collect()
}

/// The SQL with a column's name replaced, wherever it is used as a name.
pub(crate) fn renamed(sql: &str, from: &str, to: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut rest = 0;
    for token in tokens(sql, Dialect::Sqlite) {
        let is_name = matches!(token.kind, Kind::Word | Kind::Quoted);
        if is_name && is_same(&unquoted(&sql[token.range()]), from) && !is_call(&sql[token.end..]) {
            text.push_str(&sql[rest..token.start]);
            text.push_str(&quoted(to));
            rest = token.end;
        }
    }
    text + &sql[rest..]
}

/// The SQL with the qualifier `from.` replaced.
pub(crate) fn qualified(sql: &str, from: &str, to: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut rest = 0;
    for token in tokens(sql, Dialect::Sqlite) {
        let is_name = matches!(token.kind, Kind::Word | Kind::Quoted);
        let is_qualifier = sql[token.end..].trim_start().starts_with('.');
        if is_name && is_qualifier && is_same(&unquoted(&sql[token.range()]), from) {
            text.push_str(&sql[rest..token.start]);
            text.push_str(&quoted(to));
            rest = token.end;
        }
    }
    text + &sql[rest..]
}

fn is_call(rest: &str) -> bool {
    rest.trim_start().starts_with('(')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn names_are_quoted_when_they_must_be() {
        assert_eq!(quoted("users"), "users");
        assert_eq!(quoted("Order"), "\"Order\"");
        assert_eq!(quoted("a b"), "\"a b\"");
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
        assert_eq!(quoted("größe"), "\"größe\"");
        assert_eq!(quoted("1st"), "\"1st\"");
        for name in ["users", "a\"b", "a`b", "a]b", "日本"] {
            assert_eq!(unquoted(&quoted(name)), name);
        }
        assert_eq!(unquoted("[a b]"), "a b");
        assert_eq!(unquoted("'a''b'"), "a'b");
    }

    #[test]
    fn equal_expressions_have_equal_texts() {
        assert_eq!(canonical(" ( Stock>=0 ) "), canonical("\"stock\" >= 0 -- never below"));
        assert_eq!(canonical("a != 'B'"), canonical("a <> 'B'"));
        assert_eq!(canonical("a == 1"), canonical("a = 1"));
        assert_ne!(canonical("a = 'b'"), canonical("a = 'B'"));
        assert_ne!(canonical("(a) OR (b)"), canonical("a) OR (b"));
    }

    #[test]
    fn renaming_leaves_strings_and_functions_alone() {
        assert_eq!(
            renamed("a > 'a' AND a(b) > t.\"A\"", "a", "order"),
            "\"order\" > 'a' AND a(b) > t.\"order\""
        );
    }
}
