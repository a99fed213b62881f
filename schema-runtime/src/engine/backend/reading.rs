//! Both tables in one query, the same on every engine; where one of them is missing, what is there.

use super::{Backend, Reading};
use crate::engine::ledger::{AUTHORSHIP, DIESEL, Entry, FACTS, KEYS, LEDGER, TIMES};
use crate::engine::preview::Detail;
use crate::engine::session::{Row, Session, SqlError, SqlErrorKind};

/// How many columns the queries have.
const COLUMNS: usize = 6;

/// See [`Backend::read`].
pub(super) fn read(
    backend: &(impl Backend + ?Sized),
    session: &mut dyn Session,
    detail: Detail,
) -> Result<Reading, SqlError> {
    let queries = select(backend, detail, "");
    let refusal = match backend.many(session, &queries.join(" UNION ALL "), COLUMNS) {
        Ok(rows) => return Ok(reading(rows, true)),
        Err(error) => error,
    };
    // Which error means that a table is missing is said in the server's language.
    let found = match session.rows(&backend.present()) {
        Ok(found) => found,
        Err(error) if matches!(error.kind, SqlErrorKind::InTransaction | SqlErrorKind::Busy) => {
            return Err(error);
        }
        Err(_) => return Err(refusal),
    };
    let is_there = |table: &str| found.iter().any(|row| row[0].as_deref() == Some(table));
    let mut rows = Vec::new();
    for (_, query) in [DIESEL, LEDGER].iter().zip(&queries).filter(|(table, _)| is_there(table)) {
        rows.extend(backend.many(session, query, COLUMNS)?);
    }
    Ok(reading(rows, is_there(DIESEL) && is_there(LEDGER)))
}

/// The queries for Diesel's table and for ours; `qualifier` is empty, or a schema with the dot after it.
pub(super) fn select(backend: &(impl Backend + ?Sized), detail: Detail, qualifier: &str) -> [String; 2] {
    let texts = |columns: &[String]| {
        columns.iter().map(|column| backend.as_text(column)).collect::<Vec<_>>().join(", ")
    };
    let ours = columns(backend, detail);
    let diesels = ["0", "version", "run_on"].map(str::to_owned);
    let nothing = ", NULL".repeat(ours.len() - diesels.len());
    [
        format!("SELECT {}{nothing} FROM {qualifier}{DIESEL}", texts(&diesels)),
        format!("SELECT {} FROM {qualifier}{LEDGER}", texts(&ours)),
    ]
}

/// In the order of [`Entry::read`].
fn columns(backend: &(impl Backend + ?Sized), detail: Detail) -> [String; COLUMNS] {
    let unless_done = |column: &str| format!("CASE WHEN outcome = 'done' THEN NULL ELSE {column} END");
    let [action, format, done, total, outcome] = FACTS;
    let [started, finished] = TIMES;
    // While an attempt is under way it has neither an outcome nor an end.
    let (outcome, finished) = (format!("coalesce({outcome}, '')"), format!("coalesce({finished}, '')"));
    let brief = [action, format, done, total, &outcome, "id"];
    let whole = backend.joined(&[&brief[..], &[started, &finished]].concat());
    let facts = match detail {
        Detail::Brief => {
            format!("CASE WHEN outcome = 'done' THEN {} ELSE {whole} END", backend.joined(&brief))
        }
        Detail::Whole | Detail::Told => whole,
    };
    let [revision, version, checksum] = KEYS.map(str::to_owned);
    let checksum = if detail == Detail::Told { unless_done(&checksum) } else { checksum };
    let [actor, tool] = AUTHORSHIP.map(|column| match detail {
        Detail::Brief => unless_done(column),
        Detail::Whole | Detail::Told => column.to_owned(),
    });
    [facts, revision, version, checksum, actor, tool]
}

/// What rows of these queries say.
pub(super) fn reading(rows: Vec<Row>, is_complete: bool) -> Reading {
    let mut reading = Reading { is_complete, ..Reading::default() };
    for mut row in rows {
        if row[0].as_deref() == Some("0") {
            reading.versions.push((row[1].take().unwrap_or_default(), row[2].take()));
        } else {
            reading.entries.push(Entry::read(row));
        }
    }
    reading.versions.sort();
    reading.entries.sort_by_key(|entry| entry.id);
    reading
}
