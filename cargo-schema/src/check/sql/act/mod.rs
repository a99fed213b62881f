//! What statements do. An engine's own statements have variants as soon as a rule asks for them; everything else is
//! [`Act::Other`] with its first words.

use std::ops::Range;

use super::part::{Column, Constraint, Expr, IndexItem, Name, Type};

/// What one statement does.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// CREATE TABLE.
    CreateTable(CreateTable),
    /// ALTER TABLE, one or several changes of one table.
    AlterTable(AlterTable),
    /// CREATE INDEX.
    CreateIndex(CreateIndex),
    /// DROP of any object.
    Drop(Drop),
    /// ALTER .. RENAME TO of anything, columns excepted.
    Rename(Rename),
    /// CREATE of an object that has no variant of its own.
    Create(Create),
    /// ALTER of an object that has no variant of its own.
    Alter(Alter),
    /// CREATE TYPE .. AS ENUM.
    CreateEnum(CreateEnum),
    /// ALTER TYPE .. ADD VALUE.
    AddEnumValue(AddEnumValue),
    /// ALTER TYPE .. RENAME VALUE.
    RenameEnumValue(RenameEnumValue),
    /// CREATE DOMAIN.
    CreateDomain(CreateDomain),
    /// ALTER DOMAIN .. ADD CONSTRAINT, or SET NOT NULL.
    ConstrainDomain(ConstrainDomain),
    /// CREATE FUNCTION or PROCEDURE.
    CreateFunction(CreateFunction),
    /// CREATE TRIGGER.
    CreateTrigger(CreateTrigger),
    /// CREATE VIEW or MATERIALIZED VIEW.
    CreateView(CreateView),
    /// REFRESH MATERIALIZED VIEW.
    Refresh(Refresh),
    /// REINDEX.
    Reindex(Reindex),
    /// INSERT or REPLACE.
    Insert(Insert),
    /// UPDATE.
    Update(Change),
    /// DELETE.
    Delete(Change),
    /// TRUNCATE.
    Truncate(Truncate),
    /// LOCK TABLE.
    Lock(Lock),
    /// VACUUM, CLUSTER or OPTIMIZE: what is done to tables as a whole.
    Maintain(Maintain),
    /// GRANT or REVOKE.
    Privilege(Privilege),
    /// SET or PRAGMA.
    Set(Set),
    /// BEGIN, COMMIT, ROLLBACK and the like.
    Transaction(Transaction),
    /// COMMENT ON.
    Comment(Comment),
    /// A query.
    Query(Expr),
    /// MySQL's DEFINER: the account that a view, trigger, routine or event runs as.
    Definer(String),
    /// SQL that is put together when it runs, which nobody can read before.
    Dynamic,
    /// MySQL's PREPARE of what a variable holds (`@sql`), which an earlier SET may tell.
    PrepareVariable(String),
    /// Anything else that the parser understood: its first words, in lower case.
    Other(String),
}

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
    SetSchema,
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

/// What kind of object a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    Table,
    View,
    MaterializedView,
    Index,
    Sequence,
    Schema,
    Database,
    Type,
    Domain,
    Function,
    Trigger,
    Policy,
    Rule,
    Extension,
    Publication,
    Subscription,
    Role,
    Tablespace,
    Collation,
    Event,
    Column,
    Constraint,
    Other,
}

impl Object {
    /// Its word in messages.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Index => "index",
            Self::Sequence => "sequence",
            Self::Schema => "schema",
            Self::Database => "database",
            Self::Type => "type",
            Self::Domain => "domain",
            Self::Function => "function",
            Self::Trigger => "trigger",
            Self::Policy => "policy",
            Self::Rule => "rule",
            Self::Extension => "extension",
            Self::Publication => "publication",
            Self::Subscription => "subscription",
            Self::Role => "role",
            Self::Tablespace => "tablespace",
            Self::Collation => "collation",
            Self::Event => "event",
            Self::Column => "column",
            Self::Constraint => "constraint",
            Self::Other => "object",
        }
    }
}

/// DROP.
#[derive(Clone, Debug)]
pub(crate) struct Drop {
    /// What kind of object.
    pub(crate) object: Object,
    /// Which ones.
    pub(crate) names: Vec<Name>,
    /// The table of a trigger, policy, rule, or of an index where the engine asks for it.
    pub(crate) on: Option<Name>,
    /// IF EXISTS.
    pub(crate) if_exists: bool,
    /// CASCADE.
    pub(crate) cascade: bool,
    /// CONCURRENTLY.
    pub(crate) concurrently: bool,
}

