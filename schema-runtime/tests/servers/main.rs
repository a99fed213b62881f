//! The engine against real servers, through drivers that link no C library.
#![expect(clippy::unwrap_used, reason = "a test says by panicking that something is wrong")]

mod both;
mod lease;
mod mysql;
mod postgres;
mod support;
