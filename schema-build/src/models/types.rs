//! The one table from Rust types to each engine's types and to Diesel's. Enums that derive `Schema` are looked up by
//! their Rust name; whatever is not here needs `sql_type`.

use schema_runtime::dialect::Dialect::{self, Mysql, Postgres, Sqlite};
use syn::{Expr, ExprLit, GenericArgument, Lit, Path, PathArguments, Type};

/// What a Rust type holds, as far as engines tell it apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
    Bool,
    Text,
    Bytes,
    /// Without a time zone.
    Timestamp,
    /// With one.
    Timestamptz,
    Date,
    Time,
    Decimal,
    Json,
    Uuid,
    Inet,
    MacAddr,
    Interval,
    Array(Box<RustType>),
    Range(Box<Kind>),
    /// Something else, by the last segment of its path: perhaps an enum.
    Other(String),
}

/// A field's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RustType {
    pub(super) kind: Kind,
    /// An `Option`.
    pub(super) is_nullable: bool,
}

/// Why an engine has no type for a Rust type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoType;

impl RustType {
    pub(super) fn of(ty: &Type) -> Self {
        match one_argument(ty, "Option") {
            Some(inner) => Self { kind: Kind::of(inner), is_nullable: true },
            None => Self { kind: Kind::of(ty), is_nullable: false },
        }
    }

    /// Diesel's type of an array of these.
    pub(super) fn array_of(&self, item: &str) -> String {
        if self.is_nullable { format!("Array<Nullable<{item}>>") } else { format!("Array<{item}>") }
    }
}

impl Kind {
    fn of(ty: &Type) -> Self {
        match ty {
            Type::Reference(reference) => Self::of_borrowed(&reference.elem),
            Type::Paren(paren) => Self::of(&paren.elem),
            Type::Group(group) => Self::of(&group.elem),
            Type::Array(array) if is(&array.elem, "u8") && is_six(&array.len) => Self::MacAddr,
            Type::Tuple(tuple) if tuple.elems.len() == 2 => {
                let bound = |at: usize| one_argument(&tuple.elems[at], "Bound");
                match (bound(0), bound(1)) {
                    (Some(from), Some(to)) if Self::of(from) == Self::of(to) => {
                        Self::Range(Box::new(Self::of(from)))
                    }
                    _ => Self::Other("a tuple".to_string()),
                }
            }
            Type::Path(path) => Self::of_path(ty, &path.path),
            _ => Self::Other("this type".to_string()),
        }
    }

    /// What stands behind `&`, or in a `Cow`.
    fn of_borrowed(ty: &Type) -> Self {
        match ty {
            Type::Slice(slice) if is(&slice.elem, "u8") => Self::Bytes,
            Type::Slice(slice) => Self::Array(Box::new(RustType::of(&slice.elem))),
            Type::Path(path) if path.path.is_ident("str") => Self::Text,
            _ => Self::of(ty),
        }
    }

    fn of_path(ty: &Type, path: &Path) -> Self {
        if let Some(owned) = one_argument(ty, "Cow") {
            return Self::of_borrowed(owned);
        }
        if let Some(item) = one_argument(ty, "Vec") {
            return if is(item, "u8") { Self::Bytes } else { Self::Array(Box::new(RustType::of(item))) };
        }
        if let Some(end) = RANGES.iter().find_map(|range| one_argument(ty, range)) {
            return Self::Range(Box::new(Self::of(end)));
        }
        let Some(last) = path.segments.last() else { return Self::Other(String::new()) };
        let name = last.ident.to_string();
        let module = path.segments.iter().rev().nth(1).map(|segment| segment.ident.to_string());
        Self::named(&name, module.as_deref(), !last.arguments.is_empty())
    }

    fn named(name: &str, module: Option<&str>, has_arguments: bool) -> Self {
        match name {
            "i8" => Self::I8,
            "i16" => Self::I16,
            "i32" => Self::I32,
            "i64" => Self::I64,
            "u8" => Self::U8,
            "u16" => Self::U16,
            "u32" => Self::U32,
            "u64" => Self::U64,
            "f32" => Self::F32,
            "f64" => Self::F64,
            "bool" => Self::Bool,
            "String" => Self::Text,
            // chrono's says its zone, jiff's has none.
            "DateTime" if has_arguments => Self::Timestamptz,
            "DateTime" | "NaiveDateTime" | "PrimitiveDateTime" | "SystemTime" => Self::Timestamp,
            "OffsetDateTime" | "Timestamp" => Self::Timestamptz,
            "NaiveDate" | "Date" => Self::Date,
            "NaiveTime" | "Time" => Self::Time,
            "BigDecimal" | "Decimal" => Self::Decimal,
            "Value" if module.is_none_or(|module| module == "serde_json") => Self::Json,
            "Uuid" => Self::Uuid,
            "IpNetwork" | "IpNet" => Self::Inet,
            "MacAddress" => Self::MacAddr,
            "PgInterval" => Self::Interval,
            _ => Self::Other(name.to_string()),
        }
    }

    /// An integer that may be a row's number.
    pub(super) fn is_integer(&self) -> bool {
        self.is_signed_integer() || matches!(self, Self::I8 | Self::U8 | Self::U16 | Self::U32 | Self::U64)
    }

