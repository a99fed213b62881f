//! The way to the server where each transaction may find another session: a query is prepared in one message and run
//! in the next, so both must stand in one transaction. Poolers of old do not keep prepared statements apart either,
//! and what others have left in the session bears the names that ours would have.

use std::cell::Cell;

use crate::engine::session::{Row, Session, SqlError, SqlErrorKind};

/// A session that answers queries through a pooler, too.
pub(super) struct Route<'s> {
    pub(super) session: &'s mut dyn Session,
    /// Known, or found out by the way.
    pub(super) is_pooled: &'s Cell<bool>,
    /// Whether it is to be taken for granted.
    pub(super) is_careful: bool,
    /// Whether a transaction of ours is open anyway.
    pub(super) is_open: bool,
}

impl Session for Route<'_> {
    fn execute(&mut self, sql: &str) -> Result<(), SqlError> {
        self.session.execute(sql)
    }

    fn rows(&mut self, sql: &str) -> Result<Vec<Row>, SqlError> {
        if self.is_open {
            return self.session.rows(sql);
        }
        if !self.is_careful {
            match self.session.rows(sql) {
                Err(error) if error.kind == SqlErrorKind::SharedSession => self.is_pooled.set(true),
                answer => return answer,
            }
        }
        self.session.execute("BEGIN")?;
        let answer = in_transaction(self.session, sql);
        let ended = self.session.execute(if answer.is_ok() { "COMMIT" } else { "ROLLBACK" });
        let answer = answer?;
        ended.map(|()| answer)
    }
}

/// A query in a transaction that has just begun. A name that is taken there is one that nobody can use any more: who
/// prepared it has lost the session.
pub(super) fn in_transaction(session: &mut dyn Session, sql: &str) -> Result<Vec<Row>, SqlError> {
    match session.rows(sql) {
        Err(error) if error.kind == SqlErrorKind::SharedSession => {
            // One message, and therefore one session.
            session.execute("ROLLBACK; DEALLOCATE ALL; BEGIN")?;
            session.rows(sql)
        }
        answer => answer,
    }
}
