//! What a program that writes models has to know: how names of a database are written in Rust, and which types belong
//! together. The same tables that models are read by.

use schema_runtime::dialect::Dialect;
use syn::Type;

use super::diesel_types::DieselType;
pub use super::names::{camel_case, ident_for, literal, snake_case, written};
use super::types::RustType;

/// Diesel's type for a column, `Nullable` aside, as `diesel print-schema` would write it; `None`: it has none of its own.
pub fn diesel_type(sql: &str, dialect: Dialect) -> Option<String> {
    let ty = DieselType::of_sql(sql, dialect);
    ty.custom.is_none().then_some(ty.name)
}

/// The engine's type for a field of this Rust type that says no `sql_type`; `None`: it has to say one.
pub fn default_type(rust: &str, dialect: Dialect) -> Option<String> {
    let ty: Type = syn::parse_str(rust).ok()?;
    RustType::of(&ty).kind.sql(dialect).ok()
}

/// The text of a file of `table!` blocks that holds none yet, and may be written again.
pub fn empty_tables_file() -> String {
    format!("{}\n", super::tables_file::HEADER)
}
