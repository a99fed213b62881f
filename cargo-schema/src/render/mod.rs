//! How results look: `human` draws findings, `github` and `sarif` write them for code hosts, `json` makes documents,
//! `graph` draws the history.

pub(crate) mod difference;
pub(crate) mod github;
pub(crate) mod graph;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod revision;
pub(crate) mod sarif;
