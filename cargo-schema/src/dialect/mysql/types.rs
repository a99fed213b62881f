//! MySQL's types: which are synonyms, what Diesel reads from which, in which form two are equal. Pure.

use schema_build::schema::ColumnType;
use schema_build::statement::{Kind, tokens};
use schema_runtime::dialect::Dialect;

use super::name::{string, unquoted};

/// A type in its parts: `decimal(10,2) unsigned`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SqlType {
    /// One word, the one that MySQL itself uses.
    pub(super) base: String,
    /// As written, strings unquoted.
    pub(super) arguments: Vec<String>,
    pub(super) is_unsigned: bool,
    is_zerofill: bool,
    /// Words that we do not know, such as MariaDB's `compressed`.
    rest: Vec<String>,
}

impl SqlType {
    pub(super) fn read(sql: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        let mut arguments = Vec::new();
        let mut depth = 0_usize;
        for token in tokens(sql, Dialect::Mysql) {
            let text = &sql[token.range()];
            match (token.kind, text) {
                (Kind::Comment | Kind::Conditional, _) => {}
                (_, "(") => depth += 1,
                (_, ")") => depth = depth.saturating_sub(1),
                (_, ",") => {}
                _ if depth > 0 => arguments.push(unquoted(text)),
                _ => words.push(text.to_lowercase()),
            }
        }
        let mut take = |word: &str| {
            let before = words.len();
            words.retain(|other| other != word);
            words.len() < before
        };
        let is_zerofill = take("zerofill");
        let is_unsigned = take("unsigned") || is_zerofill;
        take("signed");
        let (base, used) = base(&words, &arguments);
        let base = base.to_owned();
        let rest = words.split_off(used.min(words.len()));
        Self { base, arguments, is_unsigned, is_zerofill, rest }.filled()
    }

    /// With what MySQL fills in, without what it ignores.
    fn filled(mut self) -> Self {
        let is_bare = self.arguments.is_empty();
        let first: Option<u64> = self.arguments.first().and_then(|text| text.parse().ok());
        match self.base.as_str() {
            "boolean" => {
                self.base = "tinyint".to_owned();
                self.arguments = vec!["1".to_owned()];
            }
            "tinyint" if first == Some(1) && !self.is_unsigned => {}
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" if !self.is_zerofill => {
                self.arguments.clear();
            }
            "decimal" if is_bare => self.arguments = vec!["10".to_owned(), "0".to_owned()],
            "decimal" if self.arguments.len() == 1 => self.arguments.push("0".to_owned()),
            "char" | "binary" | "bit" if is_bare => self.arguments = vec!["1".to_owned()],
            "datetime" | "timestamp" | "time" if first == Some(0) => self.arguments.clear(),
            "float" if self.arguments.len() == 1 => {
                if first.unwrap_or_default() > 24 {
                    self.base = "double".to_owned();
                }
                self.arguments.clear();
            }
            "text" | "blob" if !is_bare => {
                let size = match first.unwrap_or_default() {
                    0..256 => "tiny",
                    256..65_536 => "",
                    65_536..16_777_216 => "medium",
                    _ => "long",
                };
                self.base = format!("{size}{}", self.base);
                self.arguments.clear();
            }
            _ => {}
        }
        self
    }

    /// One text for one type.
    pub(super) fn text(&self) -> String {
        let is_list = matches!(self.base.as_str(), "enum" | "set");
        let arguments: Vec<String> =
            self.arguments.iter().map(|text| if is_list { string(text) } else { text.clone() }).collect();
        let mut text = self.base.clone();
        if !arguments.is_empty() {
            text += &format!("({})", arguments.join(","));
        }
        let words = [(self.is_unsigned, "unsigned"), (self.is_zerofill, "zerofill")];
        let words = words.into_iter().filter(|(is_there, _)| *is_there).map(|(_, word)| word);
        words.chain(self.rest.iter().map(String::as_str)).for_each(|word| {
            text.push(' ');
            text += word;
        });
        text
    }

    /// A number in brackets.
    pub(super) fn number(&self, place: usize) -> Option<u32> {
        self.arguments.get(place)?.parse().ok()
    }

    pub(super) fn family(&self) -> Family {
        match self.base.as_str() {
            "tinyint" if self.number(0) == Some(1) && !self.is_unsigned => Family::Bool,
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => Family::Integer,
            "decimal" => Family::Decimal,
            "float" | "double" => Family::Float,
            "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => Family::Text,
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Family::Binary,
            "datetime" | "timestamp" => Family::Timestamp,
            "date" => Family::Date,
            "time" => Family::Time,
            "json" => Family::Json,
            "enum" => Family::Enum,
            "set" => Family::Set,
            _ => Family::Other,
        }
    }

    /// Whether its values have a character set.
    pub(super) fn has_charset(&self) -> bool {
        matches!(self.family(), Family::Text | Family::Enum | Family::Set)
    }
}

