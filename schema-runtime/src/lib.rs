//! The history of a database as data, and the engine that moves a live database along it.
//!
//! Two halves in one crate. The **pure half** (`revision`, `history`, `target`, `plan`, `blob`, `embedded`) has no
//! dependencies, no features and does no I/O: a build script uses it to refuse a broken history, and the
//! command uses the same code to plan an upgrade. The **engine half** (`engine`, behind `sqlite`, `postgres` and
//! `mysql`) is the only place that talks to a database. The pure half never imports the engine.
#![forbid(unsafe_code)]

pub mod blob;
pub mod dialect;
mod embedded;
pub mod history;
mod nearest;
pub mod plan;
pub mod revision;
pub mod target;

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub mod engine;

pub use embedded::Embedded;
pub use nearest::nearest;
pub use schema_derive::Schema;

/// What macros need, and nobody else.
#[doc(hidden)]
#[cfg(feature = "diesel_migrations")]
pub mod __private {
    pub use diesel_migrations;
}
