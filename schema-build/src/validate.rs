//! From a folder to a history that can be trusted: reads everything, connects it, compares it with the lock
//! file, and says all that is wrong at once. The build script and the command both come through this door.

use schema_runtime::dialect::Dialect;
use schema_runtime::history::History;
use schema_runtime::revision::Revision;

use crate::config::Config;
use crate::finding::Finding;

/// All that is known about a migrations folder.
#[derive(Clone, Debug)]
pub struct Validated {
    /// The revisions that could be read, in version order; for telling people about a broken history.
    pub revisions: Vec<Revision>,
    /// The graph, where it is sound. Several heads are a finding, yet a sound graph.
    pub history: Option<History>,
    /// Everything that was found, most severe first, then by place.
    pub findings: Vec<Finding>,
}

/// Reads and judges the migrations folder.
pub fn validate(config: &Config, dialect: Dialect) -> Validated {
    let _ = (config, dialect);
    todo!()
}