/// ALTER .. RENAME TO.
#[derive(Clone, Debug)]
pub(crate) struct Rename {
    /// What kind of object.
    pub(crate) object: Object,
    /// Its name so far.
    pub(crate) from: Name,
    /// Its name from now on.
    pub(crate) to: String,
}

/// CREATE of an object.
#[derive(Clone, Debug)]
pub(crate) struct Create {
    /// What kind of object.
    pub(crate) object: Object,
    /// Which one.
    pub(crate) name: Name,
    /// The table of a policy or rule.
    pub(crate) on: Option<Name>,
    /// IF NOT EXISTS.
    pub(crate) if_not_exists: bool,
    /// Its first words, in lower case.
    pub(crate) words: String,
}

/// ALTER of an object.
#[derive(Clone, Debug)]
pub(crate) struct Alter {
    /// What kind of object.
    pub(crate) object: Object,
    /// Which one.
    pub(crate) name: Name,
    /// The table of a policy or rule.
    pub(crate) on: Option<Name>,
    /// All of its words, in lower case.
    pub(crate) words: String,
}

/// CREATE TYPE .. AS ENUM.
#[derive(Clone, Debug)]
pub(crate) struct CreateEnum {
    /// The type.
    pub(crate) name: Name,
    /// Its values, without quotes.
    pub(crate) values: Vec<String>,
}

/// ALTER TYPE .. ADD VALUE.
#[derive(Clone, Debug)]
pub(crate) struct AddEnumValue {
    /// The type.
    pub(crate) name: Name,
    /// The value, without quotes.
    pub(crate) value: String,
    /// BEFORE or AFTER is written.
    pub(crate) is_placed: bool,
}

/// ALTER TYPE .. RENAME VALUE.
#[derive(Clone, Debug)]
pub(crate) struct RenameEnumValue {
    /// The type.
    pub(crate) name: Name,
    /// The value so far.
    pub(crate) from: String,
    /// The value from now on.
    pub(crate) to: String,
}

/// CREATE DOMAIN.
#[derive(Clone, Debug)]
pub(crate) struct CreateDomain {
    /// The domain.
    pub(crate) name: Name,
    /// What it is made of.
    pub(crate) ty: Type,
    /// CHECK or NOT NULL.
    pub(crate) is_constrained: bool,
}

/// ALTER DOMAIN .. ADD CONSTRAINT, or SET NOT NULL.
#[derive(Clone, Debug)]
pub(crate) struct ConstrainDomain {
    /// The domain.
    pub(crate) name: Name,
    /// NOT VALID.
    pub(crate) is_not_valid: bool,
}

/// CREATE FUNCTION or PROCEDURE.
#[derive(Clone, Debug)]
pub(crate) struct CreateFunction {
    /// The function.
    pub(crate) name: Name,
    /// OR REPLACE.
    pub(crate) or_replace: bool,
    /// In lower case.
    pub(crate) language: Option<String>,
    /// SECURITY DEFINER.
    pub(crate) is_definer: bool,
    /// SET search_path.
    pub(crate) sets_search_path: bool,
    /// `immutable`, `stable` or `volatile`.
    pub(crate) volatility: Option<String>,
}

/// CREATE TRIGGER.
#[derive(Clone, Debug, Default)]
pub(crate) struct CreateTrigger {
    /// The trigger.
    pub(crate) name: Name,
    /// The table.
    pub(crate) table: Name,
    /// OR REPLACE.
    pub(crate) or_replace: bool,
    /// IF NOT EXISTS.
    pub(crate) if_not_exists: bool,
    /// INSTEAD OF.
    pub(crate) is_instead: bool,
    /// SQLite's: the expressions of its condition and its statements.
    pub(crate) expr: Expr,
    /// SQLite's: the tables that its statements name.
    pub(crate) tables: Vec<Name>,
    /// SQLite's: the tables that its statements write to.
    pub(crate) writes: Vec<Name>,
}

/// CREATE VIEW.
#[derive(Clone, Debug)]
pub(crate) struct CreateView {
    /// The view.
    pub(crate) name: Name,
    /// OR REPLACE.
    pub(crate) or_replace: bool,
    /// MATERIALIZED.
    pub(crate) is_materialized: bool,
    /// WITH NO DATA.
    pub(crate) without_data: bool,
    /// TEMPORARY.
    pub(crate) is_temporary: bool,
    /// The columns that it reads.
    pub(crate) reads: Vec<Read>,
    /// The expressions of its query.
    pub(crate) expr: Expr,
    /// The tables it names.
    pub(crate) tables: Vec<Name>,
}

