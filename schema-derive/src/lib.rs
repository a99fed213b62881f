//! `#[derive(Schema)]`: makes rustc accept the `#[schema(..)]` attributes on models, and compares a struct's fields with
//! its `table!` block while compiling.
//!
//! What lives here: the door for the attributes, and one check. The attributes are read from the source text by
//! `schema-build`, so this crate has no dependencies and costs a build next to nothing.
#![forbid(unsafe_code)]

mod check;
#[cfg(doctest)]
mod doctests;
mod item;

use proc_macro::TokenStream;

/// Accepts `#[schema(..)]` on a struct or an enum, its fields and its variants.
///
/// Of a struct with `#[diesel(table_name = ..)]` every field must be a column of that table; one that is not is an error
/// at the field, which says what to run. `#[schema(skip)]` leaves a field out.
#[proc_macro_derive(Schema, attributes(schema, diesel))]
pub fn schema(item: TokenStream) -> TokenStream {
    item::read(item).map(|item| check::columns(&item)).unwrap_or_default()
}
