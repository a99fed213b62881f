//! What differs between engines when schemas are made up: types, and SQL for defaults, checks and the like.

use schema_build::schema::{Action, Column, ColumnType, EnumType, Index, IndexItem, Schema, Table};

use super::{Random, sql, text};
use crate::dialect::Dialect;
use crate::dialect::mysql::{self, Mysql};
use crate::dialect::sqlite::{self, Sqlite};

/// An engine's words.
pub(in crate::generate::tests) trait Words {
    /// The engine's ways.
    type Ways: Dialect;

    fn ways(&self) -> &Self::Ways;

    /// A scratch database that holds what this SQL makes.
    fn database(&self, sql: &str) -> <Self::Ways as Dialect>::Database;

    /// The same, where one is there that is of no use any more.
    fn another(&self, _: <Self::Ways as Dialect>::Database, sql: &str) -> <Self::Ways as Dialect>::Database {
        self.database(sql)
    }

    /// The name of an enum that a column of this name has.
    fn enum_name(&self, _: &mut Random, column: &str) -> String {
        format!("{column}_kind")
    }

    /// The name that a table was drawn with.
    fn drawn<'t>(&self, table: &'t str) -> &'t str {
        table
    }

    /// The schema as this engine's models say it.
    fn dressed(&self, schema: &Schema) -> Schema {
        schema.clone()
    }

    fn types(&self, table: &Table) -> &'static [&'static str];

    /// Of a key that the engine numbers.
    fn number(&self) -> &'static str;

    /// The text type that enums and collations are for.
    fn text(&self) -> &'static str;

    fn default(&self, random: &mut Random, ty: &str) -> Option<String>;

    fn generated(&self, source: &Column) -> String;

    fn check(&self, random: &mut Random, column: &Column) -> String;

    fn collation(&self) -> &'static str;

    /// Makes an index of a few columns into one of the engine's own kinds.
    fn index(&self, random: &mut Random, table: &Table, index: &mut Index);

    /// Whether a column of this type can be in a key.
    fn is_key(&self, _: &str) -> bool {
        true
    }

    /// The type of a column with these values.
    fn enum_type(&self, _: &EnumType) -> String {
        self.text().to_owned()
    }

    /// A value for rows that have none.
    fn backfill(&self, _: &ColumnType) -> String {
        "'7'".to_owned()
    }

    /// SQL without words that the server adds and nobody needs.
    fn plain(&self, sql: &str) -> String {
        sql.to_owned()
    }

    fn quoted(&self, name: &str) -> String;

    fn mentions(&self, sql: &str, name: &str) -> bool;

    fn renamed(&self, sql: &str, from: &str, to: &str) -> String {
        self.ways().rename_column(sql, from, to)
    }

    fn is_same(&self, left: &str, right: &str) -> bool {
        self.ways().is_same(left, right)
    }

    /// What only this engine's models say, and what it would refuse.
    fn finish(&self, _: &mut Random, _: &mut Table) {}

    /// Views and triggers, which no model can say, and the tables that they mention.
    fn extras(&self, random: &mut Random, tables: &[String]) -> (String, Vec<String>);
}

/// SQLite's.
pub(in crate::generate::tests) struct OfSqlite;

impl Words for OfSqlite {
    type Ways = Sqlite;

    fn ways(&self) -> &Sqlite {
        &Sqlite
    }

    fn database(&self, sql: &str) -> diesel::SqliteConnection {
        super::super::database(sql)
    }

