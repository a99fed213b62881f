//! Rows for the proof: a few in every table, such as satisfy what the table says now and what the operations will
//! make of it. Where no row can be made, the table stays empty.

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use schema_build::schema::{Column, ColumnType, ForeignKey, Table};

use super::introspect::{Catalogue, Entry, table_of};
use super::name::{is_same, list, quoted, string};
use super::normalize::values_of_check;
use super::source::ColumnSource;
use super::types::{Family, family};
use crate::database::scratch::{Error, run};
use crate::operation::{Operation, Part};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

/// The column `text` of a query's rows.
pub(crate) fn texts(database: &mut SqliteConnection, query: &str) -> Result<Vec<String>, Error> {
    let rows: Vec<Row> =
        sql_query(query).load(database).map_err(|error| Error::new("read the scratch database", error))?;
    Ok(rows.into_iter().map(|row| row.text).collect())
}

/// A table's rows, as SQL literals.
pub(super) fn rows(
    database: &mut SqliteConnection,
    table: &str,
    columns: &[String],
) -> Result<Vec<String>, Error> {
    let values: Vec<String> = columns.iter().map(|column| format!("quote({})", quoted(column))).collect();
    let values = if values.is_empty() { "''".to_owned() } else { values.join(" || ', ' || ") };
    let mut rows = texts(database, &format!("SELECT {values} AS text FROM {}", quoted(table)))?;
    rows.sort();
    Ok(rows)
}

/// Fills every table, those that others point to first.
pub(super) fn seed(
    database: &mut SqliteConnection,
    catalogue: &Catalogue,
    operations: &[Operation],
    rows: usize,
) -> Result<usize, Error> {
    let mut open: Vec<&Entry> = catalogue.tables.values().collect();
    let mut done: Vec<String> = Vec::new();
    let mut count = 0;
    run(database, "BEGIN")?;
    while !open.is_empty() {
        let is_ready = |entry: &&Entry| {
            let points_to_open = |key: &ForeignKey| {
                !is_same(&key.table, &entry.source.name)
                    && !done.contains(&super::name::fold(&key.table))
                    && catalogue.table(&key.table).is_some()
            };
            !table_of(entry).foreign_keys.iter().any(points_to_open)
        };
        let (mut ready, waiting): (Vec<&Entry>, Vec<&Entry>) = open.into_iter().partition(is_ready);
        open = waiting;
        if ready.is_empty() {
            // A circle is entered somewhere.
            ready.push(open.remove(0));
        }
        for entry in ready {
            count += Seeder::new(entry, operations).fill(database, rows);
            done.push(super::name::fold(&entry.source.name));
        }
    }
    run(database, "COMMIT")?;
    Ok(count)
}

struct Seeder<'a> {
    entry: &'a Entry,
    table: Table,
    /// Operations on this table, by its name of now or of then.
    operations: Vec<&'a Operation>,
}

impl<'a> Seeder<'a> {
    fn new(entry: &'a Entry, operations: &'a [Operation]) -> Self {
        let name = &entry.source.name;
        let renamed = operations.iter().fold(name.as_str(), |name, operation| match operation {
            Operation::RenameTable { from, to } if is_same(from, name) => to,
            _ => name,
        });
        let is_ours = |operation: &&Operation| operation.table().is_some_and(|table| is_same(table, renamed));
        Self { entry, table: table_of(entry), operations: operations.iter().filter(is_ours).collect() }
    }

    fn fill(&self, database: &mut SqliteConnection, rows: usize) -> usize {
        (1..=rows)
            .filter(|&row| (0..4).any(|attempt| run(database, &self.insert(row, rows, attempt)).is_ok()))
            .count()
    }

    fn insert(&self, row: usize, rows: usize, attempt: usize) -> String {
        let columns: Vec<&ColumnSource> =
            self.entry.source.columns.iter().filter(|column| column.generated().is_none()).collect();
        let table = quoted(&self.entry.source.name);
        if columns.is_empty() {
            return format!("INSERT INTO {table} DEFAULT VALUES");
        }
        let names: Vec<&String> = columns.iter().map(|column| &column.name).collect();
        let values: Vec<String> =
            columns.iter().map(|column| self.value(column, row, rows, attempt)).collect();
        format!("INSERT INTO {table} ({}) VALUES ({})", list(&names), values.join(", "))
    }

    fn value(&self, column: &ColumnSource, row: usize, rows: usize, attempt: usize) -> String {
        let name = &column.name;
        let key = self.table.foreign_keys.iter().find(|key| holds(&key.columns, name));
        if let Some(key) = key.filter(|_| row % 3 != 2 || self.is_needed(name)) {
            return target(key, name, row, rows);
        }
        let is_null = row % 3 == 2 || attempt == 2;
        if is_null && !self.is_needed(name) {
            return "NULL".to_owned();
        }
        if let Some(values) = self.values(name) {
            return values.get(row % values.len().max(1)).map_or("NULL".to_owned(), |value| string(value));
        }
        let (old, new) =
            (family(&column.ty), self.new_type(name).map_or(family(&column.ty), |ty| family(&ty)));
        let number = match attempt {
            0 => row,
            1 => row + 1000,
            2 => row % 2,
            _ => row + 20,
        };
        literal(old, new, name, number, &column.ty)
    }

