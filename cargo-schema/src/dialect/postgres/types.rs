//! PostgreSQL's types: which names are synonyms, and which of them Diesel reads as which of its own. Pure.

use schema_build::schema::ColumnType;

use super::name::{path, unquoted};

/// A type in its parts: `varchar`, `(20)`, whether an array.
struct Parts {
    base: String,
    arguments: String,
    is_array: bool,
}

impl Parts {
    fn of(sql: &str) -> Self {
        let mut text = sql.trim();
        let mut is_array = false;
        while let Some((item, size)) = text.strip_suffix(']').and_then(|rest| rest.rsplit_once('['))
            && size.trim().bytes().all(|byte| byte.is_ascii_digit())
        {
            (text, is_array) = (item.trim_end(), true);
        }
        let (before, arguments, after) = match text.split_once('(') {
            Some((before, rest)) => {
                let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
                (before, inside.split_whitespace().collect::<String>(), after)
            }
            None => (text, String::new(), ""),
        };
        let words: Vec<&str> = before.split_whitespace().chain(after.split_whitespace()).collect();
        Self { base: words.join(" "), arguments, is_array }
    }
}

/// The type by the name that all its synonyms share: PostgreSQL's own in capitals, others as they are.
pub(crate) fn canonical(sql: &str) -> String {
    let Parts { base, arguments, is_array } = Parts::of(sql);
    let mut name = match builtin(&base.to_ascii_lowercase(), &arguments) {
        Some((name, arguments)) if arguments.is_empty() => name,
        Some((name, arguments)) => format!("{name}({arguments})"),
        None if arguments.is_empty() => plain(&base),
        None => format!("{}({arguments})", plain(&base)),
    };
    if is_array {
        name.push_str("[]");
    }
    name
}

/// `audit."My Mood"` as `audit.My Mood`.
fn plain(name: &str) -> String {
    if !name.contains('"') {
        return name.to_owned();
    }
    let mut parts = vec![String::new()];
    let mut is_quoted = false;
    for letter in name.chars() {
        match letter {
            '.' if !is_quoted => parts.push(String::new()),
            other => {
                is_quoted ^= other == '"';
                parts.last_mut().expect("there is always one").push(other);
            }
        }
    }
    parts.iter().map(|part| unquoted(part)).collect::<Vec<_>>().join(".")
}

/// Types of PostgreSQL's own that have one name, and no arguments.
const SIMPLE: [&str; 39] = [
    "box",
    "bytea",
    "cidr",
    "circle",
    "date",
    "datemultirange",
    "daterange",
    "inet",
    "int4multirange",
    "int4range",
    "int8multirange",
    "int8range",
    "json",
    "jsonb",
    "jsonpath",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "nummultirange",
    "numrange",
    "oid",
    "path",
    "pg_lsn",
    "point",
    "polygon",
    "regclass",
    "text",
    "tsmultirange",
    "tsquery",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "tsvector",
    "txid_snapshot",
    "uuid",
    "xml",
];

fn builtin(base: &str, arguments: &str) -> Option<(String, String)> {
    let (name, arguments) = match base {
        "int" | "int4" | "integer" => ("INTEGER", ""),
        "int2" | "smallint" => ("SMALLINT", ""),
        "int8" | "bigint" => ("BIGINT", ""),
        "serial" | "serial4" => ("SERIAL", ""),
        "smallserial" | "serial2" => ("SMALLSERIAL", ""),
        "bigserial" | "serial8" => ("BIGSERIAL", ""),
        "float4" | "real" => ("REAL", ""),
        "float" if arguments.parse().is_ok_and(|bits: u8| bits <= 24) => ("REAL", ""),
        "float" | "float8" | "double precision" => ("DOUBLE PRECISION", ""),
        "bool" | "boolean" => ("BOOLEAN", ""),
        "decimal" | "dec" | "numeric" => {
            let is_whole = !arguments.is_empty() && !arguments.contains(',');
            let arguments = if is_whole { format!("{arguments},0") } else { arguments.to_owned() };
            return Some(("NUMERIC".to_owned(), arguments));
        }
        "varchar" | "character varying" | "char varying" => ("VARCHAR", arguments),
        "char" | "character" | "nchar" if arguments.is_empty() => ("CHAR", "1"),
        "bpchar" if arguments.is_empty() => ("BPCHAR", ""),
        "char" | "character" | "nchar" | "bpchar" => ("CHAR", arguments),
        "\"char\"" => ("\"char\"", ""),
        "bit" if arguments.is_empty() => ("BIT", "1"),
        "bit" => ("BIT", arguments),
        "varbit" | "bit varying" => ("VARBIT", arguments),
        "timestamp" | "timestamp without time zone" => ("TIMESTAMP", arguments),
        "timestamptz" | "timestamp with time zone" => ("TIMESTAMPTZ", arguments),
        "time" | "time without time zone" => ("TIME", arguments),
        "timetz" | "time with time zone" => ("TIMETZ", arguments),
        interval if interval.split(' ').next() == Some("interval") => {
            return Some((interval.to_ascii_uppercase(), arguments.to_owned()));
        }
        simple if SIMPLE.binary_search(&simple).is_ok() => {
            return Some((simple.to_ascii_uppercase(), String::new()));
        }
        _ => return None,
    };
    Some((name.to_owned(), arguments.to_owned()))
}

