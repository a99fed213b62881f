//! The migrations folder: its files read once, in parallel, and turned into revisions, with a finding for
//! everything that is wrong in a file. What is wrong between files is `validate`'s business.

pub(crate) mod cache;
pub(crate) mod file;
pub(crate) mod folder;
pub mod metadata;
pub mod name;
mod script;