    /// An integer that every engine has.
    pub(super) fn is_signed_integer(&self) -> bool {
        matches!(self, Self::I16 | Self::I32 | Self::I64)
    }

    /// The engine's type, in its own words.
    pub(super) fn sql(&self, dialect: Dialect) -> Result<String, NoType> {
        if let (Self::Array(item), Postgres) = (self, dialect) {
            return match item.kind {
                Self::Array(_) => Err(NoType),
                _ => Ok(item.kind.sql(dialect)? + "[]"),
            };
        }
        self.plain_sql(dialect).map(str::to_string).ok_or(NoType)
    }

    fn plain_sql(&self, dialect: Dialect) -> Option<&'static str> {
        let [sqlite, postgres, mysql] = self.row();
        let cell = match dialect {
            Sqlite => sqlite,
            Postgres => postgres,
            Mysql => mysql,
        };
        (!cell.is_empty()).then_some(cell)
    }

    /// SQLite, PostgreSQL, MySQL; empty: say `sql_type`.
    fn row(&self) -> [&'static str; 3] {
        match self {
            Self::I8 => ["", "", "TINYINT"],
            Self::I16 => ["SMALLINT", "SMALLINT", "SMALLINT"],
            Self::I32 => ["INTEGER", "INTEGER", "INT"],
            Self::I64 => ["BIGINT", "BIGINT", "BIGINT"],
            Self::U8 => ["", "", "TINYINT UNSIGNED"],
            Self::U16 => ["", "", "SMALLINT UNSIGNED"],
            Self::U32 => ["", "", "INT UNSIGNED"],
            Self::U64 => ["", "", "BIGINT UNSIGNED"],
            Self::F32 => ["FLOAT", "REAL", "FLOAT"],
            Self::F64 => ["DOUBLE", "DOUBLE PRECISION", "DOUBLE"],
            Self::Bool => ["BOOLEAN", "BOOLEAN", "BOOLEAN"],
            Self::Text => ["TEXT", "TEXT", "TEXT"],
            Self::Bytes => ["BLOB", "BYTEA", "BLOB"],
            Self::Timestamp => ["TIMESTAMP", "TIMESTAMP", "DATETIME"],
            Self::Timestamptz => ["TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP"],
            Self::Date => ["DATE", "DATE", "DATE"],
            Self::Time => ["TIME", "TIME", "TIME"],
            Self::Decimal => ["", "NUMERIC", ""],
            Self::Json => ["JSON", "JSONB", "JSON"],
            Self::Uuid => ["BLOB", "UUID", "BINARY(16)"],
            Self::Inet => ["", "INET", ""],
            Self::MacAddr => ["", "MACADDR", ""],
            Self::Interval => ["", "INTERVAL", ""],
            Self::Range(end) => ["", end.range(), ""],
            Self::Array(_) | Self::Other(_) => ["", "", ""],
        }
    }

    fn range(&self) -> &'static str {
        match self {
            Self::I32 => "INT4RANGE",
            Self::I64 => "INT8RANGE",
            Self::Decimal => "NUMRANGE",
            Self::Timestamp => "TSRANGE",
            Self::Timestamptz => "TSTZRANGE",
            Self::Date => "DATERANGE",
            _ => "",
        }
    }

    /// The type as `table!` says it; `None`: Diesel has none of its own.
    pub(super) fn diesel(&self, dialect: Dialect) -> Option<String> {
        let name = match self {
            Self::I8 => "TinyInt",
            Self::I16 => "SmallInt",
            Self::I32 => "Integer",
            Self::I64 => "BigInt",
            Self::U8 => "Unsigned<TinyInt>",
            Self::U16 => "Unsigned<SmallInt>",
            Self::U32 => "Unsigned<Integer>",
            Self::U64 => "Unsigned<BigInt>",
            Self::F32 => "Float",
            Self::F64 => "Double",
            Self::Bool => "Bool",
            Self::Text => "Text",
            Self::Bytes => "Binary",
            Self::Timestamp if dialect == Mysql => "Datetime",
            Self::Timestamptz if dialect == Postgres => "Timestamptz",
            Self::Timestamptz if dialect == Sqlite => "TimestamptzSqlite",
            Self::Timestamp | Self::Timestamptz => "Timestamp",
            Self::Date => "Date",
            Self::Time => "Time",
            Self::Decimal => "Numeric",
            Self::Json if dialect == Postgres => "Jsonb",
            Self::Json => "Json",
            Self::Uuid if dialect == Postgres => "Uuid",
            Self::Uuid => "Binary",
            Self::Inet => "Inet",
            Self::MacAddr => "MacAddr",
            Self::Interval => "Interval",
            Self::Range(end) => return Some(format!("Range<{}>", end.diesel(dialect)?)),
            Self::Array(item) => return Some(item.array_of(&item.kind.diesel(dialect)?)),
            Self::Other(_) => return None,
        };
        Some(name.to_string())
    }
}

const RANGES: [&str; 6] = ["Range", "RangeInclusive", "RangeFrom", "RangeTo", "RangeToInclusive", "PgRange"];

/// `T` of `name<T>`, lifetimes aside.
fn one_argument<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.next().filter(|_| types.next().is_none())
}

fn is(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident(name))
}

fn is_six(length: &Expr) -> bool {
    matches!(length, Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) if number.base10_digits() == "6")
}
