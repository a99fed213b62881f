//! What statements do. An engine's own statements have variants as soon as a rule asks for them; everything else is
//! [`Act::Other`] with its first words.

mod object;
mod rows;
mod session;
mod table;

use super::part::Expr;
pub(crate) use object::{
    AddEnumValue, Alter, Comment, ConstrainDomain, Create, CreateDomain, CreateEnum, CreateFunction,
    CreateTrigger, CreateView, Drop, Object, Output, Read, Refresh, Rename, RenameEnumValue,
};
pub(crate) use rows::{Change, Copied, Insert, Lock, Maintain, Truncate};
pub(crate) use session::{Privilege, Set, Transaction};
pub(crate) use table::{Action, ActionKind, AlterTable, CreateIndex, CreateTable, Reindex};

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
