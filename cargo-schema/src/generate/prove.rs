//! The proof: up on a scratch database with rows in its tables gives exactly the schema that was wanted, down gives
//! exactly the old one, and no row is lost but where an operation says so. What fails here is never written.

use schema_build::schema::{Column, ColumnType, Schema, Table};

use super::migration::Migration;
use crate::database::scratch::Error;
use crate::dialect::Dialect;
use crate::difference::{Answers, difference};
use crate::operation::Operation;

/// Why a migration is not right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Disproof {
    /// A statement failed, or the database could not be used.
    Failed(Error),
    /// After up, this is still to be done.
    NotThere(Vec<Operation>),
    /// After down, these lines of the catalogue are gone (`-`) or new (`+`).
    NotBack(Vec<String>),
    /// Rows of this table are not what they were.
    Rows { table: String, direction: &'static str, lines: Vec<String> },
    /// Views that can no longer be read.
    Broken(Vec<String>),
}

impl From<Error> for Disproof {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What a proof has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proven {
    /// How many rows were there.
    pub(crate) rows: usize,
    /// What the database held after the way up.
    pub(crate) after: Schema,
}

/// A migration to prove, and what it should do.
pub(crate) struct Claim<'a, D> {
    pub(crate) dialect: &'a D,
    pub(crate) migration: &'a Migration,
    pub(crate) desired: &'a Schema,
    /// What was decided when the difference was made: it decides what remains to be done.
    pub(crate) answers: &'a Answers,
}

