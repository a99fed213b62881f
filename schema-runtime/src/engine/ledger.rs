//! What a database remembers: the rows of `__schema_ledger`, one per attempt, beside Diesel's own table, which
//! alone says what is applied. Rows as data, and the SQL that writes them; how engines differ is in `backend`,
//! what the rows mean for a history is in `known`. Nothing is ever deleted here.

use std::collections::BTreeMap;

use super::backend::Backend;
use super::session::Row;
use super::{Options, actor, clock};
use crate::plan::Direction;
use crate::revision::Revision;

/// The ledger's table.
pub(crate) const LEDGER: &str = "__schema_ledger";

/// Diesel's table, exactly as Diesel makes it.
pub(crate) const DIESEL: &str = "__diesel_schema_migrations";

/// Word for word what Diesel runs.
pub(crate) const CREATE_DIESEL: &str = "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
       version VARCHAR(50) PRIMARY KEY NOT NULL,
       run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
)";

/// The statement that makes the ledger; how a number counts up by itself, and what follows the columns, is each
/// engine's own.
macro_rules! create_ledger {
    ($id:literal, $rest:literal) => {
        concat!(
            "CREATE TABLE IF NOT EXISTS __schema_ledger (\n       id ",
            $id,
            ",
       revision VARCHAR(40),
       version VARCHAR(50) NOT NULL,
       action VARCHAR(20) NOT NULL,
       checksum VARCHAR(80),
       statements_done INTEGER NOT NULL,
       statements_total INTEGER NOT NULL,
       outcome VARCHAR(20),
       started_at VARCHAR(30) NOT NULL,
       finished_at VARCHAR(30),
       error TEXT,
       actor TEXT,
       tool TEXT,
       format INTEGER NOT NULL
)",
            $rest
        )
    };
}
pub(crate) use create_ledger;

/// Raised when an older program would misread what a newer one writes.
pub(crate) const FORMAT: u32 = 1;

/// The ledger's columns: which revision, under which version.
pub(crate) const KEYS: [&str; 3] = ["revision", "version", "checksum"];

/// What became of it: words and numbers of ours, which are read as one text with spaces between them, for every field
/// costs a reader as much as the bytes of ten.
pub(crate) const FACTS: [&str; 5] = ["action", "format", "statements_done", "statements_total", "outcome"];

/// When, in the same text: matters to a run only while an attempt has not ended well.
pub(crate) const TIMES: [&str; 2] = ["started_at", "finished_at"];

/// By whom and with what; the same holds.
pub(crate) const AUTHORSHIP: [&str; 2] = ["actor", "tool"];

/// Rows per INSERT: enough to make its parsing cheap, and far from every engine's limits.
const ROWS_PER_INSERT: usize = 500;

/// One row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Ascending in time; zero as long as it is not written.
    pub(crate) id: u64,
    /// Whose; unknown for a version that was purged.
    pub(crate) revision: Option<String>,
    /// The key in Diesel's table at that time.
    pub(crate) version: String,
    pub(crate) action: Action,
    /// Of the script; for one that is not done, the fingerprint of its done part follows after a `+`.
    pub(crate) checksum: Option<String>,
    pub(crate) statements_done: usize,
    pub(crate) statements_total: usize,
    pub(crate) outcome: Outcome,
    pub(crate) started_at: String,
    /// The end of the attempt; while it is under way, of its last statement.
    pub(crate) finished_at: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) actor: Option<String>,
    pub(crate) tool: Option<String>,
    pub(crate) format: u32,
}

/// Who writes, and with which program.
#[derive(Clone, Debug)]
pub(crate) struct Author {
    pub(crate) actor: String,
    tool: String,
}

impl Author {
    pub(crate) fn new(options: &Options) -> Self {
        let actor = options.actor.clone().unwrap_or_else(actor::current);
        Self { actor, tool: options.tool.clone() }
    }

    /// The row of an attempt that begins now.
    pub(crate) fn entry(&self, action: Action, id: &str, version: &str) -> Entry {
        Entry {
            id: 0,
            revision: Some(id.to_owned()),
            version: version.to_owned(),
            action,
            checksum: None,
            statements_done: 0,
            statements_total: 0,
            outcome: Outcome::UnderWay,
            started_at: clock::now(),
            finished_at: None,
            error: None,
            actor: Some(self.actor.clone()),
            tool: Some(self.tool.clone()),
            format: FORMAT,
        }
    }
}

