//! What a program that writes models has to know: how names of a database are written in Rust, and which types belong
//! together. The same tables that models are read by.

use std::fmt::Write;

use schema_runtime::dialect::Dialect;
use syn::Type;

use super::diesel_types::DieselType;
pub use super::names::{camel_case, snake_case};
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
    format!("{}\n", super::layout::HEADER)
}

/// Words that `table!` cannot take as a column's or a table's name, raw or not.
const RESERVED: [&str; 9] =
    ["self", "Self", "super", "crate", "_", "table", "columns", "is_nullable", "star"];

/// A Rust identifier as it is written: raw where it is a word of Rust, of any edition.
pub fn written(ident: &str) -> String {
    if is_keyword(ident) { format!("r#{ident}") } else { ident.to_string() }
}

fn is_keyword(ident: &str) -> bool {
    ident == "gen" || syn::parse_str::<syn::Ident>(ident).is_err()
}

/// The identifier that stands for a name of the database.
pub fn ident_for(name: &str) -> String {
    let mut ident = String::new();
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            ident.push(letter);
        } else {
            ident.push('_');
        }
    }
    if ident.is_empty() || ident.starts_with(|first: char| first.is_ascii_digit()) {
        ident.insert(0, '_');
    }
    if RESERVED.contains(&ident.as_str()) || is_keyword(&ident) {
        ident.push('_');
    }
    ident
}

/// A Rust string literal.
pub fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    // Writing to a string cannot fail.
    let _ = write!(literal, "{text:?}");
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_database_become_identifiers() {
        for (name, ident) in
            [("type", "type_"), ("user-data", "user_data"), ("2fa", "_2fa"), ("", "__"), ("self", "self_")]
        {
            assert_eq!(ident_for(name), ident);
        }
        assert_eq!(written("type"), "r#type");
        assert_eq!(written("type_"), "type_");
    }
}