    fn types(&self, table: &Table) -> &'static [&'static str] {
        const TYPES: [&str; 14] = [
            "INTEGER",
            "BIGINT",
            "SMALLINT",
            "TEXT",
            "VARCHAR(20)",
            "BOOLEAN",
            "DOUBLE",
            "FLOAT",
            "NUMERIC(10,2)",
            "TIMESTAMP",
            "DATE",
            "BLOB",
            "JSON",
            "TEXT",
        ];
        if table.options.is_strict { &["INTEGER", "TEXT", "REAL", "BLOB"] } else { &TYPES }
    }

    fn number(&self) -> &'static str {
        "INTEGER"
    }

    fn text(&self) -> &'static str {
        "TEXT"
    }

    fn default(&self, random: &mut Random, ty: &str) -> Option<String> {
        let default = match ty {
            "TEXT" => *random.pick(&["'x'", "''", "'it''s'", "lower('A')"]),
            "VARCHAR(20)" => "'x'",
            "TIMESTAMP" => "CURRENT_TIMESTAMP",
            "DATE" => "'2026-01-01'",
            "BLOB" => "x'00'",
            "JSON" => "'{}'",
            "BOOLEAN" => *random.pick(&["TRUE", "0"]),
            "DOUBLE" | "FLOAT" | "REAL" | "NUMERIC(10,2)" => *random.pick(&["1.5", "-2.5e3", "0"]),
            _ => *random.pick(&["0", "-1", "(1 + 1)", "42"]),
        };
        Some(default.to_owned())
    }

    fn generated(&self, source: &Column) -> String {
        format!("coalesce({}, '') || '!'", self.quoted(&source.name))
    }

    fn check(&self, random: &mut Random, column: &Column) -> String {
        let column = self.quoted(&column.name);
        match random.below(3) {
            0 => format!("length({column}) < 1000"),
            1 => format!("{column} IS NOT 'never this'"),
            _ => format!("{column} IS NULL OR typeof({column}) <> 'nothing'"),
        }
    }

    fn collation(&self) -> &'static str {
        "NOCASE"
    }

    fn index(&self, random: &mut Random, table: &Table, index: &mut Index) {
        for item in &mut index.items {
            let IndexItem::Column { name, collation, .. } = item else { continue };
            let is_text = table.columns.iter().any(|column| column.name == *name && column.ty == sql("TEXT"));
            *collation = (is_text && random.one_in(4)).then(|| "RTRIM".to_owned());
        }
        if random.one_in(4) {
            let column = random.pick(&table.columns).name.clone();
            index.items.push(IndexItem::Sql(format!("lower({})", self.quoted(&column))));
        }
        let column = random.pick(&table.columns).name.clone();
        index.condition = random.one_in(4).then(|| format!("{} IS NOT NULL", self.quoted(&column)));
    }

    fn quoted(&self, name: &str) -> String {
        sqlite::name::quoted(name)
    }

    fn mentions(&self, sql: &str, name: &str) -> bool {
        sqlite::name::mentions(sql, name)
    }

    fn finish(&self, _: &mut Random, table: &mut Table) {
        if table.options.is_strict {
            table
                .columns
                .iter_mut()
                .filter(|column| column.ty != sql("TEXT"))
                .for_each(|column| column.generated = None);
        }
    }

    fn extras(&self, random: &mut Random, tables: &[String]) -> (String, Vec<String>) {
        let (mut sql, mut pinned) = (String::new(), Vec::new());
        if random.one_in(2) {
            let table = random.pick(tables);
            sql += &format!("CREATE VIEW counted AS SELECT count(*) AS n FROM {};\n", self.quoted(table));
            sql += "CREATE VIEW counted_again AS SELECT n + 1 AS m FROM counted;\n";
            pinned.push(table.clone());
        }
        if random.one_in(2) {
            let (table, other) = (random.pick(tables), random.pick(tables));
            sql += &format!(
                "CREATE TRIGGER watch AFTER DELETE ON {} BEGIN SELECT count(*) FROM {}; END;\n",
                self.quoted(table),
                self.quoted(other)
            );
            pinned.push(other.clone());
        }
        (sql, pinned)
    }
}

/// MySQL's and MariaDB's.
pub(in crate::generate::tests) struct OfMysql(pub(in crate::generate::tests) mysql::testing::Server);

/// The type that enums are made of where none is said.
const MYSQL_TEXT: &str = "VARCHAR(60)";

impl Words for OfMysql {
    type Ways = Mysql;

    fn ways(&self) -> &Mysql {
        &Mysql
    }

    fn database(&self, sql: &str) -> mysql::scratch::Scratch {
        self.0.database(sql)
    }

