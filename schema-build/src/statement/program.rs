//! Stored programs and compound statements of MySQL and MariaDB, written without `DELIMITER`: which semicolons are
//! inside. The words that open a block are also names of functions, columns and clauses (`IF(a, b, c)`,
//! `FOR UPDATE`, `INSERT .. REPLACE`), so they count only where a statement may begin.

use super::body::Piece;
use super::word::*;

/// A program under way.
#[derive(Debug)]
pub(super) struct Program {
    header: Header,
    blocks: Vec<Block>,
    /// Whether the next token begins a statement.
    fresh: bool,
    /// Parentheses that are open in the header.
    parentheses: usize,
    /// Whether the header said `RETURNS`, so that `RETURN` is a statement and not Oracle's spelling of it.
    returns: bool,
    /// Whether the statement under way declares a handler whose own statement is still to come.
    handler: bool,
    /// Whether the declaration under way names a routine of a package.
    declares: bool,
    /// Whether a `:` here would make a label of the token before it.
    label: bool,
    previous: Key,
    after_dot: bool,
}

/// How far the part before the program's first statement has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Header {
    /// Nothing counts before this word: `FOR EACH ROW`, `DO`.
    Until(Key),
    /// A routine's name and parameters.
    Parameters,
    /// A routine's characteristics, among which its body begins without notice.
    Characteristics,
    /// `PACKAGE name`, up to `AS` or `IS`.
    Package,
    /// The program itself.
    Over,
}

/// A block that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    kind: BlockKind,
    opener: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BlockKind {
    /// `BEGIN`, `IF`, `LOOP`, ..: `THEN` and `ELSE` inside are followed by statements.
    Statements,
    /// `CASE` as an expression: `THEN` and `ELSE` are followed by expressions.
    Expression,
    /// Oracle's declarations between `AS` and `BEGIN`, which that `BEGIN` turns into `Statements`.
    Declarations,
    /// Oracle's package.
    Package,
}

impl Program {
    /// Behind `CREATE TRIGGER`.
    pub(super) fn trigger() -> Self {
        Self::new(Header::Until(ROW))
    }

    /// Behind `CREATE EVENT` and `ALTER EVENT`.
    pub(super) fn event() -> Self {
        Self::new(Header::Until(DO))
    }

    /// Behind `CREATE PROCEDURE` and `CREATE FUNCTION`.
    pub(super) fn routine() -> Self {
        Self::new(Header::Parameters)
    }

    /// Behind `CREATE PACKAGE`.
    pub(super) fn package() -> Self {
        Self::new(Header::Package)
    }

    /// A compound statement outside of any routine, with its first word.
    pub(super) fn compound(piece: Piece) -> Self {
        let mut program = Self::new(Header::Over);
        program.fresh = true;
        program.take(piece);
        program
    }

    /// `BEGIN` outside of any routine, and the word behind it.
    pub(super) fn block(opener: usize, piece: Piece) -> Self {
        let mut program = Self::new(Header::Over);
        program.open(BlockKind::Statements, opener);
        program.fresh = true;
        program.take(piece);
        program
    }

    fn new(header: Header) -> Self {
        Self {
            header,
            blocks: Vec::new(),
            fresh: false,
            parentheses: 0,
            returns: false,
            handler: false,
            declares: false,
            label: false,
            previous: 0,
            after_dot: false,
        }
    }

    /// Where the outermost block began that is still open.
    pub(super) fn opener(&self) -> Option<usize> {
        self.blocks.first().map(|block| block.opener)
    }

    /// Takes the next token.
    pub(super) fn take(&mut self, piece: Piece) {
        // Behind a dot any keyword is a name.
        let word = if self.after_dot { 0 } else { piece.key };
        if self.header == Header::Over {
            self.body(word, piece);
        } else {
            self.header(word, piece);
        }
        self.previous = word;
        self.after_dot = piece.byte == b'.';
    }

    fn header(&mut self, word: Key, piece: Piece) {
        match (self.header, piece.byte) {
            (_, b'(') => self.parentheses += 1,
            (_, b')') => self.close_parenthesis(),
            (_, _) if self.parentheses > 0 => {}
            (Header::Until(until), _) if word == until => self.begin(),
            (Header::Parameters | Header::Characteristics | Header::Package, _)
                if matches!(word, AS | IS) =>
            {
                self.declare(piece.start);
            }
            (Header::Characteristics, _) => self.characteristic(word, piece),
            (Header::Until(_) | Header::Parameters | Header::Package | Header::Over, _) => {}
        }
    }

    fn close_parenthesis(&mut self) {
        self.parentheses = self.parentheses.saturating_sub(1);
        if self.parentheses == 0 && self.header == Header::Parameters {
            self.header = Header::Characteristics;
        }
    }

