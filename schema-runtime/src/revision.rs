//! A revision and the scripts it runs, as plain data. Comes from files (schema-build) or from a binary
//! (`blob`); goes into `history`. Nothing here reads, lexes or hashes SQL: statement boundaries and checksums
//! arrive ready-made, so that what was checked is what runs.

use std::borrow::Cow;

/// Text that a binary lends for ever, or that a command has read from a file.
pub type Text = Cow<'static, str>;

/// The longest version that Diesel's ledger table can hold.
pub const VERSION_LIMIT: usize = 50;

/// The longest revision id.
pub const ID_LIMIT: usize = 40;

/// Words of the target grammar, which are therefore neither ids nor labels.
pub const RESERVED: [&str; 4] = ["base", "current", "head", "heads"];

/// One node of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Who it is, for ever; folders may be renamed, ids never change.
    pub id: Text,
    /// The key in `__diesel_schema_migrations`, by which independent revisions are ordered.
    pub version: Text,
    /// The name of the migration's folder, for messages.
    pub folder: Text,
    /// What a person said it does.
    pub message: Text,
    /// When it was generated (RFC 3339, UTC), where the metadata says so.
    pub created: Option<Text>,
    /// Ids of the revisions directly before it; none for a base, several for a merge.
    pub parents: Vec<Text>,
    /// Ids, id prefixes or labels of revisions that must run first without being ancestors.
    pub depends_on: Vec<Text>,
    /// Names for the branch that it is on.
    pub labels: Vec<Text>,
    /// Why it cannot be reverted, where its author said so.
    pub irreversible: Option<Text>,
    /// The way up.
    pub up: Script,
    /// The way down; `None` when there is no `down.sql`.
    pub down: Option<Script>,
}

/// One SQL file, cut into statements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// The file as it was written.
    pub text: Text,
    /// A version-tagged hash of the tokens, blind to comments, white space and line endings. Empty for a script
    /// that was not read, which is compared with nothing.
    pub checksum: Text,
    /// The statements in order; empty when the file holds comments alone.
    pub statements: Vec<Statement>,
    /// How its statements and transactions relate.
    pub mode: Mode,
}

/// How a script is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Inside a transaction that it may share with its neighbours.
    #[default]
    Joined,
    /// Inside a transaction of its own, with SQLite's foreign keys switched off before it begins: a table
    /// rebuild would otherwise cascade and delete child rows. Other engines read it as `Joined`.
    ForeignKeysOff,
    /// Statement by statement, outside any transaction.
    Outside,
}

/// Where one statement stands in its script, without the terminator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Byte offset of its first token.
    pub start: u32,
    /// Byte offset just past its last token.
    pub end: u32,
    /// What the engine must know about it before it runs.
    pub kind: StatementKind,
}

/// What kind of statement it is, as far as running it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatementKind {
    /// Runs anywhere.
    #[default]
    Ordinary,
    /// Begins, ends or rolls back a transaction, which inside ours would end ours.
    Transaction,
    /// The engine refuses it inside a transaction (`VACUUM`, `CREATE INDEX CONCURRENTLY`).
    Outside,
}

impl Revision {
    /// Whether its way down exists and does something, or there is nothing to undo, as with a merge.
    pub fn is_revertible(&self) -> bool {
        let has_down = self.down.as_ref().is_some_and(|down| !down.is_empty());
        self.irreversible.is_none() && (has_down || self.up.is_empty())
    }

    /// `4f1c2a9b7d03 create users`, as people see it.
    pub fn title(&self) -> String {
        if self.message.is_empty() { self.id.to_string() } else { format!("{} {}", self.id, self.message) }
    }
}

impl Script {
    /// Whether it does nothing: no statement at all.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// The text of one of its statements.
    pub fn sql(&self, statement: &Statement) -> &str {
        &self.text[statement.start as usize..statement.end as usize]
    }

    /// Line and column, counted from one, of a byte offset; columns count characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..offset.min(self.text.len())];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}
