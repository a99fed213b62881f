//! Names, types, columns, constraints and items of indexes.

use std::ops::Range;

use sqlite3_parser::ast::{
    ColumnConstraint, ColumnDefinition, Expr as Node, ForeignKeyClause, IndexedColumn, Name as Word,
    NamedColumnConstraint, NamedTableConstraint, QualifiedName, RefAct, RefArg, ResolveType, SortOrder,
    SortedColumn, TableConstraint, Type as TypeNode, TypeSize,
};

use super::super::part::{
    Column, Constraint, ConstraintKind, ForeignKey, Generated, IndexItem, Key, Name, Type,
};
use super::words::expr;
use crate::dialect::sqlite;

/// A name as SQLite compares it: without its quotes, whatever its case.
pub(super) fn fold(name: &str) -> String {
    sqlite::name::unquoted(name).to_ascii_lowercase()
}

pub(super) fn name(word: &Word<'_>, span: &Range<usize>) -> Name {
    Name { schema: None, name: fold(word.0), span: span.clone() }
}

pub(super) fn qualified(found: &QualifiedName<'_>, span: &Range<usize>) -> Name {
    let schema = found.db_name.as_ref().map(|schema| fold(schema.0));
    Name { schema, ..name(&found.name, span) }
}

fn ty(node: &TypeNode<'_>) -> Option<Type> {
    let text = sqlite::name::unquoted(node.name);
    if text.trim().is_empty() {
        return None;
    }
    let number = |size: &Node<'_>| size.is_integer().and_then(|number| u32::try_from(number).ok());
    let arguments = match &node.size {
        None => Vec::new(),
        Some(TypeSize::MaxSize(size)) => number(size).into_iter().collect(),
        Some(TypeSize::TypeSize(precision, scale)) => {
            [precision, scale].into_iter().filter_map(|it| number(it)).collect()
        }
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    Some(Type { name: words.join(" ").to_lowercase(), arguments, text: words.join(" "), ..Type::default() })
}

/// A column of CREATE TABLE or ADD COLUMN.
pub(super) fn column(node: &ColumnDefinition<'_>, span: &Range<usize>) -> Column {
    let mut column = Column {
        name: name(&node.col_name, span),
        ty: node.col_type.as_ref().and_then(ty),
        span: span.clone(),
        ..Column::default()
    };
    for clause in node.constraints {
        take(&mut column, clause, span);
    }
    column
}

fn take(column: &mut Column, clause: &NamedColumnConstraint<'_>, span: &Range<usize>) {
    let own = vec![column.name.name.clone()];
    let mut conflict = |resolve: &Option<ResolveType>| column.words.extend(resolve.map(on_conflict));
    let kind = match &clause.constraint {
        ColumnConstraint::PrimaryKey { order, conflict_clause, auto_increment } => {
            conflict(conflict_clause);
            column.is_numbered |= auto_increment;
            if *order == Some(SortOrder::Desc) {
                column.words.push("primary key desc".to_owned());
            }
            ConstraintKind::PrimaryKey(Key { columns: own, using_index: None })
        }
        ColumnConstraint::NotNull { nullable, conflict_clause } => {
            conflict(conflict_clause);
            column.not_null |= !nullable;
            return;
        }
        ColumnConstraint::Unique(resolve) => {
            conflict(resolve);
            ConstraintKind::Unique(Key { columns: own, using_index: None })
        }
        ColumnConstraint::Check(node) => ConstraintKind::Check(expr(node)),
        ColumnConstraint::Default(node) => {
            column.default = Some(expr(node));
            return;
        }
        ColumnConstraint::Collate { collation_name } => {
            column.collation = Some(fold(collation_name.0));
            return;
        }
        ColumnConstraint::Defer(_) => return,
        ColumnConstraint::ForeignKey { clause, .. } => {
            ConstraintKind::ForeignKey(foreign_key(own, clause, span))
        }
        ColumnConstraint::Generated { expr: node, typ } => {
            let is_stored = typ.as_ref().is_some_and(|word| word.0.eq_ignore_ascii_case("stored"));
            column.generated = Some(Generated { expr: expr(node), is_stored });
            return;
        }
    };
    column.constraints.push(constraint(clause.name.as_ref(), kind, span));
}

fn constraint(given: Option<&Word<'_>>, kind: ConstraintKind, span: &Range<usize>) -> Constraint {
    Constraint { name: given.map(|word| name(word, span)), kind, is_not_valid: false, span: span.clone() }
}

/// A constraint of a table.
pub(super) fn table_constraint(node: &NamedTableConstraint<'_>, span: &Range<usize>) -> Constraint {
    let kind = match &node.constraint {
        TableConstraint::PrimaryKey { columns, .. } => ConstraintKind::PrimaryKey(key(columns)),
        TableConstraint::Unique { columns, .. } => ConstraintKind::Unique(key(columns)),
        TableConstraint::Check(node, _) => ConstraintKind::Check(expr(node)),
        TableConstraint::ForeignKey { columns, clause, .. } => {
            ConstraintKind::ForeignKey(foreign_key(names(columns), clause, span))
        }
    };
    constraint(node.name.as_ref(), kind, span)
}

/// What a constraint says of rows that break it.
pub(super) fn conflict_of(node: &NamedTableConstraint<'_>) -> Option<String> {
    match &node.constraint {
        TableConstraint::PrimaryKey { conflict_clause, .. }
        | TableConstraint::Unique { conflict_clause, .. } => conflict_clause.map(on_conflict),
        TableConstraint::Check(..) | TableConstraint::ForeignKey { .. } => None,
    }
}

fn on_conflict(resolve: ResolveType) -> String {
    format!("on conflict {}", resolution(resolve))
}

pub(super) fn resolution(resolve: ResolveType) -> &'static str {
    match resolve {
        ResolveType::Rollback => "rollback",
        ResolveType::Abort => "abort",
        ResolveType::Fail => "fail",
        ResolveType::Ignore => "ignore",
        ResolveType::Replace => "replace",
    }
}

