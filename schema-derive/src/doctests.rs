//! The check, compiled: a struct whose fields are columns, then the same with one that is none.
//!
//! ```
//! extern crate self as diesel;
//! pub trait Column {}
//! mod schema {
//!     pub mod users {
//!         pub mod columns {
//!             #![allow(non_camel_case_types)]
//!             pub struct id;
//!             pub struct r#type;
//!             impl crate::Column for id {}
//!             impl crate::Column for r#type {}
//!         }
//!     }
//! }
//! #[derive(schema_derive::Schema)]
//! #[diesel(table_name = crate::schema::users)]
//! struct User<'a, const N: usize = { 3 }> {
//!     id: std::collections::BTreeMap<i32, fn() -> (i32, i32)>,
//!     #[diesel(column_name = "r#type")] pub(crate) kind: i32,
//!     #[schema(skip)] no_column: &'a str,
//! }
//! fn main() {}
//! ```
//!
//! ```compile_fail,E0277
//! extern crate self as diesel;
//! pub trait Column {}
//! mod schema {
//!     pub mod users {
//!         pub mod columns {
//!             #![allow(non_camel_case_types)]
//!             pub struct id;
//!             pub struct r#type;
//!             impl crate::Column for id {}
//!             impl crate::Column for r#type {}
//!         }
//!     }
//! }
//! #[derive(schema_derive::Schema)]
//! #[diesel(table_name = crate::schema::users)]
//! struct User<'a, const N: usize = { 3 }> {
//!     id: std::collections::BTreeMap<i32, fn() -> (i32, i32)>,
//!     #[diesel(column_name = "r#type")] pub(crate) kind: i32,
//!     no_column: &'a str,
//! }
//! fn main() {}
//! ```
