//! What differs between engines when schemas are read, compared and changed. One folder per engine, with the same
//! file names; a `match` on the dialect elsewhere is a sign that this trait lacks a method.

pub(crate) mod mysql;
pub(crate) mod postgres;
pub(crate) mod script;
pub(crate) mod spelling;
pub(crate) mod sqlite;

use schema_build::schema::{ColumnType, EnumType, Schema};
use schema_runtime::dialect::Dialect as Engine;
use schema_runtime::engine::{self, Migrator};

use crate::database::connection::Connection;
use crate::database::scratch::{Error, Site};
use crate::failure::Failure;
use crate::generate::prove::unequal;
use crate::operation::Operation;
use script::Script;
use spelling::Spelling;

/// The same words for each engine: the one place that goes from the engine of a project to its ways.
macro_rules! on_dialect {
    ($engine:expr, $dialect:ident => $work:expr) => {
        match $engine {
            schema_runtime::dialect::Dialect::Sqlite => {
                let $dialect = &$crate::dialect::sqlite::Sqlite;
                $work
            }
            schema_runtime::dialect::Dialect::Postgres => {
                let $dialect = &$crate::dialect::postgres::Postgres;
                $work
            }
            schema_runtime::dialect::Dialect::Mysql => {
                let $dialect = &$crate::dialect::mysql::Mysql;
                $work
            }
        }
    };
}
pub(crate) use on_dialect;

/// One engine's ways.
pub(crate) trait Dialect {
    /// A connection to a scratch database, which is gone when this is dropped.
    type Database;
    /// Everything that such a database holds, as the engine wrote it down: more than a schema can say.
    type Catalogue;

    /// The engine.
    fn engine(&self) -> Engine;

