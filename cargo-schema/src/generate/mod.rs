//! New migrations: what they are called, what they look like, and how they come to be on disk.

pub(crate) mod draft;
pub(crate) mod identity;
pub(crate) mod place;
pub(crate) mod tables;
pub(crate) mod taken;
pub(crate) mod write;
