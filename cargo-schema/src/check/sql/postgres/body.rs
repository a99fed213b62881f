//! What stands inside a `DO` block of PL/pgSQL: its statements, each at its own place.

use squawk_syntax::SyntaxKind::*;
use squawk_syntax::ast::{self, AstNode as _};

use super::super::{Act, Placed};
use super::act;
use super::node::Node;

/// The acts of a block, in order; none where it is written in another language.
pub(super) fn acts(statement: &Node, sql: &str, offset: usize) -> Vec<Placed> {
    let Some(body) = ast::Do::cast(statement.syntax().clone()).and_then(|it| it.plpgsql()) else {
        return vec![Placed { span: statement.span(), act: Act::Dynamic }];
    };
    let root = Node::root(body.syntax(), 0);
    let mut acts = Vec::new();
    for below in body.syntax().descendants() {
        let below = Node::root(below, 0);
        let Some(act) = act_of(&below) else { continue };
        let range = body.source_range(below.syntax().text_range());
        let start = usize::from(range.start()).min(sql.len());
        let end = usize::from(range.end()).min(sql.len());
        let shift = (offset + start).wrapping_sub(usize::from(below.syntax().text_range().start()));
        let act = act.unwrap_or_else(|| super::act(&Node::root(below.syntax().clone(), shift)));
        acts.push(Placed { span: offset + start..offset + trimmed(sql, start, end), act });
    }
    if acts.is_empty() && !root.holds(PLPGSQL_NULL_STMT) {
        acts.push(Placed { span: statement.span(), act: Act::Other("do".to_owned()) });
    }
    acts
}

/// What a node of the body is: an act of its own, or (`Some(None)`) a statement of SQL; `None`: neither.
fn act_of(node: &Node) -> Option<Option<Act>> {
    if matches!(node.kind(), PLPGSQL_DYN_EXECUTE_STMT | PLPGSQL_FOR_DYN_STMT) {
        return Some(Some(dynamic(node)));
    }
    let parent = node.syntax().parent()?;
    (parent.kind() == PLPGSQL_EXEC_SQL_STMT && node.kind() != SEMICOLON).then_some(None)
}

/// EXECUTE of a plain string is SQL that can be read; anything else is put together when it runs.
fn dynamic(node: &Node) -> Act {
    let text = literal(node).and_then(|literal| ast::Literal::cast(literal.syntax().clone()));
    let Some(decoded) = text.and_then(|literal| literal.decoded_value()) else { return Act::Dynamic };
    let parse = squawk_syntax::SourceFile::parse(decoded.text());
    if !parse.errors().is_empty() {
        return Act::Dynamic;
    }
    let file = Node::root(parse.tree().syntax().clone(), 0);
    file.nodes().next().map_or(Act::Dynamic, |statement| act(&statement))
}

/// The string, where it is all that is executed.
fn literal(node: &Node) -> Option<Node> {
    let mut below = node.nodes();
    let query = below.next()?;
    if below.next().is_some() {
        return None;
    }
    let only = only(&query)?;
    (only.kind() == LITERAL).then_some(only)
}

fn only(node: &Node) -> Option<Node> {
    if node.kind() == LITERAL {
        return Some(node.clone());
    }
    let mut below = node.nodes();
    let first = below.next()?;
    if below.next().is_some() || first.tokens().count() != node.tokens().count() {
        return None;
    }
    only(&first)
}

fn trimmed(sql: &str, start: usize, end: usize) -> usize {
    sql.get(start..end).map_or(end, |text| start + text.trim_end().trim_end_matches(';').len())
}