    /// An empty scratch database.
    fn scratch(&self, site: &Site<'_>) -> Result<Self::Database, Failure>;

    /// The same for a history of these scripts, by the titles of their revisions: what they do beyond their own
    /// database is not to be done on a server that holds other people's.
    fn scratch_for(&self, site: &Site<'_>, _scripts: &[(String, &str)]) -> Result<Self::Database, Failure> {
        self.scratch(site)
    }

    /// Runs a revision, and what it needs, on a scratch database.
    fn upgrade(
        &self,
        database: &mut Self::Database,
        migrator: &Migrator<'_>,
        target: &str,
    ) -> Result<(), engine::Error>;

    /// Gives the session back the settings that it had before migrations ran on it.
    fn settle(&self, database: &mut Self::Database) -> Result<(), Error>;

    /// Another scratch database that holds no more of a catalogue than these operations can touch; `None` where
    /// nothing is gained by that, and the database that the history ran on serves for what follows.
    fn excerpt(
        &self,
        _catalogue: &Self::Catalogue,
        _operations: &[Operation],
    ) -> Result<Option<Excerpt<Self::Database>>, Error> {
        Ok(None)
    }

    /// Reads everything that is ours.
    fn introspect(&self, database: &mut Self::Database) -> Result<Self::Catalogue, Error>;

    /// The same of a live database, through the session of a verb.
    fn look(&self, _connection: &mut Connection) -> Result<Self::Catalogue, Error> {
        let product = crate::database::connect::product(self.engine());
        Err(Error::new("read the schema", format!("this version does not read live databases of {product}")))
    }

    /// What a live database holds in the schema that the session is in, as if that had no name: schemas of one
    /// database can be compared with a history that knows none of them. Elsewhere a database is one schema.
    fn look_here(&self, connection: &mut Connection) -> Result<Self::Catalogue, Error> {
        self.look(connection)
    }

    /// The same of a scratch database.
    fn introspect_here(&self, database: &mut Self::Database) -> Result<Self::Catalogue, Error> {
        self.introspect(database)
    }

    /// The SQL that makes all of it in an empty database, in the words in which the engine keeps it; `None` where it
    /// keeps none.
    fn definition(&self, _catalogue: &Self::Catalogue) -> Option<Script> {
        None
    }

    /// What models can say of it.
    fn schema(&self, catalogue: &Self::Catalogue) -> Schema;

    /// Fills in what a schema leaves to the engine, so that equal schemas are equal.
    fn normalize(&self, schema: &mut Schema);

    /// Spells the expressions of a schema as the engine will spell them once it has them, where it changes what
    /// people wrote and they are not spelled so in `current` already.
    fn spell(
        &self,
        _database: &mut Self::Database,
        _desired: &mut Schema,
        _current: &Schema,
    ) -> Result<Spelling, Error> {
        Ok(Spelling::default())
    }

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

    /// Whether checks and foreign keys without a name get one, so that they can be dropped by it.
    fn names_constraints(&self) -> bool {
        true
    }

    /// The longest name, in bytes.
    fn name_limit(&self) -> usize;

    /// An expression after a column that it mentions got another name.
    fn rename_column(&self, sql: &str, from: &str, to: &str) -> String;

    /// An expression after an enum type that it mentions got another name.
    fn rename_type(&self, sql: &str, _from: &str, _to: &str) -> String {
        sql.to_owned()
    }

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

    /// A catalogue that says no more than this schema; `None` where there is a scratch database always.
    fn imagined(&self, _schema: &Schema) -> Option<Self::Catalogue> {
        None
    }

    /// What [`Dialect::emit`] would write, without a database, stage by stage; refuses what only a database can tell.
    fn on_paper(&self, _stages: &[Paper<'_, Self::Catalogue>]) -> Result<Script, Error> {
        Err(Error::new("write the change", "it takes a database"))
    }

    /// Words of a history after which a schema does not say everything that hangs on a table.
    fn unsaid(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether what an operation adds is used by another of these, and can be only when it is committed.
    fn commits_first(&self, _operation: &Operation, _all: &[Operation]) -> bool {
        false
    }

    /// Whether indexes of this table can be built and dropped while others write.
    fn builds_beside(&self, _catalogue: &Self::Catalogue, _table: &str) -> bool {
        false
    }

    /// As [`Dialect::emit`], for indexes that are built and dropped while others write.
    fn emit_outside(
        &self,
        database: &mut Self::Database,
        operations: &[Operation],
        like: Option<&[Self::Catalogue]>,
    ) -> Result<Emitted<Self::Catalogue>, Error> {
        self.emit(database, operations, like)
    }

    /// What [`Dialect::emit_outside`] would write, without a database.
    fn on_paper_outside(&self, stages: &[Paper<'_, Self::Catalogue>]) -> Result<Script, Error> {
        self.on_paper(stages)
    }

    /// Runs a migration's file statement by statement, in no transaction.
    fn run_outside(&self, database: &mut Self::Database, text: &str) -> Result<(), Error> {
        self.run(database, text, false)
    }

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

    /// The rows of tables, of each these columns only, in a form that can be compared, sorted.
    fn rows(
        &self,
        database: &mut Self::Database,
        tables: &[(String, Vec<String>)],
    ) -> Result<Vec<Vec<String>>, Error>;

    /// Everything that the catalogue holds, line by line, in a form that can be compared, sorted.
    fn lines(&self, catalogue: &Self::Catalogue) -> Vec<String>;

    /// What a scratch database holds, in a form that is quick to take, sorted, and the same where nothing changed.
    fn picture(&self, database: &mut Self::Database) -> Result<Vec<String>, Error> {
        Ok(self.lines(&self.introspect(database)?))
    }

    /// What differs in meaning between two pictures: gone (`- ..`) or new (`+ ..`).
    fn unequal(&self, before: &[String], after: &[String]) -> Vec<String> {
        unequal(before, after)
    }

    /// Puts rows into the tables that are new between two pictures.
    fn populate(
        &self,
        database: &mut Self::Database,
        before: &[String],
        after: &[String],
        rows: usize,
    ) -> Result<(), Error>;

    /// Runs one statement in no transaction of ours.
    fn run_alone(&self, database: &mut Self::Database, statement: &str) -> Result<(), Error>;

    /// Opens a transaction in which scripts can be rehearsed; `false` where the engine takes no change of a schema
    /// back, or where that is dearer than to make it once more.
    fn begin_rehearsal(&self, _database: &mut Self::Database) -> Result<bool, Error> {
        Ok(false)
    }

    /// Takes everything back since then. `false`: a script has ended the transaction, and what it did is there.
    fn end_rehearsal(&self, _database: &mut Self::Database) -> Result<bool, Error> {
        Ok(true)
    }

    /// What was readable and is so no more: views that mention what is gone, with the engine's words.
    fn broken(&self, database: &mut Self::Database, catalogue: &Self::Catalogue) -> Vec<String>;
}

/// Whether the lines of a server's catalogue speak of a table.
fn knows(lines: &[String], table: &str) -> bool {
    let beginning = format!("table {table}:");
    lines
        .get(lines.partition_point(|line| *line < beginning))
        .is_some_and(|line| line.starts_with(&beginning))
}

/// A part of a database, in a scratch database of its own.
pub(crate) struct Excerpt<D> {
    pub(crate) database: D,
    /// Tables of the catalogue that are not in it, folded.
    pub(crate) left_out: Vec<String>,
}

/// One stage of a change that is written without a database: what is said to be there, on the way back what was there,
/// and what is to be done.
pub(crate) struct Paper<'a, C> {
    pub(crate) before: C,
    pub(crate) like: Option<C>,
    pub(crate) operations: &'a [Operation],
}

/// What came of emitting operations.
pub(crate) struct Emitted<C> {
    /// The SQL.
    pub(crate) script: Script,
    /// What the database held before each stage; the way back is emitted after their likeness.
    pub(crate) stages: Vec<C>,
}
