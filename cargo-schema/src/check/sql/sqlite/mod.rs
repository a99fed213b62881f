//! SQLite's statements: from the tree of a port of SQLite's own grammar to acts. `words` reads expressions from the
//! tokens that a tree is made of, `part` names, types, columns and constraints, `table` what is done to tables, `rows`
//! what is done to rows, `other` the rest; `place` finds where parts stand, for the tree does not know.

mod other;
mod part;
mod place;
mod rows;
mod table;
mod words;

use std::ops::Range;

use sqlite3_parser::ast::{Cmd, Stmt};
use sqlite3_parser::lexer::sql::{Error, Parser};
use sqlite3_parser::{Bump, FallibleIterator as _};

use super::act::{Alter, Object};
use super::part::Name;
use super::{Act, Placed, Reading};
use place::Text;

/// Reads one statement, which begins at byte `offset` of its script.
pub(super) fn read(sql: &str, offset: usize) -> Reading {
    let arena = Bump::new();
    let text = Text::new(sql, offset);
    let mut parser = Parser::new(&arena, sql.as_bytes());
    let mut acts = Vec::new();
    loop {
        match parser.next() {
            Ok(Some(command)) => acts.push(Placed { span: text.whole(), act: act(&command, &text) }),
            Ok(None) => return Reading::Acts(acts),
            Err(error) => return refused(&text, &error),
        }
    }
}

fn act(command: &Cmd<'_>, text: &Text<'_>) -> Act {
    match command {
        Cmd::Stmt(statement) => statement_act(statement, text),
        Cmd::Explain(_) | Cmd::ExplainQueryPlan(_) => Act::Other("explain".to_owned()),
    }
}

fn statement_act(statement: &Stmt<'_>, text: &Text<'_>) -> Act {
    table::act(statement, text)
        .or_else(|| rows::act(statement, text))
        .or_else(|| other::act(statement, text))
        .unwrap_or_else(|| Act::Other(text.first_words()))
}

/// What no SQLite reads. An ALTER TABLE of another engine is told apart: it is no slip of the pen.
fn refused(text: &Text<'_>, error: &Error) -> Reading {
    let problem = problem(error);
    match altered_table(text) {
        Some(table) => {
            let words = text.words().join(" ");
            let act = Act::Alter(Alter { object: Object::Table, name: table, on: None, words });
            Reading::Acts(vec![Placed { span: text.change(), act }])
        }
        None => Reading::Unreadable(place_of(text, error), problem),
    }
}

/// The words behind `ALTER TABLE name` that no SQLite knows, and every other engine does.
const FOREIGN: [&str; 6] = ["add", "alter", "change", "drop", "modify", "rename"];

fn altered_table(text: &Text<'_>) -> Option<Name> {
    let (words, (name, verb)) = (text.words(), text.altered()?);
    let schema = (name == 4).then(|| part::fold(&words[2]));
    FOREIGN.contains(&words.get(verb)?.as_str()).then(|| Name {
        schema,
        name: part::fold(&words[name]),
        span: text.whole(),
    })
}

fn problem(error: &Error) -> String {
    match error {
        Error::ParserError(inner, _) => inner.to_string(),
        other => other.to_string().split(" at ").next().unwrap_or_default().to_owned(),
    }
}

fn place_of(text: &Text<'_>, error: &Error) -> Range<usize> {
    let place = match error {
        Error::ParserError(_, place) => place.as_ref(),
        _ => None,
    };
    place.map_or_else(|| text.whole(), |place| text.token_at(place.line, place.column))
}

#[cfg(test)]
mod tests;
