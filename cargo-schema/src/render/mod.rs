//! How results look: `human` draws findings, `json` makes documents, `graph` draws the history.

pub(crate) mod graph;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod revision;
