//! What PostgreSQL's statements do to tables and indexes.

use squawk_syntax::SyntaxKind::*;

use super::super::act::{
    Act, Action, ActionKind, AlterTable, CreateIndex, CreateTable, Object, Reindex, Rename,
};
use super::super::part::{Column, Name};
use super::node::Node;
use super::part::{column, column_name, constraint, expr_in, fold, index_item, name_of, names, ty};

/// The act, where the statement is about tables or indexes.
pub(super) fn act(statement: &Node) -> Option<Act> {
    Some(match statement.kind() {
        CREATE_TABLE | CREATE_FOREIGN_TABLE => Act::CreateTable(create(statement)),
        CREATE_TABLE_AS | SELECT_INTO => Act::CreateTable(create_from_query(statement)),
        ALTER_TABLE | ALTER_FOREIGN_TABLE => alter(statement),
        CREATE_INDEX => Act::CreateIndex(index(statement)),
        REINDEX => Act::Reindex(reindex(statement)?),
        _ => return None,
    })
}

fn create(node: &Node) -> CreateTable {
    let list = node.child(TABLE_ARG_LIST);
    let arguments: Vec<Node> = list.iter().flat_map(Node::nodes).collect();
    let mut like: Vec<Name> = arguments
        .iter()
        .filter(|it| it.kind() == LIKE_CLAUSE)
        .map(|it| name_of(it, RELATION_NAME_REF))
        .collect();
    like.extend(node.child(INHERITS).iter().flat_map(|it| names(it, TABLE_NAME_REF)));
    CreateTable {
        table: name_of(node, TABLE_NAME),
        if_not_exists: node.has(IF_NOT_EXISTS),
        is_temporary: is_temporary(node),
        is_unlogged: node.has(UNLOGGED),
        columns: arguments.iter().filter(|it| it.kind() == COLUMN).map(column).collect(),
        constraints: arguments.iter().filter_map(|it| constraint(it, None)).collect(),
        partition_of: node.child(PARTITION_OF).map(|it| name_of(&it, TABLE_NAME_REF)),
        is_partitioned: node.has(PARTITION_BY),
        like,
        ..CreateTable::default()
    }
}

/// CREATE TEMPORARY ..
pub(super) fn is_temporary(node: &Node) -> bool {
    node.tokens().take(5).any(|token| matches!(token.text().to_lowercase().as_str(), "temp" | "temporary"))
}

fn create_from_query(node: &Node) -> CreateTable {
    CreateTable {
        table: name_of(node, TABLE_NAME),
        if_not_exists: node.has(IF_NOT_EXISTS),
        is_temporary: is_temporary(&node.child(INTO_CLAUSE).unwrap_or_else(|| node.clone())),
        is_unlogged: node.has(UNLOGGED),
        has_query: true,
        ..CreateTable::default()
    }
}

fn alter(node: &Node) -> Act {
    let table = name_of(node, TABLE_NAME_REF);
    if let Some(rename) = node.child(TABLE_RENAME_TO) {
        return Act::Rename(Rename {
            object: Object::Table,
            from: table,
            to: name_of(&rename, TABLE_NAME).name,
        });
    }
    let is_change = |it: &Node| !matches!(it.kind(), TABLE_RELATION_NAME | IF_EXISTS);
    let actions =
        node.nodes().filter(is_change).map(|it| Action { span: it.span(), kind: action(&it) }).collect();
    Act::AlterTable(AlterTable { table, if_exists: node.has(IF_EXISTS), actions, options: Vec::new() })
}

fn action(node: &Node) -> ActionKind {
    let if_exists = node.has(IF_EXISTS);
    let cascade = node.has(CASCADE);
    match node.kind() {
        ADD_COLUMN => add_column(node),
        DROP_COLUMN => ActionKind::DropColumn { column: column_name(node), if_exists, cascade },
        RENAME_COLUMN => {
            ActionKind::RenameColumn { from: column_name(node), to: name_of(node, COLUMN_NAME).name }
        }
        ALTER_COLUMN => alter_column(node),
        ADD_CONSTRAINT => match node.nodes().find_map(|it| constraint(&it, None)) {
            Some(constraint) => ActionKind::AddConstraint(constraint),
            None => ActionKind::Other(node.first_words()),
        },
        DROP_CONSTRAINT => {
            ActionKind::DropConstraint { name: name_of(node, CONSTRAINT_NAME_REF).name, if_exists, cascade }
        }
        RENAME_CONSTRAINT => ActionKind::RenameConstraint {
            from: name_of(node, CONSTRAINT_NAME_REF).name,
            to: name_of(node, CONSTRAINT_NAME).name,
        },
        VALIDATE_CONSTRAINT => {
            ActionKind::ValidateConstraint { name: name_of(node, CONSTRAINT_NAME_REF).name }
        }
        ATTACH_PARTITION => ActionKind::AttachPartition {
            partition: name_of(node, TABLE_NAME_REF),
            is_default: node.has(PARTITION_DEFAULT),
        },
        DETACH_PARTITION => ActionKind::DetachPartition {
            partition: name_of(node, TABLE_NAME_REF),
            concurrently: node.has(DETACH_CONCURRENTLY) || node.has(DETACH_FINALIZE),
        },
        _ => table_option(node),
    }
}

