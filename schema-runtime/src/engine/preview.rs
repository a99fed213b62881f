//! The two tables read ahead: who reads thousands of files for the history can read the ledger meanwhile.

use std::fmt;

use super::Connection;
use super::backend::{Backend, Engine, Reading};
use super::session::SqlError;
use crate::dialect::Dialect;

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

/// What a ledger said while the history was not known yet, or why it did not. It stands for a migrator's first look,
/// never for the one under the lock.
pub struct Preview {
    dialect: Dialect,
    /// What it has learnt of the connection is not to be learnt again.
    backend: Box<dyn Backend>,
    look: Look,
}

/// The first look at a ledger.
pub(super) struct Look {
    detail: Detail,
    read: Result<Reading, SqlError>,
}

impl Preview {
    /// Looks, and does not wait.
    pub fn read<C: Connection>(connection: &mut C, detail: Detail) -> Self {
        let backend = <C::Backend as Engine>::backend();
        let read = backend.read(&mut *connection.session(), detail);
        Self { dialect: <C::Backend as Engine>::DIALECT, backend, look: Look { detail, read } }
    }

    /// What a run on a connection of this engine begins with.
    pub(super) fn parts<E: Engine>(self) -> Option<(Box<dyn Backend>, Look)> {
        (self.dialect == E::DIALECT).then_some((self.backend, self.look))
    }
}

impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preview").field("dialect", &self.dialect).finish_non_exhaustive()
    }
}

impl Look {
    /// What was read, where it says what is wanted.
    pub(super) fn serves(self, wanted: Detail) -> Option<Result<Reading, SqlError>> {
        (self.detail == wanted || self.detail == Detail::Whole).then_some(self.read)
    }
}
