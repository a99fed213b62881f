//! Rows for the proof: a few in every table, such as satisfy what the table says now and what the operations will
//! make of it. Where no row can be made, the table stays empty.

use schema_build::schema::{Column, ForeignKey, Table};

use super::catalogue::{Catalogue, ColumnEntry, Entry};
use super::name::{fold, is_same, list, quoted, string};
use super::scratch::Scratch;
use super::types::{Family, SqlType};
use crate::database::scratch::Error;
use crate::operation::{Operation, Part};

/// The rows of tables, as SQL literals, sorted.
pub(super) fn rows(
    database: &mut Scratch,
    tables: &[(String, Vec<String>)],
) -> Result<Vec<Vec<String>>, Error> {
    let bytes = database.texts(
        "SELECT CONCAT(LOWER(table_name), '.', LOWER(column_name)) AS text FROM information_schema.columns \
         WHERE table_schema = DATABASE() AND (data_type LIKE '%blob' OR data_type LIKE '%binary' \
         OR data_type IN ('bit', 'geometry', 'point', 'linestring', 'polygon', 'multipoint', 'multilinestring', \
         'multipolygon', 'geometrycollection', 'geomcollection'))",
    )?;
    let literal = |table: &str, column: &String| {
        let is_bytes = bytes.contains(&format!("{}.{}", fold(table), fold(column)));
        let name = quoted(column);
        if is_bytes {
            format!("COALESCE(HEX({name}), 'NULL')")
        } else {
            format!("QUOTE(CAST({name} AS CHAR))")
        }
    };
    let mut all = Vec::new();
    for (table, columns) in tables {
        let values: Vec<String> = columns.iter().map(|column| literal(table, column)).collect();
        let values = if values.is_empty() { "''".to_owned() } else { values.join(", ") };
        let mut rows =
            database.texts(&format!("SELECT CONCAT_WS(', ', {values}) AS text FROM {}", quoted(table)))?;
        rows.sort();
        all.push(rows);
    }
    Ok(all)
}

/// Fills every table, those that others point to first.
pub(super) fn seed(
    database: &mut Scratch,
    catalogue: &Catalogue,
    operations: &[Operation],
    rows: usize,
) -> Result<usize, Error> {
    let mut open: Vec<&Entry> = catalogue.tables.values().collect();
    let mut done: Vec<String> = Vec::new();
    let mut count = 0;
    database.run("START TRANSACTION")?;
    while !open.is_empty() {
        let is_ready = |entry: &&Entry| {
            !entry.foreign_keys.iter().any(|key| {
                !is_same(&key.table, &entry.name)
                    && !done.contains(&fold(&key.table))
                    && catalogue.table(&key.table).is_some()
            })
        };
        let (mut ready, waiting): (Vec<&Entry>, Vec<&Entry>) = open.into_iter().partition(is_ready);
        open = waiting;
        if ready.is_empty() {
            // A circle is entered somewhere.
            ready.push(open.remove(0));
        }
        for entry in ready {
            count += Seeder::new(entry, entry.table(catalogue.server), operations).fill(database, rows);
            done.push(fold(&entry.name));
        }
    }
    database.run("COMMIT")?;
    Ok(count)
}

struct Seeder<'a> {
    entry: &'a Entry,
    table: Table,
    /// Operations on this table, by its name of now or of then.
    operations: Vec<&'a Operation>,
}

impl<'a> Seeder<'a> {
    fn new(entry: &'a Entry, table: Table, operations: &'a [Operation]) -> Self {
        let renamed = operations.iter().find_map(|operation| match operation {
            Operation::RenameTable { from, to } if is_same(from, &entry.name) => Some(to),
            _ => None,
        });
        let is_ours = |operation: &&Operation| {
            operation.table().is_some_and(|table| is_same(table, renamed.unwrap_or(&entry.name)))
        };
        Self { entry, table, operations: operations.iter().filter(is_ours).collect() }
    }

    fn fill(&self, database: &mut Scratch, rows: usize) -> usize {
        (1..=rows)
            .filter(|&row| (0..4).any(|attempt| database.run(&self.insert(row, rows, attempt)).is_ok()))
            .count()
    }

    fn insert(&self, row: usize, rows: usize, attempt: usize) -> String {
        let columns: Vec<&ColumnEntry> =
            self.entry.columns.iter().filter(|column| column.generated.is_none()).collect();
        let names: Vec<&String> = columns.iter().map(|column| &column.name).collect();
        let values: Vec<String> =
            columns.iter().map(|column| self.value(column, row, rows, attempt)).collect();
        format!("INSERT INTO {} ({}) VALUES ({})", quoted(&self.entry.name), list(&names), values.join(", "))
    }

    fn value(&self, column: &ColumnEntry, row: usize, rows: usize, attempt: usize) -> String {
        let name = &column.name;
        let key = self.table.foreign_keys.iter().find(|key| holds(&key.columns, name));
        if let Some(key) = key.filter(|_| row % 3 != 2 || self.is_needed(column)) {
            return target(key, name, row, rows);
        }
        let is_null = row % 3 == 2 || attempt == 2;
        if is_null && !self.is_needed(column) {
            return "NULL".to_owned();
        }
        let ty = SqlType::read(&column.ty);
        if ty.family() == Family::Enum {
            let values = self.values(name, &ty);
            return values.get(row % values.len().max(1)).map_or("NULL".to_owned(), |value| string(value));
        }
        let new = self.altered(name).map_or(ty.clone(), |(to, _)| super::normalize::read(to));
        let number = match attempt {
            0 => row,
            1 => row + 1000,
            2 => row % 2,
            _ => row + 20,
        };
        literal(&ty, &new, name, number)
    }