/// Whether a type in its canonical form is none of PostgreSQL's own: an enum, a domain, an extension's.
pub(crate) fn is_custom(ty: &str) -> bool {
    let Parts { base, arguments, .. } = Parts::of(ty);
    builtin(&base.to_ascii_lowercase(), &arguments).is_none()
}

/// A type as it is written in SQL, from its canonical form.
pub(crate) fn sql(ty: &ColumnType) -> String {
    let text = text(ty);
    if !is_custom(text) {
        return text.to_owned();
    }
    let Parts { base, arguments, is_array } = Parts::of(text);
    let arguments = if arguments.is_empty() { arguments } else { format!("({arguments})") };
    format!("{}{arguments}{}", path(&base), if is_array { "[]" } else { "" })
}

/// The words of either kind of description.
pub(crate) fn text(ty: &ColumnType) -> &str {
    match ty {
        ColumnType::Sql(text) | ColumnType::Diesel { name: text, .. } => text,
    }
}

/// The integer behind a serial column.
pub(crate) fn behind_serial(ty: &str) -> Option<&'static str> {
    match ty {
        "SMALLSERIAL" => Some("SMALLINT"),
        "SERIAL" => Some("INTEGER"),
        "BIGSERIAL" => Some("BIGINT"),
        _ => None,
    }
}

/// The serial of an integer.
pub(crate) fn serial_of(ty: &str) -> Option<&'static str> {
    match ty {
        "SMALLINT" => Some("SMALLSERIAL"),
        "INTEGER" => Some("SERIAL"),
        "BIGINT" => Some("BIGSERIAL"),
        _ => None,
    }
}

/// Whether a column of the first type is what a description of the second type means.
pub(crate) fn is_type(current: &ColumnType, desired: &ColumnType) -> bool {
    match (current, desired) {
        (ColumnType::Sql(left), ColumnType::Sql(right)) => canonical(left) == canonical(right),
        (ColumnType::Sql(declared), ColumnType::Diesel { name, max_length }) => {
            reads(&canonical(declared), name, *max_length)
        }
        (ColumnType::Diesel { name: left, .. }, ColumnType::Diesel { name: right, .. }) => left == right,
        (ColumnType::Diesel { .. }, ColumnType::Sql(_)) => false,
    }
}

/// Whether Diesel reads columns of this declared type as that type; types that only somebody's crate knows are read
/// as whatever that crate says.
fn reads(declared: &str, diesel: &str, max_length: Option<u32>) -> bool {
    if let Some(item) = declared.strip_suffix("[]") {
        return match diesel.strip_prefix("Array<").and_then(|rest| rest.strip_suffix('>')) {
            Some(wanted) => reads(item, bare(wanted), None),
            None => read_as(diesel).is_none(),
        };
    }
    let Some(wanted) = read_as(diesel) else { return !diesel.starts_with("Array<") || is_custom(declared) };
    let Parts { base, arguments, .. } = Parts::of(declared);
    let is_length =
        max_length.is_none_or(|length| arguments.parse().map_or(true, |there: u32| there == length));
    is_custom(declared) || family(&base) == wanted && (wanted != "TEXT" || is_length)
}