fn key(columns: &[SortedColumn<'_>]) -> Key {
    Key { columns: columns.iter().filter_map(|item| bare(&item.expr)).collect(), using_index: None }
}

fn names(columns: &[IndexedColumn<'_>]) -> Vec<String> {
    columns.iter().map(|column| fold(column.col_name.0)).collect()
}

fn foreign_key(columns: Vec<String>, clause: &ForeignKeyClause<'_>, span: &Range<usize>) -> ForeignKey {
    let on_delete = clause.args.iter().find_map(|argument| match argument {
        RefArg::OnDelete(action) => changes(*action),
        RefArg::OnInsert(_) | RefArg::OnUpdate(_) | RefArg::Match(_) => None,
    });
    ForeignKey {
        columns,
        table: name(&clause.tbl_name, span),
        references: clause.columns.map(names).unwrap_or_default(),
        cascades: on_delete == Some("cascade"),
        on_delete: on_delete.map(str::to_owned),
    }
}

fn changes(action: RefAct) -> Option<&'static str> {
    match action {
        RefAct::SetNull => Some("set null"),
        RefAct::SetDefault => Some("set default"),
        RefAct::Cascade => Some("cascade"),
        RefAct::Restrict | RefAct::NoAction => None,
    }
}

/// The column that an expression is, if it is nothing else but one, perhaps with a collation.
fn bare(node: &Node<'_>) -> Option<String> {
    match node {
        Node::Id(id) => Some(fold(id.0)),
        Node::Name(name) => Some(fold(name.0)),
        Node::Collate(inner, _) => bare(inner),
        _ => None,
    }
}

/// An item of an index.
pub(super) fn index_item(node: &SortedColumn<'_>) -> IndexItem {
    let text = expr(&node.expr).text;
    let text = if node.order == Some(SortOrder::Desc) { format!("{text} DESC") } else { text };
    IndexItem { column: bare(&node.expr), text, prefix: None }
}
