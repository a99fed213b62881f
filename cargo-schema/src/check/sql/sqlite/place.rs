//! Where the parts of a statement stand, told from its tokens.

use std::ops::Range;

use schema_build::statement::{Kind, Token, tokens};
use schema_runtime::dialect::Dialect;

/// A statement's text, and where it is in its script.
pub(super) struct Text<'s> {
    sql: &'s str,
    offset: usize,
    tokens: Vec<Token>,
}

impl<'s> Text<'s> {
    pub(super) fn new(sql: &'s str, offset: usize) -> Self {
        let tokens = tokens(sql, Dialect::Sqlite).filter(|token| token.kind != Kind::Comment).collect();
        Self { sql, offset, tokens }
    }

    /// All of it.
    pub(super) fn whole(&self) -> Range<usize> {
        self.offset..self.offset + self.sql.len()
    }

    /// Its words and symbols, in lower case.
    pub(super) fn words(&self) -> Vec<String> {
        self.tokens.iter().map(|token| self.sql[token.range()].to_lowercase()).collect()
    }

    /// Enough of them to say what kind of statement it is.
    pub(super) fn first_words(&self) -> String {
        self.words().into_iter().take(3).collect::<Vec<_>>().join(" ")
    }

    /// The name of the table that an ALTER TABLE is about: where its first token is, and the token behind it.
    pub(super) fn altered(&self) -> Option<(usize, usize)> {
        let word = |at: usize| self.tokens.get(at).map(|token| self.sql[token.range()].to_lowercase());
        let is_alter = word(0)? == "alter" && word(1)? == "table";
        let name = if word(3).is_some_and(|word| word == ".") { 4 } else { 2 };
        is_alter.then_some((name, name + 1))
    }

    /// What an ALTER TABLE does to its table, behind the table's name.
    pub(super) fn change(&self) -> Range<usize> {
        let first = self.altered().and_then(|(_, verb)| self.tokens.get(verb));
        let last = self.tokens.iter().rfind(|token| &self.sql[token.range()] != ";");
        match (first, last) {
            (Some(first), Some(last)) if first.start < last.end => self.in_script(first.start..last.end),
            _ => self.whole(),
        }
    }

    /// The token at a line and a column, both counted from one.
    pub(super) fn token_at(&self, line: usize, column: usize) -> Range<usize> {
        let lines: usize = self.sql.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let at = lines + column.saturating_sub(1);
        let token = self.tokens.iter().rfind(|token| token.start <= at).or(self.tokens.last());
        token.map_or_else(|| self.whole(), |token| self.in_script(token.range()))
    }

    /// What stands between the commas of the outermost brackets.
    pub(super) fn items(&self) -> Vec<Range<usize>> {
        let mut items = Vec::new();
        let (mut depth, mut start, mut end) = (0_usize, None, 0);
        for token in &self.tokens {
            match &self.sql[token.range()] {
                ")" if depth == 1 => break,
                "," if depth == 1 => items.extend(start.take().map(|start| self.in_script(start..end))),
                symbol => {
                    if depth > 0 {
                        start.get_or_insert(token.start);
                        end = token.end;
                    }
                    match symbol {
                        "(" => depth += 1,
                        ")" => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                }
            }
        }
        items.extend(start.map(|start| self.in_script(start..end)));
        items
    }

    fn in_script(&self, range: Range<usize>) -> Range<usize> {
        self.offset + range.start..self.offset + range.end
    }
}
