//! MySQL's words: names in backticks, strings, and expressions in a form in which equal ones are equal. Pure.

use schema_build::statement::{Kind, tokens};
use schema_runtime::dialect::Dialect;

/// A name as MySQL compares it. Tables differ by case on some systems; those that differ in nothing else are refused
/// where a database is read.
pub(crate) fn fold(name: &str) -> String {
    name.to_lowercase()
}

/// Whether two names are one.
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right) || fold(left) == fold(right)
}

/// A name as it is written in SQL: always in backticks, as the server itself writes it, for MySQL and MariaDB do not
/// agree on which words are reserved.
pub(crate) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// Names with commas between them.
pub(crate) fn list<T: AsRef<str>>(names: &[T]) -> String {
    names.iter().map(|name| quoted(name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A text as an SQL string.
pub(crate) fn string(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// A name without its backticks, a string without its quotes and escapes.
pub(crate) fn unquoted(text: &str) -> String {
    let mut chars = text.chars();
    let quote = match chars.next() {
        Some(quote @ ('`' | '\'' | '"')) if text.len() > 1 && text.ends_with(quote) => quote,
        _ => return text.to_owned(),
    };
    let mut plain = String::with_capacity(text.len());
    let inner = &text[1..text.len() - 1];
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if quote != '`' => plain.extend(chars.next().map(escaped)),
            _ if c == quote => {
                chars.next();
                plain.push(c);
            }
            _ => plain.push(c),
        }
    }
    plain
}

fn escaped(letter: char) -> char {
    match letter {
        '0' => '\0',
        'b' => '\u{8}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'Z' => '\u{1a}',
        other => other,
    }
}

/// An expression in a form in which white space, comments, the case of words, needless quotes, character sets of
/// strings and brackets around the whole do not matter.
pub(crate) fn canonical(sql: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for token in tokens(sql, Dialect::Mysql) {
        let text = &sql[token.range()];
        match (token.kind, text, words.last().map(String::as_str)) {
            (Kind::Comment, _, _) => {}
            (Kind::Word, _, _) => words.push(synonym(&fold(text)).to_owned()),
            (Kind::Quoted, _, _) => words.push(bare(text)),
            (Kind::String, _, before) if text.starts_with(['\'', '"']) => {
                if before.is_some_and(|word| word.starts_with("_utf8") || word == "_latin1") {
                    words.pop();
                }
                words.push(string(&unquoted(text)));
            }
            (Kind::String, _, _) => words.push(text.to_lowercase()),
            (_, "=", Some("!")) => {
                words.pop();
                words.extend(["<".to_owned(), ">".to_owned()]);
            }
            (_, _, _) => words.push(text.to_owned()),
        }
    }
    without_empty_calls(unwrapped(&words)).join(" ")
}

/// Words that are one.
fn synonym(word: &str) -> &str {
    match word {
        "now" | "localtime" | "localtimestamp" => "current_timestamp",
        "true" => "1",
        "false" => "0",
        other => other,
    }
}

/// `current_timestamp()` is `current_timestamp`.
fn without_empty_calls(words: &[String]) -> Vec<&str> {
    let mut short: Vec<&str> = Vec::new();
    for word in words {
        short.push(word);
        if let [.., "current_timestamp" | "current_date" | "current_time", "(", ")"] = short.as_slice() {
            short.truncate(short.len() - 2);
        }
    }
    short
}

/// A quoted name as a bare one, unless it needs its quotes.
fn bare(text: &str) -> String {
    let name = fold(&unquoted(text));
    let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !name.is_empty();
    if is_word { name } else { quoted(&name) }
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

/// Whether the SQL mentions this name anywhere, with or without quotes.
pub(crate) fn mentions(sql: &str, name: &str) -> bool {
    tokens(sql, Dialect::Mysql).any(|token| {
        matches!(token.kind, Kind::Word | Kind::Quoted) && is_same(&unquoted(&sql[token.range()]), name)
    })
}

/// The SQL with a column's name replaced, wherever it is used as a name.
pub(crate) fn renamed(sql: &str, from: &str, to: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut rest = 0;
    for token in tokens(sql, Dialect::Mysql) {
        let is_name = match token.kind {
            Kind::Quoted => true,
            Kind::Word => !sql[token.end..].starts_with('('),
            _ => false,
        };
        if is_name && is_same(&unquoted(&sql[token.range()]), from) {
            text.push_str(&sql[rest..token.start]);
            text.push_str(&quoted(to));
            rest = token.end;
        }
    }
    text + &sql[rest..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_strings_come_back_as_they_were() {
        for text in ["users", "a`b", "order", "größe", "a'b", "back\\slash"] {
            assert_eq!(unquoted(&quoted(text)), text);
            assert_eq!(unquoted(&string(text)), text);
        }
        assert_eq!(unquoted(r"'a\nb\'c'"), "a\nb'c");
    }

    #[test]
    fn equal_expressions_have_equal_texts() {
        assert_eq!(canonical(" ( Stock>=0 ) "), canonical("`stock` >= 0 -- never below"));
        assert_eq!(canonical("a != 'B'"), canonical("(`a` <> _utf8mb4'B')"));
        assert_eq!(canonical("now()"), canonical("CURRENT_TIMESTAMP"));
        assert_eq!(canonical("NOW(3)"), canonical("current_timestamp(3)"));
        assert_ne!(canonical("a = 'b'"), canonical("a = 'B'"));
        assert_ne!(canonical("(a) OR (b)"), canonical("a) OR (b"));
    }

    #[test]
    fn renaming_leaves_strings_and_functions_alone() {
        assert_eq!(renamed("a > 'a' AND a(b) > t.`A`", "a", "order"), "`order` > 'a' AND a(b) > t.`order`");
    }
}
