//! Moving a branch of revisions onto another revision: `choose` says which branch is meant, `branch` what moves and
//! what its parents become, `rewrite` turns that into new names and `metadata`. Ids never change.

pub(crate) mod branch;
pub(crate) mod choose;
pub(crate) mod metadata;
pub(crate) mod rewrite;