    /// Whether NULL would be in the way, now or later.
    fn is_needed(&self, column: &ColumnEntry) -> bool {
        !column.is_nullable
            || self.operations.iter().any(|operation| match operation {
                Operation::AlterColumn { from, to, .. } => {
                    self.is_now(&from.name, &column.name) && !to.is_nullable && to.backfill.is_none()
                }
                Operation::AddPart { part: Part::PrimaryKey(key), .. } => {
                    key.columns.iter().any(|other| self.is_now(other, &column.name))
                }
                _ => false,
            })
    }

    /// Whether a column of the operations, which speak of new names, is this one.
    fn is_now(&self, new: &str, column: &str) -> bool {
        let old = self.operations.iter().find_map(|operation| match operation {
            Operation::RenameColumn { from, to, .. } if is_same(to, new) => Some(from.as_str()),
            _ => None,
        });
        is_same(old.unwrap_or(new), column)
    }

    fn altered(&self, column: &str) -> Option<(&Column, &[(String, String)])> {
        self.operations.iter().find_map(|operation| match operation {
            Operation::AlterColumn { from, to, recode, .. } if self.is_now(&from.name, column) => {
                Some((to, recode.as_slice()))
            }
            _ => None,
        })
    }

    /// The values of an enum that stay allowed.
    fn values(&self, column: &str, ty: &SqlType) -> Vec<String> {
        let mut values = ty.arguments.clone();
        if let Some((to, recode)) = self.altered(column) {
            let wanted = super::normalize::read(to);
            let stays = |value: &String| {
                wanted.arguments.contains(value) || recode.iter().any(|(old, _)| old == value)
            };
            values.retain(|value| wanted.family() != Family::Enum || stays(value));
        }
        values
    }
}

fn holds(columns: &[String], column: &str) -> bool {
    columns.iter().any(|other| is_same(other, column))
}

/// A value of the table that a key points to, out of a table of its own, for that may be the one that is filled.
fn target(key: &ForeignKey, column: &str, row: usize, rows: usize) -> String {
    let place = key.columns.iter().position(|other| is_same(other, column)).unwrap_or_default();
    let wanted = key.references.get(place).map_or("", String::as_str);
    let table = key.table.split('.').map(quoted).collect::<Vec<_>>().join(".");
    format!(
        "(SELECT found FROM (SELECT {} AS found FROM {table} ORDER BY {} LIMIT 1 OFFSET {}) parents)",
        quoted(wanted),
        list(&key.references),
        row % rows.max(1)
    )
}

/// A value that both types can hold.
fn literal(old: &SqlType, new: &SqlType, name: &str, number: usize) -> String {
    let is_number =
        |family| matches!(family, Family::Integer | Family::Float | Family::Decimal | Family::Bool);
    let (was, becomes) = (old.family(), new.family());
    let number = if was == Family::Bool || becomes == Family::Bool { number % 2 } else { number };
    let has_fraction = |ty: &SqlType| match ty.family() {
        Family::Decimal => ty.number(1).unwrap_or_default() > 0,
        Family::Float => true,
        _ => !is_number(ty.family()),
    };
    let digits = if has_fraction(old) && has_fraction(new) { ".5" } else { "" };
    match was {
        Family::Integer | Family::Bool => number.to_string(),
        Family::Float | Family::Decimal => format!("{number}{digits}"),
        Family::Text if is_number(becomes) => {
            // As long as it will be written when it is a text again.
            let more = new.number(1).filter(|_| becomes == Family::Decimal).unwrap_or(1).saturating_sub(1);
            let zeros = "0".repeat(more as usize);
            format!("'{number}{}'", if has_fraction(new) { format!(".5{zeros}") } else { String::new() })
        }
        Family::Text if becomes == Family::Enum => {
            new.arguments.first().map_or("''".to_owned(), |value| string(value))
        }
        Family::Text if matches!(becomes, Family::Date | Family::Timestamp | Family::Time | Family::Json) => {
            literal(new, new, name, number)
        }
        Family::Text => {
            let shorter = old.number(0).unwrap_or(u32::MAX).min(new.number(0).unwrap_or(u32::MAX));
            string(&cut(&format!("{name} {number}"), shorter as usize))
        }
        Family::Binary => match old.base.as_str() {
            "binary" => format!(
                "x'{:02x}{}'",
                number % 128,
                "7e".repeat(old.number(0).unwrap_or(1).saturating_sub(1) as usize)
            ),
            _ => format!("x'{:02x}7e'", number % 128),
        },
        Family::Timestamp if becomes == Family::Date => format!("'2026-01-{:02} 00:00:00'", number % 28 + 1),
        Family::Timestamp => format!("'2026-01-{:02} 09:15:00'", number % 28 + 1),
        Family::Date => format!("'2026-01-{:02}'", number % 28 + 1),
        Family::Time => format!("'09:15:{:02}'", number % 60),
        Family::Json => format!("'{{\"{number}\": []}}'"),
        Family::Set | Family::Enum => old.arguments.first().map_or("''".to_owned(), |value| string(value)),
        Family::Other => match old.base.as_str() {
            "year" => (2000 + number % 100).to_string(),
            "bit" => (number % 2).to_string(),
            "uuid" => format!("'00000000-0000-4000-8000-{number:012}'"),
            "inet6" => format!("'::{number}'"),
            "inet4" => format!("'10.0.0.{}'", number % 250),
            _ => format!("ST_GeomFromText('POINT({number} 1)')"),
        },
    }
}

/// Texts that need not be longer than their column says.
fn cut(text: &str, limit: usize) -> String {
    let skip = text.chars().count().saturating_sub(limit);
    text.chars().skip(skip).collect()
}
