//! How results look: `verdict` is what a check came to; `human` draws findings, `github`, `sarif` and `junit` write them
//! for code hosts and CI systems, `json` makes documents,
//! `graph` draws the history on a terminal, `diagram` draws boxes and arrows.

pub(crate) mod diagram;
pub(crate) mod difference;
pub(crate) mod github;
pub(crate) mod graph;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod locks;
pub(crate) mod revision;
pub(crate) mod sarif;
pub(crate) mod verdict;
