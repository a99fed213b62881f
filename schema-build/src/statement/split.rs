//! Statement boundaries: takes the tokens one by one, asks the body under way whether a `;` is its own, and hands
//! finished statements to `facts`.

use schema_runtime::dialect::Dialect;
use schema_runtime::revision::{Statement, StatementKind};

use super::body::{Body, Piece};
use super::facts::{self, Rebuild};
use super::token::{Kind, Token};
use super::word::{Key, key};
use super::{Lexed, Problem};

/// A script that is being cut.
pub(super) struct Splitter<'a> {
    sql: &'a str,
    dialect: Dialect,
    under_way: Option<UnderWay>,
    statements: Vec<Statement>,
    problems: Vec<Problem>,
    rebuild: Rebuild<'a>,
    expects_rows: bool,
}

/// The statement whose tokens are coming in.
struct UnderWay {
    start: usize,
    end: usize,
    /// Its first word, or zero when something else came first.
    first: Option<Key>,
    body: Body,
}

impl<'a> Splitter<'a> {
    pub(super) fn new(sql: &'a str, dialect: Dialect) -> Self {
        Self {
            sql,
            dialect,
            under_way: None,
            statements: Vec::new(),
            problems: Vec::new(),
            rebuild: Rebuild::default(),
            expects_rows: false,
        }
    }

    /// Takes the next token that is no comment.
    pub(super) fn take(&mut self, token: Token) {
        self.expects_rows = false;
        match token.kind {
            Kind::Semicolon if self.opener().is_none() => self.end_statement(),
            Kind::Delimiter | Kind::Directive => self.end_statement(),
            Kind::Comment => {}
            Kind::Word
            | Kind::Quoted
            | Kind::String
            | Kind::Symbol
            | Kind::Semicolon
            | Kind::Conditional
            | Kind::Hint => self.extend(token),
        }
    }

    /// Whether the statement that has just ended is followed by rows instead of SQL.
    pub(super) fn expects_rows(&self) -> bool {
        self.expects_rows
    }

    /// Ends the last statement; `problems` are those of the tokens.
    pub(super) fn finish(mut self, problems: Vec<Problem>) -> Lexed {
        if let Some(opener) = self.opener() {
            self.problems.push(Problem::new(opener, "this body is never closed"));
        }
        self.end_statement();
        self.problems.extend(problems);
        self.problems.sort_by_key(|problem| problem.offset);
        Lexed { statements: self.statements, problems: self.problems, rebuilds: self.rebuild.is_one() }
    }

    fn opener(&self) -> Option<usize> {
        self.under_way.as_ref().and_then(|statement| statement.body.opener())
    }

    fn extend(&mut self, token: Token) {
        let dialect = self.dialect;
        let statement = self.under_way.get_or_insert_with(|| UnderWay::new(token.start, dialect));
        statement.end = token.end;
        if matches!(token.kind, Kind::Conditional | Kind::Hint) || statement.is_settled() {
            return;
        }
        let bytes = self.sql[token.range()].as_bytes();
        let key = if token.kind == Kind::Word { key(bytes) } else { 0 };
        statement.first.get_or_insert(key);
        statement.body.take(Piece { key, byte: bytes[0], start: token.start });
    }

    fn end_statement(&mut self) {
        let Some(statement) = self.under_way.take() else { return };
        let text = &self.sql[statement.start..statement.end];
        let first = statement.first.unwrap_or(0);
        if self.dialect == Dialect::Postgres && facts::copies_rows(first, text) {
            self.expects_rows = true;
            self.problems
                .push(Problem::new(statement.start, "rows after `COPY .. FROM stdin` are not supported"));
        }
        if self.dialect == Dialect::Sqlite {
            self.rebuild.take(first, text);
        }
        let kind = facts::kind(first, text, self.dialect);
        self.push(&statement, kind);
    }

    fn push(&mut self, statement: &UnderWay, kind: StatementKind) {
        let offset =
            |at: usize| u32::try_from(at).expect("scripts over 4 GiB are refused before they are cut");
        self.statements.push(Statement { start: offset(statement.start), end: offset(statement.end), kind });
    }
}

impl UnderWay {
    fn new(start: usize, dialect: Dialect) -> Self {
        Self { start, end: start, first: None, body: Body::new(dialect) }
    }

    /// Whether nothing but a terminator can matter any more. Most statements are, after their first word.
    fn is_settled(&self) -> bool {
        matches!(self.body, Body::Plain)
    }
}
