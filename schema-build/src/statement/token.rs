//! Tokens: where words, symbols and everything else begin and end in each dialect; strings are stepped over in `quote`,
//! comments in `comment`. Looks at bytes and at nothing else; what a word means is decided by those who take the tokens.
//!
//! Build scripts run this unoptimised over thousands of files, hence table lookups and plain loops over bytes.

use std::ops::Range;

use schema_runtime::dialect::Dialect;

use super::Problem;
use super::word::{DELIMITER, key};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword, an unquoted name or a number.
    Word,
    /// A quoted identifier.
    Quoted,
    /// A string in any notation, its prefix included.
    String,
    /// One character of punctuation or of an operator.
    Symbol,
    /// A `;` that can end a statement.
    Semicolon,
    /// The terminator that a `DELIMITER` line has set.
    Delimiter,
    /// A `DELIMITER` line: an instruction to the client, no part of any statement.
    Directive,
    /// The opening `/*!50003` or the closing `*/` of a comment whose content MySQL or MariaDB runs.
    Conditional,
    /// An optimizer hint, `/*+ .. */`.
    Hint,
    /// A comment.
    Comment,
}

/// One token and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Byte offset of its first byte.
    pub start: usize,
    /// Byte offset just past its last byte.
    pub end: usize,
}

impl Token {
    /// Its place, to slice the script with.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// The tokens of a script, in order.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    pub(super) sql: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) dialect: Dialect,
    /// What a `DELIMITER` line has set; empty for the plain `;`.
    delimiter: &'a [u8],
    /// Offsets of the conditional comments that are open.
    pub(super) conditionals: Vec<usize>,
    problems: Vec<Problem>,
}

pub(super) const SPACE: u8 = 1;
pub(super) const WORD: u8 = 2;

pub(super) const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => SPACE,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' | 0x80.. => WORD,
            _ => 0,
        };
        byte += 1;
    }
    class
};

/// The mysql client keeps no more of a delimiter, and a longer one would make the search for it quadratic.
const DELIMITER_LIMIT: usize = 15;

/// Whether two tokens that end and begin with such bytes would read as one if nothing stood between them.
pub(crate) fn joins(byte: u8) -> bool {
    CLASS[byte as usize] == WORD || matches!(byte, b'\'' | b'"' | b'`' | b'[' | b']')
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        while let Some(&byte) = self.bytes.get(self.at) {
            if CLASS[byte as usize] != SPACE {
                let start = self.at;
                let kind = self.scan(byte);
                return Some(Token { kind, start, end: self.at });
            }
            self.at += 1;
        }
        None
    }
}

impl<'a> Tokens<'a> {
    pub(super) fn new(sql: &'a str, dialect: Dialect) -> Self {
        let at = if sql.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut tokens = Self {
            sql,
            bytes: sql.as_bytes(),
            at,
            dialect,
            delimiter: b"",
            conditionals: Vec::new(),
            problems: Vec::new(),
        };
        tokens.refuse_nul();
        tokens
    }

