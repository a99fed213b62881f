//! Moving a branch of revisions onto another revision: `branch` says which move and what their parents become,
//! `rewrite` turns that into new names and metadata. Ids never change.

pub(crate) mod branch;
pub(crate) mod metadata;
