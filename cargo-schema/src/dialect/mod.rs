//! What differs between engines when schemas are read, compared and changed. One folder per engine, with the same
//! file names; a `match` on the dialect elsewhere is a sign that this trait lacks a method.

pub(crate) mod script;
pub(crate) mod sqlite;

use schema_build::schema::{ColumnType, EnumType, Schema};

use crate::database::scratch::Error;
use crate::operation::Operation;
use script::Script;

/// One engine's ways.
pub(crate) trait Dialect {
    /// A connection to a scratch database.
    type Database;
    /// Everything that such a database holds, as the engine wrote it down: more than a schema can say.
    type Catalogue;

    /// Reads everything that is ours.
    fn introspect(&self, database: &mut Self::Database) -> Result<Self::Catalogue, Error>;

    /// What models can say of it.
    fn schema(&self, catalogue: &Self::Catalogue) -> Schema;

    /// Fills in what a schema leaves to the engine, so that equal schemas are equal.
    fn normalize(&self, schema: &mut Schema);

    /// A name in the form in which equal names are equal.
    fn fold(&self, name: &str) -> String;

    /// Whether two names are one.
    fn is_same(&self, left: &str, right: &str) -> bool {
        self.fold(left) == self.fold(right)
    }

    /// An expression in the form in which equal ones are equal.
    fn expression(&self, sql: &str) -> String;

    /// Whether a column of the first type is what a description of the second type means.
    fn is_type(&self, current: &ColumnType, desired: &ColumnType) -> bool;

    /// What types have in common between which a rename is likely.
    fn family(&self, ty: &ColumnType) -> String;

    /// The engine's type for a Diesel type that a `table!` block names; `None` for types that are not Diesel's own.
    fn declare(&self, ty: &ColumnType, is_key: bool) -> Option<String>;

    /// Whether a table's only key column of this type gets its value from the engine.
    fn fills_key(&self, ty: &str) -> bool;

    /// Whether a foreign key can be added to a table that is there already.
    fn adds_keys_later(&self) -> bool;

    /// The longest name, in bytes.
    fn name_limit(&self) -> usize;

    /// An expression after a column that it mentions got another name.
    fn rename_column(&self, sql: &str, from: &str, to: &str) -> String;

    /// The values that a column may have, where this condition says nothing but that.
    fn values_of_check(&self, expression: &str, column: &str) -> Option<EnumType>;

    /// The SQL that does these operations to that scratch database, and does them there. Where `like` is given, what
    /// is made anew is made as it was there, clauses that no model can say included.
    fn emit(
        &self,
        database: &mut Self::Database,
        operations: &[Operation],
        like: Option<&[Self::Catalogue]>,
    ) -> Result<Emitted<Self::Catalogue>, Error>;

    /// Runs a migration's file as the engine will.
    fn run(&self, database: &mut Self::Database, text: &str, foreign_keys_off: bool) -> Result<(), Error>;

    /// Puts rows into the tables: such as they are, and such as the operations need them. Returns how many.
    fn seed(
        &self,
        database: &mut Self::Database,
        catalogue: &Self::Catalogue,
        operations: &[Operation],
        rows: usize,
    ) -> Result<usize, Error>;

    /// The rows of a table, these columns only, in a form that can be compared, sorted.
    fn rows(
        &self,
        database: &mut Self::Database,
        table: &str,
        columns: &[String],
    ) -> Result<Vec<String>, Error>;

    /// Everything that the catalogue holds, line by line, in a form that can be compared, sorted.
    fn lines(&self, catalogue: &Self::Catalogue) -> Vec<String>;

    /// What was readable and is so no more: views that mention what is gone, with the engine's words.
    fn broken(&self, database: &mut Self::Database, catalogue: &Self::Catalogue) -> Vec<String>;
}

/// What came of emitting operations.
pub(crate) struct Emitted<C> {
    /// The SQL.
    pub(crate) script: Script,
    /// What the database held before each stage; the way back is emitted after their likeness.
    pub(crate) stages: Vec<C>,
}
