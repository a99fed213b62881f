//! The two tables in scripts that people run with a program of their own: the rows that a run would have written,
//! with the time left to the moment at which the script is run.

use super::Options;
use super::backend::{Backend, Engine};
use super::ledger::{self, Action, Author, Change, Entry};
use crate::plan::Direction;
use crate::revision::Revision;

/// Stands in an entry for the moment at which the script is run. Too long for an id and for a version.
const NOW: &str = "the moment at which this script is run, whenever that is";

/// Writes the SQL that a script needs beside the migrations' own.
pub struct Bookkeeping {
    backend: Box<dyn Backend>,
    author: Author,
}

impl Bookkeeping {
    /// For one engine. `tool` is what printed the script; who runs it is not known.
    pub fn new<E: Engine>(tool: &str) -> Self {
        let options = Options { actor: Some(String::new()), tool: tool.to_owned(), ..Options::default() };
        Self { backend: E::backend(), author: Author::new(&options) }
    }

    /// Makes both tables where they are missing.
    pub fn tables(&self) -> Vec<String> {
        self.backend.tables().map(str::to_owned).to_vec()
    }

    /// Remembers that a revision was run, in either direction.
    pub fn rows(&self, revision: &Revision, direction: Direction) -> Vec<String> {
        let (action, script) = match direction {
            Direction::Up => (Action::Upgrade, Some(&revision.up)),
            Direction::Down => (Action::Revert, revision.down.as_ref()),
        };
        let entry = Entry {
            checksum: script.map(|script| script.checksum.to_string()),
            statements_total: script.map_or(0, |script| script.statements.len()),
            started_at: NOW.to_owned(),
            actor: None,
            ..self.author.entry(action, &revision.id, &revision.version)
        };
        let changes =
            [Change::mark(revision, direction), Change::Append(Box::new(entry.done(NOW.to_owned())))];
        ledger::write(&*self.backend, &changes)
            .into_iter()
            .map(|statement| statement.replace(&format!("'{NOW}'"), self.backend.now()))
            .collect()
    }
}
