//! SQLite's types, whose names people choose freely: which are synonyms, what Diesel reads from which, what a value
//! becomes in a column of another type. Pure.

use schema_build::schema::ColumnType;

use super::name::unquoted;

/// The type without white space and case, by the name that all its synonyms share.
pub(crate) fn canonical(sql: &str) -> String {
    let text = unquoted(sql).to_ascii_uppercase();
    let (base, arguments) = text.split_once('(').map_or((text.as_str(), ""), |(base, rest)| (base, rest));
    let base = base.split_whitespace().collect::<Vec<_>>().join(" ");
    let arguments: String = arguments.trim_end().trim_end_matches(')').split_whitespace().collect();
    let name = synonym(&base, arguments.is_empty());
    if arguments.is_empty() { name.to_owned() } else { format!("{name}({arguments})") }
}

fn synonym(base: &str, is_bare: bool) -> &str {
    match base {
        "INT" | "INT4" | "MEDIUMINT" => "INTEGER",
        "INT2" => "SMALLINT",
        "INT8" | "BIG INT" => "BIGINT",
        "BOOL" => "BOOLEAN",
        "REAL" => "FLOAT",
        "DOUBLE PRECISION" => "DOUBLE",
        "DECIMAL" => "NUMERIC",
        "DATETIME" => "TIMESTAMP",
        "" => "BLOB",
        "VARCHAR" | "CHARACTER VARYING" | "VARYING CHARACTER" | "NVARCHAR" | "CLOB" | "STRING" if is_bare => {
            "TEXT"
        }
        "CHARACTER VARYING" | "VARYING CHARACTER" => "VARCHAR",
        "CHARACTER" => "CHAR",
        other => other,
    }
}

/// What SQLite does with a value that it stores in such a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Affinity {
    /// Text, whatever was given.
    Text,
    /// Numbers where the value looks like one; `12.5` stays what it is.
    Numeric,
    /// The same, as whole numbers.
    Integer,
    /// The same, as floating-point numbers.
    Real,
    /// The value as it is.
    Blob,
}

/// By SQLite's own five rules, in their order.
pub(crate) fn affinity(sql: &str) -> Affinity {
    let text = sql.to_ascii_uppercase();
    let has = |part: &str| text.contains(part);
    if has("INT") {
        Affinity::Integer
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        Affinity::Text
    } else if has("BLOB") || text.is_empty() {
        Affinity::Blob
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        Affinity::Real
    } else {
        Affinity::Numeric
    }
}

/// What a column holds, as far as people can tell from its type's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Integer,
    Bool,
    Float,
    Text,
    Binary,
    Timestamp,
    Date,
    Time,
    Json,
    /// A name that says nothing.
    Other,
}

/// As Diesel's own print-schema reads declared types.
pub(crate) fn family(sql: &str) -> Family {
    let name = canonical(sql);
    let has = |part: &str| name.contains(part);
    match name.as_str() {
        "BOOLEAN" => Family::Bool,
        "DATE" => Family::Date,
        "TIME" => Family::Time,
        "JSON" => Family::Json,
        "BLOB" | "JSONB" => Family::Binary,
        _ if has("TINYINT") => Family::Bool,
        _ if has("INT") => Family::Integer,
        _ if has("CHAR") || has("TEXT") || has("CLOB") => Family::Text,
        _ if has("BLOB") => Family::Binary,
        _ if has("FLOA") || has("REAL") || has("DOUB") || has("NUM") || has("DEC") => Family::Float,
        _ if has("TIMESTAMP") || has("DATETIME") => Family::Timestamp,
        _ => Family::Other,
    }
}

/// The family of a type of Diesel's; `None` for a type that is not Diesel's own.
fn diesel_family(name: &str) -> Option<Family> {
    Some(match name {
        "SmallInt" | "Int2" | "Integer" | "Int4" | "BigInt" | "Int8" | "TinyInt" | "Tinyint" | "RowId" => {
            Family::Integer
        }
        "Bool" => Family::Bool,
        "Float" | "Float4" | "Double" | "Float8" | "Numeric" | "Decimal" => Family::Float,
        "Text" | "VarChar" | "Varchar" | "Char" | "Tinytext" | "Mediumtext" | "Longtext" | "CiText"
        | "Citext" | "Bpchar" => Family::Text,
        "Binary" | "Blob" | "VarBinary" | "Varbinary" | "Bytea" | "Tinyblob" | "Mediumblob" | "Longblob"
        | "Jsonb" => Family::Binary,
        "Timestamp" | "Datetime" | "TimestamptzSqlite" | "Timestamptz" => Family::Timestamp,
        "Date" => Family::Date,
        "Time" => Family::Time,
        "Json" => Family::Json,
        _ => return None,
    })
}

/// Whether the database's type is what the other description means.
pub(crate) fn is_type(current: &ColumnType, desired: &ColumnType) -> bool {
    match (current, desired) {
        (ColumnType::Sql(current), ColumnType::Sql(desired)) => canonical(current) == canonical(desired),
        (ColumnType::Sql(current), ColumnType::Diesel { name, .. })
        | (ColumnType::Diesel { name, .. }, ColumnType::Sql(current)) => reads(current, name),
        (ColumnType::Diesel { name: left, .. }, ColumnType::Diesel { name: right, .. }) => {
            diesel_family(left) == diesel_family(right)
        }
    }
}

