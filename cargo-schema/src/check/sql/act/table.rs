//! What statements do to tables and indexes.

use std::ops::Range;

use super::Object;
use crate::check::sql::part::{Column, Constraint, Expr, IndexItem, Name, Type};

/// CREATE TABLE.
#[derive(Clone, Debug, Default)]
pub(crate) struct CreateTable {
    /// The table.
    pub(crate) table: Name,
    /// IF NOT EXISTS.
    pub(crate) if_not_exists: bool,
    /// TEMPORARY.
    pub(crate) is_temporary: bool,
    /// UNLOGGED.
    pub(crate) is_unlogged: bool,
    /// Its columns.
    pub(crate) columns: Vec<Column>,
    /// Its constraints, without those that stand beside columns.
    pub(crate) constraints: Vec<Constraint>,
    /// MySQL's KEY and INDEX clauses.
    pub(crate) indexes: Vec<CreateIndex>,
    /// PARTITION OF.
    pub(crate) partition_of: Option<Name>,
    /// PARTITION BY.
    pub(crate) is_partitioned: bool,
    /// INHERITS and LIKE.
    pub(crate) like: Vec<Name>,
    /// AS SELECT, or SELECT INTO.
    pub(crate) has_query: bool,
    /// Options behind the brackets, in lower case: `strict`, `without rowid`; for MySQL `engine=innodb`.
    pub(crate) options: Vec<String>,
}

/// ALTER TABLE.
#[derive(Clone, Debug, Default)]
pub(crate) struct AlterTable {
    /// The table.
    pub(crate) table: Name,
    /// IF EXISTS.
    pub(crate) if_exists: bool,
    /// Its changes, in order.
    pub(crate) actions: Vec<Action>,
    /// Options that are no change, in lower case: MySQL's `algorithm=inplace`, `lock=none`.
    pub(crate) options: Vec<String>,
}

/// One change of ALTER TABLE.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    /// Bytes of the script.
    pub(crate) span: Range<usize>,
    /// What it does.
    pub(crate) kind: ActionKind,
}

/// What one change of ALTER TABLE does. Columns are folded names.
#[derive(Clone, Debug)]
pub(crate) enum ActionKind {
    AddColumn {
        column: Box<Column>,
        if_not_exists: bool,
    },
    DropColumn {
        column: String,
        if_exists: bool,
        cascade: bool,
    },
    RenameColumn {
        from: String,
        to: String,
    },
    SetType {
        column: String,
        ty: Type,
        using: Option<Expr>,
        collation: Option<String>,
    },
    /// MySQL's MODIFY and CHANGE: the whole column anew.
    RedefineColumn {
        column: String,
        definition: Box<Column>,
    },
    SetNotNull {
        column: String,
    },
    DropNotNull {
        column: String,
    },
    SetDefault {
        column: String,
        expr: Expr,
    },
    DropDefault {
        column: String,
    },
    /// ADD GENERATED .. AS IDENTITY.
    AddIdentity {
        column: String,
        is_always: bool,
    },
    /// SET GENERATED.
    SetIdentity {
        column: String,
        is_always: bool,
    },
    DropIdentity {
        column: String,
    },
    /// DROP EXPRESSION: generated no more.
    DropExpression {
        column: String,
    },
    /// SET EXPRESSION: generated otherwise.
    SetExpression {
        column: String,
    },
    AddConstraint(Constraint),
    DropConstraint {
        name: String,
        if_exists: bool,
        cascade: bool,
    },
    /// MySQL's DROP PRIMARY KEY.
    DropPrimaryKey,
    /// MySQL's DROP FOREIGN KEY.
    DropForeignKey {
        name: String,
    },
    RenameConstraint {
        from: String,
        to: String,
    },
    ValidateConstraint {
        name: String,
    },
    /// MySQL's ADD INDEX.
    AddIndex(Box<CreateIndex>),
    /// MySQL's DROP INDEX.
    DropIndex {
        name: String,
    },
    AttachPartition {
        partition: Name,
        is_default: bool,
    },
    DetachPartition {
        partition: Name,
        concurrently: bool,
    },
    SetLogged {
        logged: bool,
    },
    SetTablespace,
    SetAccessMethod,
    /// ENABLE, DISABLE, FORCE, NO FORCE ROW LEVEL SECURITY.
    RowSecurity,
    /// ENABLE or DISABLE TRIGGER or RULE.
    SetTrigger {
        enable: bool,
    },
    ReplicaIdentity,
    Owner,
    SetSchema {
        schema: String,
    },
    SetStatistics,
    /// Storage parameters and options of columns.
    SetOptions,
    SetStorage,
    /// MySQL's CONVERT TO CHARACTER SET.
    ConvertCharset {
        charset: String,
        collation: Option<String>,
    },
    /// MySQL's ENGINE.
    SetEngine(String),
    /// Another option of MySQL's tables: `charset`, `row_format`, ..; in lower case.
    SetTableOption {
        name: String,
        value: String,
    },
    /// What no rule asks for: its first words, in lower case.
    Other(String),
}

/// CREATE INDEX.
#[derive(Clone, Debug, Default)]
pub(crate) struct CreateIndex {
    /// Its name, where it is given one.
    pub(crate) name: Option<Name>,
    /// The table.
    pub(crate) table: Name,
    /// UNIQUE.
    pub(crate) is_unique: bool,
    /// CONCURRENTLY.
    pub(crate) concurrently: bool,
    /// IF NOT EXISTS.
    pub(crate) if_not_exists: bool,
    /// ON ONLY.
    pub(crate) only: bool,
    /// What is indexed.
    pub(crate) items: Vec<IndexItem>,
    /// What it carries along.
    pub(crate) include: Vec<String>,
    /// The condition of a partial index.
    pub(crate) condition: Option<Expr>,
    /// `gin`, `hash`, `fulltext`, ..; `None` is the default.
    pub(crate) method: Option<String>,
    /// MySQL's `algorithm=inplace`, `lock=none`.
    pub(crate) options: Vec<String>,
    /// Bytes of the script.
    pub(crate) span: Range<usize>,
}

/// REINDEX.
#[derive(Clone, Debug)]
pub(crate) struct Reindex {
    /// An index, a table, a schema or a database; [`Object::Other`] is SYSTEM.
    pub(crate) object: Object,
    /// Which one.
    pub(crate) name: Option<Name>,
    /// CONCURRENTLY.
    pub(crate) concurrently: bool,
}
