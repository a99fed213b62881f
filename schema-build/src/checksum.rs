//! The checksum of a script: over its tokens, so that comments, white space and line endings do not matter,
//! but directives do.

use std::ops::Range;

use schema_runtime::dialect::Dialect;

use crate::statement::{self, Kind, Token};

/// The formula's version. Another formula must have another tag, so that old lock files stay readable.
const TAG: &str = "1-";

/// A version-tagged hash of the script's tokens: `1-` and 32 hex digits.
pub fn checksum(sql: &str, dialect: Dialect) -> String {
    statement::read(sql, dialect).1
}

/// The crate that is quick to compile.
#[cfg(not(feature = "command"))]
fn sha256(text: &[u8]) -> [u8; 32] {
    hmac_sha256::Hash::hash(text)
}

/// The crate that is quick to run, on the instructions that processors have for it.
#[cfg(feature = "command")]
fn sha256(text: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(text).into()
}

/// The canonical form of a script, as its tokens come in: their texts, with one space where two would read as one
/// without it, and one `;` between statements. What stands in the script like this already is copied in one go.
pub(crate) struct Canon<'a> {
    bytes: &'a [u8],
    text: Vec<u8>,
    /// The part of the script that is canonical and not yet copied.
    run: Range<usize>,
    ends_statement: bool,
    has_returns: bool,
}

impl<'a> Canon<'a> {
    pub(crate) fn new(sql: &'a str) -> Self {
        let text = Vec::with_capacity(sql.len());
        Self {
            bytes: sql.as_bytes(),
            text,
            run: 0..0,
            ends_statement: false,
            has_returns: sql.contains('\r'),
        }
    }

    /// Takes the next token that is no comment.
    pub(crate) fn take(&mut self, token: Token) {
        if matches!(token.kind, Kind::Semicolon | Kind::Delimiter) {
            self.ends_statement = true;
            return;
        }
        let separator = self.separator(token);
        if self.stands_between(separator, token) {
            self.run.end = token.end;
        } else {
            self.flush();
            self.text.extend(separator);
            self.run = token.range();
        }
        self.ends_statement = token.kind == Kind::Directive;
    }

    /// The checksum of all that was taken. Terminators at the end do not count.
    pub(crate) fn checksum(mut self) -> String {
        self.flush();
        let digest = sha256(&self.text);
        let digits = digest[..16].iter().flat_map(|byte| [byte >> 4, byte & 15]).map(hex);
        TAG.chars().chain(digits).collect()
    }

    /// What must stand between this token and the one before it.
    fn separator(&self, token: Token) -> Option<u8> {
        if self.run.is_empty() {
            return None;
        }
        if self.ends_statement {
            return Some(b';');
        }
        let reads_as_one =
            statement::joins(self.bytes[self.run.end - 1]) && statement::joins(self.bytes[token.start]);
        reads_as_one.then_some(b' ')
    }

    /// Whether the script has exactly that between this token and the one before it.
    fn stands_between(&self, separator: Option<u8>, token: Token) -> bool {
        let gap = token.start - self.run.end;
        match separator {
            Some(byte) => gap == 1 && self.bytes[self.run.end] == byte,
            None => gap == 0,
        }
    }

    /// A checkout on Windows turns line feeds inside strings into CRLF.
    fn flush(&mut self) {
        let run = &self.bytes[self.run.clone()];
        if !self.has_returns {
            self.text.extend_from_slice(run);
            return;
        }
        for (at, &byte) in run.iter().enumerate() {
            if byte != b'\r' || run.get(at + 1) != Some(&b'\n') {
                self.text.push(byte);
            }
        }
    }
}

/// Formatting each byte would cost more than hashing them all.
fn hex(digit: u8) -> char {
    char::from(b"0123456789abcdef"[usize::from(digit)])
}

#[cfg(test)]
mod tests {
    use schema_runtime::dialect::Dialect::{self, Mysql, Postgres, Sqlite};

    use super::checksum;

    #[track_caller]
    fn same(dialect: Dialect, one: &str, other: &str) {
        assert_eq!(checksum(one, dialect), checksum(other, dialect), "{dialect}: {one} | {other}");
    }

    #[track_caller]
    fn differ(dialect: Dialect, one: &str, other: &str) {
        assert_ne!(checksum(one, dialect), checksum(other, dialect), "{dialect}: {one} | {other}");
    }

    #[test]
    fn the_formula_is_pinned() {
        let sql = "CREATE TABLE t (\r\n  a INT -- b\r\n);\r\n";
        // `printf 'CREATE TABLE t(a INT)' | sha256sum`
        assert_eq!(checksum(sql, Sqlite), "1-4a4658697e1005f381b615499366a348");
        assert_eq!(checksum("", Sqlite), "1-e3b0c44298fc1c149afbf4c8996fb924");
    }

    #[test]
    fn layout_and_comments_do_not_count() {
        for dialect in Dialect::ALL {
            same(dialect, "select a,b from t", "\u{feff}-- x\nselect  a , b\r\nfrom t /* y */ ;; ;");
            same(dialect, "a;b", ";a;\n;-- x\n;b;");
            same(dialect, "select 'a\nb'", "select 'a\r\nb'");
            same(dialect, "x>=-1", "x > = - 1");
            same(dialect, "select\"a\"from t", "select \"a\" from t");
        }
        same(Postgres, "do $$a\r\nb$$", "do $$a\nb$$");
        same(Mysql, "a # b\n", "a");
    }

    #[test]
    fn everything_else_counts() {
        for dialect in Dialect::ALL {
            differ(dialect, "ab c", "a bc");
            differ(dialect, "a b", "ab");
            differ(dialect, "a b", "a;b");
            differ(dialect, "select 1", "SELECT 1");
            differ(dialect, "select 'a b'", "select 'a  b'");
            differ(dialect, "select 'a\rb'", "select 'a\nb'");
            differ(dialect, "select 'a''b'", "select 'a' 'b'");
            differ(dialect, "a(b", "a b");
        }
        differ(Postgres, "select E'a'", "select E 'a'");
        differ(Postgres, "do $$a -- b\n$$", "do $$a $$");
        differ(Mysql, "/*!50003 a */", "/*!50004 a */");
        differ(Mysql, "/*!50003 a */", "/* a */");
        differ(Mysql, "select /*+ a */ 1", "select 1");
        differ(Mysql, "DELIMITER //\na//", "a;");
        differ(Mysql, "DELIMITER /\n/a", "DELIMITER //\na");
    }
}