/// Whether Diesel reads columns of this declared type as that type. People patch what print-schema wrote, which
/// changes nothing in the database as long as SQLite stores both alike.
fn reads(declared: &str, diesel: &str) -> bool {
    let Some(wanted) = diesel_family(diesel) else { return true };
    let declared = family(declared);
    let is_stored_as = |families: &[Family]| families.contains(&declared);
    declared == wanted
        || declared == Family::Other
        || match wanted {
            Family::Bool => is_stored_as(&[Family::Integer]),
            Family::Integer => is_stored_as(&[Family::Bool]),
            Family::Text => is_stored_as(&[Family::Json, Family::Timestamp, Family::Date, Family::Time]),
            Family::Timestamp | Family::Date | Family::Time | Family::Json => {
                is_stored_as(&[Family::Text, Family::Timestamp, Family::Date, Family::Time])
            }
            Family::Float | Family::Binary | Family::Other => false,
        }
}

/// The type to declare for a type of Diesel's; `None` for one that is not Diesel's own.
pub(crate) fn declare(ty: &ColumnType, is_key: bool) -> Option<String> {
    let (name, max_length) = match ty {
        ColumnType::Sql(sql) => return Some(sql.clone()),
        ColumnType::Diesel { name, max_length } => (name.as_str(), max_length),
    };
    let word = match diesel_family(name)? {
        Family::Integer if is_key => "INTEGER",
        Family::Integer => match name {
            "SmallInt" | "Int2" => "SMALLINT",
            "BigInt" | "Int8" => "BIGINT",
            _ => "INTEGER",
        },
        Family::Bool => "BOOLEAN",
        Family::Float => match name {
            "Float" | "Float4" => "FLOAT",
            "Numeric" | "Decimal" => "NUMERIC",
            _ => "DOUBLE",
        },
        Family::Text => {
            return Some(max_length.map_or("TEXT".to_owned(), |length| format!("VARCHAR({length})")));
        }
        Family::Binary | Family::Other => "BLOB",
        Family::Timestamp => "TIMESTAMP",
        Family::Date => "DATE",
        Family::Time => "TIME",
        Family::Json => "JSON",
    };
    Some(word.to_owned())
}

/// The family's name, for either kind of description.
pub(crate) fn family_name(ty: &ColumnType) -> String {
    let family = match ty {
        ColumnType::Sql(sql) => family(sql),
        ColumnType::Diesel { name, .. } => diesel_family(name).unwrap_or(Family::Other),
    };
    match (family, ty) {
        (Family::Other, ColumnType::Sql(name) | ColumnType::Diesel { name, .. }) => canonical(name),
        (family, _) => format!("{family:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_are_one_type_and_lengths_are_part_of_it() {
        for (left, right) in [
            ("int", "INTEGER"),
            ("Varchar", "text"),
            ("VARCHAR( 20 )", "character varying(20)"),
            ("decimal(10, 2)", "NUMERIC(10,2)"),
            ("DATETIME", "TIMESTAMP"),
            ("", "blob"),
        ] {
            assert_eq!(canonical(left), canonical(right));
        }
        for (left, right) in [
            ("INTEGER", "BIGINT"),
            ("VARCHAR(20)", "VARCHAR"),
            ("NUMERIC(10,2)", "NUMERIC"),
            ("BOOLEAN", "INTEGER"),
        ] {
            assert_ne!(canonical(left), canonical(right));
        }
    }

    #[test]
    fn blocks_accept_what_diesel_reads() {
        let diesel = |name: &str| ColumnType::Diesel { name: name.to_owned(), max_length: None };
        let sql = |text: &str| ColumnType::Sql(text.to_owned());
        for (declared, name) in [
            ("INTEGER", "BigInt"),
            ("BIGINT", "Integer"),
            ("TINYINT(1)", "Bool"),
            ("INTEGER", "Bool"),
            ("REAL", "Double"),
            ("VARCHAR(20)", "Text"),
            ("DATETIME", "Timestamp"),
            ("TEXT", "Timestamp"),
            ("geometry", "Text"),
            ("TEXT", "MyMood"),
        ] {
            assert!(is_type(&sql(declared), &diesel(name)), "{declared} {name}");
        }
        for (declared, name) in
            [("TEXT", "Integer"), ("INTEGER", "Text"), ("BLOB", "Text"), ("REAL", "Integer")]
        {
            assert!(!is_type(&sql(declared), &diesel(name)), "{declared} {name}");
        }
    }

    #[test]
    fn affinity_follows_sqlites_rules() {
        assert_eq!(affinity("CHARINT"), Affinity::Integer);
        assert_eq!(affinity("TIMESTAMP"), Affinity::Numeric);
        assert_eq!(affinity(""), Affinity::Blob);
        assert_eq!(affinity("DOUBLE"), Affinity::Real);
    }
}
