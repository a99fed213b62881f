//! The embedded form of a history: one block of bytes that a build script writes and a binary carries.
//! Both directions live here, so that they cannot drift apart.
//!
//! A header, then numbers (little-endian, four bytes each), then all texts in one piece. Numbers say how long each
//! text is and how many items follow; reading goes through both from front to back and copies no text.

use std::fmt;

use crate::dialect::Dialect;
use crate::revision::{Mode, Revision, Script, Statement, StatementKind, Text};

/// Begins every blob; the last byte is the version of the format.
const MAGIC: [u8; 8] = *b"csblob\0\x01";

/// Magic, dialect (padded to four), revisions, numbers.
const HEADER: usize = 20;

/// The fewest numbers a revision takes.
const SMALLEST: usize = 13;

/// Why bytes are no history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlobError {
    /// They do not begin as a blob of this version does: schema-build and schema-runtime are of two versions.
    Format,
    /// They begin well, and then something does not add up.
    Damaged,
}

impl fmt::Display for BlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Format => "the embedded history was written by another version of schema-build",
            Self::Damaged => "the embedded history is damaged",
        })
    }
}

impl std::error::Error for BlobError {}

/// Whether bytes begin as a blob of this version does; for a check while compiling.
pub const fn is_readable(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at < MAGIC.len() {
        if bytes.len() <= at || bytes[at] != MAGIC[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Writes revisions, in the order given.
pub fn encode(revisions: &[Revision], dialect: Dialect) -> Vec<u8> {
    let mut writer = Writer::default();
    revisions.iter().for_each(|revision| writer.revision(revision));
    let mut bytes = Vec::with_capacity(HEADER + writer.numbers.len() + writer.texts.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&[dialect_code(dialect), 0, 0, 0]);
    bytes.extend_from_slice(&number(revisions.len()));
    bytes.extend_from_slice(&number(writer.numbers.len() / 4));
    bytes.extend_from_slice(&writer.numbers);
    bytes.extend_from_slice(&writer.texts);
    bytes
}

/// Reads what [`encode`] wrote. Texts are borrowed; whatever the bytes are, this does not panic.
pub fn decode(bytes: &'static [u8]) -> Result<(Dialect, Vec<Revision>), BlobError> {
    if !is_readable(bytes) {
        return Err(BlobError::Format);
    }
    read(bytes).ok_or(BlobError::Damaged)
}

fn read(bytes: &'static [u8]) -> Option<(Dialect, Vec<Revision>)> {
    let dialect = dialect_of(*bytes.get(MAGIC.len())?)?;
    let mut counts = Reader { numbers: bytes.get(MAGIC.len() + 4..HEADER)?, texts: "" };
    let (count, numbers) = (counts.number()?, counts.number()?);
    let (numbers, texts) = bytes[HEADER..].split_at_checked(numbers.checked_mul(4)?)?;
    if count > numbers.len() / 4 / SMALLEST {
        return None;
    }
    let mut reader = Reader { numbers, texts: std::str::from_utf8(texts).ok()? };
    let mut revisions = Vec::with_capacity(count);
    for _ in 0..count {
        revisions.push(reader.revision()?);
    }
    (reader.numbers.is_empty() && reader.texts.is_empty()).then_some((dialect, revisions))
}

#[derive(Default)]
struct Writer {
    numbers: Vec<u8>,
    texts: Vec<u8>,
}

impl Writer {
    fn revision(&mut self, it: &Revision) {
        self.text(&it.id);
        self.text(&it.version);
        self.text(&it.folder);
        self.text(&it.message);
        self.optional(it.created.as_ref());
        self.list(&it.parents);
        self.list(&it.depends_on);
        self.list(&it.labels);
        self.optional(it.irreversible.as_ref());
        self.script(&it.up);
        self.number(usize::from(it.down.is_some()));
        it.down.iter().for_each(|down| self.script(down));
    }

    fn script(&mut self, it: &Script) {
        self.text(&it.text);
        self.text(&it.checksum);
        self.number(mode_code(it.mode));
        self.number(it.statements.len());
        for statement in &it.statements {
            self.numbers.extend_from_slice(&statement.start.to_le_bytes());
            self.numbers.extend_from_slice(&statement.end.to_le_bytes());
            self.number(kind_code(statement.kind));
        }
    }

    fn list(&mut self, texts: &[Text]) {
        self.number(texts.len());
        texts.iter().for_each(|text| self.text(text));
    }

    /// No text is told from an empty one by lengths that begin at one.
    fn optional(&mut self, text: Option<&Text>) {
        match text {
            None => self.number(0),
            Some(text) => {
                self.number(text.len() + 1);
                self.texts.extend_from_slice(text.as_bytes());
            }
        }
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.texts.extend_from_slice(text.as_bytes());
    }

    fn number(&mut self, value: usize) {
        self.numbers.extend_from_slice(&number(value));
    }
}

fn number(value: usize) -> [u8; 4] {
    u32::try_from(value).expect("files are smaller than 4 GiB").to_le_bytes()
}

struct Reader {
    numbers: &'static [u8],
    texts: &'static str,
}

impl Reader {
    fn revision(&mut self) -> Option<Revision> {
        Some(Revision {
            id: self.text()?,
            version: self.text()?,
            folder: self.text()?,
            message: self.text()?,
            created: self.optional()?,
            parents: self.list()?,
            depends_on: self.list()?,
            labels: self.list()?,
            irreversible: self.optional()?,
            up: self.script()?,
            down: match self.number()? {
                0 => None,
                1 => Some(self.script()?),
                _ => return None,
            },
        })
    }

    fn script(&mut self) -> Option<Script> {
        let (text, checksum) = (self.text()?, self.text()?);
        let mode = mode_of(self.number()?)?;
        let count = self.count(3)?;
        let mut statements = Vec::with_capacity(count);
        for _ in 0..count {
            let (start, end) = (self.number()?, self.number()?);
            let kind = kind_of(self.number()?)?;
            text.get(start..end)?;
            let (start, end) = (u32::try_from(start).ok()?, u32::try_from(end).ok()?);
            statements.push(Statement { start, end, kind });
        }
        Some(Script { text, checksum, statements, mode })
    }

    fn list(&mut self) -> Option<Vec<Text>> {
        let count = self.count(1)?;
        (0..count).map(|_| self.text()).collect()
    }

    /// How many items of a size follow, which must be there.
    fn count(&mut self, size: usize) -> Option<usize> {
        let count = self.number()?;
        (count <= self.numbers.len() / 4 / size).then_some(count)
    }

    fn optional(&mut self) -> Option<Option<Text>> {
        match self.number()?.checked_sub(1) {
            None => Some(None),
            Some(length) => self.take(length).map(Some),
        }
    }

    fn text(&mut self) -> Option<Text> {
        let length = self.number()?;
        self.take(length)
    }

    fn take(&mut self, length: usize) -> Option<Text> {
        let (text, rest) = self.texts.split_at_checked(length)?;
        self.texts = rest;
        Some(Text::Borrowed(text))
    }

    fn number(&mut self) -> Option<usize> {
        let (number, rest) = self.numbers.split_first_chunk::<4>()?;
        self.numbers = rest;
        usize::try_from(u32::from_le_bytes(*number)).ok()
    }
}

const fn dialect_code(dialect: Dialect) -> u8 {
    match dialect {
        Dialect::Sqlite => 0,
        Dialect::Postgres => 1,
        Dialect::Mysql => 2,
    }
}

fn dialect_of(code: u8) -> Option<Dialect> {
    Dialect::ALL.into_iter().find(|dialect| dialect_code(*dialect) == code)
}

const fn mode_code(mode: Mode) -> usize {
    match mode {
        Mode::Joined => 0,
        Mode::ForeignKeysOff => 1,
        Mode::Outside => 2,
    }
}

fn mode_of(code: usize) -> Option<Mode> {
    [Mode::Joined, Mode::ForeignKeysOff, Mode::Outside].into_iter().find(|mode| mode_code(*mode) == code)
}

const fn kind_code(kind: StatementKind) -> usize {
    match kind {
        StatementKind::Ordinary => 0,
        StatementKind::Transaction => 1,
        StatementKind::Outside => 2,
    }
}

fn kind_of(code: usize) -> Option<StatementKind> {
    [StatementKind::Ordinary, StatementKind::Transaction, StatementKind::Outside]
        .into_iter()
        .find(|kind| kind_code(*kind) == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revisions() -> Vec<Revision> {
        let statement = |start, end, kind| Statement { start, end, kind };
        let script = |text: &'static str, mode, statements| Script {
            text: text.into(),
            checksum: "1-abc".into(),
            statements,
            mode,
        };
        let full = Revision {
            id: "4f1c".into(),
            version: "20264f1c".into(),
            folder: "2026-4f1c_größe".into(),
            message: "größe".into(),
            created: Some("2026-11-20T09:15:00Z".into()),
            parents: vec!["a".into(), "b".into()],
            depends_on: vec!["c".into()],
            labels: vec!["x/y".into()],
            irreversible: Some("".into()),
            up: script(
                "SELECT 'ä'; VACUUM",
                Mode::Outside,
                vec![statement(0, 11, StatementKind::Ordinary), statement(13, 19, StatementKind::Outside)],
            ),
            down: Some(script(
                "COMMIT",
                Mode::ForeignKeysOff,
                vec![statement(0, 6, StatementKind::Transaction)],
            )),
        };
        let bare = Revision {
            id: "b".into(),
            created: None,
            parents: Vec::new(),
            depends_on: Vec::new(),
            labels: Vec::new(),
            irreversible: None,
            up: script("", Mode::Joined, Vec::new()),
            down: None,
            ..full.clone()
        };
        vec![full, bare]
    }

    fn leak(bytes: Vec<u8>) -> &'static [u8] {
        Vec::leak(bytes)
    }

    #[test]
    fn what_is_written_is_read_without_copying_a_text() {
        for dialect in Dialect::ALL {
            let bytes = leak(encode(&revisions(), dialect));
            let (read_dialect, read) = decode(bytes).expect("a good blob");
            assert_eq!((read_dialect, &read), (dialect, &revisions()));
            assert!(matches!(read[0].up.text, Text::Borrowed(_)));
        }
        assert_eq!(decode(leak(encode(&[], Dialect::Sqlite))), Ok((Dialect::Sqlite, Vec::new())));
    }

    #[test]
    fn another_version_is_told_from_damage() {
        let mut bytes = encode(&revisions(), Dialect::Sqlite);
        bytes[7] += 1;
        assert!(!is_readable(&bytes));
        assert_eq!(decode(leak(bytes)), Err(BlobError::Format));
        assert_eq!(decode(b""), Err(BlobError::Format));
    }

    #[test]
    fn a_blob_that_is_cut_or_has_too_much_is_damaged() {
        let bytes = encode(&revisions(), Dialect::Sqlite);
        for length in MAGIC.len()..bytes.len() {
            assert_eq!(decode(leak(bytes[..length].to_vec())), Err(BlobError::Damaged), "{length}");
        }
        assert_eq!(decode(leak([&bytes[..], b"x"].concat())), Err(BlobError::Damaged));
    }

    #[test]
    fn no_byte_can_be_changed_into_a_panic() {
        let bytes = encode(&revisions(), Dialect::Sqlite);
        for at in 0..bytes.len() {
            for value in [0, 1, 2, 0x7f, 0x80, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] = value;
                let Ok((_, revisions)) = decode(leak(bytes)) else { continue };
                for script in revisions.iter().flat_map(|it| [Some(&it.up), it.down.as_ref()]).flatten() {
                    let sql: String =
                        script.statements.iter().map(|statement| script.sql(statement)).collect();
                    assert!(sql.len() <= script.text.len() * script.statements.len());
                }
            }
        }
    }
}