    fn begin(&mut self) {
        self.header = Header::Over;
        self.fresh = true;
    }

    /// `AS` and `IS` of Oracle's mode: declarations follow, or in a package routines.
    fn declare(&mut self, opener: usize) {
        let is_package = self.header == Header::Package;
        self.begin();
        self.open(if is_package { BlockKind::Package } else { BlockKind::Declarations }, opener);
    }

    /// Passes `NO SQL`, `RETURNS SET('a')` and their like; stops at the word that begins the body.
    fn characteristic(&mut self, word: Key, piece: Piece) {
        self.returns |= word == RETURNS;
        let is_type = self.previous == RETURNS || (word == RETURN && !self.returns);
        if !is_type && (begins_statement(word) || opens_block(word)) {
            self.begin();
            self.body(word, piece);
        }
    }

    /// Takes a token of the program itself. What a token means depends on whether it begins a statement.
    fn body(&mut self, word: Key, piece: Piece) {
        let fresh = std::mem::replace(&mut self.fresh, false) || self.begins_handling(word);
        let was_label = std::mem::replace(&mut self.label, false);
        match word {
            0 if piece.byte == b';' => self.end_statement(),
            0 if piece.byte == b':' => self.fresh = was_label,
            END => self.close(),
            // `END IF`: the second word belongs to the first.
            _ if self.previous == END && opens_block(word) => {}
            BEGIN if fresh => self.begin_block(piece.start),
            CASE if !fresh => self.open(BlockKind::Expression, piece.start),
            THEN | ELSE | ATOMIC => self.fresh = !self.is_in(BlockKind::Expression),
            // These end the head of a loop, unless they begin a statement: `DO` then evaluates an expression.
            DO | LOOP if !fresh => self.fresh = true,
            HANDLER => self.handler = true,
            AS | IS if self.declares => self.declare(piece.start),
            _ if matches!(self.previous, FOLLOWS | PRECEDES) => self.fresh = true,
            _ if fresh => self.first(word, piece),
            _ => {}
        }
    }

    /// Whether this is the first word behind `HANDLER FOR` and its conditions.
    fn begins_handling(&mut self, word: Key) -> bool {
        let begins = self.handler && word != FOR && (begins_statement(word) || opens_block(word));
        self.handler &= !begins;
        begins
    }

    /// Takes the first token of a statement.
    fn first(&mut self, word: Key, piece: Piece) {
        match word {
            IF | WHILE | FOR | CASE => self.open(BlockKind::Statements, piece.start),
            LOOP | REPEAT => {
                self.open(BlockKind::Statements, piece.start);
                self.fresh = true;
            }
            DECLARE if self.blocks.is_empty() => self.open(BlockKind::Declarations, piece.start),
            PROCEDURE | FUNCTION => {
                self.declares = self.is_in(BlockKind::Package) || self.is_in(BlockKind::Declarations);
            }
            _ => self.label = word != 0 || piece.byte == b'`',
        }
    }

    fn end_statement(&mut self) {
        (self.fresh, self.handler, self.declares) = (true, false, false);
    }

    /// Declarations, and a package's own beginning, share their `END` with the `BEGIN` that follows them.
    fn begin_block(&mut self, opener: usize) {
        self.fresh = true;
        match self.blocks.last_mut() {
            Some(Block { kind: kind @ (BlockKind::Declarations | BlockKind::Package), .. }) => {
                *kind = BlockKind::Statements;
            }
            Some(_) | None => self.open(BlockKind::Statements, opener),
        }
    }

    fn open(&mut self, kind: BlockKind, opener: usize) {
        self.blocks.push(Block { kind, opener });
    }

    fn close(&mut self) {
        self.blocks.pop();
    }

    fn is_in(&self, kind: BlockKind) -> bool {
        self.blocks.last().is_some_and(|block| block.kind == kind)
    }
}

/// Words that open a block, and that follow `END` when it is closed.
fn opens_block(word: Key) -> bool {
    matches!(word, BEGIN | IF | CASE | LOOP | WHILE | REPEAT | FOR)
}

/// Words that begin a statement and no characteristic of a routine.
fn begins_statement(word: Key) -> bool {
    matches!(
        word,
        SELECT
            | INSERT
            | UPDATE
            | DELETE
            | REPLACE
            | SET
            | CALL
            | RETURN
            | WITH
            | VALUES
            | TABLE
            | DO
            | CREATE
            | DROP
            | ALTER
            | DECLARE
            | TRUNCATE
            | RENAME
            | PREPARE
            | EXECUTE
            | SIGNAL
            | START
            | SHOW
            | EXPLAIN
            | ANALYZE
    )
}