    fn types(&self, _: &Table) -> &'static [&'static str] {
        &[
            "INT",
            "BIGINT",
            "SMALLINT",
            "TINYINT UNSIGNED",
            "INT UNSIGNED",
            "BIGINT UNSIGNED",
            MYSQL_TEXT,
            MYSQL_TEXT,
            "VARCHAR(20)",
            "CHAR(8)",
            "TEXT",
            "MEDIUMTEXT",
            "BOOLEAN",
            "DOUBLE",
            "FLOAT",
            "DECIMAL(10,2)",
            "DECIMAL(12,4)",
            "DATETIME",
            "DATETIME(3)",
            "TIMESTAMP",
            "DATE",
            "TIME",
            "BLOB",
            "VARBINARY(20)",
            "BINARY(16)",
            "JSON",
            "SET('a','b')",
            "YEAR",
            "BIT(3)",
        ]
    }

    fn number(&self) -> &'static str {
        "INT"
    }

    fn text(&self) -> &'static str {
        MYSQL_TEXT
    }

    fn default(&self, random: &mut Random, ty: &str) -> Option<String> {
        let default = match ty {
            MYSQL_TEXT => *random.pick(&["'x'", "''", "'it''s'", "lower('A')", "'back\\\\slash'"]),
            "VARCHAR(20)" | "CHAR(8)" => *random.pick(&["'x'", "'17'"]),
            "TEXT" | "MEDIUMTEXT" => "'abc'",
            "TIMESTAMP" | "DATETIME" => {
                *random.pick(&["CURRENT_TIMESTAMP", "now()", "'2026-01-01 00:00:00'"])
            }
            "DATETIME(3)" => "CURRENT_TIMESTAMP(3)",
            "DATE" => "'2026-01-01'",
            "TIME" => "'09:00:00'",
            "JSON" => "'{}'",
            "BOOLEAN" => *random.pick(&["TRUE", "0"]),
            "DOUBLE" | "FLOAT" => *random.pick(&["1.5", "-2.5e3", "0"]),
            "DECIMAL(10,2)" | "DECIMAL(12,4)" => *random.pick(&["1.5", "0", "'2.25'"]),
            "SET('a','b')" => "'a'",
            "YEAR" => "2026",
            "BIT(3)" => "b'101'",
            "VARBINARY(20)" => "'abc'",
            "BLOB" | "BINARY(16)" => return None,
            ty if ty.starts_with("ENUM") => return None,
            ty if ty.contains("UNSIGNED") => *random.pick(&["0", "(1 + 1)", "42"]),
            _ => *random.pick(&["0", "-1", "(1 + 1)", "42"]),
        };
        Some(default.to_owned())
    }

    fn generated(&self, source: &Column) -> String {
        format!("concat(coalesce({}, ''), '!')", self.quoted(&source.name))
    }

    fn check(&self, random: &mut Random, column: &Column) -> String {
        let column = self.quoted(&column.name);
        match random.below(3) {
            0 => format!("char_length({column}) < 1000"),
            1 => format!("{column} IS NOT NULL OR 1 <> 2"),
            _ => format!("NOT ({column} IS NULL AND 1=2)"),
        }
    }

    fn collation(&self) -> &'static str {
        "utf8mb4_bin"
    }

    fn index(&self, random: &mut Random, table: &Table, index: &mut Index) {
        if random.one_in(6) {
            let texts: Vec<&Column> = table
                .columns
                .iter()
                .filter(|column| matches!(text(&column.ty).as_str(), "TEXT" | "MEDIUMTEXT" | MYSQL_TEXT))
                .filter(|column| column.generated.is_none())
                .collect();
            if let Some(column) = texts.get(random.below(texts.len())) {
                index.is_unique = false;
                if random.one_in(2) {
                    index.method = Some("fulltext".to_owned());
                    let name = column.name.clone();
                    index.items = vec![IndexItem::Column { name, is_descending: false, collation: None }];
                } else {
                    index.items = vec![IndexItem::Sql(format!("{}(7)", self.quoted(&column.name)))];
                }
            }
        }
    }

    fn backfill(&self, ty: &ColumnType) -> String {
        let value = match text(ty).as_str() {
            "DATE" => "'2026-01-01'",
            "TIME" => "'09:00:00'",
            "JSON" => "'[]'",
            "YEAR" => "2026",
            "BIT(3)" => "1",
            "BOOLEAN" => "1",
            "SET('a','b')" => "'b'",
            "BINARY(16)" => "'1234567812345678'",
            ty if ty.starts_with("DATETIME") || ty == "TIMESTAMP" => "'2026-01-01 09:00:00'",
            _ => "'7'",
        };
        value.to_owned()
    }

    fn is_key(&self, ty: &str) -> bool {
        !matches!(ty, "TEXT" | "MEDIUMTEXT" | "BLOB" | "JSON")
    }

    fn enum_type(&self, values: &EnumType) -> String {
        let values: Vec<String> =
            values.values.iter().map(|value| format!("'{}'", value.name.replace('\'', "''"))).collect();
        format!("ENUM({})", values.join(","))
    }

    fn quoted(&self, name: &str) -> String {
        mysql::name::quoted(name)
    }

    fn mentions(&self, sql: &str, name: &str) -> bool {
        mysql::name::mentions(sql, name)
    }

    /// Without the width in which nobody shows numbers any more.
    fn plain(&self, sql: &str) -> String {
        let widths = [
            "bigint(20)",
            "bigint(21)",
            "int(11)",
            "int(10)",
            "smallint(6)",
            "tinyint(4)",
            "tinyint(3)",
            "smallint(5)",
            "mediumint(8)",
            "mediumint(9)",
            "year(4)",
        ];
        widths.iter().fold(sql.to_owned(), |sql, width| {
            let (ty, _) = width.split_once('(').expect("a width");
            sql.replace(width, ty)
        })
    }

    fn finish(&self, random: &mut Random, table: &mut Table) {
        table.options.is_strict = false;
        table.options.is_without_rowid = false;
        if random.one_in(8) {
            table.comment = (!random.one_in(3)).then(|| "it's a 'table'".to_owned());
        }
        let at = random.below(table.columns.len());
        if random.one_in(4) {
            table.columns[at].comment = random.one_in(2).then(|| "an \"odd\" \\ comment".to_owned());
        }
        if random.one_in(16) {
            table.options.charset = Some((*random.pick(&["utf8mb4", "latin1"])).to_owned());
        }
        for key in &mut table.foreign_keys {
            key.deferrable = schema_build::schema::Deferrable::Not;
        }
        self.refusals(table);
    }

    fn extras(&self, random: &mut Random, tables: &[String]) -> (String, Vec<String>) {
        let (mut sql, mut pinned) = (String::new(), Vec::new());
        if random.one_in(3) {
            let table = random.pick(tables);
            sql += &format!("CREATE VIEW counted AS SELECT count(*) AS n FROM {};\n", self.quoted(table));
            pinned.push(table.clone());
        }
        if random.one_in(3) {
            let table = random.pick(tables);
            sql += &format!(
                "CREATE TRIGGER watch AFTER DELETE ON {} FOR EACH ROW SET @seen = 1;\n",
                self.quoted(table)
            );
        }
        (sql, pinned)
    }
}

