//! A history, replayed on a scratch database by the engine itself: what the files add up to, whatever a developer's
//! own database happens to hold.

use schema_runtime::engine::Migrator;
use schema_runtime::history::{History, Node};

use super::refusal;
use super::scratch::{Site, unusable};
use super::url::{DatabaseUrl, Location};
use crate::dialect::Dialect;
use crate::failure::Failure;

/// A database that these revisions and their ancestors have run on.
pub(crate) fn replay<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    history: &History,
    nodes: &[Node],
) -> Result<D::Database, Failure> {
    let is_before = history.ancestors(nodes);
    let revisions = history.revisions().iter().zip(is_before).filter(|(_, is_before)| *is_before);
    let scripts: Vec<(String, &str)> =
        revisions.map(|(revision, _)| (revision.title(), &*revision.up.text)).collect();
    let mut database = dialect.scratch_for(&site, &scripts)?;
    let url = DatabaseUrl {
        dialect: dialect.engine(),
        shown: "a scratch database".to_owned(),
        place: Location::Memory,
    };
    let migrator = Migrator::new(history);
    for &node in nodes {
        let result = dialect.upgrade(&mut database, &migrator, &history.revision(node).id);
        result.map_err(|error| refusal::draw_on_scratch(error, site.project, history, &url))?;
    }
    dialect.settle(&mut database).map_err(unusable)?;
    Ok(database)
}
