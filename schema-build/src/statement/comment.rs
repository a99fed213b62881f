//! Comments, and what looks like them but is not: optimizer hints, and the conditional comments of MySQL and MariaDB.

use schema_runtime::dialect::Dialect;

use super::token::{Kind, Tokens};

impl Tokens<'_> {
    /// MySQL wants white space or a control character after the dashes, so that `5--1` stays arithmetic.
    pub(super) fn is_dash_comment(&self) -> bool {
        self.peek(1) == b'-'
            && (self.dialect != Dialect::Mysql || self.peek(2) <= b' ' || self.peek(2) == 0x7f)
    }

    pub(super) fn line_comment(&mut self) -> Kind {
        let or_return = if self.dialect == Dialect::Postgres { b'\r' } else { b'\n' };
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte == b'\n' || byte == or_return {
                break;
            }
            self.at += 1;
        }
        Kind::Comment
    }

    pub(super) fn block_comment(&mut self) -> Kind {
        let start = self.at;
        let kind = match (self.peek(2), self.dialect) {
            (b'!', Dialect::Mysql) => return self.begin_conditional(3),
            (b'M', Dialect::Mysql) if self.peek(3) == b'!' => return self.begin_conditional(4),
            (b'+', Dialect::Postgres | Dialect::Mysql) => Kind::Hint,
            (_, _) => Kind::Comment,
        };
        self.at += 2;
        let closed = if self.dialect == Dialect::Postgres { self.nested_end() } else { self.flat_end() };
        // SQLite reads a comment that is never closed up to the end of the script, and is content.
        if !closed && self.dialect != Dialect::Sqlite {
            return self.unclosed(start, "comment", kind);
        }
        kind
    }

    fn flat_end(&mut self) -> bool {
        let rest = &self.sql[self.at..];
        let end = rest.find("*/");
        self.at += end.map_or(rest.len(), |end| end + 2);
        end.is_some()
    }

    fn nested_end(&mut self) -> bool {
        let mut depth = 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            if byte == b'*' && self.peek(0) == b'/' {
                self.at += 1;
                depth -= 1;
                if depth == 0 {
                    return true;
                }
            } else if byte == b'/' && self.peek(0) == b'*' {
                self.at += 1;
                depth += 1;
            }
        }
        false
    }

    fn begin_conditional(&mut self, opener: usize) -> Kind {
        self.conditionals.push(self.at);
        self.at += opener;
        while self.peek(0).is_ascii_digit() {
            self.at += 1;
        }
        Kind::Conditional
    }

    pub(super) fn end_conditional(&mut self) -> Kind {
        self.conditionals.pop();
        self.step(2, Kind::Conditional)
    }
}
