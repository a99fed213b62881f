//! Steps over the tokens of one statement that SQLite has accepted, hence without complaints. Pure.

use std::ops::Range;

use schema_build::statement::{Kind, Token, tokens};
use schema_runtime::dialect::Dialect;

use super::name;

/// The tokens of a statement, comments left out, and a place among them.
pub(super) struct Cursor<'a> {
    sql: &'a str,
    tokens: Vec<Token>,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(sql: &'a str) -> Self {
        let tokens = tokens(sql, Dialect::Sqlite).filter(|token| token.kind != Kind::Comment).collect();
        Self { sql, tokens, at: 0 }
    }

    /// Part of the tokens, with their places in the whole text.
    pub(super) fn part(sql: &'a str, tokens: &[Token]) -> Self {
        let tokens = tokens.iter().filter(|token| token.kind != Kind::Comment).copied().collect();
        Self { sql, tokens, at: 0 }
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The token's text; empty past the end.
    pub(super) fn peek(&self, ahead: usize) -> &'a str {
        self.tokens.get(self.at + ahead).map_or("", |token| &self.sql[token.range()])
    }

    fn kind(&self) -> Option<Kind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    /// Whether the bare words that come next are these.
    pub(super) fn sees(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(ahead, word)| self.peek(ahead).eq_ignore_ascii_case(word))
    }

    /// Steps over these words, if they come next.
    pub(super) fn take(&mut self, words: &[&str]) -> bool {
        let sees = self.sees(words);
        if sees {
            self.at += words.len();
        }
        sees
    }

    pub(super) fn next(&mut self) -> &'a str {
        let text = self.peek(0);
        self.at += 1;
        text
    }

    /// Steps over a name and takes its quotes off.
    pub(super) fn name(&mut self) -> String {
        name::unquoted(self.next())
    }

    /// Where the next token begins.
    pub(super) fn start(&self) -> usize {
        self.tokens.get(self.at).map_or(self.sql.len(), |token| token.start)
    }

    /// What lies between that start and the last token taken.
    pub(super) fn text(&self, start: usize) -> &'a str {
        match self.at.checked_sub(1).and_then(|last| self.tokens.get(last.min(self.tokens.len() - 1))) {
            Some(last) if last.end > start => &self.sql[start..last.end],
            _ => "",
        }
    }

    /// Steps over `( .. )` and gives what is inside.
    pub(super) fn brackets(&mut self) -> &'a str {
        let Range { start, end } = self.inside();
        self.sql[start..end].trim()
    }

    /// Steps over `( .. )` and gives the items inside, cut at commas.
    pub(super) fn items(&mut self) -> Vec<Cursor<'a>> {
        let first = self.at + 1;
        self.inside();
        let inner = &self.tokens
            [first.min(self.tokens.len())..self.at.saturating_sub(1).max(first).min(self.tokens.len())];
        split(self.sql, inner).into_iter().map(|item| Self::part(self.sql, item)).collect()
    }

    fn inside(&mut self) -> Range<usize> {
        let open = self.tokens.get(self.at).map_or(self.sql.len(), |token| token.end);
        let mut depth = 0_usize;
        while !self.is_done() {
            match self.next() {
                "(" => depth += 1,
                ")" if depth <= 1 => break,
                ")" => depth -= 1,
                _ => {}
            }
        }
        let close = self.tokens.get(self.at.saturating_sub(1)).map_or(self.sql.len(), |token| token.start);
        open..close.max(open)
    }

    /// Steps over the value after DEFAULT: brackets, or a signed literal.
    pub(super) fn value(&mut self) -> &'a str {
        let start = self.start();
        if self.peek(0) == "(" {
            self.brackets();
            return self.text(start);
        }
        while matches!(self.peek(0), "+" | "-") {
            self.at += 1;
        }
        let first = self.next();
        let is_number = first.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        while is_number && self.continues_number() {
            self.at += 1;
        }
        self.text(start)
    }

    /// The lexer cuts `1.5e-3` at its symbols; nothing stands between the pieces.
    fn continues_number(&self) -> bool {
        let (Some(last), Some(next)) = (self.tokens.get(self.at - 1), self.tokens.get(self.at)) else {
            return false;
        };
        let before = &self.sql[last.range()];
        let is_exponent = before.ends_with(['e', 'E']) && !before.starts_with("0x");
        last.end == next.start
            && match self.peek(0) {
                "." => true,
                "+" | "-" => is_exponent,
                _ => self.kind() == Some(Kind::Word),
            }
    }
}

/// Cuts tokens at the commas that stand in no brackets; the commas are left out.
pub(super) fn split<'t>(sql: &str, tokens: &'t [Token]) -> Vec<&'t [Token]> {
    let mut items = Vec::new();
    let (mut start, mut depth) = (0, 0_i32);
    for (at, token) in tokens.iter().enumerate() {
        match &sql[token.range()] {
            "(" => depth += 1,
            ")" => depth -= 1,
            "," if depth == 0 => {
                items.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&tokens[start..]);
    items
}
