//! Reads, validates and embeds a migrations folder. In a build script:
//!
//! ```no_run
//! schema_build::embed()
//! ```
//!
//! Touches the files of the source tree, never a database and never a terminal. What it makes of them goes to
//! the build script's output (`embed`) or, as data, to the command.
#![forbid(unsafe_code)]

pub mod checksum;
pub mod config;
mod document;
mod embed;
pub mod finding;
pub mod lockfile;
pub mod migrations;
#[cfg(feature = "models")]
pub mod models;
pub mod rule;
pub mod schema;
#[cfg(test)]
mod scratch;
pub mod statement;
pub mod validate;

pub use embed::{embed, embed_target};
