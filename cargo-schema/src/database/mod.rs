//! The only place of the command that opens a database: its URL, its connection, its copies.

pub(crate) mod url;
