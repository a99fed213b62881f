//! What unit tests of several rooms share.

use schema_runtime::history::History;
use schema_runtime::revision::{Mode, Revision, Script};

/// A history from ids and parents, in version order.
pub(crate) fn history(graph: &[(&str, &[&str])]) -> History {
    let revision = |(position, (id, parents)): (usize, &(&str, &[&str]))| Revision {
        id: id.to_string().into(),
        version: format!("{position:04}{id}").into(),
        folder: format!("{position:04}{id}_x").into(),
        message: "".into(),
        created: None,
        parents: parents.iter().map(|parent| parent.to_string().into()).collect(),
        depends_on: Vec::new(),
        labels: Vec::new(),
        irreversible: None,
        up: Script { mode: Mode::Joined, checksum: "1-0".into(), ..Script::default() },
        down: None,
    };
    History::new(graph.iter().enumerate().map(revision).collect()).expect("a sound history")
}
