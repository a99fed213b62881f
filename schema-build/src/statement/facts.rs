//! Facts about finished statements: whether they control transactions, whether the engine refuses them inside one,
//! and, for SQLite, whether a script rebuilds a table. Reads first words; a statement of no interest costs one
//! comparison.

use std::collections::BTreeSet;

use schema_runtime::dialect::Dialect;
use schema_runtime::revision::StatementKind;

use super::token::{Kind, Tokens};
use super::word::*;

/// What the engine must know before it runs the statement that begins with `first`.
pub(super) fn kind(first: Key, text: &str, dialect: Dialect) -> StatementKind {
    let is_transaction = controls_transaction(first, text, dialect);
    match dialect {
        Dialect::Postgres if is_outside_postgres(first, text) => StatementKind::Outside,
        Dialect::Sqlite if is_outside_sqlite(first, text) => StatementKind::Outside,
        // MySQL commits by itself before it runs DDL, and refuses nothing.
        _ if is_transaction => StatementKind::Transaction,
        Dialect::Postgres | Dialect::Sqlite | Dialect::Mysql => StatementKind::Ordinary,
    }
}

/// Whether rows follow it that are no SQL.
pub(super) fn copies_rows(first: Key, text: &str) -> bool {
    first == COPY && follows(text, Dialect::Postgres, FROM, STDIN)
}

fn controls_transaction(first: Key, text: &str, dialect: Dialect) -> bool {
    match (first, dialect) {
        (COMMIT, _) | (BEGIN | END, Dialect::Sqlite | Dialect::Postgres) | (ABORT, Dialect::Postgres) => true,
        (BEGIN, Dialect::Mysql) => matches!(nth(text, dialect, 1), None | Some(WORK)),
        (ROLLBACK, _) => !has(text, dialect, TO),
        (START, Dialect::Postgres | Dialect::Mysql) | (PREPARE, Dialect::Postgres) => {
            nth(text, dialect, 1) == Some(TRANSACTION)
        }
        (_, _) => false,
    }
}

/// Measured on SQLite 3.40. `journal_mode` and `wal_checkpoint` do not always fail inside a transaction, but then
/// they do nothing.
fn is_outside_sqlite(first: Key, text: &str) -> bool {
    match first {
        VACUUM | DETACH => true,
        PRAGMA => match Pragma::read(text) {
            Some(Pragma { name: JOURNAL_MODE | SYNCHRONOUS, value }) => value.is_some(),
            Some(Pragma { name, .. }) => name == WAL_CHECKPOINT,
            None => false,
        },
        _ => false,
    }
}

/// Every statement for which PostgreSQL 15 says that it "cannot run inside a transaction block".
fn is_outside_postgres(first: Key, text: &str) -> bool {
    let has = |word| has(text, Dialect::Postgres, word);
    let follows = |word, next| follows(text, Dialect::Postgres, word, next);
    let second = || nth(text, Dialect::Postgres, 1).unwrap_or(0);
    match first {
        VACUUM => true,
        COMMIT | ROLLBACK => second() == PREPARED,
        DISCARD => second() == ALL,
        CREATE | DROP => match second() {
            DATABASE | TABLESPACE => true,
            // Making a slot, or dropping one, is what cannot be rolled back.
            SUBSCRIPTION => !has(FALSE),
            INDEX | UNIQUE => follows(INDEX, CONCURRENTLY),
            _ => false,
        },
        ALTER => match second() {
            SYSTEM => true,
            TABLE => has(DETACH) && has(CONCURRENTLY),
            DATABASE => follows(SET, TABLESPACE),
            SUBSCRIPTION => has(PUBLICATION) && !has(FALSE),
            _ => false,
        },
        REINDEX => has(CONCURRENTLY) || has(SCHEMA) || has(DATABASE) || has(SYSTEM),
        CLUSTER => words(text, Dialect::Postgres)
            .skip(1)
            .all(|word| matches!(word, VERBOSE | TRUE | FALSE | ON | OFF)),
        _ => false,
    }
}

/// The words of a statement; quoted names are no words.
fn words(text: &str, dialect: Dialect) -> impl Iterator<Item = Key> + '_ {
    Tokens::new(text, dialect)
        .filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted))
        .map(move |token| if token.kind == Kind::Word { key(text[token.range()].as_bytes()) } else { 0 })
}

