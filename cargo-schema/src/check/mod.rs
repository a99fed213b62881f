//! What `check` knows beyond the door that the build script also comes through: how the history compares with one
//! that is released.

pub(crate) mod base;
