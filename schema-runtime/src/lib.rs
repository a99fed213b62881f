//! The history of a database as data, and the engine that moves a live database along it.
//!
//! Two halves in one crate. The **pure half** (`revision`, `history`, `target`, `plan`, `blob`, `embedded`) has no
//! dependencies, no features and does no I/O: a build script uses it to refuse a broken history, and the
//! command uses the same code to plan an upgrade. The **engine half** (`engine`, behind `sqlite`, `postgres` and
//! `mysql`) is the only place that talks to a database. The pure half never imports the engine.
//!
//! An application takes in what its build script embedded, and brings its database up to it:
//!
#![cfg_attr(feature = "sqlite", doc = "```no_run")]
#![cfg_attr(not(feature = "sqlite"), doc = "```text")]
//! # mod migrations { pub static HISTORY: schema_runtime::Embedded = schema_runtime::Embedded::new(&[]); }
//! # #[cfg(any())]
//! mod migrations {
//!     schema_runtime::embedded!();
//! }
//!
//! use diesel::{Connection, SqliteConnection};
//! use schema_runtime::engine::Migrator;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut connection = SqliteConnection::establish("shop.db")?;
//! let report = migrations::HISTORY.upgrade(&mut connection)?;
//! println!("{} revisions ran; the database is at {:?}", report.done.nodes.len(), report.now_at);
//! Migrator::new(&migrations::HISTORY).revert(&mut connection, "-1")?;
//! # Ok(())
//! # }
//! ```
//!
//! | feature | adds |
//! |---|---|
//! | `sqlite`, `postgres`, `mysql` | the engine, for Diesel's connections to these databases; `postgres` and `mysql` link no C library |
//! | `diesel_migrations` | a plain `MIGRATIONS: EmbeddedMigrations` in the embedded module |
#![forbid(unsafe_code)]

pub mod blob;
pub mod dialect;
mod embedded;
pub mod history;
mod names;
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
