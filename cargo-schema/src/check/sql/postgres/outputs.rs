//! The columns that a view gives, in order: what they are called, and what type they have, as far as the statement says.

use squawk_syntax::SyntaxKind::*;

use super::super::act::{Output, Read};
use super::node::Node;
use super::part::{fold, name, name_of, ty};
use super::reads::{bare, qualified};

/// `None` where `*` stands, or anything that is no plain SELECT: how many there are only the server knows.
pub(super) fn outputs(view: &Node) -> Option<Vec<Output>> {
    let query = first_select(view)?;
    let common: Vec<String> = view.all(CTE_NAME).map(|it| name(&it).name).collect();
    let targets = query.child(SELECT_CLAUSE)?.child(TARGET_LIST)?;
    let mut outputs = targets.children(TARGET).map(|it| output(&it, &common)).collect::<Option<Vec<_>>>()?;
    if query.syntax().parent().is_some_and(|parent| parent.kind() == COMPOUND_SELECT) {
        outputs.iter_mut().for_each(|it| *it = Output { name: it.name.take(), ..Output::default() });
    }
    let given = view.child(COLUMN_LIST).map(|list| list.all(COLUMN_NAME).map(|it| name(&it).name).collect());
    let given: Vec<String> = given.unwrap_or_default();
    outputs.iter_mut().zip(given).for_each(|(output, name)| output.name = Some(name));
    Some(outputs)
}

fn first_select(node: &Node) -> Option<Node> {
    let query = node.nodes().find(|it| matches!(it.kind(), SELECT | COMPOUND_SELECT | PAREN_SELECT))?;
    if query.kind() == SELECT { Some(query) } else { first_select(&query) }
}

fn output(target: &Node, common: &[String]) -> Option<Output> {
    let text = target.text();
    if text == "*" || text.ends_with(".*") {
        return None;
    }
    let alias = target.child(AS_NAME).map(|it| name_of(&it, COLUMN_NAME).name);
    let Some(value) = target.nodes().find(|it| it.kind() != AS_NAME) else { return Some(Output::default()) };
    let mut reads: Vec<Read> = match value.kind() {
        NAME_REF => bare(&value),
        FIELD_EXPR => qualified(&value).into_iter().collect(),
        _ => Vec::new(),
    };
    reads.retain(|read| read.table.schema.is_some() || !common.contains(&read.table.name));
    let cast = (value.kind() == CAST_EXPR).then(|| ty(&value)).flatten();
    Some(Output { name: alias.or_else(|| own_name(&value)), reads, ty: cast })
}

/// What PostgreSQL calls a column that is given no name, where it has that of another column.
fn own_name(value: &Node) -> Option<String> {
    match value.kind() {
        NAME_REF => Some(fold(&value.text())),
        FIELD_EXPR => value.tokens().last().map(|token| fold(token.text())),
        CAST_EXPR => value.nodes().find_map(|inner| own_name(&inner)),
        _ => None,
    }
}
