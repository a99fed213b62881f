//! The Rust type of a column, by Diesel's type for it, and the crates that such types come from. Pure.

use schema_build::models::rust::diesel_type;
use schema_runtime::dialect::Dialect as Engine;

/// A crate with types of fields, and Diesel's feature for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Library {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) feature: &'static str,
}

const BIGDECIMAL: Library = Library { name: "bigdecimal", version: "0.4", feature: "numeric" };
const CHRONO: Library = Library { name: "chrono", version: "0.4", feature: "chrono" };
const IPNETWORK: Library = Library { name: "ipnetwork", version: "0.21", feature: "network-address" };
const JSON: Library = Library { name: "serde_json", version: "1", feature: "serde_json" };
const UUID: Library = Library { name: "uuid", version: "1", feature: "uuid" };

/// A field's type, `Option` aside, and where it comes from. `None`: Diesel has no type of its own for it.
pub(super) fn rust(sql: &str, engine: Engine) -> Option<(String, Option<Library>)> {
    if engine == Engine::Sqlite {
        let upper = sql.trim().to_uppercase();
        if upper == "JSON" {
            return Some(("serde_json::Value".to_owned(), Some(JSON)));
        }
        // SQLite keeps eight bytes whatever the type is called.
        if ["REAL", "FLOAT"].contains(&upper.as_str()) {
            return Some(("f64".to_owned(), None));
        }
    }
    of_diesel(&diesel_type(sql, engine)?)
}

fn of_diesel(name: &str) -> Option<(String, Option<Library>)> {
    if let Some(item) = name.strip_prefix("Array<").and_then(|rest| rest.strip_suffix('>')) {
        let (item, library) = of_diesel(item)?;
        return Some((format!("Vec<{item}>"), library));
    }
    let (ty, library) = match name {
        "TinyInt" => ("i8", None),
        "SmallInt" => ("i16", None),
        "Integer" => ("i32", None),
        "BigInt" => ("i64", None),
        "Unsigned<TinyInt>" => ("u8", None),
        "Unsigned<SmallInt>" => ("u16", None),
        "Unsigned<Integer>" | "Oid" => ("u32", None),
        "Unsigned<BigInt>" => ("u64", None),
        "Float" => ("f32", None),
        "Double" => ("f64", None),
        "Bool" => ("bool", None),
        "Text" | "Varchar" | "Bpchar" | "Char" | "Citext" => ("String", None),
        "Binary" | "Bytea" | "Bit" => ("Vec<u8>", None),
        "Timestamp" | "Datetime" => ("chrono::NaiveDateTime", Some(CHRONO)),
        "Timestamptz" => ("chrono::DateTime<chrono::Utc>", Some(CHRONO)),
        "Date" => ("chrono::NaiveDate", Some(CHRONO)),
        "Time" => ("chrono::NaiveTime", Some(CHRONO)),
        "Numeric" => ("bigdecimal::BigDecimal", Some(BIGDECIMAL)),
        "Json" | "Jsonb" => ("serde_json::Value", Some(JSON)),
        "Uuid" => ("uuid::Uuid", Some(UUID)),
        "Inet" | "Cidr" => ("ipnetwork::IpNetwork", Some(IPNETWORK)),
        "MacAddr" => ("[u8; 6]", None),
        "Interval" => ("diesel::data_types::PgInterval", None),
        _ => return None,
    };
    Some((ty.to_owned(), library))
}

/// Whether values of the type can be looked up by, as Diesel's `Identifiable` needs it.
pub(super) fn is_hashed(rust: &str) -> bool {
    !["f32", "f64", "serde_json::Value", "diesel::data_types::PgInterval"].contains(&rust)
}