fn table_option(node: &Node) -> ActionKind {
    match node.kind() {
        SET_LOGGED => ActionKind::SetLogged { logged: true },
        SET_UNLOGGED => ActionKind::SetLogged { logged: false },
        SET_TABLESPACE => ActionKind::SetTablespace,
        SET_ACCESS_METHOD => ActionKind::SetAccessMethod,
        ENABLE_RLS | DISABLE_RLS | FORCE_RLS | NO_FORCE_RLS => ActionKind::RowSecurity,
        DISABLE_TRIGGER | DISABLE_RULE => ActionKind::SetTrigger { enable: false },
        ENABLE_TRIGGER
        | ENABLE_ALWAYS_TRIGGER
        | ENABLE_REPLICA_TRIGGER
        | ENABLE_RULE
        | ENABLE_ALWAYS_RULE
        | ENABLE_REPLICA_RULE => ActionKind::SetTrigger { enable: true },
        REPLICA_IDENTITY => ActionKind::ReplicaIdentity,
        OWNER_TO => ActionKind::Owner,
        SET_SCHEMA => ActionKind::SetSchema { schema: name_of(node, SCHEMA_REF).name },
        SET_OPTIONS | RESET_OPTIONS | OPTION_ITEM_LIST => ActionKind::SetOptions,
        _ => ActionKind::Other(node.first_words()),
    }
}

/// Squawk's ADD COLUMN holds the parts of a column without a node for the column.
fn add_column(node: &Node) -> ActionKind {
    let column = Column { span: node.span(), ..column(node) };
    ActionKind::AddColumn { column: Box::new(column), if_not_exists: node.has(IF_NOT_EXISTS) }
}

fn alter_column(node: &Node) -> ActionKind {
    let column = column_name(node);
    let Some(option) = node.nodes().find(|it| it.kind() != COLUMN_NAME_REF) else {
        return ActionKind::Other(node.first_words());
    };
    match option.kind() {
        SET_TYPE => match ty(&option) {
            Some(ty) => ActionKind::SetType {
                column,
                ty,
                using: option.child(USING_EXPR).and_then(|using| expr_in(&using)),
                collation: option.child(COLLATE).and_then(|it| it.tokens().last()).map(|it| fold(it.text())),
            },
            None => ActionKind::Other(node.first_words()),
        },
        SET_NOT_NULL => ActionKind::SetNotNull { column },
        DROP_NOT_NULL => ActionKind::DropNotNull { column },
        SET_DEFAULT => ActionKind::SetDefault { column, expr: expr_in(&option).unwrap_or_default() },
        DROP_DEFAULT => ActionKind::DropDefault { column },
        ADD_GENERATED => ActionKind::AddIdentity { column, is_always: option.holds(ALWAYS_KW) },
        SET_GENERATED | SET_GENERATED_OPTIONS if option.holds(SET_GENERATED) => {
            ActionKind::SetIdentity { column, is_always: option.holds(ALWAYS_KW) }
        }
        DROP_IDENTITY => ActionKind::DropIdentity { column },
        DROP_EXPRESSION => ActionKind::DropExpression { column },
        SET_EXPRESSION => ActionKind::SetExpression { column },
        SET_STATISTICS => ActionKind::SetStatistics,
        SET_STORAGE | SET_COMPRESSION => ActionKind::SetStorage,
        SET_OPTIONS | SET_OPTIONS_LIST | RESET_OPTIONS => ActionKind::SetOptions,
        _ => ActionKind::Other(node.first_words()),
    }
}

fn index(node: &Node) -> CreateIndex {
    let items = node.child(PARTITION_ITEM_LIST);
    let include = node.child(INDEX_INCLUDE_CLAUSE);
    CreateIndex {
        span: node.span(),
        name: node.child(INDEX).map(|it| super::part::name(&it)),
        table: name_of(node, TABLE_NAME_REF),
        is_unique: node.has(UNIQUE_KW),
        concurrently: node.has(CONCURRENTLY_KW),
        if_not_exists: node.has(IF_NOT_EXISTS),
        only: node.child(TABLE_RELATION_NAME).is_some_and(|it| it.has(ONLY_KW)),
        items: items
            .iter()
            .flat_map(|list| list.children(PARTITION_ITEM))
            .map(|it| index_item(&it))
            .collect(),
        include: include.iter().flat_map(|it| it.all(PARTITION_ITEM)).map(|it| fold(&it.text())).collect(),
        condition: node.child(WHERE_CLAUSE).and_then(|it| expr_in(&it)),
        method: node.child(USING_METHOD).and_then(|it| it.tokens().last()).map(|it| fold(it.text())),
        options: Vec::new(),
    }
}

fn reindex(node: &Node) -> Option<Reindex> {
    let target = node.nodes().find(|it| it.kind() != REINDEX_OPTION_LIST)?;
    let (object, kind) = match target.kind() {
        REINDEX_TARGET_INDEX => (Object::Index, INDEX_REF),
        REINDEX_TARGET_TABLE => (Object::Table, TABLE_NAME_REF),
        REINDEX_TARGET_SCHEMA => (Object::Schema, SCHEMA_REF),
        REINDEX_TARGET_DATABASE => (Object::Database, DATABASE_REF),
        _ => (Object::Other, DATABASE_REF),
    };
    let option = node.find(REINDEX_OPTION_CONCURRENTLY);
    let is_off = |it: &Node| matches!(it.words().rsplit(' ').next(), Some("off" | "false" | "0" | "no"));
    Some(Reindex {
        object,
        name: target.find(kind).map(|it| super::part::name(&it)),
        concurrently: target.has(CONCURRENTLY_KW) || option.is_some_and(|it| !is_off(&it)),
    })
}
