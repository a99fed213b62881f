//! Whether there is nothing to do, asked in SQL: drivers take two round trips for a query and one for a statement
//! that fails or does not. What holds here holds for [`super::known`] too, with nothing pending, edited, moved or
//! half-done; the reverse need not, and whoever hears `no` reads both tables.

use super::backend::Backend;
use super::ledger::{DIESEL, FORMAT, LEDGER};
use super::session::Session;
use crate::history::History;
use crate::revision::Revision;

/// Whether every revision is applied as it is written, and nothing else is. `no` where that cannot be asked at once.
pub(super) fn is_current(history: &History, backend: &dyn Backend, session: &mut dyn Session) -> bool {
    let asked = (!history.is_empty()).then(|| backend.demand(&condition(history, backend))).flatten();
    asked.is_some_and(|statement| session.execute(&statement).is_ok())
}

fn condition(history: &History, backend: &dyn Backend) -> String {
    let list = |text: &dyn Fn(&Revision) -> String| {
        let texts: Vec<String> = history.revisions().iter().map(|each| backend.quote(&text(each))).collect();
        texts.join(", ")
    };
    let versions = list(&|revision| revision.version.to_string());
    let places = list(&|revision| format!("{} {}", revision.id, revision.version));
    let scripts = list(&|revision| format!("{} {}", revision.id, revision.up.checksum));
    let [version, row_version, place, script] =
        ["version", "a.version", "CONCAT(a.revision, ' ', a.version)", "CONCAT(a.revision, ' ', a.checksum)"]
            .map(|expression| backend.exactly(expression));
    [
        format!("(SELECT count(*) FROM {DIESEL}) = {}", history.len()),
        format!("NOT EXISTS (SELECT 1 FROM {DIESEL} WHERE {version} NOT IN ({versions}))"),
        format!("NOT EXISTS (SELECT 1 FROM {LEDGER} a WHERE a.format > {FORMAT})"),
        // The last attempt at a revision ended well, and ran what its script says.
        unless_later(
            &format!(
                "((a.outcome IS NULL OR a.outcome <> 'done') AND NOT (a.outcome = 'failed' AND a.statements_done = 0) \
                 OR a.action = 'upgrade' AND a.checksum IS NOT NULL AND {script} NOT IN ({scripts}))"
            ),
            "b.action IN ('upgrade', 'revert', 'stamp', 'unstamp', 'gone')",
        ),
        // It was last recorded under the version that it has.
        unless_later(
            &format!(
                "a.outcome = 'done' AND a.revision IS NOT NULL AND {place} NOT IN ({places}) \
                 AND (a.action IN ('upgrade', 'stamp', 'move') OR {row_version} IN ({versions}))"
            ),
            "b.action <> 'purge'",
        ),
    ]
    .join(" AND ")
}

/// No row of the ledger is like this, unless a later one like that says something else of its revision.
fn unless_later(row: &str, later: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM {LEDGER} a WHERE {row} AND NOT EXISTS (SELECT 1 FROM {LEDGER} b \
         WHERE b.revision = a.revision AND b.id > a.id AND b.outcome = 'done' AND {later}))"
    )
}