    /// What was never closed, once all tokens were taken.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        if let Some(&outermost) = self.conditionals.first() {
            self.problem(outermost, "this conditional comment is never closed");
        }
        self.problems
    }

    /// Skips the rows that follow `COPY .. FROM stdin`, up to and including the line `\.`.
    pub(super) fn skip_rows(&mut self) {
        let rest = &self.sql[self.at..];
        let end = rest.find("\n\\.").map_or(rest.len(), |marker| marker + "\n\\.".len());
        self.at += end;
    }

    fn problem(&mut self, offset: usize, message: &str) {
        self.problems.push(Problem::new(offset, message));
    }

    /// SQLite and PostgreSQL take scripts as C strings. MySQL counts bytes.
    fn refuse_nul(&mut self) {
        if self.dialect != Dialect::Mysql
            && let Some(offset) = self.sql.find('\0')
        {
            self.problem(offset, "this byte is NUL, at which the database stops reading");
        }
    }

    /// Steps over the token that begins here with `byte`.
    fn scan(&mut self, byte: u8) -> Kind {
        if !self.delimiter.is_empty() && self.rest().starts_with(self.delimiter) {
            self.at += self.delimiter.len();
            return Kind::Delimiter;
        }
        match (byte, self.dialect) {
            (b'$', Dialect::Postgres) => self.dollar(),
            (_, _) if CLASS[byte as usize] == WORD => self.word(),
            (b'\'', dialect) => self.string(dialect == Dialect::Mysql),
            (b'"', Dialect::Mysql) => self.quoted(b'"', true, Kind::String),
            (b'"', Dialect::Sqlite | Dialect::Postgres) => self.quoted(b'"', false, Kind::Quoted),
            (b'`', Dialect::Sqlite | Dialect::Mysql) => self.quoted(b'`', false, Kind::Quoted),
            (b'[', Dialect::Sqlite) => self.bracket(),
            (b'-', _) if self.is_dash_comment() => self.line_comment(),
            (b'#', Dialect::Mysql) => self.line_comment(),
            (b'/', _) if self.peek(1) == b'*' => self.block_comment(),
            (b'*', _) if self.peek(1) == b'/' && !self.conditionals.is_empty() => self.end_conditional(),
            (b';', _) => self.semicolon(),
            (_, _) => self.step(1, Kind::Symbol),
        }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// The byte `ahead` of here; NUL past the end.
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    pub(super) fn step(&mut self, bytes: usize, kind: Kind) -> Kind {
        self.at += bytes;
        kind
    }

    /// Takes everything that is left: where the author meant to close it nobody can say.
    pub(super) fn unclosed(&mut self, start: usize, what: &str, kind: Kind) -> Kind {
        self.at = self.bytes.len();
        self.problem(start, &format!("this {what} is never closed"));
        kind
    }

    /// A `;` ends no statement where another delimiter is set, and none inside a conditional comment.
    fn semicolon(&mut self) -> Kind {
        let plain = self.delimiter.is_empty() && self.conditionals.is_empty();
        self.step(1, if plain { Kind::Semicolon } else { Kind::Symbol })
    }

    fn word(&mut self) -> Kind {
        let start = self.at;
        while let Some(&byte) = self.bytes.get(self.at) {
            if CLASS[byte as usize] != WORD {
                break;
            }
            self.at += 1;
        }
        if !self.delimiter.is_empty() {
            self.cut_word(start);
        }
        match self.peek(0) {
            b'\'' if self.at - start == 1 => self.prefixed(self.bytes[start] | 0x20),
            b'&' if self.at - start == 1 && self.bytes[start] | 0x20 == b'u' => self.unicode(),
            b' ' | b'\t' if self.is_directive(start) => self.directive(),
            _ => Kind::Word,
        }
    }

    /// A delimiter ends a word even where it is made of letters, as in `END$$`.
    fn cut_word(&mut self, start: usize) {
        for at in start + 1..self.at {
            if self.bytes[at..].starts_with(self.delimiter) {
                self.at = at;
                return;
            }
        }
    }

    /// Whether the word from `start` to here is `DELIMITER`, first on its line.
    fn is_directive(&self, start: usize) -> bool {
        self.dialect == Dialect::Mysql
            && key(&self.bytes[start..self.at]) == DELIMITER
            && self.is_line_start(start)
    }

    fn is_line_start(&self, start: usize) -> bool {
        let before = self.sql[..start].trim_end_matches([' ', '\t']);
        matches!(before, "" | "\u{feff}") || before.ends_with(['\n', '\r'])
    }

    /// The rest of a `DELIMITER` line.
    fn directive(&mut self) -> Kind {
        while matches!(self.peek(0), b' ' | b'\t') {
            self.at += 1;
        }
        let start = self.at;
        while self.at < self.bytes.len() && CLASS[self.bytes[self.at] as usize] != SPACE {
            self.at += 1;
        }
        let delimiter = &self.sql[start..self.at];
        let delimiter = &delimiter[..delimiter.floor_char_boundary(DELIMITER_LIMIT)];
        self.delimiter = if delimiter == ";" { b"" } else { delimiter.as_bytes() };
        Kind::Directive
    }
}
