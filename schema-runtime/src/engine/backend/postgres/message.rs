//! A script as one message, and the way back from the server's answer to the statement that it is about.
//!
//! The server says where a fault is, or nothing at all, but never which statement of a message failed. So the
//! message counts as it goes, in the one thing that a rolled-back transaction leaves behind: session-level advisory
//! locks, shared ones, which are in nobody's way. A Gray code changes one lock per statement and needs no more
//! than a dozen. The first statement is not counted: it failed when nothing was, unless the server names another,
//! which then is one whose grammar was not met.

use super::route;
use crate::engine::session::{Session, SqlError};
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

    /// The statements of a script, counted. What is to be selected then sets the counter to zero: [`Self::uncount`].
    pub(super) fn script(&mut self, script: &Script) {
        for (index, statement) in script.statements.iter().enumerate() {
            if index > 0 {
                self.tick();
            }
            self.places.push((index, self.length));
            self.push(script.sql(statement));
        }
    }

    fn tick(&mut self) {
        self.count += 1;
        let bit = self.count.trailing_zeros();
        let is_set = gray(self.count) >> bit & 1 == 1;
        let toggle = if is_set { "lock_shared" } else { "unlock_shared" };
        self.push(&format!("SELECT pg_catalog.pg_advisory_{toggle}({COUNTER}, {bit})"));
    }

    /// What a SELECT lists that sets the counter to zero, if it is not.
    pub(super) fn uncount(&self) -> Option<String> {
        let code = gray(self.count);
        let bits: Vec<u32> = (0..u32::BITS).filter(|bit| code >> bit & 1 == 1).collect();
        Some(unlock(&bits)).filter(|_| !bits.is_empty())
    }

    /// The counter is at zero again.
    pub(super) fn restart(&self, session: &mut dyn Session) {
        if self.count > 0 {
            counted(session);
        }
    }

    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    /// Which statement failed and where in it, after a message whose transaction was rolled back.
    pub(super) fn fault(
        &self,
        session: &mut dyn Session,
        script: &Script,
        error: SqlError,
    ) -> (usize, SqlError) {
        let counted = if self.count > 0 { counted(session) } else { 0 };
        let pointed = error.position.and_then(|at| self.pointed(script, at));
        match pointed {
            Some((statement, at)) if counted == 0 => (statement, SqlError { position: Some(at), ..error }),
            pointed => {
                let statement = counted.min(self.places.len().saturating_sub(1));
                // A place in a statement that did not fail is one in a function's body.
                let position = pointed.filter(|(at, _)| *at == statement).map(|(_, at)| at);
                (statement, SqlError { position, ..error })
            }
        }
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
    let bits: Vec<u32> =
        rows.iter().filter_map(|row| row.first()?.as_ref()?.parse().ok()).filter(|bit| *bit < 32).collect();
    if !bits.is_empty() {
        // What stays locked is shared, and goes with the session.
        let _ = session.execute(&format!("SELECT {}", unlock(&bits)));
    }
    ungray(bits.iter().fold(0, |code, bit| code | 1 << bit)) as usize
}

fn unlock(bits: &[u32]) -> String {
    let calls = bits.iter().map(|bit| format!("pg_catalog.pg_advisory_unlock_shared({COUNTER}, {bit})"));
    calls.collect::<Vec<_>>().join(", ")
}

fn gray(count: u32) -> u32 {
    count ^ (count >> 1)
}

fn ungray(mut code: u32) -> u32 {
    let mut shift = 16;
    while shift > 0 {
        code ^= code >> shift;
        shift /= 2;
    }
    code
}

#[cfg(test)]
mod tests {
    use super::{gray, ungray};

    #[test]
    fn each_step_changes_one_bit_and_can_be_read_back() {
        for count in 1..5000_u32 {
            assert_eq!((gray(count) ^ gray(count - 1)).count_ones(), 1);
            assert_eq!(gray(count) ^ gray(count - 1), 1 << count.trailing_zeros());
            assert_eq!(ungray(gray(count)), count);
        }
    }
}
