//! The history of a database as data, and the engine that moves a live database along it.
//!
//! Two halves in one crate. The **pure half** (`revision`, `history`, `target`, `plan`, `blob`) has no
//! dependencies, no features and does no I/O: a build script uses it to refuse a broken history, and the
//! command uses the same code to plan an upgrade. The **engine half** (`engine`, behind `sqlite`) is the only
//! place that talks to a database. The pure half never imports the engine.
#![forbid(unsafe_code)]

pub mod blob;
pub mod dialect;
pub mod history;
mod nearest;
pub mod plan;
pub mod revision;
pub mod target;

#[cfg(feature = "sqlite")]
pub mod engine;

pub use nearest::nearest;
pub use schema_derive::Schema;
