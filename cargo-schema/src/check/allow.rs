//! `-- schema:allow(rule) reason`: comments that let a statement be. One stands above the statement that it is about,
//! or inside it. One without a reason, and one that allows nothing, are findings themselves.

use std::ops::Range;

use schema_build::statement::{Kind, tokens};
use schema_runtime::dialect::Dialect;
use schema_runtime::revision::Statement;

/// Such a comment, for one rule.
#[derive(Debug)]
pub(super) struct Allow {
    /// The rule's id as it is written.
    pub(super) rule: String,
    /// Bytes of the id.
    pub(super) span: Range<usize>,
    /// Bytes of the comment.
    pub(super) comment: Range<usize>,
    /// Whether it says why.
    pub(super) has_reason: bool,
    /// The statement that it is about, by position; `None` behind the last one.
    pub(super) statement: Option<usize>,
    /// The comment names no other rule.
    pub(super) is_alone: bool,
    /// It has let something be.
    pub(super) is_used: bool,
}

/// What begins such a comment.
const MARK: &str = "schema:allow(";

/// All such comments of a script.
pub(super) fn read(text: &str, statements: &[Statement], dialect: Dialect) -> Vec<Allow> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    let comments = tokens(text, dialect).filter(|token| token.kind == Kind::Comment);
    comments.flat_map(|comment| in_comment(text, comment.range(), statements)).collect()
}

fn in_comment(text: &str, comment: Range<usize>, statements: &[Statement]) -> Vec<Allow> {
    let Some(inside) = inside(text, &comment) else { return Vec::new() };
    let Some(end) = text[inside.clone()].find(')').map(|at| inside.start + at) else { return Vec::new() };
    let reason = text[end + 1..comment.end].trim().trim_end_matches("*/").trim();
    let statement = statements.iter().position(|statement| statement.end as usize > comment.start);
    let is_alone = !text[inside.start..end].contains(',');
    let allow = |span: Range<usize>| Allow {
        is_alone,
        rule: text[span.clone()].to_owned(),
        span,
        comment: comment.clone(),
        has_reason: !reason.is_empty(),
        statement,
        is_used: false,
    };
    ids(text, inside.start..end).map(allow).collect()
}

/// From behind the mark to the end of the comment; the mark is the comment's first word.
fn inside(text: &str, comment: &Range<usize>) -> Option<Range<usize>> {
    let whole = &text[comment.clone()];
    let start = whole.find(MARK)?;
    let is_first = whole[..start].bytes().all(|byte| b"-/*# \t".contains(&byte));
    is_first.then(|| comment.start + start + MARK.len()..comment.end)
}

fn ids(text: &str, list: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let start = list.start;
    let mut at = 0;
    text[list].split(',').map(move |part| {
        let lead = part.len() - part.trim_start().len();
        let from = start + at + lead;
        at += part.len() + 1;
        from..from + part.trim().len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, bool, Option<usize>)> {
        let lexed = schema_build::statement::lex(text, Dialect::Postgres);
        let allows = read(text, &lexed.statements, Dialect::Postgres);
        for allow in &allows {
            assert_eq!(text[allow.span.clone()], allow.rule);
        }
        allows.into_iter().map(|allow| (allow.rule, allow.has_reason, allow.statement)).collect()
    }

    #[test]
    fn a_comment_is_about_the_statement_below_or_around_it() {
        let text = "-- schema:allow(drop-table) nobody reads it\nDROP TABLE a;\nDROP TABLE\n/* schema:allow(b, c-d) */ b;\n-- schema:allow(e)";
        assert_eq!(
            found(text),
            [
                ("drop-table".to_owned(), true, Some(0)),
                ("b".to_owned(), false, Some(1)),
                ("c-d".to_owned(), false, Some(1)),
                ("e".to_owned(), false, None),
            ]
        );
    }

    #[test]
    fn only_comments_that_begin_with_it_count() {
        assert_eq!(found("-- see schema:allow(x)\nSELECT '-- schema:allow(y)';"), []);
    }
}
