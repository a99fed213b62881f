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