/// The word for a type, and how many words it takes.
fn base<'w>(words: &'w [String], arguments: &[String]) -> (&'w str, usize) {
    let word = |place: usize| words.get(place).map_or("", String::as_str);
    let is_bare = arguments.is_empty();
    match (word(0), word(1), word(2)) {
        ("integer" | "int4", _, _) => ("int", 1),
        ("int1", _, _) => ("tinyint", 1),
        ("int2", _, _) => ("smallint", 1),
        ("int3" | "middleint", _, _) => ("mediumint", 1),
        ("int8", _, _) => ("bigint", 1),
        ("bool", _, _) => ("boolean", 1),
        ("dec" | "numeric" | "fixed", _, _) => ("decimal", 1),
        ("double", "precision", _) => ("double", 2),
        ("real" | "float8", _, _) => ("double", 1),
        ("float4", _, _) => ("float", 1),
        ("char" | "character", "varying", _) => ("varchar", 2),
        ("character", _, _) => ("char", 1),
        ("varcharacter", _, _) => ("varchar", 1),
        ("long", "varbinary", _) => ("mediumblob", 2),
        ("long", "varchar", _) => ("mediumtext", 2),
        ("long", "char" | "character", "varying") => ("mediumtext", 3),
        ("long", _, _) if is_bare => ("mediumtext", 1),
        ("geomcollection", _, _) => ("geometrycollection", 1),
        (first, _, _) => (first, 1),
    }
}

/// What a column holds, as far as Diesel tells it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Bool,
    Integer,
    Decimal,
    Float,
    Text,
    Binary,
    Timestamp,
    Date,
    Time,
    Json,
    Enum,
    Set,
    Other,
}

/// The type without white space, case and display widths, by the name that all its synonyms share.
pub(super) fn canonical(sql: &str) -> String {
    SqlType::read(sql).text()
}

/// Whether the database's type is what the other description means.
pub(super) fn is_type(current: &ColumnType, desired: &ColumnType) -> bool {
    match (current, desired) {
        (ColumnType::Sql(current), ColumnType::Sql(desired)) => canonical(current) == canonical(desired),
        (ColumnType::Sql(sql), ColumnType::Diesel { name, max_length })
        | (ColumnType::Diesel { name, max_length }, ColumnType::Sql(sql)) => reads(sql, name, *max_length),
        (ColumnType::Diesel { name: left, .. }, ColumnType::Diesel { name: right, .. }) => left == right,
    }
}

/// Whether Diesel reads columns of this type as that type. What print-schema writes is always accepted, and what
/// people patch there as long as MySQL stores both alike.
fn reads(sql: &str, diesel: &str, max_length: Option<u32>) -> bool {
    let ty = SqlType::read(sql);
    // print-schema writes `Bigint`, Diesel's own documentation `BigInt`.
    let (inner, is_unsigned) = match diesel.strip_prefix("Unsigned<").and_then(|rest| rest.strip_suffix('>'))
    {
        Some(inner) => (inner, true),
        None => (diesel, false),
    };
    let inner = inner.to_lowercase();
    let is = |bases: &[&str]| bases.contains(&ty.base.as_str()) && ty.is_unsigned == is_unsigned;
    match inner.as_str() {
        "bool" | "tinyint" => is(&["tinyint"]),
        "smallint" | "int2" => is(&["smallint"]),
        "integer" | "int4" => is(&["int", "mediumint"]),
        "bigint" | "int8" => is(&["bigint"]),
        "float" | "float4" => ty.base == "float",
        "double" | "float8" => ty.base == "double",
        "numeric" | "decimal" => ty.base == "decimal",
        "timestamp" | "datetime" | "timestamptzsqlite" | "timestamptz" => ty.family() == Family::Timestamp,
        "date" => ty.base == "date",
        "time" => ty.base == "time",
        "bit" => ty.base == "bit",
        "year" => ty.base == "year",
        "json" | "jsonb" => matches!(ty.base.as_str(), "json" | "longtext"),
        "enum" => matches!(ty.family(), Family::Enum),
        "set" => matches!(ty.family(), Family::Set),
        _ if is_text(&inner) => {
            let is_long = ty.family() == Family::Json && !matches!(inner.as_str(), "char" | "bpchar");
            is_long
                || matches!(ty.family(), Family::Text | Family::Enum | Family::Set)
                    && is_length(&ty, max_length)
        }
        _ if is_binary(&inner) => ty.family() == Family::Binary && is_length(&ty, max_length),
        // A type of somebody's own.
        _ => true,
    }
}

