//! Rows that point nowhere after a rebuild with foreign keys off. Only what the revision itself broke counts:
//! real databases hold old violations, and a rebuild is no reason to refuse them.

use std::collections::BTreeMap;

use crate::engine::session::{Session, SqlError};
use crate::revision::{Mode, Script};

/// Child table, rowid and parent table, and how often. Not the key's number: a rebuild may change it.
type Violations = BTreeMap<(String, String, String), usize>;

/// How many broken rows an error names.
const SHOWN: usize = 10;

/// What was broken before a script ran.
pub(super) struct Watch(Option<Violations>);

impl Watch {
    /// Looks at the database before the script, when it runs with foreign keys off.
    pub(super) fn before(session: &mut dyn Session, mode: Mode) -> Result<Self, SqlError> {
        match mode {
            // A schema with a mismatched key cannot be checked; what was so before is not this revision's fault.
            Mode::ForeignKeysOff => Ok(Self(violations(session).ok())),
            Mode::Joined | Mode::Outside => Ok(Self(None)),
        }
    }

    /// Fails when something is broken that was not before.
    pub(super) fn after(self, session: &mut dyn Session) -> Result<(), SqlError> {
        let Some(before) = self.0 else { return Ok(()) };
        let mut new = Vec::new();
        for (violation, count) in violations(session)? {
            if count > before.get(&violation).copied().unwrap_or_default() {
                new.push(violation);
            }
        }
        if new.is_empty() { Ok(()) } else { Err(broken(&new)) }
    }
}

/// A whole rebuild in a transaction of its own, for a runner that has not begun one.
pub(super) fn rebuild(session: &mut dyn Session, script: &Script) -> Result<(), SqlError> {
    let found = session.value("PRAGMA foreign_keys")?.unwrap_or_default();
    session.execute("PRAGMA foreign_keys = OFF")?;
    let ran = session.execute("BEGIN IMMEDIATE").and_then(|()| {
        let ran = rebuild_inside(session, script);
        // After a failure only the failure matters.
        ran.inspect_err(|_| drop(session.execute("ROLLBACK")))
    });
    ran.and(session.execute(&format!("PRAGMA foreign_keys = {found}")))
}

fn rebuild_inside(session: &mut dyn Session, script: &Script) -> Result<(), SqlError> {
    let watch = Watch::before(session, Mode::ForeignKeysOff)?;
    session.execute(&script.text)?;
    watch.after(session)?;
    session.execute("COMMIT")
}

fn violations(session: &mut dyn Session) -> Result<Violations, SqlError> {
    let mut violations = Violations::new();
    for row in session.rows("PRAGMA foreign_key_check")? {
        let mut fields = row.into_iter().map(Option::unwrap_or_default);
        let mut next = || fields.next().unwrap_or_default();
        *violations.entry((next(), next(), next())).or_default() += 1;
    }
    Ok(violations)
}

fn broken(new: &[(String, String, String)]) -> SqlError {
    let rows = if new.len() == 1 { "1 row refers" } else { &format!("{} rows refer", new.len()) };
    let named = |(child, row, parent): &(String, String, String)| match row.as_str() {
        "" => format!("a row of `{child}` has no match in `{parent}`"),
        row => format!("row {row} of `{child}` has no match in `{parent}`"),
    };
    let mut details: Vec<String> = new.iter().take(SHOWN).map(named).collect();
    if new.len() > SHOWN {
        details.push(format!("and {} more", new.len() - SHOWN));
    }
    SqlError { details, ..SqlError::new(format!("{rows} to nothing once the script has run")) }
}