fn bare(ty: &str) -> &str {
    ty.strip_prefix("Nullable<").and_then(|rest| rest.strip_suffix('>')).unwrap_or(ty)
}

/// What Diesel reads alike, by one of its names; arguments are left off.
fn family(base: &str) -> &str {
    match base {
        "VARCHAR" | "CHAR" | "BPCHAR" | "NAME" => "TEXT",
        "\"char\"" => "CCHAR",
        other if other.starts_with("INTERVAL") => "INTERVAL",
        other => behind_serial(other).unwrap_or(other),
    }
}

/// The family that a type of Diesel's reads; `None` for types that are not Diesel's own.
fn read_as(diesel: &str) -> Option<&'static str> {
    Some(match diesel {
        "SmallInt" | "Int2" | "SmallSerial" | "TinyInt" => "SMALLINT",
        "Integer" | "Int4" | "Serial" => "INTEGER",
        "BigInt" | "Int8" | "BigSerial" => "BIGINT",
        "Float" | "Float4" => "REAL",
        "Double" | "Float8" => "DOUBLE PRECISION",
        "Numeric" | "Decimal" => "NUMERIC",
        "Bool" => "BOOLEAN",
        "Text" | "Varchar" | "VarChar" | "Tinytext" | "Bpchar" | "Citext" => "TEXT",
        "Binary" | "Blob" | "Bytea" | "VarBinary" | "Varbinary" => "BYTEA",
        "Timestamp" | "Datetime" => "TIMESTAMP",
        "Timestamptz" | "TimestamptzSqlite" => "TIMESTAMPTZ",
        "Date" => "DATE",
        "Time" => "TIME",
        "Interval" => "INTERVAL",
        "Json" => "JSON",
        "Jsonb" => "JSONB",
        "Uuid" => "UUID",
        "Inet" => "INET",
        "Cidr" => "CIDR",
        "MacAddr" | "Macaddr" => "MACADDR",
        "MacAddr8" | "Macaddr8" => "MACADDR8",
        "Money" => "MONEY",
        "Oid" => "OID",
        "PgLsn" => "PG_LSN",
        "CChar" => "CCHAR",
        "Int4range" | "Range<Integer>" | "Range<Int4>" => "INT4RANGE",
        "Int8range" | "Range<BigInt>" | "Range<Int8>" => "INT8RANGE",
        "Numrange" | "Range<Numeric>" => "NUMRANGE",
        "Tsrange" | "Range<Timestamp>" => "TSRANGE",
        "Tstzrange" | "Range<Timestamptz>" => "TSTZRANGE",
        "Daterange" | "Range<Date>" => "DATERANGE",
        _ => return None,
    })
}

/// The type to declare for a type of Diesel's; `None` for one that is not Diesel's own.
pub(crate) fn declare(ty: &ColumnType) -> Option<String> {
    let (name, max_length) = match ty {
        ColumnType::Sql(sql) => return Some(sql.clone()),
        ColumnType::Diesel { name, max_length } => (name.as_str(), max_length),
    };
    if let Some(item) = name.strip_prefix("Array<").and_then(|rest| rest.strip_suffix('>')) {
        let item = ColumnType::Diesel { name: bare(item).to_owned(), max_length: None };
        return declare(&item).map(|item| item + "[]");
    }
    match (name, max_length) {
        ("SmallSerial", _) => Some("SMALLSERIAL".to_owned()),
        ("Serial", _) => Some("SERIAL".to_owned()),
        ("BigSerial", _) => Some("BIGSERIAL".to_owned()),
        ("Citext", _) => Some("citext".to_owned()),
        ("CChar", _) => Some("\"char\"".to_owned()),
        ("Bpchar", Some(length)) => Some(format!("CHAR({length})")),
        ("Bpchar", None) => Some("BPCHAR".to_owned()),
        (_, Some(length)) if read_as(name) == Some("TEXT") => Some(format!("VARCHAR({length})")),
        ("Varchar" | "VarChar", None) => Some("VARCHAR".to_owned()),
        (_, _) => read_as(name).map(str::to_owned),
    }
}

