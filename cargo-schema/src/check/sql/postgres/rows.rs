//! What PostgreSQL's statements do to rows, and what locks or reads them.

use squawk_syntax::SyntaxKind::*;

use super::super::act::{Act, Change, Insert, Lock, Truncate};
use super::super::part::{Expr, Name};
use super::node::Node;
use super::part::{expr, expr_in, fold, name, name_of, names};

/// The act, where the statement is about rows.
pub(super) fn act(node: &Node) -> Option<Act> {
    Some(match node.kind() {
        INSERT => Act::Insert(insert(node)),
        UPDATE => Act::Update(change(node)),
        DELETE => Act::Delete(change(node)),
        MERGE => merge(node),
        TRUNCATE => Act::Truncate(Truncate {
            tables: node.child(TABLE_LIST).map(|list| names(&list, TABLE_NAME_REF)).unwrap_or_default(),
            cascade: node.has(CASCADE),
        }),
        LOCK => Act::Lock(Lock {
            tables: names(node, RELATION_NAME_REF),
            mode: node
                .find(LOCK_MODE_CLAUSE)
                .map_or_else(|| "access exclusive".to_owned(), |it| lock_mode(&it)),
        }),
        SELECT | COMPOUND_SELECT | PAREN_SELECT | VALUES | TABLE => Act::Query(expr(node)),
        _ => return None,
    })
}

fn insert(node: &Node) -> Insert {
    let columns = node.child(COLUMN_TARGET_LIST);
    // What OVERRIDING USER VALUE says of a numbered column is not taken.
    let is_taken = |_: &Node| !node.holds(OVERRIDING_USER_VALUE);
    let values = node.child(VALUES).filter(is_taken).and_then(|it| it.child(ROW_LIST));
    let row = |row: Node| row.nodes().map(|it| it.text()).collect();
    Insert {
        table: node.child(RELATION_NAME_REF).map(|it| name(&it)).unwrap_or_default(),
        names_columns: columns.is_some(),
        columns: columns
            .iter()
            .flat_map(|it| it.children(COLUMN_TARGET))
            .map(|it| fold(&it.text()))
            .collect(),
        rows: values.iter().flat_map(|it| it.children(ROW)).map(row).collect(),
        has_query: node.nodes().any(|it| it.kind() == TABLE || is_query_of_rows(&it)),
        is_upsert: node.has(ON_CONFLICT_CLAUSE),
        expr: expr(node),
        ..Insert::default()
    }
}

fn is_query_of_rows(node: &Node) -> bool {
    matches!(node.kind(), SELECT | COMPOUND_SELECT | PAREN_SELECT) && node.holds(FROM_CLAUSE)
}

fn lock_mode(node: &Node) -> String {
    node.words().trim_start_matches("in ").trim_end_matches(" mode").to_owned()
}

fn change(node: &Node) -> Change {
    let table = node.child(RELATION_NAME).map(|it| name_of(&it, RELATION_NAME_REF)).unwrap_or_default();
    let set = node.child(SET_CLAUSE);
    Change {
        condition: condition(node, &table),
        table,
        expr: expr(node),
        sets: set.iter().flat_map(|it| it.all(COLUMN_TARGET)).map(|it| fold(&it.text())).collect(),
        is_limited: node.has(WHERE_CURRENT_OF),
    }
}

/// WHERE, unless it is about the rows of other tables alone: then it chooses none of this one.
fn condition(node: &Node, table: &Name) -> Option<Expr> {
    let clause = node.child(WHERE_CLAUSE)?;
    let others = node.child(USING_CLAUSE).or_else(|| node.child(FROM_CLAUSE));
    let own = node.child(OPTIONAL_AS_ALIAS).map_or_else(|| table.name.clone(), |it| alias(&it));
    let is_about_others = others.is_some_and(|others| {
        let words: Vec<String> = sources(&others).into_iter().filter(|word| *word != own).collect();
        names_only(&clause, &words)
    });
    if is_about_others { None } else { expr_in(&clause) }
}

/// What columns of the tables of a FROM or USING clause may be qualified with.
fn sources(clause: &Node) -> Vec<String> {
    let tables = names(clause, RELATION_NAME_REF).into_iter().map(|it| it.name);
    tables.chain(clause.all(TABLE_ALIAS).map(|it| fold(&it.text()))).collect()
}

fn alias(node: &Node) -> String {
    node.find(TABLE_ALIAS).map(|it| fold(&it.text())).unwrap_or_default()
}

/// Whether all columns of a condition are qualified with one of these words; a query in it may ask for anything.
fn names_only(condition: &Node, words: &[String]) -> bool {
    let is_qualified = |node: &Node| {
        let first = node.tokens().next().map(|token| fold(token.text()));
        first.is_some_and(|first| words.contains(&first))
    };
    let is_bare = |node: &Node| {
        let parent = node.syntax().parent().map(|parent| parent.kind());
        !matches!(parent, Some(FIELD_EXPR | CALL_EXPR))
    };
    let mut fields = condition.all(FIELD_EXPR).peekable();
    let has_query =
        [SELECT, COMPOUND_SELECT, PAREN_SELECT, TABLE].into_iter().any(|kind| condition.holds(kind));
    fields.peek().is_some()
        && !has_query
        && fields.all(|field| is_qualified(&field))
        && !condition.all(NAME_REF).any(|it| is_bare(&it))
}

/// MERGE changes what its condition finds; WHEN .. THEN without AND changes all of that.
fn merge(node: &Node) -> Act {
    let is_change = |clause: &Node| clause.has(MERGE_UPDATE) || clause.has(MERGE_DELETE);
    let whole = |kind| node.children(kind).find(|it| is_change(it) && !it.has(MERGE_CONDITION));
    let (matched, unmatched) = (whole(MERGE_WHEN_MATCHED), whole(MERGE_WHEN_NOT_MATCHED_SOURCE));
    let on = node.find(ON_CLAUSE).and_then(|it| expr_in(&it));
    let change = Change {
        table: name_of(node, TABLE_NAME_REF),
        condition: on.filter(|_| unmatched.is_none()),
        is_limited: matched.is_none() && unmatched.is_none(),
        ..change(node)
    };
    let deletes = unmatched.or(matched).is_some_and(|it| it.has(MERGE_DELETE));
    if deletes { Act::Delete(change) } else { Act::Update(change) }
}
