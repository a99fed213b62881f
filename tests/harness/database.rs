//! A database as a test sees it: statements in, rows as text out.

use std::path::Path;

use diesel::connection::{LoadConnection, SimpleConnection};
use diesel::deserialize::FromSql;
use diesel::prelude::*;
use diesel::row::{Field, Row};
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;

/// An open SQLite file.
pub struct Database(pub SqliteConnection);

impl Database {
    /// Opens it, and creates it when it is missing.
    pub fn open(path: &Path) -> Self {
        Self(SqliteConnection::establish(&path.to_string_lossy()).unwrap())
    }

    /// Runs statements.
    #[track_caller]
    pub fn run(&mut self, sql: &str) {
        self.0.batch_execute(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// The rows of a query, their columns parted by `|`.
    #[track_caller]
    pub fn rows(&mut self, sql: &str) -> Vec<String> {
        self.try_rows(sql).unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    /// The same, or what the engine says against it.
    pub fn try_rows(&mut self, sql: &str) -> Result<Vec<String>, String> {
        let rows = self.0.load(diesel::sql_query(sql)).map_err(|error| error.to_string())?;
        rows.map(|row| row.map(|row| text(&row)).map_err(|error| error.to_string())).collect()
    }

    /// Runs statements, or gives what the engine says against them.
    pub fn try_run(&mut self, sql: &str) -> Result<(), String> {
        self.0.batch_execute(sql).map_err(|error| error.to_string())
    }

    /// How many rows a table has.
    #[track_caller]
    pub fn count(&mut self, table: &str) -> usize {
        self.rows(&format!("SELECT count(*) FROM {table}"))[0].parse().unwrap()
    }

    /// The versions in Diesel's table, sorted.
    #[track_caller]
    pub fn versions(&mut self) -> Vec<String> {
        self.rows("SELECT version FROM __diesel_schema_migrations ORDER BY version")
    }

    /// Names of all tables, sorted.
    pub fn tables(&mut self) -> Vec<String> {
        self.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
        )
    }

    /// The schema and all rows, the ledgers left out: two databases of one content give one text.
    pub fn contents(&mut self) -> String {
        let ours = |name: &String| !name.starts_with("__");
        let mut lines = self.rows(
            "SELECT type, name, sql FROM sqlite_master WHERE tbl_name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY type, name",
        );
        for table in self.tables().into_iter().filter(ours) {
            let mut rows = self.rows(&format!("SELECT * FROM \"{table}\""));
            rows.sort();
            lines.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
        }
        lines.join("\n")
    }
}

fn text<'a>(row: &impl Row<'a, Sqlite>) -> String {
    let columns: Vec<String> = (0..row.field_count())
        .map(|index| row.get(index).expect("within the row"))
        .map(|field| field.value().map_or("NULL".to_owned(), |value| read(value)))
        .collect();
    columns.join("|")
}

fn read(value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> String {
    <String as FromSql<Text, Sqlite>>::from_sql(value).unwrap()
}
