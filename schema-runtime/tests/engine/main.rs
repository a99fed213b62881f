//! The engine against real SQLite files, as an application and the command use it.
#![expect(clippy::unwrap_used, reason = "a test says by panicking that something is wrong")]

mod foreign_keys;
mod interoperability;
mod ledger;
mod lock;
mod outside;
mod refusals;
mod support;
mod upgrade;
