//! Tokens, one after the other, with the questions that a reader asks of them. Comments are gone, and of a conditional
//! comment only what some server runs is left.

use std::ops::Range;

use schema_build::statement::{Kind, tokens};
use schema_runtime::dialect::Dialect;

use super::super::part::Name;
use super::part::unquoted;

/// A token with its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Piece<'_> {
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(super) fn is_symbol(&self, symbol: char) -> bool {
        matches!(self.kind, Kind::Symbol | Kind::Semicolon) && self.text.starts_with(symbol)
    }
}

/// What could not be read, and where.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) span: Range<usize>,
    pub(super) message: String,
}

/// Where a reader stands.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'p, 'a> {
    sql: &'a str,
    offset: usize,
    pieces: &'p [Piece<'a>],
    at: usize,
}

/// The tokens that some server reads.
pub(super) fn lexed(sql: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut dead = 0;
    for token in tokens(sql, Dialect::Mysql) {
        let text = &sql[token.range()];
        match token.kind {
            Kind::Conditional if text.starts_with("/*") => {
                dead += usize::from(dead > 0 || is_never_run(text));
            }
            Kind::Conditional => dead = usize::saturating_sub(dead, 1),
            Kind::Comment | Kind::Hint | Kind::Directive | Kind::Delimiter => {}
            kind if dead == 0 => pieces.push(Piece { kind, text, start: token.start, end: token.end }),
            _ => {}
        }
    }
    pieces
}

/// `/*!99999` and `/*M!999999`: for a version that will never be.
fn is_never_run(opener: &str) -> bool {
    let version = opener.trim_start_matches(|c: char| !c.is_ascii_digit());
    (version.len() == 5 && version >= "99000") || (version.len() == 6 && version >= "990000")
}

impl<'p, 'a> Cursor<'p, 'a> {
    pub(super) fn new(sql: &'a str, offset: usize, pieces: &'p [Piece<'a>]) -> Self {
        Self { sql, offset, pieces, at: 0 }
    }

    fn over(&self, pieces: &'p [Piece<'a>]) -> Self {
        Self { sql: self.sql, offset: self.offset, pieces, at: 0 }
    }