/// What was attempted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// `up.sql` was run.
    Upgrade,
    /// `down.sql` was run.
    Revert,
    /// Marked as applied.
    Stamp,
    /// Marked as not applied.
    Unstamp,
    /// A version that no history knows was removed from Diesel's table.
    Purge,
    /// Its folder was renamed, and Diesel's row moved to the new version.
    Move,
    /// Diesel's row was gone when we looked: somebody else reverted it.
    Gone,
    /// Something that a newer program writes.
    Unknown,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Not at all yet, or the process died.
    UnderWay,
    /// Well.
    Done,
    /// A statement failed; those that `statements_done` counts stay.
    Failed,
    /// A person said how far it is.
    Resolved,
}

/// What has to become of the two tables; all changes of one transaction are written together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A row leaves Diesel's table.
    Unmark { version: String },
    /// A row enters Diesel's table; a moved one keeps its date.
    Mark { version: String, run_on: Option<String> },
    /// The ledger grows.
    Append(Box<Entry>),
}

impl Change {
    /// What a revision's run in this direction makes of its row in Diesel's table.
    pub(crate) fn mark(revision: &Revision, direction: Direction) -> Self {
        let version = revision.version.to_string();
        match direction {
            Direction::Up => Self::Mark { version, run_on: None },
            Direction::Down => Self::Unmark { version },
        }
    }
}

impl Action {
    const NAMED: [(Self, &'static str); 7] = [
        (Self::Upgrade, "upgrade"),
        (Self::Revert, "revert"),
        (Self::Stamp, "stamp"),
        (Self::Unstamp, "unstamp"),
        (Self::Purge, "purge"),
        (Self::Move, "move"),
        (Self::Gone, "gone"),
    ];

    fn name(self) -> &'static str {
        Self::NAMED.iter().find(|(action, _)| *action == self).map_or("unknown", |(_, name)| name)
    }

    fn from_name(name: &str) -> Self {
        Self::NAMED.iter().find(|(_, known)| *known == name).map_or(Self::Unknown, |(action, _)| *action)
    }
}

impl Outcome {
    /// The column's value; NULL while it is under way.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::UnderWay => None,
            Self::Done => Some("done"),
            Self::Failed => Some("failed"),
            Self::Resolved => Some("resolved"),
        }
    }

    fn from_name(name: Option<&str>) -> Self {
        match name {
            None => Self::UnderWay,
            Some("failed") => Self::Failed,
            Some("resolved") => Self::Resolved,
            Some(_) => Self::Done,
        }
    }
}

impl Entry {
    /// A row of [`FACTS`], the id and [`TIMES`] in one, [`KEYS`] and [`AUTHORSHIP`]. Never fails: what a newer program
    /// wrote reads as `Unknown`.
    pub(crate) fn read(row: Row) -> Self {
        let mut fields = row.into_iter();
        let mut next = || fields.next().flatten();
        let facts = next().unwrap_or_default();
        let mut facts = facts.split(' ');
        let mut fact = || facts.next().unwrap_or_default();
        let number = |text: &str| text.parse::<u64>().unwrap_or_default();
        let count = |text: &str| usize::try_from(number(text)).unwrap_or(usize::MAX);
        let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Self {
            action: Action::from_name(fact()),
            format: u32::try_from(number(fact())).unwrap_or(u32::MAX),
            statements_done: count(fact()),
            statements_total: count(fact()),
            outcome: Outcome::from_name(Some(fact()).filter(|word| !word.is_empty())),
            id: number(fact()),
            started_at: fact().to_owned(),
            finished_at: known(fact()),
            revision: next(),
            version: next().unwrap_or_default(),
            checksum: next(),
            actor: next(),
            tool: next(),
            error: None,
        }
    }

    /// The same attempt, ended well.
    pub(crate) fn done(mut self, finished_at: String) -> Self {
        self.checksum = self.script_checksum().map(str::to_owned);
        self.statements_done = self.statements_total;
        self.outcome = Outcome::Done;
        self.finished_at = Some(finished_at);
        self
    }

    /// The checksum of the whole script.
    pub(crate) fn script_checksum(&self) -> Option<&str> {
        self.checksum.as_ref()?.split('+').next()
    }

    /// The fingerprint of the statements that are done.
    pub(crate) fn done_part(&self) -> Option<&str> {
        self.checksum.as_ref()?.split_once('+').map(|(_, done)| done)
    }

    /// What tells the rows of one run apart, as literals: in the order of the numbers in [`prepared`].
    #[cfg(feature = "postgres")]
    pub(crate) fn parameters(&self, backend: &dyn Backend) -> [String; 5] {
        let text = |text: Option<&str>| text.map_or_else(|| "NULL".to_owned(), |text| backend.quote(text));
        [
            text(self.revision.as_deref()),
            backend.quote(&self.version),
            text(self.checksum.as_deref()),
            self.statements_total.to_string(),
            backend.quote(&self.started_at),
        ]
    }