impl OfMysql {
    /// What MySQL takes for a mistake.
    fn refusals(&self, table: &mut Table) {
        let key: Vec<String> = table.primary_key.iter().flat_map(|key| key.columns.clone()).collect();
        let is_key = |column: &Column| self.is_key(&text(&column.ty));
        let held = |name: &String, columns: &[Column]| {
            columns.iter().any(|column| column.name == *name && is_key(column))
        };
        let columns = table.columns.clone();
        if !key.iter().all(|name| held(name, &columns)) {
            table.primary_key = None;
            table.columns.iter_mut().for_each(|column| column.identity = None);
        }
        table.uniques.retain(|unique| unique.columns.iter().all(|name| held(name, &columns)));
        table.indexes.retain(|index| {
            index.method.is_some()
                || index.items.iter().all(|item| match item {
                    IndexItem::Column { name, .. } => held(name, &columns),
                    IndexItem::Sql(sql) => columns.iter().any(|column| {
                        self.mentions(sql, &column.name)
                            && matches!(text(&column.ty).as_str(), "TEXT" | "MEDIUMTEXT" | MYSQL_TEXT)
                    }),
                })
        });
        table.indexes.retain(|index| {
            index.method.is_none()
                || index.items.iter().all(|item| match item {
                    IndexItem::Column { name, .. } => columns.iter().any(|column| {
                        column.name == *name
                            && column.generated.is_none()
                            && matches!(text(&column.ty).as_str(), "TEXT" | "MEDIUMTEXT" | MYSQL_TEXT)
                    }),
                    IndexItem::Sql(_) => false,
                })
        });
        // No check may hang on what the server numbers or changes.
        let is_moved = |name: &String| {
            let is_numbered = columns.iter().any(|column| column.name == *name && column.identity.is_some());
            is_numbered || table.foreign_keys.iter().any(|key| key.columns.contains(name))
        };
        table.checks.retain(|check| {
            !columns
                .iter()
                .any(|column| self.mentions(&check.expression, &column.name) && is_moved(&column.name))
        });
        // A key whose parts are texts needs one character set on both sides, and no computed value may hang on one.
        let ty = |name: &String| columns.iter().find(|column| column.name == *name);
        table.foreign_keys.retain(|key| {
            key.columns.iter().filter_map(ty).all(|column| {
                let text = text(&column.ty);
                is_key(column)
                    && !["CHAR", "VARCHAR", "ENUM", "SET"].iter().any(|word| text.starts_with(word))
            })
        });
        for key in &mut table.foreign_keys {
            let is_needed = key.columns.iter().filter_map(ty).any(|column| !column.is_nullable);
            for action in [&mut key.on_delete, &mut key.on_update] {
                *action = if is_needed && *action == Action::SetNull { Action::Cascade } else { *action };
            }
        }
        let keys = table.foreign_keys.clone();
        for column in &mut table.columns {
            let is_computable = |other: &Column| {
                matches!(text(&other.ty).as_str(), "INT" | "BIGINT" | "SMALLINT" | MYSQL_TEXT | "VARCHAR(20)")
                    && other.identity.is_none()
                    && !keys.iter().any(|key| key.columns.contains(&other.name))
            };
            column.generated = column.generated.take().filter(|made| {
                matches!(text(&column.ty).as_str(), MYSQL_TEXT | "TEXT")
                    && columns
                        .iter()
                        .filter(|other| self.mentions(&made.expression, &other.name))
                        .all(is_computable)
            });
        }
    }
}
