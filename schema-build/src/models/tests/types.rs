//! The table of types, cell by cell; `-` is an error that says `sql_type`.

use schema_runtime::dialect::Dialect;

use super::{describe, models};

/// Rust, SQLite, PostgreSQL, MySQL.
const TABLE: &[[&str; 4]] = &[
    ["i8", "-", "-", "TINYINT"],
    ["i16", "SMALLINT", "SMALLINT", "SMALLINT"],
    ["i32", "INTEGER", "INTEGER", "INT"],
    ["i64", "BIGINT", "BIGINT", "BIGINT"],
    ["u8", "-", "-", "TINYINT UNSIGNED"],
    ["u16", "-", "-", "SMALLINT UNSIGNED"],
    ["u32", "-", "-", "INT UNSIGNED"],
    ["u64", "-", "-", "BIGINT UNSIGNED"],
    ["i128", "-", "-", "-"],
    ["usize", "-", "-", "-"],
    ["f32", "FLOAT", "REAL", "FLOAT"],
    ["f64", "DOUBLE", "DOUBLE PRECISION", "DOUBLE"],
    ["bool", "BOOLEAN", "BOOLEAN", "BOOLEAN"],
    ["String", "TEXT", "TEXT", "TEXT"],
    ["std::string::String", "TEXT", "TEXT", "TEXT"],
    ["&'static str", "TEXT", "TEXT", "TEXT"],
    ["Cow<'static, str>", "TEXT", "TEXT", "TEXT"],
    ["Vec<u8>", "BLOB", "BYTEA", "BLOB"],
    ["&'static [u8]", "BLOB", "BYTEA", "BLOB"],
    ["Cow<'static, [u8]>", "BLOB", "BYTEA", "BLOB"],
    ["NaiveDateTime", "TIMESTAMP", "TIMESTAMP", "DATETIME"],
    ["chrono::NaiveDateTime", "TIMESTAMP", "TIMESTAMP", "DATETIME"],
    ["time::PrimitiveDateTime", "TIMESTAMP", "TIMESTAMP", "DATETIME"],
    ["jiff_diesel::DateTime", "TIMESTAMP", "TIMESTAMP", "DATETIME"],
    ["chrono::DateTime<chrono::Utc>", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP"],
    ["DateTime<Local>", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP"],
    ["OffsetDateTime", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP"],
    ["jiff_diesel::Timestamp", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP"],
    ["NaiveDate", "DATE", "DATE", "DATE"],
    ["time::Date", "DATE", "DATE", "DATE"],
    ["NaiveTime", "TIME", "TIME", "TIME"],
    ["time::Time", "TIME", "TIME", "TIME"],
    ["BigDecimal", "-", "NUMERIC", "-"],
    ["rust_decimal::Decimal", "-", "NUMERIC", "-"],
    ["serde_json::Value", "JSON", "JSONB", "JSON"],
    ["Value", "JSON", "JSONB", "JSON"],
    ["toml::Value", "-", "-", "-"],
    ["uuid::Uuid", "BLOB", "UUID", "BINARY(16)"],
    ["IpNetwork", "-", "INET", "-"],
    ["MacAddress", "-", "MACADDR", "-"],
    ["[u8; 6]", "-", "MACADDR", "-"],
    ["[u8; 7]", "-", "-", "-"],
    ["PgInterval", "-", "INTERVAL", "-"],
    ["Vec<String>", "-", "TEXT[]", "-"],
    ["Vec<Option<i64>>", "-", "BIGINT[]", "-"],
    ["Vec<Vec<u8>>", "-", "BYTEA[]", "-"],
    ["Vec<Vec<String>>", "-", "-", "-"],
    ["(Bound<i32>, Bound<i32>)", "-", "INT4RANGE", "-"],
    ["(Bound<i32>, Bound<i64>)", "-", "-", "-"],
    ["std::ops::Range<i64>", "-", "INT8RANGE", "-"],
    ["Range<BigDecimal>", "-", "NUMRANGE", "-"],
    ["RangeInclusive<NaiveDate>", "-", "DATERANGE", "-"],
    ["Range<NaiveDateTime>", "-", "TSRANGE", "-"],
    ["Range<DateTime<Utc>>", "-", "TSTZRANGE", "-"],
    ["Range<String>", "-", "-", "-"],
    ["Vec<Range<i32>>", "-", "INT4RANGE[]", "-"],
    ["UserId", "-", "-", "-"],
    ["Option<Option<i32>>", "-", "-", "-"],
    ["fn() -> i32", "-", "-", "-"],
    ["HashMap<String, String>", "-", "-", "-"],
];

/// The type of the column `field`; `-` where there is an error at it.
fn sql(dialect: Dialect, rust: &str) -> String {
    let source = format!("#[derive(Schema)]\nstruct User {{ id: i32,\nfield: {rust} }}");
    let models = models(dialect, &source);
    match models.findings.as_slice() {
        [] => {
            let text = describe(&models.schema);
            let line = text.lines().find_map(|line| line.strip_prefix("  field ")).expect("the column");
            line.to_string()
        }
        [finding] => {
            assert_eq!(finding.rule, "unknown-model-type", "{rust}");
            let excerpt =
                finding.place.as_ref().and_then(|place| place.excerpt.as_ref()).expect("an excerpt");
            assert_eq!((excerpt.line, excerpt.column, excerpt.width), (3, 8, rust.chars().count()), "{rust}");
            assert!(format!("{:?}", finding.notes).contains("sql_type"), "{rust}");
            "-".to_string()
        }
        more => panic!("{rust}: {more:?}"),
    }
}

#[test]
fn every_cell_of_the_table() {
    for [rust, cells @ ..] in TABLE {
        for (dialect, cell) in Dialect::ALL.into_iter().zip(cells) {
            assert_eq!(sql(dialect, rust), *cell, "{rust} on {dialect}");
            if *cell != "-" {
                assert_eq!(
                    sql(dialect, &format!("Option<{rust}>")),
                    format!("{cell} null"),
                    "{rust} on {dialect}"
                );
            }
        }
    }
}

#[test]
fn sql_type_says_what_the_table_does_not() {
    for dialect in Dialect::ALL {
        for [rust, ..] in TABLE {
            let source = format!(
                "#[derive(Schema)] struct User {{ id: i32, #[schema(sql_type = \"ODD(1)\")] field: {rust} }}"
            );
            let models = models(dialect, &source);
            assert!(models.findings.is_empty(), "{rust}: {:?}", models.findings);
            assert!(describe(&models.schema).contains("  field ODD(1)"), "{rust}");
        }
    }
}

#[test]
fn a_single_integer_key_is_sqlites_row_number() {
    for rust in ["i16", "i32", "i64"] {
        let source = format!("#[derive(Schema)] struct User {{ id: {rust} }}");
        assert!(describe(&models(Dialect::Sqlite, &source).schema).contains("  id INTEGER\n"), "{rust}");
    }
    let pair = "#[derive(Schema)] #[schema(primary_key(a, b))] struct User { a: i64, b: i64 }";
    assert!(describe(&models(Dialect::Sqlite, pair).schema).contains("  a BIGINT\n"));
    let said = "#[derive(Schema)] struct User { #[schema(sql_type = \"BIGINT\")] id: i64 }";
    assert!(describe(&models(Dialect::Sqlite, said).schema).contains("  id BIGINT\n"));
}

#[test]
fn arrays_of_enums_are_arrays_of_their_type() {
    let source =
        "#[derive(Schema)] enum Mood { Happy } #[derive(Schema)] struct User { id: i32, moods: Vec<Mood> }";
    assert!(describe(&models(Dialect::Postgres, source).schema).contains("  moods mood[]\n"));
}
