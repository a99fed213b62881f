//! Rows for the proof: a few in every table that a change can touch, such as satisfy what the table says now and what
//! the operations will make of it. Where no row can be made, the table stays empty. All of it is one message.

use std::collections::BTreeSet;

use schema_build::schema::{Column, EnumType, ForeignKey};
use schema_build::statement::{Kind, tokens};
use schema_runtime::dialect::Dialect;

use super::introspect::{Catalogue, Entry};
use super::name::{list, mentions, path, quoted, string};
use super::scratch::Scratch;
use super::types;
use crate::database::scratch::Error;
use crate::operation::{Operation, Part};

/// How often a row is tried with other values.
const ATTEMPTS: usize = 4;

/// Tables that are read by one query.
const BATCH: usize = 100;

/// The rows of tables, in PostgreSQL's notation.
pub(super) fn rows(
    database: &mut Scratch,
    tables: &[(String, Vec<String>)],
) -> Result<Vec<Vec<String>>, Error> {
    let mut rows = vec![Vec::new(); tables.len()];
    let numbered: Vec<(usize, &(String, Vec<String>))> = tables.iter().enumerate().collect();
    for batch in numbered.chunks(BATCH) {
        let select = |(number, (table, columns)): &(usize, &(String, Vec<String>))| {
            format!("SELECT '{number} ' || ROW({})::text AS text FROM ONLY {}", list(columns), path(table))
        };
        let query = batch.iter().map(select).collect::<Vec<_>>().join(" UNION ALL ");
        for line in database.texts(&query)? {
            if let Some((number, row)) = line.split_once(' ')
                && let Some(rows) = number.parse().ok().and_then(|number: usize| rows.get_mut(number))
            {
                rows.push(row.to_owned());
            }
        }
    }
    rows.iter_mut().for_each(|rows| rows.sort());
    Ok(rows)
}

/// Fills the tables, those that others point to first. Returns how many rows there are.
pub(super) fn seed(
    database: &mut Scratch,
    catalogue: &Catalogue,
    operations: &[Operation],
    rows: usize,
) -> Result<usize, Error> {
    let tables = in_order(catalogue, operations, touched(catalogue, operations));
    if tables.is_empty() {
        return Ok(0);
    }
    database.transaction(&inserts(catalogue, operations, &tables, rows).each_ref().map(String::as_str))?;
    let counts: Vec<String> =
        tables.iter().map(|name| format!("(SELECT count(*) FROM {})", path(name))).collect();
    let count = database.texts(&format!("SELECT ({})::text AS text", counts.join(" + ")))?;
    Ok(count.first().and_then(|count| count.parse().ok()).unwrap_or_default())
}

/// Fills these tables.
pub(super) fn fill(
    database: &mut Scratch,
    catalogue: &Catalogue,
    tables: BTreeSet<&str>,
    rows: usize,
) -> Result<(), Error> {
    if tables.is_empty() {
        return Ok(());
    }
    let tables = in_order(catalogue, &[], tables);
    database.transaction(&inserts(catalogue, &[], &tables, rows).each_ref().map(String::as_str))
}

/// The statements that put rows into these tables.
fn inserts(catalogue: &Catalogue, operations: &[Operation], tables: &[&str], rows: usize) -> [String; 2] {
    let mut block = String::new();
    for name in tables {
        let Some(entry) = catalogue.tables.get(*name) else { continue };
        let seeder = Seeder::new(catalogue, name, entry, operations);
        if !seeder.is_fillable() {
            continue;
        }
        (1..=rows).for_each(|row| block.push_str(&tried(&seeder, row, rows, 0)));
        block.push_str(&seeder.cleared());
    }
    // What is deferred would fail at the end, with all that went well.
    ["SET CONSTRAINTS ALL IMMEDIATE".to_owned(), format!("DO $seed$\nBEGIN\n{block}END\n$seed$")]
}

/// An insert that falls back to other values, and at last to none.
fn tried(seeder: &Seeder<'_>, row: usize, rows: usize, attempt: usize) -> String {
    if attempt == ATTEMPTS {
        return "NULL;\n".to_owned();
    }
    tolerated(&seeder.insert(row, rows, attempt), &tried(seeder, row, rows, attempt + 1))
}

