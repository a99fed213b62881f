//! How far a script got that runs outside a transaction. The ledger keeps the number of its statements that
//! are done, and a fingerprint of their text: the rest may be mended before the next attempt, they may not.

use super::ledger::Entry;
use crate::revision::Script;

/// What the checksum column holds while the first `done` statements are done and the rest is not.
pub(crate) fn checksum(script: &Script, done: usize) -> String {
    let mut fingerprint = Fingerprint::default();
    script.statements.iter().take(done).for_each(|statement| fingerprint.add(script.sql(statement)));
    fingerprint.column(script)
}

/// FNV-1a over the text of the statements that are done: no secret is kept here, only an edit noticed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    /// One more statement is done.
    pub(crate) fn add(&mut self, sql: &str) {
        let bytes = sql.bytes().filter(|byte| *byte != b'\r').chain([0]);
        self.0 = bytes.fold(self.0, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    }

    /// What the checksum column holds.
    pub(crate) fn column(self, script: &Script) -> String {
        format!("{}+{:016x}", script.checksum, self.0)
    }
}

/// Whether what is done is still what the script says.
pub(crate) fn is_unchanged(script: &Script, entry: &Entry) -> bool {
    let done = entry.statements_done;
    done <= script.statements.len()
        && match entry.done_part() {
            Some(part) => checksum(script, done).split_once('+').is_some_and(|(_, now)| now == part),
            None => entry.script_checksum() == Some(&*script.checksum),
        }
}
