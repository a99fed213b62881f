//! The lock file beside the files: what was edited, what is gone, what is not recorded yet.

use super::{View, lock_path};
use crate::finding::Finding;
use crate::lockfile::{Difference, LockFile};
use crate::rule::Purpose;

/// Nothing, when there is no lock file.
pub(super) fn findings(view: &View<'_>, purpose: Purpose) -> Vec<Finding> {
    if purpose == Purpose::Down {
        // It was looked at when the ways up were read.
        return Vec::new();
    }
    let is_whole = !matches!(purpose, Purpose::Up | Purpose::Look);
    let (shown, path) = lock_path(view.config);
    let text = match view.files().read(&path) {
        Ok(Some(text)) => text,
        Ok(None) => return Vec::new(),
        Err(finding) => return vec![Finding { rule: "bad-lock-file", ..finding }],
    };
    // The text as it should be needs no parsing, and it mostly is as it should be.
    if is_whole && LockFile::of(view.revisions).is_rendered_in(&text) {
        return Vec::new();
    }
    let (lock, mut findings) = LockFile::parse_revisions(&shown, &text);
    if findings.is_empty() && is_whole {
        let differences = lock.compare(view.revisions);
        findings.extend(unrecorded(view, &differences));
        findings.extend(differences.iter().filter_map(|difference| finding(view, difference, &text)));
    }
    findings
}

fn finding(view: &View<'_>, difference: &Difference, text: &str) -> Option<Finding> {
    match difference {
        Difference::Edited { revision, file } => edited(view, *revision, file),
        Difference::Removed { id } => Some(removed(view, id, text)),
        Difference::Unrecorded { .. } => None,
    }
}

fn edited(view: &View<'_>, revision: usize, file: &str) -> Option<Finding> {
    let it = view.revisions.get(revision)?;
    let is_gone = file == "down.sql" && it.down.is_none();
    let message = format!("revision `{}` was edited after `schema.lock` recorded it", it.id);
    let note = if is_gone { "its `down.sql` is gone" } else { "comments and white space do not count" };
    Some(Finding::warning("edited-revision", message).in_file(view.path(it, file)).note(note).help(format!(
        "restore it, and make the change in a new revision; or, if no database has it yet, run `cargo schema lock --accept {}`",
        it.id
    )))
}

fn removed(view: &View<'_>, id: &str, text: &str) -> Finding {
    let (shown, _) = lock_path(view.config);
    let finding = Finding::warning(
        "removed-revision",
        format!("revision `{id}` is in `schema.lock`, and no migration has it"),
    );
    let finding = match text.find(&format!("\"{id}\"")) {
        Some(start) => finding.at(shown, text, start..start + id.len() + 2, ""),
        None => finding.in_file(shown),
    };
    finding.help(format!(
        "bring its folder back; or, if no database has it, run `cargo schema lock --accept {id}`"
    ))
}

/// One finding for all that is not recorded.
fn unrecorded(view: &View<'_>, differences: &[Difference]) -> Option<Finding> {
    let mut missing: Vec<usize> = differences
        .iter()
        .filter_map(|difference| match difference {
            Difference::Unrecorded { revision } => Some(*revision),
            Difference::Edited { .. } | Difference::Removed { .. } => None,
        })
        .collect();
    missing.dedup();
    let message = match missing.len() {
        0 => return None,
        1 => "`schema.lock` lacks a revision".to_string(),
        count => format!("`schema.lock` lacks {} revisions", super::number(count)),
    };
    let finding = Finding::error("lock-out-of-date", message).in_file(lock_path(view.config).0);
    let finding = super::with_members(finding, missing.iter().map(|&it| view.introduce(it)));
    Some(finding.help("run `cargo schema lock`, and commit the file"))
}