/// A statement, and what is done where it fails.
fn tolerated(statement: &str, otherwise: &str) -> String {
    format!("BEGIN {statement}; EXCEPTION WHEN OTHERS THEN {otherwise}END;\n")
}

/// The tables that change, by their names of now, those that point to them, and all that these point to.
fn touched<'c>(catalogue: &'c Catalogue, operations: &[Operation]) -> BTreeSet<&'c str> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for operation in operations {
        match operation {
            Operation::RenameTable { from, .. } => names.extend([from.clone()]),
            Operation::AlterEnum {
                from: EnumType { name: from, .. }, to: EnumType { name: to, .. }, ..
            }
            | Operation::RenameEnum { from, to } => {
                let is_it =
                    |ty: &str| [from, to].iter().any(|name| ty.strip_suffix("[]").unwrap_or(ty) == **name);
                let uses =
                    |entry: &Entry| entry.table.columns.iter().any(|column| is_it(types::text(&column.ty)));
                names.extend(
                    catalogue.tables.iter().filter(|(_, entry)| uses(entry)).map(|(name, _)| name.clone()),
                );
            }
            Operation::AddPart { table, part: Part::ForeignKey(key) } => {
                names.extend([table.clone(), key.table.clone()]);
            }
            other => names.extend(other.table().map(str::to_owned)),
        }
    }
    let mut found: BTreeSet<&str> =
        catalogue.tables.keys().map(String::as_str).filter(|name| names.contains(*name)).collect();
    let points_here = |entry: &Entry| entry.table.foreign_keys.iter().any(|key| names.contains(&key.table));
    found.extend(
        catalogue.tables.iter().filter(|(_, entry)| points_here(entry)).map(|(name, _)| name.as_str()),
    );
    loop {
        let parents: BTreeSet<&str> = found
            .iter()
            .filter_map(|name| catalogue.tables.get(*name))
            .flat_map(|entry| entry.table.foreign_keys.iter().map(|key| key.table.as_str()))
            .filter(|name| !found.contains(name))
            .collect();
        if parents.is_empty() {
            return found;
        }
        found.extend(parents);
    }
}

/// Tables after those that they point to, or will; a circle is entered somewhere.
fn in_order<'c>(
    catalogue: &'c Catalogue,
    operations: &[Operation],
    tables: BTreeSet<&'c str>,
) -> Vec<&'c str> {
    let mut open: Vec<&str> = tables.into_iter().collect();
    let mut done: Vec<&str> = Vec::new();
    while !open.is_empty() {
        let is_open = |parent: &str, name: &str| parent != name && open.contains(&parent);
        let waits = |operation: &Operation, name: &str| match operation {
            Operation::AddPart { table, part: Part::ForeignKey(key) } => {
                table == name && is_open(&key.table, name)
            }
            _ => false,
        };
        let is_ready = |name: &&str| {
            let keys = catalogue.tables.get(*name).map_or(&[][..], |entry| &entry.table.foreign_keys);
            !keys.iter().any(|key| is_open(&key.table, name))
                && !operations.iter().any(|operation| waits(operation, name))
        };
        let (mut ready, waiting): (Vec<&str>, Vec<&str>) = open.iter().partition(|name| is_ready(name));
        open = waiting;
        if ready.is_empty() {
            ready.push(open.remove(0));
        }
        done.extend(ready);
    }
    done
}

struct Seeder<'a> {
    catalogue: &'a Catalogue,
    name: &'a str,
    entry: &'a Entry,
    /// Operations on this table, by its name of now or of then.
    operations: Vec<&'a Operation>,
    all: &'a [Operation],
}

impl<'a> Seeder<'a> {
    fn new(catalogue: &'a Catalogue, name: &'a str, entry: &'a Entry, all: &'a [Operation]) -> Self {
        let renamed = all.iter().find_map(|operation| match operation {
            Operation::RenameTable { from, to } if from == name => Some(to.as_str()),
            _ => None,
        });
        let is_ours = |operation: &&Operation| operation.table() == Some(renamed.unwrap_or(name));
        Self { catalogue, name, entry, operations: all.iter().filter(is_ours).collect(), all }
    }

