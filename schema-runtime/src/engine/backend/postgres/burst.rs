//! Several revisions in one message: which may, and how many were done when the server did not come to its end.

use super::message;
use super::route;
use crate::engine::backend::words::Words;
use crate::engine::backend::{Backend, Step, heard};
use crate::engine::ledger::{self, Entry};
use crate::engine::session::{Session, SqlError, SqlErrorKind};
use crate::revision::{Mode, Script};

/// What begins with these words makes no rows, and takes no time where there are none.
const DEFINING: [&str; 4] = ["ALTER", "COMMENT", "CREATE", "DROP"];

/// Whose text is longer, in bytes, has a message of its own.
const LONGEST: usize = 16 * 1024;

/// Whether it takes no time on a new database.
pub(super) fn is_swift(script: &Script) -> bool {
    let mut verbs = script.statements.iter().map(|statement| Words::new(script.sql(statement)).verb());
    script.mode != Mode::Outside
        && script.text.len() <= LONGEST
        && verbs.all(|verb| DEFINING.contains(&verb.as_str()))
}

/// How many of these revisions were done before the error; what the ledger does not know is the error's.
pub(super) fn done(
    session: &mut dyn Session,
    backend: &dyn Backend,
    qualifier: &str,
    steps: &[Step<'_>],
    error: SqlError,
) -> Result<usize, SqlError> {
    let lost = |error| SqlError { kind: SqlErrorKind::Lost, ..error };
    let error = heard(error, session.execute("ROLLBACK; BEGIN"));
    if error.kind == SqlErrorKind::Lost {
        return Err(error);
    }
    let entries: Vec<&Entry> = steps.iter().map(|step| &step.entry).collect();
    let answer = route::in_transaction(session, &ledger::count_done(backend, qualifier, &entries));
    message::restart(session);
    let _ = session.execute("ROLLBACK");
    let count = answer.ok().and_then(|rows| rows.first()?.first()?.as_ref()?.parse().ok());
    count.ok_or_else(|| lost(error))
}