fn nth(text: &str, dialect: Dialect, n: usize) -> Option<Key> {
    words(text, dialect).nth(n)
}

fn has(text: &str, dialect: Dialect, word: Key) -> bool {
    words(text, dialect).any(|candidate| candidate == word)
}

/// Whether `next` directly follows `word`.
fn follows(text: &str, dialect: Dialect, word: Key, next: Key) -> bool {
    let mut previous = 0;
    words(text, dialect)
        .any(|candidate| std::mem::replace(&mut previous, candidate) == word && candidate == next)
}

/// Whether a script rebuilds a table in SQLite, as its statements come in.
#[derive(Debug, Default)]
pub(super) struct Rebuild<'a> {
    has_pragma: bool,
    dropped: Vec<&'a str>,
    renamed: Vec<&'a str>,
}

impl<'a> Rebuild<'a> {
    /// Takes the next statement.
    pub(super) fn take(&mut self, first: Key, text: &'a str) {
        match first {
            PRAGMA => {
                self.has_pragma |= Pragma::read(text).is_some_and(|pragma| pragma.disables_foreign_keys());
            }
            DROP => self.dropped.extend(dropped_table(text)),
            ALTER => self.renamed.extend(new_name(text)),
            _ => {}
        }
    }

    /// Whether the script needs foreign keys off: it says so, or a table takes the name of one that it drops.
    pub(super) fn is_one(&self) -> bool {
        if self.has_pragma || self.renamed.is_empty() {
            return self.has_pragma;
        }
        let mut dropped = BTreeSet::new();
        dropped.extend(self.dropped.iter().map(|name| identifier(name)));
        self.renamed.iter().any(|name| dropped.contains(&identifier(name)))
    }
}

/// `PRAGMA main.name = value`, or `PRAGMA name(value)`.
struct Pragma<'a> {
    name: Key,
    value: Option<&'a str>,
}

impl<'a> Pragma<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = parts(text).skip(1);
        let mut name = parts.next()?;
        let mut sign = parts.next();
        if sign == Some(".") {
            name = parts.next()?;
            sign = parts.next();
        }
        let value = if matches!(sign, Some("=" | "(")) { parts.next() } else { None };
        Some(Self { name: key(identifier(name).as_bytes()), value })
    }

    /// SQLite takes every word that it does not know for "off".
    fn disables_foreign_keys(&self) -> bool {
        self.name == FOREIGN_KEYS
            && self.value.is_some_and(|value| match identifier(value).as_str() {
                "on" | "yes" | "true" => false,
                number => number.parse::<u32>().unwrap_or(0) == 0,
            })
    }
}

/// `DROP TABLE IF EXISTS main.name`.
fn dropped_table(text: &str) -> Option<&str> {
    let mut parts = parts(text).skip(1).peekable();
    is_word(parts.next()?, TABLE).then_some(())?;
    if parts.peek().is_some_and(|part| is_word(part, IF)) {
        parts.nth(1);
    }
    name(&mut parts)
}

/// `ALTER TABLE main.name RENAME TO new`.
fn new_name(text: &str) -> Option<&str> {
    let mut parts = parts(text).skip(1).peekable();
    is_word(parts.next()?, TABLE).then_some(())?;
    name(&mut parts)?;
    is_word(parts.next()?, RENAME).then_some(())?;
    is_word(parts.next()?, TO).then_some(())?;
    parts.next()
}

/// A name without the schema before it.
fn name<'a>(parts: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>) -> Option<&'a str> {
    let name = parts.next()?;
    if parts.next_if_eq(&".").is_some() { parts.next() } else { Some(name) }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    Tokens::new(text, Dialect::Sqlite)
        .filter(|token| token.kind != Kind::Comment)
        .map(|token| &text[token.range()])
}

fn is_word(part: &str, word: Key) -> bool {
    key(part.as_bytes()) == word
}

/// A name as SQLite compares it: without quotes, of which it takes four kinds, and without regard to ASCII case.
fn identifier(part: &str) -> String {
    let inner = match part.as_bytes() {
        [b'[', .., b']'] => part[1..part.len() - 1].to_owned(),
        [quote @ (b'"' | b'\'' | b'`'), .., last] if quote == last => {
            let quote = char::from(*quote);
            part[1..part.len() - 1].replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        _ => part.to_owned(),
    };
    inner.to_ascii_lowercase()
}