    /// Whether a row can be there that the operations leave alone: a value that no cast takes along is in the way.
    fn is_fillable(&self) -> bool {
        let is_stuck = |column: &&Column| self.is_needed(column) && self.is_stuck(column);
        !self.entry.table.columns.iter().any(|column| is_stuck(&column))
    }

    /// Whether a column gets a type that its values cannot be cast to.
    fn is_stuck(&self, column: &Column) -> bool {
        self.new_type(&column.name).is_some_and(|new| {
            let values = self.values(&self.base(column));
            values.is_none() && !is_castable(&self.base(column), &new)
        })
    }

    /// Removes rows for which a key found no value where NULL would be in the way later.
    fn cleared(&self) -> String {
        let columns = &self.entry.table.columns;
        let is_open = |column: &&Column| column.is_nullable && self.is_needed(column);
        let open = columns.iter().filter(is_open).map(|column| format!("{} IS NULL", quoted(&column.name)));
        let open: Vec<String> = open.collect();
        match open.is_empty() {
            true => String::new(),
            false => {
                tolerated(&format!("DELETE FROM {} WHERE {}", path(self.name), open.join(" OR ")), "NULL;\n")
            }
        }
    }

    /// The key that a column is part of, be it there or still to come.
    fn key(&self, column: &str) -> Option<ForeignKey> {
        let there = self.entry.table.foreign_keys.iter().find(|key| holds(&key.columns, column));
        there.cloned().or_else(|| self.operations.iter().find_map(|operation| self.coming(operation, column)))
    }

    /// A key that an operation makes, in the names of now.
    fn coming(&self, operation: &Operation, column: &str) -> Option<ForeignKey> {
        let Operation::AddPart { part: Part::ForeignKey(key), .. } = operation else { return None };
        let place = key.columns.iter().position(|new| self.is_now(new, column))?;
        let parent = self.all.iter().find_map(|operation| match operation {
            Operation::RenameTable { from, to } if *to == key.table => Some(from),
            _ => None,
        });
        let parent = parent.unwrap_or(&key.table);
        let entry = self.catalogue.tables.get(parent)?;
        let other = Seeder::new(self.catalogue, parent, entry, self.all);
        let now = |new: &String| {
            let columns = &entry.table.columns;
            columns.iter().map(|column| &column.name).find(|name| other.is_now(new, name)).cloned()
        };
        let references = key.references.iter().map(now).collect::<Option<Vec<String>>>()?;
        let mut columns = vec![String::new(); key.columns.len()];
        column.clone_into(&mut columns[place]);
        Some(ForeignKey { columns, table: parent.clone(), references, ..key.clone() })
    }

    fn insert(&self, row: usize, rows: usize, attempt: usize) -> String {
        let table = path(self.name);
        let columns = self.entry.table.columns.iter().filter(|column| !is_filled_by_itself(column));
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for column in columns {
            if let Some(value) = self.value(column, row, rows, attempt) {
                names.push(&column.name);
                values.push(value);
            }
        }
        if names.is_empty() {
            return format!("INSERT INTO {table} DEFAULT VALUES");
        }
        format!("INSERT INTO {table} ({}) VALUES ({})", list(&names), values.join(", "))
    }

    /// `None` leaves it to the column.
    fn value(&self, column: &Column, row: usize, rows: usize, attempt: usize) -> Option<String> {
        let name = &column.name;
        let is_needed = self.is_needed(column);
        if let Some(key) = self.key(name).filter(|_| row % 3 != 2 || is_needed) {
            return Some(target(&key, name, row, rows));
        }
        if (row % 3 == 2 || attempt == 2 || self.is_stuck(column)) && !is_needed {
            return Some("NULL".to_owned());
        }
        let number = match attempt {
            0 => row,
            1 => row + 1000,
            2 => row % 2,
            _ => row + 20,
        };
        if let Some(word) = self.word(name, row).filter(|_| attempt != 1) {
            return Some(word);
        }
        let ty = self.base(column);
        if let Some(values) = self.values(&ty) {
            let value = values.get(row % values.len().max(1))?;
            return Some(if ty.ends_with("[]") {
                format!("ARRAY[{}]::{}", string(value), types::sql(&column.ty))
            } else {
                string(value)
            });
        }
        let value = text(&ty, self.new_type(name).as_deref().unwrap_or(&ty), name, number)?;
        let is_array = ty.ends_with("[]");
        let value = if is_array {
            string(&format!("{{\"{}\"}}", value.replace('\\', "\\\\").replace('"', "\\\"")))
        } else {
            string(&value)
        };
        Some(value)
    }

