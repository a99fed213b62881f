//! PostgreSQL's statements: from squawk's syntax tree to acts. `node` walks the tree, `part` reads names, types and
//! expressions, `table` what is done to tables, `rows` what is done to
//! rows, `reads` what a view reads, `outputs` what it gives, `other` the rest, `body` what stands inside `DO` blocks.

mod body;
mod node;
mod other;
mod outputs;
mod part;
mod reads;
mod rows;
mod table;

use std::ops::Range;

use squawk_syntax::ast::AstNode as _;
use squawk_syntax::{SourceFile, SyntaxKind};

use super::{Act, Placed, Reading};
use node::Node;

/// Reads one statement, which begins at byte `offset` of its script.
pub(super) fn read(sql: &str, offset: usize) -> Reading {
    let parse = SourceFile::parse(sql);
    let errors = parse.errors();
    if let Some(error) = errors.first() {
        let range: Range<usize> = error.range().into();
        let start = (offset + range.start).min(offset + sql.len());
        let end = (offset + range.end).min(offset + sql.len()).max(start);
        return Reading::Unreadable(start..end, error.message().to_owned());
    }
    let file = Node::root(parse.tree().syntax().clone(), offset);
    let acts = file.nodes().flat_map(|statement| placed(&statement, sql, offset)).collect();
    Reading::Acts(acts)
}

fn placed(statement: &Node, sql: &str, offset: usize) -> Vec<Placed> {
    let place = |node: &Node| Placed { span: node.span(), act: act(node) };
    match statement.kind() {
        SyntaxKind::DO => body::acts(statement, sql, offset),
        SyntaxKind::EMPTY_STMT => Vec::new(),
        _ => other::inner(statement).iter().chain([statement]).map(place).collect(),
    }
}

fn act(statement: &Node) -> Act {
    table::act(statement)
        .or_else(|| rows::act(statement))
        .or_else(|| other::act(statement))
        .unwrap_or_else(|| Act::Other(statement.first_words()))
}

#[cfg(test)]
mod tests;
