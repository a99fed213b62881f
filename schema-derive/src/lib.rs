//! `#[derive(Schema)]`: makes rustc accept the `#[schema(..)]` attributes on models.
//!
//! What lives here: the door for the attributes, and nothing behind it. The attributes are read from the
//! source text by `schema-build`, so this crate has no dependencies and costs a build next to nothing.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

/// Accepts `#[schema(..)]` on a struct or an enum, its fields and its variants.
#[proc_macro_derive(Schema, attributes(schema))]
pub fn schema(_item: TokenStream) -> TokenStream {
    TokenStream::new()
}
