//! How results look: `human` draws findings, `json` makes documents, `graph` draws the history.

pub(crate) mod human;
pub(crate) mod json;