    /// In the order of [`inserted`].
    fn values(&self, backend: &dyn Backend) -> String {
        let text = |text: Option<&str>| text.map_or_else(|| "NULL".to_owned(), |text| backend.quote(text));
        let fields = [
            text(self.revision.as_deref()),
            backend.quote(&self.version),
            text(self.checksum.as_deref()),
            backend.quote(self.action.name()),
            self.format.to_string(),
            self.statements_done.to_string(),
            self.statements_total.to_string(),
            text(self.outcome.name()),
            backend.quote(&self.started_at),
            text(self.finished_at.as_deref()),
            text(self.actor.as_deref()),
            text(self.tool.as_deref()),
            text(self.error.as_deref()),
        ];
        format!("({})", fields.join(", "))
    }
}

/// The two statements that write what [`write`] does for one revision that was run, with numbers for what differs
/// from one to the next: `$1` to `$5`. `entry` is any of them, and `times` the expressions for its two.
#[cfg(feature = "postgres")]
pub(crate) fn prepared(
    backend: &dyn Backend,
    qualifier: &str,
    entry: &Entry,
    [started, finished]: [&str; 2],
) -> [String; 2] {
    let text = |text: Option<&str>| text.map_or_else(|| "NULL".to_owned(), |text| backend.quote(text));
    let marked = match entry.action {
        Action::Revert => format!("DELETE FROM {qualifier}{DIESEL} WHERE version = $2"),
        _ => format!("INSERT INTO {qualifier}{DIESEL} (version, run_on) VALUES ($2, clock_timestamp())"),
    };
    let values = [
        "$1, $2, $3",
        &backend.quote(entry.action.name()),
        &entry.format.to_string(),
        "$4, $4",
        &text(Outcome::Done.name()),
        started,
        finished,
        &text(entry.actor.as_deref()),
        &text(entry.tool.as_deref()),
        "NULL",
    ];
    let written = format!("INSERT INTO {qualifier}{LEDGER} ({}) VALUES ({})", inserted(), values.join(", "));
    [marked, written]
}

/// The query for those of these versions that are applied.
#[cfg(feature = "postgres")]
pub(crate) fn applied<'v>(backend: &dyn Backend, versions: impl Iterator<Item = &'v str>) -> String {
    let versions: Vec<String> = versions.map(|version| backend.quote(version)).collect();
    format!("SELECT version FROM {DIESEL} WHERE version IN ({})", versions.join(", "))
}

/// All but the id, which the database gives.
fn inserted() -> String {
    [&KEYS[..], &FACTS, &TIMES, &AUTHORSHIP, &["error"]].concat().join(", ")
}

/// The statements that make these changes, few however many there are, to the same end as one after another: what
/// leaves after it entered does not enter.
pub(crate) fn write(backend: &dyn Backend, changes: &[Change]) -> Vec<String> {
    let (mut gone, mut entries) = (Vec::new(), Vec::new());
    let mut marked: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for change in changes {
        match change {
            Change::Unmark { version } => {
                marked.remove(version.as_str());
                gone.push(backend.quote(version));
            }
            Change::Mark { version, run_on } => {
                marked.insert(version, run_on.as_deref());
            }
            Change::Append(entry) => entries.push(entry.values(backend)),
        }
    }
    let (mut new, mut moved) = (Vec::new(), Vec::new());
    for (version, run_on) in marked {
        match run_on {
            None => new.push(format!("({})", backend.quote(version))),
            Some(run_on) => moved.push(format!("({}, {})", backend.quote(version), backend.quote(run_on))),
        }
    }
    let delete =
        |versions: &[String]| format!("DELETE FROM {DIESEL} WHERE version IN ({})", versions.join(", "));
    let mut statements: Vec<String> = gone.chunks(ROWS_PER_INSERT).map(delete).collect();
    statements.extend(inserts(&format!("{DIESEL} (version)"), &new));
    statements.extend(inserts(&format!("{DIESEL} (version, run_on)"), &moved));
    // The id is the database's business; an error is written, and read by people alone.
    statements.extend(inserts(&format!("{LEDGER} ({})", inserted()), &entries));
    statements
}

fn inserts(into: &str, rows: &[String]) -> Vec<String> {
    rows.chunks(ROWS_PER_INSERT)
        .map(|rows| format!("INSERT INTO {into} VALUES {}", rows.join(", ")))
        .collect()
}
