//! Expressions, and whatever else holds names: read from the tokens that a node of the tree is made of, so that every
//! kind of node is read by the same few lines.

use std::convert::Infallible;

use sqlite3_parser::ast::fmt::{ToTokens, TokenStream};
use sqlite3_parser::dialect::TokenType::{self, *};

use super::super::part::{Expr, Name};
use super::part::fold;

/// The tokens of a node.
#[derive(Default)]
struct Words(Vec<Word>);

struct Word {
    kind: TokenType,
    text: String,
}

impl TokenStream for Words {
    type Error = Infallible;

    fn append(&mut self, kind: TokenType, value: Option<&str>) -> Result<(), Infallible> {
        let text = value.or_else(|| kind.as_str()).unwrap_or_default().to_owned();
        self.0.push(Word { kind, text });
        Ok(())
    }
}

impl Words {
    fn of(node: &impl ToTokens) -> Self {
        let mut words = Self::default();
        let Ok(()) = node.to_tokens(&mut words);
        words
    }

    fn kind(&self, at: usize) -> Option<TokenType> {
        self.0.get(at).map(|word| word.kind)
    }

    fn is(&self, at: usize, kind: TokenType) -> bool {
        self.kind(at) == Some(kind)
    }

    /// `a` of `a AS (`, and of `a (b, c) AS (`, folded.
    fn name_before(&self, at: usize) -> Option<String> {
        let before = at.checked_sub(1)?;
        let name = match self.kind(before)? {
            TK_RP => self.0[..before].iter().rposition(|word| word.kind == TK_LP)?.checked_sub(1)?,
            _ => before,
        };
        self.name(name).map(|(name, _)| name.name)
    }

    fn is_before(&self, at: usize, kind: TokenType) -> bool {
        at.checked_sub(1).is_some_and(|before| self.is(before, kind))
    }

    /// `a`, or `b` of `a.b`, folded; and where the name ends.
    fn name(&self, at: usize) -> Option<(Name, usize)> {
        let text = |at: usize| self.0.get(at).filter(|word| word.kind == TK_ID).map(|word| fold(&word.text));
        let first = text(at)?;
        match text(at + 2).filter(|_| self.is(at + 1, TK_DOT)) {
            Some(second) => Some((Name { schema: Some(first), name: second, span: 0..0 }, at + 3)),
            None => Some((Name { schema: None, name: first, span: 0..0 }, at + 1)),
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let mut is_open = true;
        for word in &self.0 {
            if !is_open && !matches!(word.kind, TK_COMMA | TK_RP | TK_DOT | TK_SEMI) {
                text.push(' ');
            }
            text.push_str(&shown(word));
            is_open = matches!(word.kind, TK_LP | TK_DOT);
        }
        text
    }
}

/// A name in its plainest spelling, so that two spellings of one expression are one text.
fn shown(word: &Word) -> String {
    match word.kind {
        TK_ID => {
            let folded = fold(&word.text);
            let is_plain = folded.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if is_plain && !folded.is_empty() { folded } else { format!("\"{folded}\"") }
        }
        TK_BLOB => format!("x'{}'", word.text),
        _ => word.text.clone(),
    }
}

/// An expression, a query, a statement of a trigger: whatever kind of node it is.
pub(super) fn expr(node: &impl ToTokens) -> Expr {
    let words = Words::of(node);
    let mut expr = Expr { text: words.text(), tables: tables(&words), ..Expr::default() };
    expr.is_null = expr.text.trim_matches(['(', ')']).eq_ignore_ascii_case("null");
    for (at, word) in words.0.iter().enumerate() {
        match word.kind {
            TK_ID if words.is(at + 1, TK_LP) => expr.calls.push(fold(&word.text)),
            TK_ID if words.is(at + 1, TK_DOT) || words.is_before(at, TK_COLLATE) => {}
            TK_ID => {
                expr.columns.push(fold(&word.text));
                if word.text.starts_with('"') {
                    expr.quoted.push(fold(&word.text));
                }
            }
            TK_CTIME_KW => expr.calls.push(word.text.to_lowercase()),
            TK_CAST => expr.calls.push("cast".to_owned()),
            TK_SELECT | TK_VALUES => expr.has_query = true,
            TK_STRING => expr.strings.push(text_of(&word.text)),
            _ => {}
        }
    }
    expr.is_literal = is_literal(&words);
    expr
}

/// A string without its quotes. Its case matters, unlike that of a name.
fn text_of(string: &str) -> String {
    crate::dialect::sqlite::name::unquoted(string)
}

/// One literal, with any sign and brackets. A bare word is one, too: SQLite takes it for a string.
fn is_literal(words: &Words) -> bool {
    let is_frame = |word: &&Word| matches!(word.kind, TK_LP | TK_RP | TK_PLUS | TK_MINUS);
    let has_brackets = words.is(0, TK_LP);
    let mut inner = words.0.iter().filter(|word| !is_frame(word));
    let Some(word) = inner.next() else { return false };
    let is_bare = word.kind == TK_ID;
    let is_word = |word: &Word| matches!(word.text.to_lowercase().as_str(), "true" | "false");
    let is_value = matches!(word.kind, TK_FLOAT | TK_INTEGER | TK_STRING | TK_BLOB | TK_NULL)
        || (is_bare && (!has_brackets || is_word(word)));
    is_value && inner.next().is_none()
}

/// The tables that queries and changes in it name; names of WITH and functions are left out.
fn tables(words: &Words) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    let mut own: Vec<String> = Vec::new();
    // For each bracket that is open: whether a comma leads to another table.
    let mut lists = vec![false];
    let mut is_next = false;
    for (at, word) in words.0.iter().enumerate() {
        match word.kind {
            TK_FROM => is_next = !words.is_before(at, TK_DISTINCT),
            TK_JOIN | TK_INTO => is_next = true,
            TK_COMMA => is_next = lists.last().copied().unwrap_or(false),
            TK_UPDATE => is_next = !words.is(at + 1, TK_SET),
            TK_OR | TK_REPLACE | TK_IGNORE | TK_ABORT | TK_FAIL | TK_ROLLBACK if is_next => {}
            TK_LP => {
                lists.push(is_next);
                continue;
            }
            TK_RP => {
                lists.pop();
                is_next = false;
            }
            TK_AS if matches!(words.kind(at + 1), Some(TK_LP | TK_NOT | TK_MATERIALIZED)) => {
                own.extend(words.name_before(at));
            }
            TK_ID if is_next => {
                let is_target = words.is_before(at, TK_INTO);
                let table = words.name(at).filter(|(_, end)| is_target || !words.is(*end, TK_LP));
                found.extend(table.map(|(name, _)| name));
                is_next = false;
            }
            _ => is_next = false,
        }
        if let Some(list) = lists.last_mut() {
            match word.kind {
                TK_FROM => *list = !words.is_before(at, TK_DISTINCT),
                TK_WHERE | TK_GROUP | TK_ORDER | TK_LIMIT | TK_SELECT | TK_SET | TK_UNION | TK_VALUES => {
                    *list = false;
                }
                _ => {}
            }
        }
    }
    found.retain(|name| !own.contains(&name.name));
    found
}