    /// What is behind a domain.
    fn base(&self, column: &Column) -> String {
        let source = self.entry.columns.iter().find(|source| source.name == column.name);
        let base = source.and_then(|source| source.base.as_deref()).map(types::canonical);
        base.unwrap_or_else(|| types::text(&column.ty).to_owned())
    }

    /// A word that a check of the column names.
    fn word(&self, column: &str, row: usize) -> Option<String> {
        let checks = self.entry.table.checks.iter().filter(|check| mentions(&check.expression, column));
        let words: Vec<String> = checks.flat_map(|check| literals(&check.expression)).collect();
        words.get(row % words.len().max(1)).cloned()
    }

    /// Whether NULL would be in the way, now or later.
    fn is_needed(&self, column: &Column) -> bool {
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
            Operation::RenameColumn { from, to, .. } if to == new => Some(from.as_str()),
            _ => None,
        });
        old.unwrap_or(new) == column
    }

    fn new_type(&self, column: &str) -> Option<String> {
        self.operations.iter().find_map(|operation| match operation {
            Operation::AlterColumn { from, to, .. } if self.is_now(&from.name, column) => {
                Some(types::text(&to.ty).to_owned())
            }
            _ => None,
        })
    }

    /// The values of an enum that stay.
    fn values(&self, ty: &str) -> Option<Vec<String>> {
        let name = ty.strip_suffix("[]").unwrap_or(ty);
        let values = self.catalogue.enums.get(name)?.values.iter().map(|value| value.name.clone());
        let change = self.all.iter().find_map(|operation| match operation {
            Operation::AlterEnum { from, to, recode } if self.is_enum(&from.name, name) => Some((to, recode)),
            _ => None,
        });
        let stays = |value: &String| match change {
            Some((to, recode)) => {
                to.values.iter().any(|new| new.name == *value) || recode.iter().any(|(old, _)| old == value)
            }
            None => true,
        };
        Some(values.filter(stays).collect())
    }

    fn is_enum(&self, new: &str, name: &str) -> bool {
        new == name
            || self.all.iter().any(
                |operation| matches!(operation, Operation::RenameEnum { from, to } if to == new && from == name),
            )
    }
}

fn holds(columns: &[String], column: &str) -> bool {
    columns.iter().any(|other| other == column)
}

fn is_filled_by_itself(column: &Column) -> bool {
    column.generated.is_some()
        || column.identity.is_some()
        || types::behind_serial(types::text(&column.ty)).is_some()
}

/// The strings of an expression.
fn literals(sql: &str) -> Vec<String> {
    let strings = tokens(sql, Dialect::Postgres).filter(|token| token.kind == Kind::String);
    strings.map(|token| sql[token.range()].to_owned()).filter(|text| text != "''").collect()
}

/// A value of the table that a key points to.
fn target(key: &ForeignKey, column: &str, row: usize, rows: usize) -> String {
    let place = key.columns.iter().position(|other| other == column).unwrap_or_default();
    let target = key.references.get(place).map_or("NULL".to_owned(), |target| quoted(target));
    let order = if key.references.is_empty() { "1".to_owned() } else { list(&key.references) };
    format!(
        "(SELECT {target} FROM {} ORDER BY {order} LIMIT 1 OFFSET {})",
        path(&key.table),
        row % rows.max(1)
    )
}

