//! What engines on a server share: how both tables are read, and how a statement's first words tell what it is
//! about. Words are only looked at, never judged: what is not recognised is what nobody can say anything about.

use super::Reading;
use crate::engine::ledger::{COLUMNS, DIESEL, Entry, LEDGER};
use crate::engine::session::{Row, Session, SqlError, SqlErrorKind};

/// How an engine writes that a value is wanted as text.
pub(super) type AsText = fn(&str) -> String;

/// Both tables in one query; where that fails, those that `exists` finds.
pub(super) fn read(
    session: &mut dyn Session,
    as_text: AsText,
    exists: impl FnOnce(&mut dyn Session) -> Result<[bool; 2], SqlError>,
) -> Result<Reading, SqlError> {
    let queries = [select_versions(as_text), select_entries(as_text)];
    let refusal = match session.rows(&queries.join(" UNION ALL ")) {
        Ok(rows) => return Ok(reading(rows, true)),
        Err(error) => error,
    };
    // Which error means that a table is missing is said in the server's language.
    let found = match exists(session) {
        Ok(found) => found,
        Err(error) if error.kind == SqlErrorKind::InTransaction => return Err(error),
        Err(_) => return Err(refusal),
    };
    let mut rows = Vec::new();
    for (query, _) in queries.iter().zip(found).filter(|(_, is_there)| *is_there) {
        rows.extend(session.rows(query)?);
    }
    Ok(reading(rows, found == [true, true]))
}

fn select_versions(as_text: AsText) -> String {
    let columns = ["0", "version", "run_on"].map(as_text).join(", ");
    let nothing = ", NULL".repeat(COLUMNS.len() - 3);
    format!("SELECT {columns}{nothing} FROM {DIESEL}")
}

fn select_entries(as_text: AsText) -> String {
    format!("SELECT {} FROM {LEDGER}", COLUMNS.map(as_text).join(", "))
}

fn reading(rows: Vec<Row>, is_complete: bool) -> Reading {
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

/// The words that a statement begins with, in capitals unless they are quoted. Parentheses and commas part words.
pub(super) struct Words<'s> {
    rest: &'s str,
}

impl<'s> Words<'s> {
    pub(super) fn new(sql: &'s str) -> Self {
        Self { rest: sql }
    }

    /// The next word, as it is written.
    pub(super) fn raw(&mut self) -> Option<&'s str> {
        self.rest = self.rest.trim_start();
        let first = self.rest.chars().next()?;
        let length = match first {
            '(' | ')' | ',' | ';' => 1,
            _ => name_length(self.rest),
        };
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(word)
    }

    /// The next word in capitals; empty at the end.
    pub(super) fn next(&mut self) -> String {
        self.raw().unwrap_or_default().to_ascii_uppercase()
    }

    /// Whether these words come next; then they are passed.
    pub(super) fn pass(&mut self, words: &[&str]) -> bool {
        let start = self.rest;
        let is_next = words.iter().all(|word| self.next() == *word);
        if !is_next {
            self.rest = start;
        }
        is_next
    }
}

/// How far a name reaches, with its qualifiers; quoted parts hold anything.
fn name_length(text: &str) -> usize {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`') => quote = Some(character),
            (None, '(' | ')' | ',' | ';') => return at,
            (None, character) if character.is_whitespace() => return at,
            (None, _) => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn quoted_names_are_one_word() {
        let mut words = Words::new("create  Index CONCURRENTLY \"my index\" ON a.\"b c\"(x, y)");
        assert!(!words.pass(&["CREATE", "UNIQUE"]) && words.pass(&["CREATE", "INDEX"]));
        assert_eq!(words.next(), "CONCURRENTLY");
        assert_eq!(words.raw(), Some("\"my index\""));
        assert!(words.pass(&["ON"]));
        let rest: Vec<&str> = std::iter::from_fn(|| words.raw()).collect();
        assert_eq!(rest, ["a.\"b c\"", "(", "x", ",", "y", ")"]);
    }
}
