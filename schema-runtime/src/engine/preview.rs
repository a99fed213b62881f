//! The two tables read ahead: who reads thousands of files for the history can read the ledger meanwhile.

use super::Connection;
use super::backend::{Engine, Reading};

/// How much of each row of the ledger is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What a run decides by.
    Brief,
    /// When, by whom and with what, too.
    Whole,
    /// The same for a history whose scripts were not read, to which the checksums of what is done say nothing.
    Told,
}

/// What a ledger said while the history was not known yet. It stands for a migrator's first look, never for the one
/// under the lock.
#[derive(Debug)]
pub struct Preview {
    detail: Detail,
    reading: Reading,
}

impl Preview {
    /// `None` where it cannot be read just now: the migrator reads it, and says why it cannot or waits until it can.
    pub fn read<C: Connection>(connection: &mut C, detail: Detail) -> Option<Self> {
        let backend = <C::Backend as Engine>::backend();
        let reading = backend.read(&mut *connection.session(), detail).ok()?;
        Some(Self { detail, reading })
    }

    /// The reading, where it says what is wanted.
    pub(super) fn serves(self, wanted: Detail) -> Option<Reading> {
        (self.detail == wanted || self.detail == Detail::Whole).then_some(self.reading)
    }
}