/// A value that both types can hold, as a text.
fn text(old: &str, new: &str, name: &str, number: usize) -> Option<String> {
    let (base, arguments) = split(old.strip_suffix("[]").unwrap_or(old));
    let (wanted, room) = split(new.strip_suffix("[]").unwrap_or(new));
    let is_text = |base: &str| matches!(base, "TEXT" | "VARCHAR" | "CHAR" | "BPCHAR" | "NAME" | "citext");
    if is_text(base) {
        let value = if is_text(wanted) {
            format!("{name} {number}")
        } else {
            sized(wanted, room, number).unwrap_or_else(|| number.to_string())
        };
        let limit = |arguments: &str| arguments.parse().unwrap_or(usize::MAX);
        let limit: usize = limit(arguments).min(limit(room));
        return Some(value.chars().skip(value.chars().count().saturating_sub(limit)).collect());
    }
    let number = if base == "BOOLEAN" || wanted == "BOOLEAN" { number % 2 } else { number };
    let is_whole = matches!(wanted, "SMALLINT" | "INTEGER" | "BIGINT" | "BOOLEAN");
    match base {
        "NUMERIC" | "REAL" | "DOUBLE PRECISION" if is_whole || arguments.ends_with(",0") => {
            Some(number.to_string())
        }
        "TIMESTAMP" | "TIMESTAMPTZ" if wanted == "DATE" => {
            Some(format!("2026-01-{:02} 00:00:00+00", number % 28 + 1))
        }
        _ => sized(base, arguments, number),
    }
}

/// A value as long as its type says: bits are, and fractions when they are shown.
fn sized(base: &str, arguments: &str, number: usize) -> Option<String> {
    let width: usize = arguments.parse().unwrap_or(1);
    let scale = arguments.split_once(',').and_then(|(_, scale)| scale.parse::<usize>().ok());
    match (base, scale) {
        ("NUMERIC", Some(0)) => return Some(number.to_string()),
        ("NUMERIC", Some(scale)) => return Some(format!("{number}.5{}", "0".repeat(scale - 1))),
        _ => {}
    }
    match base {
        "BIT" => Some(format!("{:0width$b}", number % 2_usize.pow(width.min(16) as u32))),
        "VARBIT" => Some(format!("{number:b}").chars().rev().take(arguments.parse().unwrap_or(64)).collect()),
        _ => plain(base, number),
    }
}

/// Whether values of the one type, such as are made here, can become values of the other.
fn is_castable(old: &str, new: &str) -> bool {
    let item = |ty: &str| {
        let base = split(ty.strip_suffix("[]").unwrap_or(ty)).0;
        types::behind_serial(base).unwrap_or(base).to_owned()
    };
    let (old_base, new_base) = (item(old), item(new));
    let kind = |base: &str| match base {
        "SMALLINT" | "INTEGER" | "BIGINT" | "NUMERIC" | "REAL" | "DOUBLE PRECISION" | "BOOLEAN" => "number",
        "TEXT" | "VARCHAR" | "CHAR" | "BPCHAR" | "NAME" | "citext" => "text",
        "DATE" | "TIMESTAMP" | "TIMESTAMPTZ" => "time",
        "JSON" | "JSONB" => "document",
        "INET" | "CIDR" => "address",
        "BIT" | "VARBIT" => "bits",
        _ => "",
    };
    let (old_kind, new_kind) = (kind(&old_base), kind(&new_base));
    let is_one = old_kind == new_kind && (!old_kind.is_empty() || old_base == new_base);
    let is_text = |ty: &str, kind: &str| kind == "text" && !ty.ends_with("[]");
    is_one && old.ends_with("[]") == new.ends_with("[]") || is_text(old, old_kind) || is_text(new, new_kind)
}

fn split(ty: &str) -> (&str, &str) {
    ty.split_once('(').map_or((ty, ""), |(base, rest)| (base, rest.trim_end_matches(')')))
}

