//! From an engine's types to Diesel's, as `diesel print-schema` maps them, for columns that say `sql_type`. A type that
//! Diesel does not have becomes a type of its own in `sql_types`.

use schema_runtime::dialect::Dialect;

use super::names::camel_case;

/// A type as `table!` says it, `Nullable` aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DieselType {
    /// `Text`, `Array<Mood>`, `crate::types::Mood`.
    pub(super) name: String,
    /// A type that `sql_types` has to define for it.
    pub(super) custom: Option<SqlType>,
}

/// A type of the database that Diesel does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SqlType {
    /// `Mood`
    pub(super) ident: String,
    /// PostgreSQL's name for it.
    pub(super) postgres: Option<String>,
    /// Where PostgreSQL has it, when not on the search path.
    pub(super) postgres_schema: Option<String>,
    /// MySQL's name for its kind: `Enum`.
    pub(super) mysql: Option<String>,
    /// SQLite's name for its kind: `Text`.
    pub(super) sqlite: Option<String>,
}

impl DieselType {
    pub(super) fn known(name: impl Into<String>) -> Self {
        Self { name: name.into(), custom: None }
    }

    pub(super) fn custom(custom: SqlType) -> Self {
        Self { name: custom.ident.clone(), custom: Some(custom) }
    }

    /// Of a column with this type.
    pub(super) fn of_sql(sql: &str, dialect: Dialect) -> Self {
        let sql = sql.trim();
        match dialect {
            Dialect::Sqlite => Self::known(sqlite(&sql.to_lowercase())),
            Dialect::Postgres => match sql.strip_suffix("[]") {
                Some(item) => {
                    let item = Self::of_sql(item, dialect);
                    Self { name: format!("Array<{}>", item.name), ..item }
                }
                None => postgres(sql),
            },
            Dialect::Mysql => mysql(&sql.to_lowercase()),
        }
    }
}

/// Rules in the order in which Diesel asks them.
fn sqlite(sql: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|word| sql.contains(word));
    match sql {
        "boolean" | "bool" => "Bool",
        "datetime" | "timestamp" => "Timestamp",
        "date" => "Date",
        "time" => "Time",
        _ if sql.starts_with("tiny") && sql.contains("bool") => "Bool",
        _ if has(&["smallint", "int2"]) || sql.starts_with("tiny") => "SmallInt",
        _ if has(&["bigint", "int8"]) || sql.starts_with("big") && sql.contains("int") => "BigInt",
        _ if has(&["int"]) => "Integer",
        _ if has(&["char", "clob", "text"]) => "Text",
        _ if has(&["blob", "binary"]) || sql.is_empty() => "Binary",
        _ if has(&["float"]) || sql == "real" => "Float",
        _ if has(&["double", "num", "dec"]) => "Double",
        _ => "Binary",
    }
}

fn postgres(sql: &str) -> DieselType {
    let lower = sql.to_lowercase();
    let name = match without_length(&lower).as_str() {
        "smallint" | "int2" | "smallserial" | "serial2" => "SmallInt",
        "integer" | "int" | "int4" | "serial" | "serial4" => "Integer",
        "bigint" | "int8" | "bigserial" | "serial8" => "BigInt",
        "real" | "float4" => "Float",
        "double precision" | "float8" | "float" => "Double",
        "boolean" | "bool" => "Bool",
        "text" => "Text",
        "varchar" | "character varying" => "Varchar",
        "char" | "character" | "bpchar" => "Bpchar",
        "bytea" => "Bytea",
        "timestamp" | "timestamp without time zone" => "Timestamp",
        "timestamptz" | "timestamp with time zone" => "Timestamptz",
        "date" => "Date",
        "time" | "time without time zone" => "Time",
        "interval" => "Interval",
        "numeric" | "decimal" => "Numeric",
        "json" => "Json",
        "jsonb" => "Jsonb",
        "uuid" => "Uuid",
        "inet" => "Inet",
        "cidr" => "Cidr",
        "macaddr" => "MacAddr",
        "macaddr8" => "MacAddr8",
        "money" => "Money",
        "oid" => "Oid",
        "citext" => "Citext",
        "pg_lsn" => "PgLsn",
        "int4range" => "Int4range",
        "int8range" => "Int8range",
        "numrange" => "Numrange",
        "daterange" => "Daterange",
        "tsrange" => "Tsrange",
        "tstzrange" => "Tstzrange",
        "int4multirange" => "Int4multirange",
        "int8multirange" => "Int8multirange",
        "nummultirange" => "Nummultirange",
        "datemultirange" => "Datemultirange",
        "tsmultirange" => "Tsmultirange",
        "tstzmultirange" => "Tstzmultirange",
        _ => return DieselType::custom(postgres_custom(sql)),
    };
    DieselType::known(name)
}

