//! The only place of the command that opens a database: its URL, its connection, its copies, and what the engine
//! says when it cannot go on.

mod backup;
pub(crate) mod connect;
pub(crate) mod connection;
pub(crate) mod copies;
pub(crate) mod interrupt;
pub(crate) mod percent;
pub(crate) mod refusal;
pub(crate) mod replay;
pub(crate) mod scratch;
pub(crate) mod secret;
pub(crate) mod server;
mod tools;
pub(crate) mod url;