/// A value as the server itself writes it, so that a text of it is the same after it has been one.
fn plain(base: &str, number: usize) -> Option<String> {
    let day = number % 28 + 1;
    Some(match base {
        "SMALLINT" | "INTEGER" | "BIGINT" | "OID" => number.to_string(),
        "NUMERIC" | "REAL" | "DOUBLE PRECISION" => format!("{number}.5"),
        "MONEY" => format!("{number}.50"),
        "BOOLEAN" => (number % 2 == 1).to_string(),
        "DATE" => format!("2026-01-{day:02}"),
        "TIMESTAMP" => format!("2026-01-{day:02} 09:15:00"),
        "TIMESTAMPTZ" => format!("2026-01-{day:02} 09:15:00+00"),
        "TIME" => format!("09:15:{:02}", number % 60),
        "TIMETZ" => format!("09:15:{:02}+00", number % 60),
        "UUID" => format!("00000000-0000-4000-8000-{number:012}"),
        "JSON" | "JSONB" => format!("{{\"{number}\": []}}"),
        "BYTEA" => format!("\\x{:02x}7e", number % 128),
        "INET" => format!("10.0.0.{}", number % 250),
        "CIDR" => format!("10.0.{}.0/24", number % 250),
        "MACADDR" => format!("08:00:2b:01:02:{:02x}", number % 256),
        "MACADDR8" => format!("08:00:2b:01:02:03:04:{:02x}", number % 256),
        "XML" => format!("<n>{number}</n>"),
        "TSVECTOR" | "TSQUERY" => format!("'word{number}'"),
        "POINT" => format!("({number},{number})"),
        "INT4RANGE" | "INT8RANGE" | "NUMRANGE" => format!("[{number},{})", number + 5),
        "DATERANGE" => format!("[2026-01-{day:02},2027-01-01)"),
        "TSRANGE" => format!("[\"2026-01-{day:02} 09:15:00\",\"2027-01-01 00:00:00\")"),
        "TSTZRANGE" => format!("[\"2026-01-{day:02} 09:15:00+00\",\"2027-01-01 00:00:00+00\")"),
        "PG_LSN" => format!("0/{number:X}"),
        "\"char\"" => "a".to_owned(),
        "hstore" => format!("\"a\"=>\"{number}\""),
        "ltree" => format!("a.n{number}"),
        "citext" => format!("word {number}"),
        interval if interval.starts_with("INTERVAL") => format!("{} days", number + 1),
        _ => return None,
    })
}

/// A value that any row may have, as SQL: what comes back where values are gone for good.
pub(super) fn zero(ty: &str, catalogue: Option<&Catalogue>) -> Option<String> {
    if let Some(first) = catalogue.and_then(|catalogue| catalogue.enums.get(ty)?.values.first()) {
        return Some(string(&first.name));
    }
    if ty.ends_with("[]") {
        return Some("'{}'".to_owned());
    }
    let (base, arguments) = split(ty);
    Some(match base {
        "SMALLINT" | "INTEGER" | "BIGINT" | "NUMERIC" | "REAL" | "DOUBLE PRECISION" | "OID" => "0".to_owned(),
        "MONEY" => "'0'".to_owned(),
        "TEXT" | "VARCHAR" | "CHAR" | "BPCHAR" | "citext" | "NAME" | "BYTEA" | "TSVECTOR" | "hstore" => {
            "''".to_owned()
        }
        "BOOLEAN" => "FALSE".to_owned(),
        "DATE" | "TIMESTAMP" | "TIMESTAMPTZ" => "'1970-01-01'".to_owned(),
        "TIME" | "TIMETZ" => "'00:00'".to_owned(),
        "JSON" | "JSONB" => "'null'".to_owned(),
        "BIT" => format!("B'{}'", "0".repeat(arguments.parse().unwrap_or(1))),
        "UUID" => "'00000000-0000-0000-0000-000000000000'".to_owned(),
        interval if interval.starts_with("INTERVAL") => "'0'".to_owned(),
        range if range.ends_with("RANGE") => "'empty'".to_owned(),
        other => string(&sized(other, arguments, 0)?),
    })
}

/// The same, another one for each row.
pub(super) fn counted(ty: &str) -> Option<String> {
    let (base, _) = split(ty);
    match base {
        "SMALLINT" | "INTEGER" | "BIGINT" | "NUMERIC" | "REAL" | "DOUBLE PRECISION" => {
            Some("(ctid::TEXT::POINT)[0]::BIGINT * 65536 + (ctid::TEXT::POINT)[1]::BIGINT".to_owned())
        }
        "TEXT" | "VARCHAR" => Some("ctid::TEXT".to_owned()),
        "UUID" => Some("gen_random_uuid()".to_owned()),
        _ => None,
    }
}
