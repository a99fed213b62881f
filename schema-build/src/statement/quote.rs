//! Strings and quoted identifiers: how each dialect opens, escapes and closes them.

use schema_runtime::dialect::Dialect;

use super::token::{CLASS, Kind, SPACE, Tokens, WORD};

impl Tokens<'_> {
    /// `E'..'`, `N'..'`, `B'..'` and `X'..'`; after any other letter the string is a token of its own.
    pub(super) fn prefixed(&mut self, prefix: u8) -> Kind {
        match (prefix, self.dialect) {
            (b'e', Dialect::Postgres) => self.escape_string(),
            (b'x', _) | (b'b' | b'n', Dialect::Postgres | Dialect::Mysql) => {
                self.string(self.dialect == Dialect::Mysql)
            }
            (_, _) => Kind::Word,
        }
    }

    /// `U&'..'` and `U&".."`.
    pub(super) fn unicode(&mut self) -> Kind {
        match (self.peek(1), self.dialect) {
            (b'\'', Dialect::Postgres) => {
                self.at += 1;
                self.string(false)
            }
            (b'"', Dialect::Postgres) => {
                self.at += 1;
                self.quoted(b'"', false, Kind::Quoted)
            }
            (_, _) => Kind::Word,
        }
    }

    pub(super) fn string(&mut self, escapes: bool) -> Kind {
        self.quoted(b'\'', escapes, Kind::String)
    }

    /// `E'a'` goes on as the same string after white space that holds a line break, escapes included.
    fn escape_string(&mut self) -> Kind {
        loop {
            self.string(true);
            let space = self.rest().iter().take_while(|&&byte| CLASS[byte as usize] == SPACE).count();
            let breaks = self.rest()[..space].iter().any(|byte| matches!(byte, b'\n' | b'\r'));
            if !breaks || self.peek(space) != b'\'' {
                return Kind::String;
            }
            self.at += space;
        }
    }

    /// From one quote to the next that is neither doubled nor, with `escapes`, behind a backslash.
    pub(super) fn quoted(&mut self, quote: u8, escapes: bool, kind: Kind) -> Kind {
        let start = self.at;
        self.at += 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            if byte == quote {
                if self.peek(0) != quote {
                    return kind;
                }
                self.at += 1;
            } else if byte == b'\\' && escapes {
                self.at += 1;
            }
        }
        self.unclosed(start, if kind == Kind::String { "string" } else { "quoted identifier" }, kind)
    }

    pub(super) fn bracket(&mut self) -> Kind {
        match self.sql[self.at..].find(']') {
            Some(end) => self.step(end + 1, Kind::Quoted),
            None => self.unclosed(self.at, "quoted identifier", Kind::Quoted),
        }
    }

    /// `$tag$ .. $tag$`, a parameter such as `$1`, or a stray dollar.
    pub(super) fn dollar(&mut self) -> Kind {
        let start = self.at;
        self.at += 1;
        while CLASS[self.peek(0) as usize] == WORD && self.peek(0) != b'$' {
            self.at += 1;
        }
        let tag_starts_with_digit = self.bytes.get(start + 1).is_some_and(u8::is_ascii_digit);
        if self.peek(0) != b'$' || tag_starts_with_digit {
            return Kind::Word;
        }
        self.at += 1;
        let tag = &self.sql[start..self.at];
        match self.sql[self.at..].find(tag) {
            Some(end) => self.step(end + tag.len(), Kind::String),
            None => self.unclosed(start, "dollar-quoted string", Kind::String),
        }
    }
}
