//! What is read from a table's statement is what SQLite's pragmas say, as far as they know.

use diesel::SqliteConnection;
use schema_build::schema::{Column, Schema, Table};

use super::random::{Maker, OfSqlite, Random};
use super::{database, migration, schema};
use crate::dialect::sqlite::name::{string, unquoted};
use crate::dialect::sqlite::texts;
use crate::difference::Answers;

/// Statements as people write them who know the grammar by heart, or not at all.
const ODD: &str = r#"
CREATE TABLE made AS SELECT 1 AS a, 'x' AS b, 1.5 AS "c d";
CREATE TABLE "a.b" (x);
CREATE TABLE falling (a INT PRIMARY KEY DESC, b, UNIQUE (b COLLATE NOCASE));
CREATE TABLE numbered (a INTEGER PRIMARY KEY ASC AUTOINCREMENT NOT NULL, b TEXT);
CREATE TABLE defaults (a DEFAULT +1.5E+10, b DEFAULT x'ab', c DEFAULT "x", d DEFAULT abc, e DEFAULT -0x1F,
  f DEFAULT .5 NOT NULL, g DEFAULT NULL CHECK (g > 0), h DEFAULT CURRENT_TIMESTAMP NOT NULL, i DEFAULT (1 + (2)) UNIQUE,
  j DEFAULT 'it''s, (ok' COLLATE NOCASE, k DEFAULT 1e-3, l DEFAULT - 5, m INT DEFAULT 1. CHECK (m));
CREATE TABLE types (a UNSIGNED BIG INT (8), b "quoted type", c [x y], d 'str', e DOUBLE PRECISION, f DECIMAL ( 10 , 2 ) NOT NULL,
  g VARCHAR(20)CHECK(g<>''), h NATIVE CHARACTER(70), i);
CREATE TABLE names (a CONSTRAINT x, b CONSTRAINT y NOT NULL CONSTRAINT z, c CONSTRAINT n NULL);
CREATE TABLE packed(a,b,CONSTRAINT x CHECK(a),CONSTRAINT y PRIMARY KEY(a ASC,b DESC)ON CONFLICT FAIL CHECK(b) UNIQUE(b,a));
CREATE TABLE parents (x PRIMARY KEY, y UNIQUE);
CREATE TABLE keys (a REFERENCES parents, b REFERENCES parents (y) NOT DEFERRABLE INITIALLY IMMEDIATE NOT NULL,
  c REFERENCES "parents" ON UPDATE SET DEFAULT ON DELETE RESTRICT DEFERRABLE, d, e,
  FOREIGN KEY (d) REFERENCES parents (x) MATCH SIMPLE ON DELETE NO ACTION, CONSTRAINT f FOREIGN KEY(e)REFERENCES parents ON DELETE SET NULL);
CREATE TABLE fallbacks (key TEXT, desc_ TEXT, action INT, always, generated TEXT, conflict, check_in TEXT, primary_x TEXT NOT NULL, "check" INT);
CREATE TABLE computed (a, b AS (a + 1), c INT GENERATED ALWAYS AS (a || ')') VIRTUAL NOT NULL, d AS (a) STORED CHECK (d));
CREATE TABLE closed (a TEXT /* , b */ PRIMARY KEY -- , c
, d ANY) WITHOUT ROWID, STRICT;
CREATE TABLE [we ird]("x""y" INT,`a``b` TEXT,[c]'d');
"#;

#[test]
fn odd_statements_are_read_as_sqlite_reads_them() {
    check(&mut database(ODD), ODD);
}

#[test]
fn random_statements_are_read_as_sqlite_reads_them() {
    for seed in 1..=100 {
        let wanted = Maker { random: Random::new(seed), words: &OfSqlite }.schema();
        let mut there = database("");
        let sql = migration(&mut there, &wanted, &Answers::default()).up.text();
        check(&mut database(&sql), &sql);
    }
}

fn check(there: &mut SqliteConnection, sql: &str) {
    let read: Schema = schema(there);
    assert!(!read.tables.is_empty());
    for (name, table) in &read.tables {
        let columns: Vec<String> = table.columns.iter().map(|column| told(column, table)).collect();
        assert_eq!(columns, pragma(there, name), "{name}\n{sql}");
        let keys: Vec<String> = table.foreign_keys.iter().flat_map(|key| key.columns.clone()).collect();
        let query = "SELECT \"from\" AS text FROM pragma_foreign_key_list({}) ORDER BY id DESC, seq";
        assert_eq!(keys, ask(there, query, name), "{name}\n{sql}");
    }
}

fn ask(there: &mut SqliteConnection, query: &str, table: &str) -> Vec<String> {
    texts(there, &query.replace("{}", &string(table))).expect("an answer")
}

fn pragma(there: &mut SqliteConnection, table: &str) -> Vec<String> {
    let query = "SELECT name || ': ' || type || ', ' || (\"notnull\" OR pk) || ', ' || coalesce(replace(dflt_value, '\"', ''''), 'none') || ', ' || pk \
         || ', ' || hidden AS text FROM pragma_table_xinfo({}) ORDER BY cid";
    ask(there, query, table)
}

fn told(column: &Column, table: &Table) -> String {
    let key = table.primary_key.iter().flat_map(|key| &key.columns);
    let place =
        key.into_iter().position(|key| key.eq_ignore_ascii_case(&column.name)).map_or(0, |place| place + 1);
    let hidden = column.generated.as_ref().map_or(0, |generated| if generated.is_stored { 3 } else { 2 });
    // The pragma leaves out the brackets around an expression.
    let default = column.default.as_deref().unwrap_or("none");
    let default = default.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(default);
    let (schema_build::schema::ColumnType::Sql(ty)
    | schema_build::schema::ColumnType::Diesel { name: ty, .. }) = &column.ty;
    let ty = unquoted(ty);
    format!("{}: {ty}, {}, {default}, {place}, {hidden}", column.name, u8::from(!column.is_nullable))
}