/// print-schema writes a length for texts of any kind; it is said only where the type says one, too.
fn is_length(ty: &SqlType, said: Option<u32>) -> bool {
    let has_length = matches!(ty.base.as_str(), "char" | "varchar" | "binary" | "varbinary");
    !has_length || said.is_none() || ty.number(0) == said
}

fn is_text(diesel: &str) -> bool {
    matches!(
        diesel,
        "text" | "varchar" | "char" | "tinytext" | "mediumtext" | "longtext" | "bpchar" | "citext"
    )
}

fn is_binary(diesel: &str) -> bool {
    matches!(
        diesel,
        "binary" | "blob" | "varbinary" | "tinyblob" | "mediumblob" | "longblob" | "bytea" | "uuid"
    )
}

/// The type to declare for a type of Diesel's; `None` for one that is not Diesel's own.
pub(super) fn declare(ty: &ColumnType, is_key: bool) -> Option<String> {
    let (name, max_length) = match ty {
        ColumnType::Sql(sql) => return Some(sql.clone()),
        ColumnType::Diesel { name, max_length } => (name.as_str(), *max_length),
    };
    if let Some(inner) = name.strip_prefix("Unsigned<").and_then(|rest| rest.strip_suffix('>')) {
        let inner = ColumnType::Diesel { name: inner.to_owned(), max_length };
        return declare(&inner, is_key).map(|sql| format!("{sql} UNSIGNED"));
    }
    // What print-schema writes for a text of any length.
    let length = max_length.filter(|&length| length < 16_384);
    let lower = name.to_lowercase();
    let name = lower.as_str();
    let word = match name {
        "bool" => "BOOLEAN",
        "tinyint" => "TINYINT",
        "smallint" | "int2" => "SMALLINT",
        "integer" | "int4" => "INT",
        "bigint" | "int8" => "BIGINT",
        "float" | "float4" => "FLOAT",
        "double" | "float8" => "DOUBLE",
        "datetime" => "DATETIME",
        "timestamp" | "timestamptzsqlite" | "timestamptz" => "TIMESTAMP",
        "date" => "DATE",
        "time" => "TIME",
        "json" | "jsonb" => "JSON",
        "tinytext" => "TINYTEXT",
        "mediumtext" => "MEDIUMTEXT",
        "longtext" => "LONGTEXT",
        "tinyblob" => "TINYBLOB",
        "mediumblob" => "MEDIUMBLOB",
        "longblob" => "LONGBLOB",
        "blob" => "BLOB",
        "uuid" => "BINARY(16)",
        "char" | "bpchar" => {
            return Some(length.map_or("CHAR".to_owned(), |length| format!("CHAR({length})")));
        }
        _ if is_text(name) => {
            let is_short = length.is_some() || is_key || !matches!(name, "text" | "citext");
            let length = length.unwrap_or(255);
            return Some(if is_short { format!("VARCHAR({length})") } else { "TEXT".to_owned() });
        }
        _ if is_binary(name) => {
            let is_short = length.is_some() || is_key;
            let length = length.unwrap_or(255);
            return Some(if is_short { format!("VARBINARY({length})") } else { "BLOB".to_owned() });
        }
        // How many digits nobody said, and MySQL would take ten and no fraction.
        _ => return None,
    };
    Some(word.to_owned())
}