    pub(super) fn rest(&self) -> &'p [Piece<'a>] {
        &self.pieces[self.at.min(self.pieces.len())..]
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<Piece<'a>> {
        self.pieces.get(self.at + ahead).copied()
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.pieces.len()
    }

    pub(super) fn advance(&mut self) -> Option<Piece<'a>> {
        let piece = self.peek(0)?;
        self.at += 1;
        Some(piece)
    }

    /// The word that stands here; empty where none does.
    pub(super) fn word_here(&self) -> &'a str {
        self.peek(0).filter(|piece| piece.kind == Kind::Word).map_or("", |piece| piece.text)
    }

    pub(super) fn sees(&self, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.peek(ahead).is_some_and(|piece| piece.is_word(word)))
    }

    pub(super) fn sees_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.sees(&[word]))
    }

    pub(super) fn sees_symbol(&self, symbol: char) -> bool {
        self.peek(0).is_some_and(|piece| piece.is_symbol(symbol))
    }

    /// `name:`, before a loop.
    pub(super) fn sees_label(&self) -> bool {
        self.peek(1).is_some_and(|piece| piece.is_symbol(':'))
            && !self.peek(2).is_some_and(|it| it.is_symbol('='))
    }

    /// Takes these words where they stand here.
    pub(super) fn takes(&mut self, words: &[&str]) -> bool {
        let is_here = self.sees(words);
        self.at += if is_here { words.len() } else { 0 };
        is_here
    }

    /// Takes one of these words.
    pub(super) fn takes_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.takes(&[word]))
    }

    pub(super) fn takes_symbol(&mut self, symbol: char) -> bool {
        let is_here = self.sees_symbol(symbol);
        self.at += usize::from(is_here);
        is_here
    }

    pub(super) fn takes_if_exists(&mut self) -> bool {
        self.takes(&["if", "exists"])
    }

    pub(super) fn takes_if_not_exists(&mut self) -> bool {
        self.takes(&["if", "not", "exists"])
    }

    /// `WAIT 5`, `NOWAIT`: MariaDB's patience.
    pub(super) fn takes_wait(&mut self) -> Option<String> {
        if self.takes(&["nowait"]) {
            return Some("nowait".to_owned());
        }
        if self.takes(&["wait"]) {
            return self.advance().map(|piece| format!("wait={}", piece.text));
        }
        None
    }

    pub(super) fn needs(&mut self, words: &[&str]) -> Result<(), Unread> {
        if self.takes(words) {
            Ok(())
        } else {
            Err(self.unread(&format!("`{}` should stand here", words.join(" ").to_uppercase())))
        }
    }

    /// The tokens between the bracket that stands here and its partner.
    pub(super) fn group(&mut self) -> Result<Cursor<'p, 'a>, Unread> {
        if !self.sees_symbol('(') {
            return Err(self.unread("an opening bracket should stand here"));
        }
        let opener = self.at;
        let length = balanced(self.rest()).ok_or_else(|| self.unread("this bracket is never closed"))?;
        self.at += length;
        Ok(self.over(&self.pieces[opener + 1..self.at - 1]))
    }

    pub(super) fn group_if_any(&mut self) -> Result<Option<Cursor<'p, 'a>>, Unread> {
        if self.sees_symbol('(') { self.group().map(Some) } else { Ok(None) }
    }

    /// What is left, cut at the commas that stand in no bracket.
    pub(super) fn items(&self) -> Vec<Cursor<'p, 'a>> {
        let rest = self.rest();
        let (mut items, mut depth, mut start) = (Vec::new(), 0_usize, 0);
        for (at, piece) in rest.iter().enumerate() {
            match piece.text {
                "(" if piece.is_symbol('(') => depth += 1,
                ")" if piece.is_symbol(')') => depth = depth.saturating_sub(1),
                "," if depth == 0 && piece.is_symbol(',') => {
                    items.push(self.over(&rest[start..at]));
                    start = at + 1;
                }
                _ => {}
            }
        }
        items.push(self.over(&rest[start..]));
        items
    }

    /// What is left up to one of these words that stands in no bracket; the cursor stands at that word then.
    pub(super) fn until(&mut self, words: &[&str]) -> Cursor<'p, 'a> {
        let rest = self.rest();
        let mut depth = 0_usize;
        let end = rest.iter().position(|piece| {
            if piece.is_symbol('(') {
                depth += 1;
            } else if piece.is_symbol(')') {
                depth = depth.saturating_sub(1);
            }
            depth == 0 && words.iter().any(|word| piece.is_word(word))
        });
        let end = end.unwrap_or(rest.len());
        self.at += end;
        self.over(&rest[..end])
    }

    /// A name without a qualifier, as it is written but for its quotes.
    pub(super) fn identifier(&mut self) -> Result<String, Unread> {
        match self.peek(0) {
            Some(piece) if matches!(piece.kind, Kind::Word | Kind::Quoted | Kind::String) => {
                self.at += 1;
                Ok(unquoted(piece.text))
            }
            _ => Err(self.unread("a name should stand here")),
        }
    }

    /// A name of a column or index, which servers compare without looking at case.
    pub(super) fn folded(&mut self) -> Result<String, Unread> {
        self.identifier().map(|name| name.to_lowercase())
    }

    /// The name of a table and the like.
    pub(super) fn name(&mut self) -> Result<Name, Unread> {
        let start = self.at;
        let mut parts = vec![self.identifier()?];
        while self.takes_symbol('.') {
            parts.push(self.identifier()?);
        }
        let span = self.span_of(start, self.at);
        let name = parts.pop().unwrap_or_default();
        Ok(Name { schema: parts.pop(), name, span })
    }

    /// `FOR user@host` and the like: whoever stands here.
    pub(super) fn person(&mut self) -> Result<Name, Unread> {
        let start = self.at;
        let name = self.identifier()?;
        if self.takes_symbol('@') && self.peek(0).is_some_and(|piece| piece.kind != Kind::Symbol) {
            self.advance();
        }
        self.group_if_any()?;
        Ok(Name { schema: None, name, span: self.span_of(start, self.at) })
    }

    fn span_of(&self, start: usize, end: usize) -> Range<usize> {
        let (first, last) = (self.pieces.get(start), self.pieces.get(end.saturating_sub(1)));
        match (first, last) {
            (Some(first), Some(last)) => self.offset + first.start..self.offset + last.end.max(first.start),
            _ => {
                let end = self.offset + self.pieces.last().map_or(0, |piece| piece.end);
                end..end
            }
        }
    }

    /// The place of all that is left.
    pub(super) fn rest_span(&self) -> Range<usize> {
        self.span_of(self.at, self.pieces.len())
    }

    /// The strings that follow, without quotes, and where each begins.
    pub(super) fn strings(&self) -> Vec<(usize, String)> {
        let strings = self.rest().iter().filter(|piece| piece.kind == Kind::String);
        strings.map(|piece| (self.offset + piece.start + 1, unquoted(piece.text))).collect()
    }

    /// The place of all tokens, those that were taken among them.
    pub(super) fn span(&self) -> Range<usize> {
        self.span_of(0, self.pieces.len())
    }

    /// The place from where another cursor over the same tokens stood.
    pub(super) fn span_since(&self, before: &Self) -> Range<usize> {
        self.span_of(before.at, self.at)
    }

    /// What was taken since then.
    pub(super) fn since(&self, before: &Self) -> Cursor<'p, 'a> {
        self.over(&self.pieces[before.at..self.at])
    }

    /// What is left as it was written, in one line.
    pub(super) fn text(&self) -> String {
        let rest = self.rest();
        let (Some(first), Some(last)) = (rest.first(), rest.last()) else { return String::new() };
        self.sql[first.start..last.end].split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The first words of what is left, in lower case.
    pub(super) fn first_words(&self, count: usize) -> String {
        let words = self.rest().iter().take_while(|piece| piece.kind == Kind::Word).take(count);
        words.map(|piece| piece.text.to_lowercase()).collect::<Vec<_>>().join(" ")
    }

    /// All words that are left, in lower case.
    pub(super) fn words(&self) -> String {
        self.rest().iter().map(|piece| piece.text.to_lowercase()).collect::<Vec<_>>().join(" ")
    }

    /// What stands here was not expected.
    pub(super) fn unread(&self, message: &str) -> Unread {
        let span = self.span_of(self.at, self.at + 1);
        let what = self.peek(0).map_or_else(|| "the end".to_owned(), |piece| format!("`{}`", piece.text));
        Unread { span, message: format!("{message}, and {what} does") }
    }
}

/// How many tokens reach from an opening bracket to its partner.
fn balanced(pieces: &[Piece<'_>]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, piece) in pieces.iter().enumerate() {
        if piece.is_symbol('(') {
            depth += 1;
        } else if piece.is_symbol(')') {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(at + 1);
            }
        }
    }
    None
}
