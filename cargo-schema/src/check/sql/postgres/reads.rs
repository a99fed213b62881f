//! The columns that a view reads, each with its table: PostgreSQL's scopes, as far as the statement alone tells them.

use squawk_syntax::SyntaxKind::*;

use super::super::act::Read;
use super::super::part::Name;
use super::node::Node;
use super::part::{fold, name, name_of};

/// What the queries of a view read of tables. A name that could be somebody else's is left out.
pub(super) fn reads(view: &Node) -> Vec<Read> {
    let common: Vec<String> = view.all(CTE_NAME).map(|it| name(&it).name).collect();
    let mut reads = Vec::new();
    for node in view.below() {
        match node.kind() {
            FIELD_EXPR => reads.extend(qualified(&node)),
            NAME_REF => reads.extend(bare(&node)),
            TARGET if node.text() == "*" => reads.extend(star(&node)),
            _ => {}
        }
    }
    reads.retain(|read| read.table.schema.is_some() || !common.contains(&read.table.name));
    reads
}

/// `u.email`, or `u.*`: of the nearest query that calls something `u`.
pub(super) fn qualified(node: &Node) -> Option<Read> {
    let words: Vec<String> =
        node.tokens().filter(|token| token.kind() != DOT).map(|token| fold(token.text())).collect();
    let [.., qualifier, column] = words.as_slice() else { return None };
    let mut scopes = scopes(node);
    let found = scopes.find_map(|scope| scope.into_iter().find(|(alias, _)| alias == qualifier))?;
    Some(Read { table: found.1?, column: (column != "*").then(|| column.clone()) })
}

/// `email`: of every table of its own query, and whoever knows the tables says which of them has it.
pub(super) fn bare(node: &Node) -> Vec<Read> {
    let parent = node.syntax().parent().map(|it| (it.kind(), it.first_child()));
    let is_other = parent.is_some_and(|(kind, first)| {
        kind == FIELD_EXPR || kind == CALL_EXPR && first.as_ref() == Some(node.syntax())
    });
    // There, a name is first of all one that the query gives.
    let is_output =
        node.syntax().ancestors().take_while(|it| it.kind() != SELECT).any(|it| it.kind() == ORDER_BY_CLAUSE);
    if is_other || is_output {
        return Vec::new();
    }
    of_own_query(node, Some(&fold(&node.text())))
}

fn star(node: &Node) -> Vec<Read> {
    of_own_query(node, None)
}

fn of_own_query(node: &Node, column: Option<&String>) -> Vec<Read> {
    let tables = scopes(node).next().unwrap_or_default().into_iter().filter_map(|(_, table)| table);
    tables.map(|table| Read { table, column: column.cloned() }).collect()
}

/// What each query around a node reads from, the innermost first: by which name, and which table that is, if it is one.
fn scopes(node: &Node) -> impl Iterator<Item = Vec<(String, Option<Name>)>> {
    let queries: Vec<_> = node.syntax().ancestors().filter(|it| it.kind() == SELECT).collect();
    queries.into_iter().map(|query| {
        let query = Node::root(query, 0);
        query.child(FROM_CLAUSE).map(|from| sources(&from)).unwrap_or_default()
    })
}

fn sources(node: &Node) -> Vec<(String, Option<Name>)> {
    node.nodes()
        .flat_map(|child| match child.kind() {
            RELATION_FROM_ITEM => {
                let table = name_of(&child, RELATION_NAME_REF);
                let alias = child.find(TABLE_ALIAS).map_or_else(|| table.name.clone(), |it| name(&it).name);
                vec![(alias, Some(table))]
            }
            JOIN_EXPR | JOIN => sources(&child),
            _ => child.find(TABLE_ALIAS).map(|it| (name(&it).name, None)).into_iter().collect(),
        })
        .collect()
}
