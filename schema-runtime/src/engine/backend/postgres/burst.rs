//! Several revisions in one message: which may, and how many were done when the server did not come to its end.

use super::message;
use super::route;
use crate::engine::backend::words::Words;
use crate::engine::backend::{Backend, Step, Together, heard};
use crate::engine::ledger;
use crate::engine::session::{Session, SqlError, SqlErrorKind};
use crate::revision::{Mode, Script, Statement};

/// What begins with these words takes no time where there are no rows.
const DEFINING: [&str; 4] = ["ALTER", "COMMENT", "CREATE", "DROP"];

/// Words that may make some all the same: `CREATE TABLE .. AS SELECT ..`.
const FILLING: [&str; 2] = ["SELECT", "EXECUTE"];

/// Whose text is longer, in bytes, has a message of its own.
const LONGEST: usize = 16 * 1024;

/// Whether it takes no time on a new database.
pub(super) fn is_swift(script: &Script) -> bool {
    let is_definition = |statement: &Statement| {
        let mut words = Words::new(script.sql(statement));
        let is = |word: &str, among: &[&str]| among.iter().any(|known| word.eq_ignore_ascii_case(known));
        words.raw().is_some_and(|verb| is(verb, &DEFINING))
            && std::iter::from_fn(|| words.raw()).all(|word| !is(word, &FILLING))
    };
    script.mode != Mode::Outside
        && script.text.len() <= LONGEST
        && script.statements.iter().all(is_definition)
}

/// What became of these revisions before the error. None of them was applied when the message was made.
pub(super) fn found_out(
    session: &mut dyn Session,
    backend: &dyn Backend,
    steps: &[Step<'_>],
    error: SqlError,
) -> Together {
    let error = heard(error, session.execute(ANEW));
    if error.kind == SqlErrorKind::Lost {
        return Together { done: 0, stop: Some(error) };
    }
    let versions = steps.iter().map(|step| &*step.revision.version);
    let query = ledger::applied(backend, versions.clone());
    // Somebody who cancels one statement may do so with the next.
    let applied = route::in_transaction(session, &query).or_else(|_| {
        let _ = session.execute(ANEW);
        route::in_transaction(session, &query)
    });
    if applied.is_err() {
        let _ = session.execute(ANEW);
    }
    message::restart(session);
    let _ = session.execute("ROLLBACK");
    let Ok(applied) = applied else {
        return Together { done: 0, stop: Some(SqlError { kind: SqlErrorKind::Lost, ..error }) };
    };
    let is_applied = |version: &&str| applied.iter().any(|row| row[0].as_deref() == Some(*version));
    let stop = Some(error).filter(|error| error.kind == SqlErrorKind::Cancelled);
    Together { done: versions.take_while(is_applied).count(), stop }
}

/// From whatever the session is in to a transaction that has just begun.
const ANEW: &str = "ROLLBACK; BEGIN";
