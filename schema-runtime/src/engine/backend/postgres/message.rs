//! A script as one message, and the way back from the server's answer to the statement that it is about.
//!
//! The server says where a fault is, or nothing at all, but never which statement of a message failed. So the
//! message counts as it goes, in the one thing that a rolled-back transaction leaves behind: session-level advisory
//! locks, shared ones, which are in nobody's way. The number of the statement that comes next is in the lock's key,
//! and the lock before is let go. When nothing was counted, either the grammar of a statement was not met, of which
//! the server says where it stands, or all have run and it was the commit that failed.

use super::route;
use crate::engine::session::{Session, SqlError, SqlErrorKind};
use crate::revision::Script;

/// The first key of the locks that count.
const COUNTER: i32 = 0x5c4e_c0de_u32 as i32;

/// Text that grows by statements, with the place of each of the script's own.
#[derive(Default)]
pub(super) struct Message {
    sql: String,
    /// In characters, as the server counts.
    length: usize,
    /// For each statement of the script its number, and the characters before it.
    places: Vec<(usize, usize)>,
    /// How far the counter has counted.
    count: u32,
    /// What the server knows the counting by, where it was told.
    counter: Option<String>,
}

impl Message {
    /// A statement of ours, if there is one.
    pub(super) fn push(&mut self, sql: &str) {
        if sql.is_empty() {
            return;
        }
        self.length += sql.chars().count() + 2;
        self.sql.push_str(sql);
        self.sql.push_str(";\n");
    }

    /// What comes before a script, and selects the [`start`] of the count last of all.
    pub(super) fn beginning(&mut self, sql: &str) {
        self.push(sql);
        self.count = 1;
    }

    /// Like [`Self::beginning`], and the counter is counted on by what the server knows by a name.
    pub(super) fn beginning_as_known(&mut self, sql: &str, counter: String) {
        self.beginning(sql);
        self.counter = Some(counter);
    }

    /// The statements of a script, counted. What is to be selected then sets the counter to zero: [`Self::uncount`].
    pub(super) fn script(&mut self, script: &Script) {
        for (index, statement) in script.statements.iter().enumerate() {
            if self.count as usize == index {
                self.tick();
            }
            self.places.push((index, self.length));
            self.push(script.sql(statement));
        }
    }

    fn tick(&mut self) {
        let before = self.uncount().map_or_else(String::new, |unlock| format!(", {unlock}"));
        self.count += 1;
        let next = self.count;
        match &self.counter {
            Some(counter) => self.push(&format!("EXECUTE {counter}({next})")),
            None => self.push(&format!("SELECT {}{before}", lock(&next.to_string()))),
        }
    }

    /// What a SELECT lists that sets the counter to zero, if it is not.
    pub(super) fn uncount(&self) -> Option<String> {
        (self.count > 0).then(|| unlock(&self.count.to_string()))
    }

    /// How far the counter has counted.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The counter is at zero again.
    pub(super) fn restart(&self, session: &mut dyn Session) {
        if self.count > 0 {
            restart(session);
        }
    }

    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    /// Which statement failed and where in it, after a message whose transaction was rolled back; the number of all
    /// where it was none of them.
    pub(super) fn fault(
        &self,
        session: &mut dyn Session,
        script: &Script,
        error: SqlError,
    ) -> (usize, SqlError) {
        let running = if self.count > 0 { counted(session).checked_sub(1) } else { None };
        let pointed = error.position.and_then(|at| self.pointed(script, at));
        let (statement, position) = match (running, pointed) {
            (None, Some((statement, at))) => (statement, Some(at)),
            (None, None) => (self.places.len(), None),
            // A place in a statement that did not fail is one in a function's body.
            (Some(running), pointed) => {
                (running, pointed.filter(|(statement, _)| *statement == running).map(|(_, at)| at))
            }
        };
        (statement, SqlError { position, ..error })
    }

    /// Whether this is the server's answer to what stands before a script: that our lock is not ours any more, or that
    /// something is wrong with our own words.
    pub(super) fn is_beside_script(&self, error: &SqlError) -> bool {
        let start = self.places.first().map_or(self.length, |(_, start)| *start);
        error.kind == SqlErrorKind::LockLost || error.position.is_some_and(|at| at < start)
    }

    /// The statement that holds this character, and the byte in it.
    fn pointed(&self, script: &Script, at: usize) -> Option<(usize, usize)> {
        let &(index, start) = self.places.iter().rev().find(|(_, start)| *start <= at)?;
        let sql = script.sql(&script.statements[index]);
        let mut bytes = sql.char_indices().map(|(byte, _)| byte).chain([sql.len()]);
        Some((index, bytes.nth(at - start)?))
    }
}

/// How far a message got that failed; the counter is at zero again.
fn counted(session: &mut dyn Session) -> usize {
    let held = format!(
        "SELECT objid::text FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND objsubid = 2 \
         AND classid = {} AND pid = pg_catalog.pg_backend_pid()",
        COUNTER as u32
    );
    let Ok(rows) = route::in_transaction(session, &held) else { return 0 };
    let counts: Vec<u32> = rows.iter().filter_map(|row| row.first()?.as_ref()?.parse().ok()).collect();
    if !counts.is_empty() {
        let unlocks: Vec<String> = counts.iter().map(|count| unlock(&count.to_string())).collect();
        // What stays locked is shared, and goes with the session.
        let _ = session.execute(&format!("SELECT {}", unlocks.join(", ")));
    }
    counts.into_iter().max().unwrap_or_default() as usize
}

/// Sets the counter to zero, wherever it is.
pub(super) fn restart(session: &mut dyn Session) {
    counted(session);
}

/// What a SELECT lists that begins to count.
pub(super) fn start() -> String {
    lock("1")
}

/// What selects that the counter counts on, to the number `$1`.
pub(super) fn count_on() -> String {
    format!("SELECT {}, {}", lock("$1"), unlock("$1 OPERATOR(pg_catalog.-) 1"))
}

fn lock(count: &str) -> String {
    format!("pg_catalog.pg_advisory_lock_shared({COUNTER}, {count})")
}

/// Lets go of the lock of a number, or of whatever stands for one.
pub(super) fn unlock(count: &str) -> String {
    format!("pg_catalog.pg_advisory_unlock_shared({COUNTER}, {count})")
}
