//! Bodies: the statements that hold statements, and so hold semicolons that do not end them. Each dialect closes
//! them in its own way; what MySQL and MariaDB do is long enough for a file of its own (`program`).

use schema_runtime::dialect::Dialect;

use super::program::Program;
use super::word::*;

/// As much of a token as a body looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// The word, or zero.
    pub(super) key: Key,
    /// The first byte.
    pub(super) byte: u8,
    /// Where it begins.
    pub(super) start: usize,
}

/// What the statement under way has shown of itself so far.
#[derive(Debug)]
pub(super) enum Body {
    /// It has no body: the next `;` ends it.
    Plain,
    /// Its first words have not yet decided.
    Head(Head),
    /// `CREATE TRIGGER` in SQLite.
    Trigger(Trigger),
    /// `CREATE FUNCTION` in PostgreSQL.
    Atomic(Atomic),
    /// `CREATE RULE` in PostgreSQL, which may hold statements in parentheses: how many are open.
    Rule { parentheses: usize, opener: usize },
    /// A stored program or compound statement of MySQL and MariaDB.
    Program(Program),
}

impl Body {
    /// The body of a statement that has not begun.
    pub(super) fn new(dialect: Dialect) -> Self {
        Self::Head(Head { dialect, seen: Seen::Nothing })
    }

    /// Takes the next token of the statement.
    pub(super) fn take(&mut self, piece: Piece) {
        match self {
            Self::Plain => {}
            Self::Head(head) => {
                if let Some(body) = head.take(piece) {
                    *self = body;
                }
            }
            Self::Trigger(trigger) => trigger.take(piece),
            Self::Atomic(atomic) => atomic.take(piece),
            Self::Rule { parentheses, opener } => match piece.byte {
                b'(' if *parentheses == 0 => (*parentheses, *opener) = (1, piece.start),
                b'(' => *parentheses += 1,
                b')' => *parentheses = parentheses.saturating_sub(1),
                _ => {}
            },
            Self::Program(program) => program.take(piece),
        }
    }

    /// Where the body began that is still open, so that a `;` belongs to it.
    pub(super) fn opener(&self) -> Option<usize> {
        match self {
            Self::Plain | Self::Head(_) => None,
            Self::Trigger(trigger) => trigger.opener.filter(|_| trigger.tail != Tail::End),
            Self::Atomic(atomic) => (atomic.depth > 0).then_some(atomic.opener),
            Self::Rule { parentheses, opener } => (*parentheses > 0).then_some(*opener),
            Self::Program(program) => program.opener(),
        }
    }
}

/// The first words of a statement, up to the one that says what it makes.
#[derive(Debug)]
pub(super) struct Head {
    dialect: Dialect,
    seen: Seen,
}

#[derive(Clone, Copy, Debug)]
enum Seen {
    Nothing,
    /// `CREATE`, `OR REPLACE`, `TEMPORARY` and the like.
    Create,
    /// `DEFINER =`, behind which names stand that nobody can foresee.
    Definer,
    /// `ALTER`, which carries a body in `ALTER EVENT`.
    Alter,
    /// `BEGIN` in MySQL, and where: a transaction, or MariaDB's `BEGIN NOT ATOMIC`.
    Begin(usize),
}

impl Head {
    fn take(&mut self, piece: Piece) -> Option<Body> {
        match self.seen {
            Seen::Nothing => self.first(piece),
            Seen::Create | Seen::Definer => self.created(piece),
            Seen::Alter if piece.key == DEFINER => self.created(piece),
            Seen::Alter if piece.key == EVENT => Some(Body::Program(Program::event())),
            Seen::Begin(opener) if piece.key != 0 && piece.key != WORK => {
                Some(Body::Program(Program::block(opener, piece)))
            }
            Seen::Alter | Seen::Begin(_) => Some(Body::Plain),
        }
    }

    fn first(&mut self, piece: Piece) -> Option<Body> {
        self.seen = match (piece.key, self.dialect) {
            (CREATE, _) => Seen::Create,
            (EXPLAIN | QUERY | PLAN, Dialect::Sqlite) => Seen::Nothing,
            (ALTER, Dialect::Mysql) => Seen::Alter,
            (BEGIN, Dialect::Mysql) => Seen::Begin(piece.start),
            (IF | CASE | LOOP | WHILE | REPEAT | FOR | DECLARE, Dialect::Mysql) => {
                return Some(Body::Program(Program::compound(piece)));
            }
            (_, _) => return Some(Body::Plain),
        };
        None
    }

    fn created(&mut self, piece: Piece) -> Option<Body> {
        match (piece.key, self.dialect) {
            (TRIGGER, Dialect::Sqlite) => Some(Body::Trigger(Trigger::default())),
            (FUNCTION | PROCEDURE, Dialect::Postgres) => Some(Body::Atomic(Atomic::default())),
            (RULE, Dialect::Postgres) => Some(Body::Rule { parentheses: 0, opener: 0 }),
            (TRIGGER, Dialect::Mysql) => Some(Body::Program(Program::trigger())),
            (FUNCTION | PROCEDURE, Dialect::Mysql) => Some(Body::Program(Program::routine())),
            (EVENT, Dialect::Mysql) => Some(Body::Program(Program::event())),
            (PACKAGE, Dialect::Mysql) => Some(Body::Program(Program::package())),
            (TABLE | VIEW | INDEX, _) => Some(Body::Plain),
            (DEFINER, Dialect::Mysql) => {
                self.seen = Seen::Definer;
                None
            }
            (OR | REPLACE | TEMP | TEMPORARY | AGGREGATE, _) => None,
            (_, _) if matches!(self.seen, Seen::Definer) => None,
            (_, _) => Some(Body::Plain),
        }
    }
}

/// The body of a trigger in SQLite, which ends at `; END`, as SQLite's own grammar has it: `END` may be a column's
/// name, and `CASE .. END` may stand anywhere, but never behind a `;`.
#[derive(Debug, Default)]
pub(super) struct Trigger {
    opener: Option<usize>,
    tail: Tail,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tail {
    #[default]
    Other,
    Semicolon,
    End,
}

impl Trigger {
    fn take(&mut self, piece: Piece) {
        if self.opener.is_none() {
            if piece.key == BEGIN {
                (self.opener, self.tail) = (Some(piece.start), Tail::Semicolon);
            }
            return;
        }
        self.tail = match (piece.byte, piece.key, self.tail) {
            (b';', _, _) => Tail::Semicolon,
            (_, END, Tail::Semicolon) => Tail::End,
            (_, _, _) => Tail::Other,
        };
    }
}

/// `BEGIN ATOMIC .. END` in PostgreSQL, within which only `CASE` has an `END` of its own.
#[derive(Debug, Default)]
pub(super) struct Atomic {
    depth: usize,
    opener: usize,
    previous: Option<Piece>,
}

impl Atomic {
    fn take(&mut self, piece: Piece) {
        let previous = self.previous.replace(piece);
        // Behind a dot or `AS` any keyword is a name.
        let before = previous.map_or(0, |previous| previous.key);
        if before == AS || previous.is_some_and(|previous| previous.byte == b'.') {
            return;
        }
        match (piece.key, previous) {
            (ATOMIC, Some(begin)) if before == BEGIN && self.depth == 0 => {
                (self.depth, self.opener) = (1, begin.start);
            }
            (CASE, _) if self.depth > 0 => self.depth += 1,
            (END, _) => self.depth = self.depth.saturating_sub(1),
            (_, _) => {}
        }
    }
}