/// What types have in common between which a rename is likely.
pub(super) fn family_name(ty: &ColumnType) -> String {
    let sql = declare(ty, false);
    let (ColumnType::Sql(name) | ColumnType::Diesel { name, .. }) = ty;
    match SqlType::read(sql.as_deref().unwrap_or(name)).family() {
        Family::Other => canonical(name),
        Family::Json => "Text".to_owned(),
        family => format!("{family:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_are_one_type_and_display_widths_mean_nothing() {
        for (left, right) in [
            ("int(11)", "INTEGER"),
            ("int(10) unsigned", "INT UNSIGNED"),
            ("tinyint(1)", "BOOL"),
            ("tinyint(4)", "TINYINT"),
            ("tinyint(1) unsigned", "tinyint unsigned"),
            ("decimal(10,0)", "NUMERIC"),
            ("decimal(5)", "dec(5, 0)"),
            ("double", "REAL"),
            ("DOUBLE PRECISION", "float(53)"),
            ("character varying(20)", "VARCHAR( 20 )"),
            ("year(4)", "year"),
            ("datetime(0)", "DATETIME"),
            ("text(100)", "tinytext"),
            ("enum('a','it''s')", "ENUM('a', \"it's\")"),
            ("mediumtext", "LONG VARCHAR"),
        ] {
            assert_eq!(canonical(left), canonical(right));
        }
        for (left, right) in [
            ("int", "bigint"),
            ("int", "int unsigned"),
            ("varchar(20)", "varchar(21)"),
            ("tinyint(1)", "tinyint"),
            ("datetime(3)", "datetime"),
            ("datetime", "timestamp"),
            ("enum('a','b')", "enum('b','a')"),
            ("text", "longtext"),
            ("int(5) zerofill", "int unsigned"),
            ("text compressed", "text"),
        ] {
            assert_ne!(canonical(left), canonical(right));
        }
    }

    #[test]
    fn blocks_accept_what_print_schema_writes() {
        let diesel = |name: &str, max_length| ColumnType::Diesel { name: name.to_owned(), max_length };
        let sql = |text: &str| ColumnType::Sql(text.to_owned());
        for (declared, name, length) in [
            ("tinyint(1)", "Bool", None),
            ("tinyint(1)", "TinyInt", None),
            ("tinyint(4)", "TinyInt", None),
            ("int(10) unsigned", "Unsigned<Integer>", None),
            ("bigint(20) unsigned", "Unsigned<BigInt>", None),
            ("mediumint(9)", "Integer", None),
            ("bigint(20)", "Bigint", None),
            ("decimal(10,2)", "Decimal", None),
            ("smallint(6) unsigned", "Unsigned<Smallint>", None),
            ("timestamp", "Datetime", None),
            ("datetime(6)", "Timestamp", None),
            ("varchar(255)", "Varchar", Some(255)),
            ("varchar(255)", "Text", None),
            ("text", "Text", Some(65_535)),
            ("longtext", "Json", None),
            ("json", "Longtext", Some(4_294_967_295)),
            ("enum('a')", "Enum", Some(1)),
            ("enum('a')", "MyMood", None),
            ("binary(16)", "Binary", Some(16)),
            ("geometry", "Geometry", None),
        ] {
            assert!(is_type(&sql(declared), &diesel(name, length)), "{declared} {name}");
        }
        for (declared, name, length) in [
            ("int", "Unsigned<Integer>", None),
            ("int", "BigInt", None),
            ("int", "Bigint", None),
            ("text", "Integer", None),
            ("varchar(255)", "Varchar", Some(100)),
            ("blob", "Text", None),
            ("datetime", "Date", None),
        ] {
            assert!(!is_type(&sql(declared), &diesel(name, length)), "{declared} {name}");
        }
    }

    #[test]
    fn what_nobody_said_is_not_guessed() {
        let declared =
            |name: &str| declare(&ColumnType::Diesel { name: name.to_owned(), max_length: None }, false);
        assert_eq!(declared("Numeric"), None);
        assert_eq!(declared("Enum"), None);
        assert_eq!(declared("Unsigned<BigInt>").as_deref(), Some("BIGINT UNSIGNED"));
        assert_eq!(declared("Varchar").as_deref(), Some("VARCHAR(255)"));
    }
}