    /// Whether NULL would be in the way, now or later.
    fn is_needed(&self, column: &str) -> bool {
        let key = self.entry.source.key();
        let written = self.entry.source.column(column);
        holds(&key, column)
            || written.is_some_and(ColumnSource::is_not_null)
            || self.operations.iter().any(|operation| match operation {
                Operation::AlterColumn { from, to, .. } => {
                    self.is_now(&from.name, column) && !to.is_nullable && to.backfill.is_none()
                }
                Operation::AddPart { part: Part::PrimaryKey(key), .. } => {
                    key.columns.iter().any(|other| self.is_now(other, column))
                }
                _ => false,
            })
    }

    /// Whether a column of the operations, which speak of new names, is this one.
    fn is_now(&self, new: &str, column: &str) -> bool {
        let old = self.operations.iter().rev().fold(new, |name, operation| match operation {
            Operation::RenameColumn { from, to, .. } if is_same(to, name) => from,
            _ => name,
        });
        is_same(old, column)
    }

    fn altered(&self, column: &str) -> Option<(&Column, &[(String, String)])> {
        self.operations.iter().find_map(|operation| match operation {
            Operation::AlterColumn { from, to, recode, .. } if self.is_now(&from.name, column) => {
                Some((to, recode.as_slice()))
            }
            _ => None,
        })
    }

    fn new_type(&self, column: &str) -> Option<String> {
        self.altered(column).map(|(to, _)| match &to.ty {
            ColumnType::Sql(ty) | ColumnType::Diesel { name: ty, .. } => ty.clone(),
        })
    }

    /// The values of an enum that stay allowed.
    fn values(&self, column: &str) -> Option<Vec<String>> {
        let values = self.table.checks.iter().find_map(|check| values_of_check(&check.expression, column));
        let mut values: Vec<String> = values?.values.into_iter().map(|value| value.name).collect();
        if let Some((to, recode)) = self.altered(column)
            && let Some(wanted) = &to.values
        {
            values.retain(|value| {
                wanted.values.iter().any(|new| new.name == *value)
                    || recode.iter().any(|(old, _)| old == value)
            });
        }
        Some(values)
    }
}

fn holds(columns: &[String], column: &str) -> bool {
    columns.iter().any(|other| is_same(other, column))
}

/// A value of the table that a key points to.
fn target(key: &ForeignKey, column: &str, row: usize, rows: usize) -> String {
    let place = key.columns.iter().position(|other| is_same(other, column)).unwrap_or_default();
    let table = quoted(&key.table);
    match key.references.get(place) {
        Some(target) => {
            format!(
                "(SELECT {} FROM {table} ORDER BY {} LIMIT 1 OFFSET {})",
                quoted(target),
                list(&key.references),
                row % rows.max(1)
            )
        }
        // The primary key, which is the rowid in all but odd cases.
        None => format!("(SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET {})", row % rows.max(1)),
    }
}

/// A value that both types can hold.
fn literal(old: Family, new: Family, name: &str, number: usize, ty: &str) -> String {
    let is_number = |family: Family| matches!(family, Family::Integer | Family::Float | Family::Bool);
    let number = if old == Family::Bool || new == Family::Bool { number % 2 } else { number };
    match old {
        Family::Integer | Family::Bool => number.to_string(),
        Family::Float if new == Family::Float || !is_number(new) => format!("{number}.5"),
        Family::Float => format!("{number}.0"),
        Family::Text | Family::Other | Family::Json if new == Family::Float => format!("'{number}.5'"),
        Family::Text | Family::Other | Family::Json if is_number(new) => format!("'{number}'"),
        Family::Text | Family::Other => string(&cut(&format!("{name} {number}"), ty)),
        Family::Binary => format!("x'{:02x}7e'", number % 128),
        Family::Timestamp => format!("'2026-01-{:02} 09:15:00'", number % 28 + 1),
        Family::Date => format!("'2026-01-{:02}'", number % 28 + 1),
        Family::Time => format!("'09:15:{:02}'", number % 60),
        Family::Json => format!("'{{\"{number}\":[]}}'"),
    }
}

/// Texts that need not be longer than their column says.
fn cut(text: &str, ty: &str) -> String {
    let digits: String =
        ty.chars().skip_while(|c| *c != '(').skip(1).take_while(char::is_ascii_digit).collect();
    let limit = digits.parse().unwrap_or(usize::MAX);
    let skip = text.chars().count().saturating_sub(limit);
    text.chars().skip(skip).collect()
}