/// What types have in common between which a rename is likely.
pub(crate) fn family_name(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Sql(sql) => {
            let canonical = canonical(sql);
            let Parts { base, is_array, .. } = Parts::of(&canonical);
            let name = family(&base);
            let name = if is_custom(&base) { name.to_owned() } else { capitalised(name) };
            if is_array { name + "[]" } else { name }
        }
        ColumnType::Diesel { name, .. } => match declare(ty) {
            Some(sql) => family_name(&ColumnType::Sql(sql)),
            None => name.clone(),
        },
    }
}

fn capitalised(name: &str) -> String {
    let (first, rest) = name.split_at(1.min(name.len()));
    format!("{first}{}", rest.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(SIMPLE.is_sorted());
    }

    #[test]
    fn synonyms_are_one_type_and_lengths_are_part_of_it() {
        for (left, right) in [
            ("int", "integer"),
            ("VARCHAR( 20 )", "character varying(20)"),
            ("decimal(10, 2)", "numeric(10,2)"),
            ("NUMERIC(5)", "numeric(5,0)"),
            ("TIMESTAMPTZ(3)", "timestamp(3) with time zone"),
            ("float(10)", "real"),
            ("char", "character(1)"),
            ("INT4[3][]", "integer[]"),
            ("audit.\"My Mood\"[]", "audit.My Mood[]"),
            ("interval day to second", "INTERVAL DAY TO SECOND"),
        ] {
            assert_eq!(canonical(left), canonical(right), "{left} {right}");
        }
        for (left, right) in [
            ("varchar", "text"),
            ("int", "bigint"),
            ("numeric", "numeric(10,2)"),
            ("serial", "int"),
            ("mood", "Mood"),
        ] {
            assert_ne!(canonical(left), canonical(right), "{left} {right}");
        }
    }

    #[test]
    fn types_are_written_as_sql() {
        let sql = |text: &str| sql(&ColumnType::Sql(canonical(text)));
        assert_eq!(sql("audit.\"My Mood\"[]"), "audit.\"My Mood\"[]");
        assert_eq!(sql("geometry(Point, 4326)"), "geometry(Point,4326)");
        assert_eq!(sql("\"char\""), "\"char\"");
        assert_eq!(sql("double precision"), "DOUBLE PRECISION");
    }

    #[test]
    fn blocks_accept_what_diesel_reads() {
        let diesel = |name: &str, max_length| ColumnType::Diesel { name: name.to_owned(), max_length };
        let sql = |text: &str| ColumnType::Sql(text.to_owned());
        for (declared, name, length) in [
            ("character varying(20)", "Text", None),
            ("character varying(20)", "Varchar", Some(20)),
            ("text", "Text", Some(20)),
            ("SERIAL", "Int4", None),
            ("mood", "Mood", None),
            ("citext", "Text", None),
            ("text[]", "Array<Nullable<Text>>", None),
            ("mood[]", "Array<Mood>", None),
            ("int4range", "Range<Integer>", None),
            ("tsvector", "Tsvector", None),
            ("\"char\"", "CChar", None),
        ] {
            assert!(is_type(&sql(declared), &diesel(name, length)), "{declared} {name}");
        }
        for (declared, name, length) in [
            ("integer", "BigInt", None),
            ("character varying(20)", "Varchar", Some(30)),
            ("timestamp with time zone", "Timestamp", None),
            ("json", "Jsonb", None),
            ("text[]", "Text", None),
            ("text", "Array<Text>", None),
            ("text[]", "Array<Integer>", None),
        ] {
            assert!(!is_type(&sql(declared), &diesel(name, length)), "{declared} {name}");
        }
    }

    #[test]
    fn diesels_types_have_a_declaration() {
        let declare =
            |name: &str, max_length| declare(&ColumnType::Diesel { name: name.to_owned(), max_length });
        assert_eq!(declare("Varchar", Some(20)).as_deref(), Some("VARCHAR(20)"));
        assert_eq!(declare("Array<Nullable<Timestamptz>>", None).as_deref(), Some("TIMESTAMPTZ[]"));
        assert_eq!(declare("Mood", None), None);
    }
}
