//! The history against the lock file of a released commit: what was edited, removed, or slipped in below what
//! databases have run already. Pure.

use schema_build::config::Config;
use schema_build::finding::Finding;
use schema_build::lockfile::{Difference, FILE_NAME, LockFile};
use schema_runtime::history::{History, Node};
use schema_runtime::revision::Revision;

/// Everything that databases which ran the released history would stumble over.
pub(crate) fn findings(
    config: &Config,
    reference: &str,
    released: &LockFile,
    validated: (&[Revision], Option<&History>),
) -> Vec<Finding> {
    let (revisions, history) = validated;
    let differences = released.compare(revisions);
    let changed = differences.iter().filter_map(|difference| match difference {
        Difference::Edited { revision, file } => Some(edited(config, reference, &revisions[*revision], file)),
        Difference::Removed { id } => Some(removed(config, reference, id)),
        // What is not released yet is what a branch is for.
        Difference::Unrecorded { .. } => None,
    });
    let inserted = history.into_iter().flat_map(|history| inserted(config, reference, released, history));
    changed.chain(inserted).collect()
}

/// Which revisions a released commit has as they are, by position.
pub(crate) fn unchanged(released: &LockFile, revisions: &[Revision]) -> Vec<bool> {
    let mut unchanged: Vec<bool> =
        revisions.iter().map(|revision| released.revisions.contains_key(revision.id.as_ref())).collect();
    for difference in released.compare(revisions) {
        if let Difference::Edited { revision, .. } = difference {
            unchanged[revision] = false;
        }
    }
    unchanged
}

/// What a commit without a lock file has released: whatever has a folder there, as it is now. That is all that can be
/// known, and more than to take what databases ran for new.
pub(crate) fn assumed(folders: &[String], revisions: &[Revision]) -> LockFile {
    let is_there = |revision: &&Revision| folders.iter().any(|folder| *folder == *revision.folder);
    LockFile::of(revisions.iter().filter(is_there))
}

/// Says what was assumed.
pub(crate) fn without_lock(config: &Config, reference: &str, assumed: &LockFile) -> Finding {
    let released = assumed.revisions.len();
    let message = format!("`{reference}` has no `{FILE_NAME}` that would say what is released");
    let counted = match released {
        0 => "it has no migration of this history either: everything counts as new".to_owned(),
        1 => "the revision that has a folder there counts as released, as it is now".to_owned(),
        _ => format!("the {released} revisions that have folders there count as released, as they are now"),
    };
    Finding::warning("base-without-lock", message)
        .in_file(config.shown(&config.migrations.join(FILE_NAME)))
        .note(counted)
        .note("revisions that were edited or removed since then are not noticed")
        .help(format!("commit `{FILE_NAME}` there; `cargo schema lock` writes it"))
}

fn edited(config: &Config, reference: &str, revision: &Revision, file: &str) -> Finding {
    let path = config.migrations.join(revision.folder.as_ref()).join(file);
    Finding::error("edited-revision", format!("revision `{}` was edited after it was released", revision.id))
        .in_file(config.shown(&path))
        .note(format!("`{reference}` has it with other SQL; comments and white space do not count"))
        .help("restore it, and make the change in a new revision")
}

fn removed(config: &Config, reference: &str, id: &str) -> Finding {
    Finding::error("removed-revision", format!("revision `{id}` was removed after it was released"))
        .in_file(config.shown(&config.migrations.join(FILE_NAME)))
        .note(format!("`{reference}` has it, and databases may have run it"))
        .help("restore its folder; to take its change back, write a new revision")
}

fn inserted(config: &Config, reference: &str, released: &LockFile, history: &History) -> Vec<Finding> {
    let is_released = |node: &Node| released.revisions.contains_key(history.revision(*node).id.as_ref());
    let old: Vec<Node> = (0..history.len()).filter(is_released).collect();
    let is_below = history.ancestors(&old);
    (0..history.len())
        .filter(|node| is_below[*node] && !is_released(node))
        .map(|node| {
            let revision = history.revision(node);
            let path = config.migrations.join(revision.folder.as_ref());
            Finding::error(
                "inserted-revision",
                format!("revision `{}` comes before one that is released", revision.id),
            )
            .in_file(config.shown(&path))
            .note(format!(
                "`{reference}` has a descendant of it: databases that ran that one would never run this"
            ))
            .help("`cargo schema rebase` puts it at the end; or change `parents` in its metadata.toml")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use schema_build::lockfile::Checksums;

    use super::*;
    use crate::testing::history;

    /// What is found, as `rule place`, when these were released.
    fn found(graph: &[(&str, &[&str])], released: &[(&str, &str)]) -> Vec<String> {
        let history = history(graph);
        let checksums = |up: &str| Checksums { up: up.to_owned(), down: None };
        let revisions = released.iter().map(|(id, up)| (id.to_string(), checksums(up))).collect();
        let released = LockFile { revisions, ..LockFile::default() };
        let config = Config::standalone(Path::new("/m"), None);
        let findings = findings(&config, "main", &released, (history.revisions(), Some(&history)));
        let place = |finding: &Finding| finding.place.as_ref().map(|place| place.path.display().to_string());
        findings
            .iter()
            .map(|finding| format!("{} {}", finding.rule, place(finding).unwrap_or_default()))
            .collect()
    }

    const LINE: &[(&str, &[&str])] = &[("a", &[]), ("b", &["a"]), ("c", &["b"])];

    #[test]
    fn new_revisions_at_the_end_are_what_branches_are_for() {
        assert_eq!(found(LINE, &[("a", "1-0"), ("b", "1-0")]), [] as [&str; 0]);
        assert_eq!(found(LINE, &[]), [] as [&str; 0]);
    }

    #[test]
    fn edited_removed_and_inserted_revisions_are_found() {
        assert_eq!(found(LINE, &[("a", "1-1")]), ["edited-revision m/0000a_x/up.sql"]);
        assert_eq!(found(LINE, &[("z", "1-0")]), ["removed-revision m/schema.lock"]);
        assert_eq!(found(LINE, &[("a", "1-0"), ("c", "1-0")]), ["inserted-revision m/0001b_x"]);
    }
}
