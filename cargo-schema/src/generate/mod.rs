//! New migrations: what they are called, what they look like, and how they come to be on disk.

pub(crate) mod automatic;
pub(crate) mod decide;
pub(crate) mod draft;
pub(crate) mod identity;
pub(crate) mod migration;
pub(crate) mod naming;
mod offline;
pub(crate) mod order;
pub(crate) mod origin;
pub(crate) mod place;
pub(crate) mod prove;
pub(crate) mod share;
mod steps;
pub(crate) mod tables;
pub(crate) mod tables_file;
pub(crate) mod taken;
#[cfg(test)]
mod tests;
pub(crate) mod write;
