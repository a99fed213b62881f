//! The SQL lexer's door: a script in; its statements, the few facts that running them needs, and what kept it from
//! being cut properly out. The rooms behind it know what a string, a comment and a body are in each dialect, and
//! nothing of grammar beyond that: `token`, `quote` and `comment` find tokens, `body` and `program` know which `;`
//! ends a statement, `split` puts them together, `facts` looks at finished statements.

mod body;
mod comment;
mod facts;
mod program;
mod quote;
mod split;
mod token;
mod word;

#[cfg(test)]
mod tests;

use schema_runtime::dialect::Dialect;
use schema_runtime::revision::Statement;

use crate::checksum::Canon;
use split::Splitter;
pub(crate) use token::joins;
pub use token::{Kind, Token, Tokens};

/// A script cut into statements, and what kept it from being cut properly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lexed {
    /// The statements in order, without terminators and surrounding comments.
    pub statements: Vec<Statement>,
    /// Unterminated strings, comments and bodies, in the order of their offsets.
    pub problems: Vec<Problem>,
    /// Whether it rebuilds a table in a way that needs SQLite's foreign keys off: it carries that pragma, or it
    /// drops a table and renames another to its name.
    pub rebuilds: bool,
}

/// Where and why the lexer gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Byte offset of the opening quote, comment or keyword.
    pub offset: usize,
    /// A clause: "this string is never closed".
    pub message: String,
}

impl Problem {
    fn new(offset: usize, message: &str) -> Self {
        Self { offset, message: message.to_owned() }
    }
}

/// Cuts a script. Never fails and never panics, whatever the bytes are.
pub fn lex(sql: &str, dialect: Dialect) -> Lexed {
    walk(sql, dialect, None)
}

/// Cuts a script and hashes its tokens in the same pass; the text is what [`crate::checksum::checksum`] gives.
pub fn read(sql: &str, dialect: Dialect) -> (Lexed, String) {
    let mut canon = Canon::new(sql);
    let lexed = walk(sql, dialect, Some(&mut canon));
    (lexed, canon.checksum())
}

/// The script's tokens, comments among them, without white space.
pub fn tokens(sql: &str, dialect: Dialect) -> Tokens<'_> {
    Tokens::new(sql, dialect)
}

fn walk(sql: &str, dialect: Dialect, mut canon: Option<&mut Canon<'_>>) -> Lexed {
    if u32::try_from(sql.len()).is_err() {
        let problem = Problem::new(0, "this script is larger than 4 GiB");
        return Lexed { problems: vec![problem], ..Lexed::default() };
    }
    let mut tokens = tokens(sql, dialect);
    let mut splitter = Splitter::new(sql, dialect);
    while let Some(token) = tokens.next() {
        if token.kind == Kind::Comment {
            continue;
        }
        splitter.take(token);
        if let Some(canon) = &mut canon {
            canon.take(token);
        }
        if splitter.expects_rows() {
            tokens.skip_rows();
        }
    }
    splitter.finish(tokens.into_problems())
}