/// `mood`, `audit.mood`, `"Mood"`, `geometry(Point, 4326)`.
fn postgres_custom(sql: &str) -> SqlType {
    let base = sql.split('(').next().unwrap_or(sql).trim();
    let (schema, name) = match base.split_once('.') {
        Some((schema, name)) => (Some(unquoted(schema)), unquoted(name)),
        None => (None, unquoted(base)),
    };
    SqlType { ident: camel_case(&name), postgres: Some(name), postgres_schema: schema, ..SqlType::default() }
}

fn unquoted(name: &str) -> String {
    match name.trim().strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => name.trim().to_lowercase(),
    }
}

fn mysql(sql: &str) -> DieselType {
    let base = without_length(sql);
    let is_unsigned = base.split_whitespace().any(|word| word == "unsigned");
    let first = base.split_whitespace().next().unwrap_or_default();
    let name = match first {
        "bool" | "boolean" => "Bool",
        "tinyint" if sql.replace(' ', "").starts_with("tinyint(1)") && !is_unsigned => "Bool",
        "tinyint" => "TinyInt",
        "smallint" => "SmallInt",
        "int" | "integer" | "mediumint" => "Integer",
        "bigint" => "BigInt",
        "float" => "Float",
        "double" | "real" => "Double",
        "decimal" | "numeric" | "dec" | "fixed" => "Numeric",
        "char" => "Char",
        "varchar" => "Varchar",
        "tinytext" | "text" | "mediumtext" | "longtext" => "Text",
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => "Binary",
        "date" => "Date",
        "time" => "Time",
        "datetime" => "Datetime",
        "timestamp" => "Timestamp",
        "json" => "Json",
        "bit" => "Bit",
        _ => {
            let ident = camel_case(first);
            return DieselType::custom(SqlType { mysql: Some(ident.clone()), ident, ..SqlType::default() });
        }
    };
    if is_unsigned && (name.ends_with("Int") || name == "Integer") {
        return DieselType::known(format!("Unsigned<{name}>"));
    }
    DieselType::known(name)
}

/// `numeric(10,2)` and `timestamp(3) with time zone` without the brackets.
fn without_length(sql: &str) -> String {
    let (before, rest) = sql.split_once('(').unwrap_or((sql, ""));
    let after = rest.split_once(')').map_or("", |(_, after)| after);
    let words: Vec<&str> = before.split_whitespace().chain(after.split_whitespace()).collect();
    words.join(" ")
}

/// The `n` of `VARCHAR(n)`.
pub(super) fn length(sql: &str) -> Option<u32> {
    let lower = sql.to_lowercase();
    let is_text = ["varchar", "character varying", "char", "character", "bpchar"];
    let base = without_length(&lower);
    if !is_text.contains(&base.as_str()) {
        return None;
    }
    lower.split_once('(')?.1.split_once(')')?.0.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_the_engines_are_those_that_print_schema_writes() {
        for (dialect, sql, name) in [
            (Dialect::Sqlite, "VARCHAR(20)", "Text"),
            (Dialect::Sqlite, "NUMERIC(10,2)", "Double"),
            (Dialect::Sqlite, "UNSIGNED BIG INT", "Integer"),
            (Dialect::Postgres, "NUMERIC(10, 2)", "Numeric"),
            (Dialect::Postgres, "timestamp(3) with time zone", "Timestamptz"),
            (Dialect::Postgres, "SERIAL", "Integer"),
            (Dialect::Postgres, "VARCHAR(10)[]", "Array<Varchar>"),
            (Dialect::Postgres, "audit.mood[]", "Array<Mood>"),
            (Dialect::Mysql, "TINYINT(1)", "Bool"),
            (Dialect::Mysql, "int(10) unsigned", "Unsigned<Integer>"),
            (Dialect::Mysql, "MEDIUMTEXT", "Text"),
            (Dialect::Mysql, "set('a','b')", "Set"),
        ] {
            assert_eq!(DieselType::of_sql(sql, dialect).name, name, "{sql}");
        }
    }

    #[test]
    fn a_type_of_its_own_keeps_its_name_and_schema() {
        let custom = DieselType::of_sql("audit.\"My Mood\"", Dialect::Postgres).custom.expect("a type");
        assert_eq!(custom.ident, "MyMood");
        assert_eq!(
            (custom.postgres.as_deref(), custom.postgres_schema.as_deref()),
            (Some("My Mood"), Some("audit"))
        );
    }

    #[test]
    fn only_texts_have_a_length() {
        assert_eq!(length("VARCHAR(64)"), Some(64));
        assert_eq!(length("NUMERIC(10,2)"), None);
        assert_eq!(length("TEXT"), None);
    }
}
