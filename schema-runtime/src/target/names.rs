//! Finds revisions by what people call them: ids, labels, folders, versions, prefixes, slugs.

use crate::history::{History, Node};
use crate::revision::Revision;

use super::PREFIX_MINIMUM;

/// The revision that is called exactly this: no other reading is possible.
pub(super) fn exact(history: &History, name: &str) -> Option<Node> {
    history.node(name).or_else(|| history.labelled(name)).or_else(|| {
        let is_called = |revision: &Revision| revision.folder == name || revision.version == name;
        history.revisions().iter().position(is_called)
    })
}

/// Every revision that may be meant: one by its exact name, else all with that prefix or slug.
pub(super) fn matching(history: &History, name: &str) -> Vec<Node> {
    match exact(history, name) {
        Some(node) => vec![node],
        None if name.is_empty() => Vec::new(),
        None => (0..history.len()).filter(|&node| may_mean(history.revision(node), name)).collect(),
    }
}

fn may_mean(revision: &Revision, name: &str) -> bool {
    let is_prefix = name.len() >= PREFIX_MINIMUM && revision.id.starts_with(name);
    is_prefix || slug(revision) == Some(name) || revision.message == name
}

/// The part of the folder's name that says what it does.
fn slug(revision: &Revision) -> Option<&str> {
    let folder = &*revision.folder;
    let after_id = folder.find(&*revision.id).map(|at| &folder[at + revision.id.len()..]);
    let slug = match after_id {
        Some(rest) => rest.strip_prefix(['_', '-']),
        None => folder.split_once('_').map(|(_, slug)| slug),
    };
    slug.filter(|slug| !slug.is_empty())
}
