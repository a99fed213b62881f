//! A history, replayed on a scratch database in memory by the engine itself: what the files add up to, whatever a
//! developer's own database happens to hold.

use diesel::SqliteConnection;
use schema_runtime::dialect::Dialect;
use schema_runtime::engine::Migrator;
use schema_runtime::history::{History, Node};

use super::refusal;
use super::scratch;
use super::url::{DatabaseUrl, Location};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;

/// A database that these revisions and their ancestors have run on.
pub(crate) fn sqlite(
    project: &Project,
    history: &History,
    nodes: &[Node],
) -> Result<SqliteConnection, Failure> {
    let mut database = scratch::sqlite().map_err(unusable)?;
    let url = DatabaseUrl {
        dialect: Dialect::Sqlite,
        shown: "a scratch database".to_owned(),
        place: Location::Memory,
    };
    let migrator = Migrator::new(history);
    for &node in nodes {
        let result = migrator.upgrade(&mut database, &history.revision(node).id);
        result.map_err(|error| refusal::draw(error, project, history, &url))?;
    }
    // A migration that switches them off for good does so in its own database, not in the proof.
    scratch::run(&mut database, "PRAGMA foreign_keys = ON").map_err(unusable)?;
    Ok(database)
}

/// A scratch database that cannot be used at all.
pub(crate) fn unusable(error: scratch::Error) -> Failure {
    Failure::new(Exit::Failed, "scratch", error.to_string())
}
