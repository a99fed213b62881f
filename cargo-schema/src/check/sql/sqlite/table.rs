//! What is done to tables and indexes.

use std::ops::Range;

use sqlite3_parser::ast::{
    AlterTableBody, ColumnDefinition, CreateTableBody, NamedTableConstraint, Stmt, TabFlags,
};

use super::super::act::{Act, Action, ActionKind, AlterTable, CreateIndex, CreateTable, Object, Rename};
use super::super::part::Name;
use super::part::{column, conflict_of, fold, index_item, name, qualified, table_constraint};
use super::place::Text;
use super::words::expr;

/// The act, where it is about a table or an index.
pub(super) fn act(statement: &Stmt<'_>, text: &Text<'_>) -> Option<Act> {
    let span = text.whole();
    Some(match statement {
        Stmt::CreateTable { temporary, if_not_exists, tbl_name, body } => Act::CreateTable(CreateTable {
            table: qualified(tbl_name, &span),
            if_not_exists: *if_not_exists,
            is_temporary: *temporary
                || tbl_name.db_name.as_ref().is_some_and(|schema| fold(schema.0) == "temp"),
            ..body_of(body, text)
        }),
        Stmt::CreateVirtualTable { if_not_exists, tbl_name, module_name, .. } => {
            Act::CreateTable(CreateTable {
                table: qualified(tbl_name, &span),
                if_not_exists: *if_not_exists,
                options: vec![format!("using {}", fold(module_name.0))],
                ..CreateTable::default()
            })
        }
        Stmt::AlterTable(table, body) => alter(qualified(table, &span), body, &text.change()),
        Stmt::CreateIndex { unique, if_not_exists, idx_name, tbl_name, columns, where_clause } => {
            let index = qualified(idx_name, &span);
            Act::CreateIndex(CreateIndex {
                table: Name { schema: index.schema.clone(), ..name(tbl_name, &span) },
                name: Some(index),
                is_unique: *unique,
                if_not_exists: *if_not_exists,
                items: columns.iter().map(index_item).collect(),
                condition: where_clause.as_ref().map(expr),
                ..CreateIndex::default()
            })
        }
        _ => return None,
    })
}

fn body_of(body: &CreateTableBody<'_>, text: &Text<'_>) -> CreateTable {
    match body {
        CreateTableBody::ColumnsAndConstraints { columns, constraints, flags } => {
            described(columns, constraints.unwrap_or_default(), *flags, text)
        }
        CreateTableBody::AsSelect(select) => {
            CreateTable { has_query: true, like: expr(*select).tables, ..CreateTable::default() }
        }
    }
}

fn described(
    columns: &[ColumnDefinition<'_>],
    constraints: &[NamedTableConstraint<'_>],
    flags: TabFlags,
    text: &Text<'_>,
) -> CreateTable {
    let places = text.items();
    // Constraints of a table may stand without a comma between them; then the last place is theirs.
    let place = |at: usize| places.get(at).or(places.last()).cloned().unwrap_or_else(|| text.whole());
    let flagged = [(TabFlags::Strict, "strict"), (TabFlags::WithoutRowid, "without rowid")];
    let options =
        flagged.into_iter().filter(|(flag, _)| flags.contains(*flag)).map(|(_, word)| word.to_owned());
    CreateTable {
        columns: columns.iter().enumerate().map(|(at, node)| column(node, &place(at))).collect(),
        constraints: constraints
            .iter()
            .enumerate()
            .map(|(at, node)| table_constraint(node, &place(columns.len() + at)))
            .collect(),
        options: options.chain(constraints.iter().filter_map(conflict_of)).collect(),
        ..CreateTable::default()
    }
}

fn alter(table: Name, body: &AlterTableBody<'_>, span: &Range<usize>) -> Act {
    let kind = match body {
        AlterTableBody::RenameTo(to) => {
            return Act::Rename(Rename { object: Object::Table, from: table, to: fold(to.0) });
        }
        AlterTableBody::AddColumn(definition) => {
            ActionKind::AddColumn { column: Box::new(column(definition, span)), if_not_exists: false }
        }
        AlterTableBody::DropColumnNotNull(column) => ActionKind::DropNotNull { column: fold(column.0) },
        AlterTableBody::SetColumnNotNull(column, _) => ActionKind::SetNotNull { column: fold(column.0) },
        AlterTableBody::RenameColumn { old, new } => {
            ActionKind::RenameColumn { from: fold(old.0), to: fold(new.0) }
        }
        AlterTableBody::DropColumn(column) => {
            ActionKind::DropColumn { column: fold(column.0), if_exists: false, cascade: false }
        }
        AlterTableBody::AddConstraint(constraint) => {
            ActionKind::AddConstraint(table_constraint(constraint, span))
        }
        AlterTableBody::DropConstraint(name) => {
            ActionKind::DropConstraint { name: fold(name.0), if_exists: false, cascade: false }
        }
    };
    Act::AlterTable(AlterTable {
        table,
        actions: vec![Action { span: span.clone(), kind }],
        ..AlterTable::default()
    })
}