/// What a query reads of a table.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    /// The table.
    pub(crate) table: Name,
    /// The column; `None`: all that it has.
    pub(crate) column: Option<String>,
}

impl Read {
    /// Whatever a query names may be a column of each of its tables.
    pub(crate) fn any(tables: &[Name], columns: &[String]) -> Vec<Self> {
        let of = |table: &Name| {
            let table = table.clone();
            columns.iter().map(move |column| Self { table: table.clone(), column: Some(column.clone()) })
        };
        tables.iter().flat_map(of).collect()
    }
}

/// REFRESH MATERIALIZED VIEW.
#[derive(Clone, Debug)]
pub(crate) struct Refresh {
    /// The view.
    pub(crate) name: Name,
    /// CONCURRENTLY.
    pub(crate) concurrently: bool,
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

/// INSERT.
#[derive(Clone, Debug, Default)]
pub(crate) struct Insert {
    /// The table.
    pub(crate) table: Name,
    /// Columns are named.
    pub(crate) names_columns: bool,
    /// It inserts what a query over a table finds, not rows that are written down.
    pub(crate) has_query: bool,
    /// The expressions in it.
    pub(crate) expr: Expr,
    /// What OR says of rows that are there already, in lower case: `replace`, `ignore`.
    pub(crate) conflict: Option<String>,
    /// ON CONFLICT .. DO, or ON DUPLICATE KEY UPDATE.
    pub(crate) is_upsert: bool,
    /// SQLite's rows that are written down, each as the text of its values, and the columns that are named.
    pub(crate) rows: Vec<Vec<String>>,
    /// The columns that are filled, where they are named.
    pub(crate) columns: Vec<String>,
    /// SQLite's INSERT .. SELECT, as far as it is a copy.
    pub(crate) copy: Option<Copied>,
}

/// What an INSERT takes from other tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Copied {
    /// The tables.
    pub(crate) from: Vec<Name>,
    /// The columns that are filled, where they are named.
    pub(crate) targets: Vec<String>,
    /// What they are filled with.
    pub(crate) items: Vec<Expr>,
    /// `*`.
    pub(crate) is_everything: bool,
    /// Some rows may be left out: WHERE, LIMIT, DISTINCT, GROUP BY or a join.
    pub(crate) is_filtered: bool,
}

/// UPDATE or DELETE.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// The table.
    pub(crate) table: Name,
    /// The condition.
    pub(crate) condition: Option<Expr>,
    /// The expressions in it.
    pub(crate) expr: Expr,
    /// The columns that are set.
    pub(crate) sets: Vec<String>,
    /// LIMIT, or WHERE CURRENT OF.
    pub(crate) is_limited: bool,
}

/// TRUNCATE.
#[derive(Clone, Debug)]
pub(crate) struct Truncate {
    /// The tables.
    pub(crate) tables: Vec<Name>,
    /// CASCADE.
    pub(crate) cascade: bool,
}

/// LOCK TABLE.
#[derive(Clone, Debug)]
pub(crate) struct Lock {
    /// The tables.
    pub(crate) tables: Vec<Name>,
    /// In lower case: `access exclusive`.
    pub(crate) mode: String,
}

/// VACUUM and the like.
#[derive(Clone, Debug)]
pub(crate) struct Maintain {
    /// `vacuum`, `vacuum full`, `cluster`, `analyze`, `optimize`.
    pub(crate) verb: String,
    /// The tables; empty: all of them.
    pub(crate) tables: Vec<Name>,
}

/// GRANT or REVOKE.
#[derive(Clone, Debug)]
pub(crate) struct Privilege {
    /// GRANT, not REVOKE.
    pub(crate) is_grant: bool,
    /// The tables that are named, if any.
    pub(crate) tables: Vec<Name>,
}

/// SET or PRAGMA.
#[derive(Clone, Debug, Default)]
pub(crate) struct Set {
    /// What is set, in lower case.
    pub(crate) name: String,
    /// To what, in lower case and without quotes; `None` where it is reset or only asked for.
    pub(crate) value: Option<String>,
    /// LOCAL.
    pub(crate) is_local: bool,
    /// The strings in what a variable of MySQL is set to, without quotes, each with the byte of the script where it begins.
    pub(crate) strings: Vec<(usize, String)>,
}

/// What a statement does to the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transaction {
    Begin,
    Commit,
    Rollback,
    Savepoint,
}

/// COMMENT ON.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    /// What kind of object.
    pub(crate) object: Object,
    /// The object, or the table of a column.
    pub(crate) name: Name,
}