/// Runs the proof on a database that holds the current schema and no rows. Of several migrations each goes up, down and
/// up again before the next, and then all of them go back.
pub(crate) fn prove<D: Dialect>(
    claims: &[Claim<'_, D>],
    database: &mut D::Database,
    rows: usize,
) -> Result<Proven, Disproof> {
    let dialect = claims.first().expect("a proof is about something").dialect;
    let mut before = dialect.introspect(database)?;
    let operations: Vec<Operation> =
        claims.iter().flat_map(|claim| claim.migration.operations.clone()).collect();
    let rows = if rows == 0 { 0 } else { dialect.seed(database, &before, &operations, rows)? };
    let mut after = claims[0].there_and_back(database, &before)?;
    let mut left = Vec::new();
    for (done, next) in claims.iter().zip(&claims[1..]) {
        done.migration.run_up(dialect, database)?;
        left.push((done, std::mem::replace(&mut before, dialect.introspect(database)?)));
        after = next.there_and_back(database, &before)?;
    }
    for (claim, before) in left.iter().rev() {
        claim.migration.run_down(dialect, database)?;
        claim.is_back(database, before)?;
    }
    Ok(Proven { rows, after })
}

impl<D: Dialect> Claim<'_, D> {
    /// Up and down, on a database as it is; returns what it held in between.
    fn there_and_back(&self, database: &mut D::Database, before: &D::Catalogue) -> Result<Schema, Disproof> {
        let was_broken = self.dialect.broken(database, before);
        let schema = self.dialect.schema(before);
        let rows_before = self.rows(database, &schema, Way::Up)?;
        let rows_kept = self.rows(database, &schema, Way::Down)?;

        self.migration.run_up(self.dialect, database)?;
        let after = self.dialect.introspect(database)?;
        self.is_there(database, &after)?;
        let broken = self.dialect.broken(database, &after);
        let broken: Vec<String> = broken.into_iter().filter(|view| !was_broken.contains(view)).collect();
        if !broken.is_empty() {
            return Err(Disproof::Broken(broken));
        }
        compare(rows_before, self.rows_after(database, &schema)?, "up")?;

        self.migration.run_down(self.dialect, database)?;
        self.is_back(database, before)?;
        compare(rows_kept, self.rows(database, &schema, Way::Down)?, "down")?;
        Ok(self.dialect.schema(&after))
    }

    /// Whether the catalogue is what it was.
    fn is_back(&self, database: &mut D::Database, before: &D::Catalogue) -> Result<(), Disproof> {
        let back = self.dialect.introspect(database)?;
        let lines = unequal(&self.dialect.lines(before), &self.dialect.lines(&back));
        if lines.is_empty() { Ok(()) } else { Err(Disproof::NotBack(lines)) }
    }

    /// Whether nothing remains to be done.
    fn is_there(&self, database: &mut D::Database, there: &D::Catalogue) -> Result<(), Disproof> {
        let answers =
            Answers { renames: Vec::new(), drops: Vec::new(), keeps: Vec::new(), ..self.answers.clone() };
        let (there, mut desired) = (self.dialect.schema(there), self.desired.clone());
        self.dialect.spell(database, &mut desired, &there)?;
        let rest = difference(self.dialect, &desired, &there, &answers);
        if rest.operations.is_empty() { Ok(()) } else { Err(Disproof::NotThere(rest.operations)) }
    }

    /// The rows of every table that stays, in columns that keep their values.
    fn rows(&self, database: &mut D::Database, schema: &Schema, way: Way) -> Result<Rows, Error> {
        let columns = |name: &str, table: &Table| {
            let now = self.name_after(name);
            let columns = table
                .columns
                .iter()
                .filter(|column| way == Way::Down || !self.is_recoded(column))
                .filter(|column| column.generated.is_none() || way == Way::Down && !self.fills(&now));
            let columns = columns.map(|column| column.name.clone());
            (name.to_owned(), columns.filter(|column| self.keeps(&now, column, way)).collect())
        };
        self.read(database, schema, columns)
    }

    /// The same rows, where they are after up.
    fn rows_after(&self, database: &mut D::Database, schema: &Schema) -> Result<Rows, Error> {
        let columns = |name: &str, table: &Table| {
            let now = self.name_after(name);
            // A computed value is computed anew, perhaps of something else.
            let columns =
                table.columns.iter().filter(|column| column.generated.is_none() && !self.is_recoded(column));
            let columns = columns
                .map(|column| &column.name)
                .filter(|column| self.keeps(&now, column, Way::Up))
                .map(|column| self.column_after(&now, column))
                .collect();
            (now, columns)
        };
        self.read(database, schema, columns)
    }

    /// The rows of every table that stays, by its name of before, read where `place` says that they are.
    fn read(
        &self,
        database: &mut D::Database,
        schema: &Schema,
        place: impl Fn(&str, &Table) -> (String, Vec<String>),
    ) -> Result<Rows, Error> {
        let staying: Vec<(&String, &Table)> =
            schema.tables.iter().filter(|(name, _)| !self.is_dropped(name)).collect();
        let places: Vec<(String, Vec<String>)> =
            staying.iter().map(|(name, table)| place(name, table)).collect();
        let rows = self.dialect.rows(database, &places)?;
        Ok(staying.into_iter().map(|(name, _)| name.clone()).zip(rows).collect())
    }

    fn is_same(&self, left: &str, right: &str) -> bool {
        self.dialect.is_same(left, right)
    }

    fn is_dropped(&self, table: &str) -> bool {
        self.migration.operations.iter().any(
            |operation| matches!(operation, Operation::DropTable { name, .. } if self.is_same(name, table)),
        )
    }

    /// One rename after the other: two names may have changed places.
    fn name_after(&self, table: &str) -> String {
        self.migration.operations.iter().fold(table.to_owned(), |name, operation| match operation {
            Operation::RenameTable { from, to } if self.is_same(from, &name) => to.clone(),
            _ => name,
        })
    }

    fn column_after(&self, now: &str, column: &str) -> String {
        self.migration.operations.iter().fold(column.to_owned(), |name, operation| match operation {
            Operation::RenameColumn { table, from, to }
                if self.is_same(table, now) && self.is_same(from, &name) =>
            {
                to.clone()
            }
            _ => name,
        })
    }

    /// Whether NULL becomes something else in a column of this table, and with it what is computed of that.
    fn fills(&self, now: &str) -> bool {
        self.migration.operations.iter().any(|operation| match operation {
            Operation::AlterColumn { table, from, to, .. } => self.is_same(table, now) && is_filled(from, to),
            _ => false,
        })
    }

    /// Whether values of its type get other names.
    fn is_recoded(&self, column: &Column) -> bool {
        let (ColumnType::Sql(ty) | ColumnType::Diesel { name: ty, .. }) = &column.ty;
        let ty = ty.strip_suffix("[]").unwrap_or(ty);
        let now = self.migration.operations.iter().find_map(|operation| match operation {
            Operation::RenameEnum { from, to } if from == ty => Some(to.as_str()),
            _ => None,
        });
        self.migration.operations.iter().any(|operation| {
            matches!(operation, Operation::AlterEnum { from, recode, .. } if from.name == now.unwrap_or(ty) && !recode.is_empty())
        })
    }

    /// Whether the values of a column are the same afterwards. A computed one is computed anew; one that changes its
    /// type is the same only after the way back; one that was filled where it was NULL is not.
    fn keeps(&self, now: &str, column: &str, way: Way) -> bool {
        let after = self.column_after(now, column);
        !self.migration.operations.iter().any(|operation| match operation {
            Operation::DropColumn { table, column } => {
                self.is_same(table, now) && self.is_same(&column.name, &after)
            }
            Operation::AlterColumn { table, from, to, recode } => {
                let is_computed = from.generated.is_some() || to.generated.is_some();
                let is_other = from.ty != to.ty || !recode.is_empty();
                self.is_same(table, now)
                    && self.is_same(&from.name, &after)
                    && (is_filled(from, to) || is_computed || is_other && way == Way::Up)
            }
            _ => false,
        })
    }
}

fn is_filled(from: &Column, to: &Column) -> bool {
    from.is_nullable && !to.is_nullable && to.backfill.is_some()
}

type Rows = Vec<(String, Vec<String>)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

fn compare(before: Rows, after: Rows, direction: &'static str) -> Result<(), Disproof> {
    for ((table, before), (_, after)) in before.into_iter().zip(after) {
        let lines = unequal(&before, &after);
        if !lines.is_empty() {
            return Err(Disproof::Rows { table, direction, lines });
        }
    }
    Ok(())
}

/// What is only in the first list (`-`) or only in the second (`+`); both are sorted.
pub(crate) fn unequal(before: &[String], after: &[String]) -> Vec<String> {
    let (mut left, mut right) = (before.iter().peekable(), after.iter().peekable());
    let mut lines = Vec::new();
    loop {
        match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if a == b => {
                left.next();
                right.next();
            }
            (Some(a), Some(b)) if a < b => lines.extend(left.next().map(|line| format!("- {line}"))),
            (Some(_), None) => lines.extend(left.next().map(|line| format!("- {line}"))),
            (_, Some(_)) => lines.extend(right.next().map(|line| format!("+ {line}"))),
            (None, None) => return lines,
        }
    }
}
