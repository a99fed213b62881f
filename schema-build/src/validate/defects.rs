//! Words for what keeps a list of revisions from being a history. Each defect becomes one finding, shown where the
//! metadata says it, with what to do about it.

use schema_runtime::history::Defect;
use schema_runtime::revision::{Revision, VERSION_LIMIT};

use super::{Part, View, number, with_members};
use crate::finding::Finding;

pub(super) fn findings(view: &View<'_>, defects: &[Defect]) -> Vec<Finding> {
    let said_already = |defect: &&Defect| match defect {
        Defect::DuplicateVersion { revisions } => {
            !defects.contains(&Defect::DuplicateId { revisions: revisions.clone() })
        }
        _ => true,
    };
    let mut findings: Vec<Finding> =
        defects.iter().filter(said_already).filter_map(|defect| finding(view, defect)).collect();
    findings.extend(super::shape::heads_of_broken(view, defects));
    findings
}

/// `None` only if a defect named a revision that is not in the list.
fn finding(view: &View<'_>, defect: &Defect) -> Option<Finding> {
    let revision = |index: usize| view.revisions.get(index);
    match defect {
        Defect::InvalidId { revision: it } => Some(invalid_id(view, revision(*it)?)),
        Defect::DuplicateId { revisions } => Some(duplicate_id(view, revisions)),
        Defect::DuplicateVersion { revisions } => Some(duplicate_version(view, revisions)),
        Defect::VersionTooLong { revision: it } => Some(version_too_long(view, revision(*it)?)),
        Defect::MissingParent { revision: it, position, nearest } => {
            Some(missing_parent(view, revision(*it)?, *position, nearest.and_then(revision)))
        }
        Defect::OwnParent { revision: it, position } => Some(own_parent(view, revision(*it)?, *position)),
        Defect::RepeatedParent { revision: it, position } => {
            Some(repeated_parent(view, revision(*it)?, *position))
        }
        Defect::MissingDependency { revision: it, position, nearest } => {
            Some(missing_dependency(view, revision(*it)?, *position, nearest.and_then(revision)))
        }
        Defect::AmbiguousDependency { revision: it, position, candidates } => {
            Some(ambiguous_dependency(view, revision(*it)?, *position, candidates))
        }
        Defect::OwnDependency { revision: it, position } => {
            Some(own_dependency(view, revision(*it)?, *position))
        }
        Defect::InvalidLabel { revision: it, position } => {
            Some(invalid_label(view, revision(*it)?, *position))
        }
        Defect::LabelIsId { revision: it, position, owner } => {
            Some(label_is_id(view, revision(*it)?, *position, *owner))
        }
        Defect::DuplicateLabel { label, revisions } => Some(duplicate_label(view, label, revisions)),
        Defect::Cycle { revisions } => Some(cycle(view, revisions)),
    }
}

fn invalid_id(view: &View<'_>, it: &Revision) -> Finding {
    let message = match &*it.id {
        "" => "the migration has no id".to_string(),
        id => format!("`{id}` cannot be the id of a revision"),
    };
    Finding::error("invalid-id", message)
        .at_place(view.place(it, Part::Id, ""))
        .note("an id is 1 to 40 letters, digits and `_`, and none of `base`, `current`, `head` and `heads`")
        .help("write another `revision` into `metadata.toml`")
}

fn duplicate_id(view: &View<'_>, revisions: &[usize]) -> Finding {
    let id = id(view, revisions);
    let finding = group(
        view,
        "duplicate-id",
        &format!("{} migrations have the id `{id}`", number(revisions.len())),
        revisions,
    );
    finding.help("give each its own: in `metadata.toml`, or by another version in the folder's name")
}

fn duplicate_version(view: &View<'_>, revisions: &[usize]) -> Finding {
    let mut versions: Vec<&str> =
        revisions.iter().filter_map(|&it| view.revisions.get(it)).map(|it| &*it.version).collect();
    versions.dedup();
    let version = versions.first().copied().unwrap_or_default();
    let message = format!("{} migrations have the version `{version}`", number(revisions.len()));
    let why = match versions.len() {
        1 => "Diesel would run one of them and drop the others in silence",
        _ => "they differ in case alone, which the table of what is applied does not see on MySQL",
    };
    group(view, "duplicate-version", &message, revisions)
        .note(why)
        .help("rename their folders, so that they differ before the first `_`")
}

/// About several revisions; shown at the last, which is mostly the one that came later.
fn group(view: &View<'_>, rule: &'static str, message: &str, revisions: &[usize]) -> Finding {
    let finding = Finding::error(rule, message);
    let finding = match revisions.last().and_then(|&last| view.revisions.get(last)) {
        Some(last) => finding.at_place(view.place(last, Part::Id, "")),
        None => finding,
    };
    with_members(finding, revisions.iter().map(|&it| view.introduce(it)))
}

fn version_too_long(view: &View<'_>, it: &Revision) -> Finding {
    let length = it.version.chars().count();
    Finding::error("version-too-long", format!("the version of the migration has {length} characters"))
        .in_file(view.path(it, ""))
        .note(format!("it is `{}`, and Diesel's table holds {VERSION_LIMIT}", it.version))
        .help("shorten what stands before the first `_`, or before the end of the id, in the folder's name")
}

fn missing_parent(view: &View<'_>, it: &Revision, position: usize, nearest: Option<&Revision>) -> Finding {
    let finding =
        Finding::error("missing-parent", format!("revision `{}` has a parent that does not exist", it.id))
            .at_place(view.place(it, Part::Parent(position), "no migration has this id"));
    finding.help(match nearest {
        Some(nearest) => the_nearest(nearest),
        None => "bring the migration back, or correct `parents`".to_string(),
    })
}

fn the_nearest(nearest: &Revision) -> String {
    match &*nearest.message {
        "" => format!("the nearest is `{}`", nearest.id),
        message => format!("the nearest is `{}` ({message})", nearest.id),
    }
}

fn own_parent(view: &View<'_>, it: &Revision, position: usize) -> Finding {
    Finding::error("own-parent", format!("revision `{}` is its own parent", it.id))
        .at_place(view.place(it, Part::Parent(position), ""))
        .help("name the revision before it, or write `parents = []` for a base")
}

fn repeated_parent(view: &View<'_>, it: &Revision, position: usize) -> Finding {
    Finding::error("repeated-parent", format!("revision `{}` names a parent twice", it.id))
        .at_place(view.place(it, Part::Parent(position), "named before"))
        .help("remove one of the two")
}

fn missing_dependency(
    view: &View<'_>,
    it: &Revision,
    position: usize,
    nearest: Option<&Revision>,
) -> Finding {
    let message = format!("revision `{}` depends on a revision that does not exist", it.id);
    let finding = Finding::error("missing-dependency", message).at_place(view.place(
        it,
        Part::Dependency(position),
        "no migration has this id or label",
    ));
    finding.help(match nearest {
        Some(nearest) => the_nearest(nearest),
        None => "bring the migration back, or correct `depends_on`".to_string(),
    })
}

fn ambiguous_dependency(view: &View<'_>, it: &Revision, position: usize, candidates: &[usize]) -> Finding {
    let message = format!("revision `{}` depends on one of {} revisions", it.id, number(candidates.len()));
    let finding = Finding::error("ambiguous-dependency", message).at_place(view.place(
        it,
        Part::Dependency(position),
        "several ids begin so",
    ));
    with_members(finding, candidates.iter().map(|&it| view.introduce(it))).help("write more of the id")
}

fn own_dependency(view: &View<'_>, it: &Revision, position: usize) -> Finding {
    Finding::error("own-dependency", format!("revision `{}` depends on itself", it.id))
        .at_place(view.place(it, Part::Dependency(position), ""))
        .help("remove it from `depends_on`")
}

fn invalid_label(view: &View<'_>, it: &Revision, position: usize) -> Finding {
    let label = it.labels.get(position).map_or("", |label| label);
    Finding::error("invalid-label", format!("`{label}` cannot be a label"))
        .at_place(view.place(it, Part::Label(position), ""))
        .note("a label is 1 to 40 letters, digits, `_`, `-`, `.` and `/`, and none of `base`, `current`, `head` and `heads`")
        .help("write another one")
}

fn label_is_id(view: &View<'_>, it: &Revision, position: usize, owner: usize) -> Finding {
    let label = it.labels.get(position).map_or("", |label| label);
    Finding::error("label-is-id", format!("the label `{label}` is the id of a revision"))
        .at_place(view.place(it, Part::Label(position), ""))
        .note(view.introduce(owner))
        .help("write another label: every id serves as one anyway")
}

fn duplicate_label(view: &View<'_>, label: &str, revisions: &[usize]) -> Finding {
    let message = format!("{} revisions have the label `{label}`", number(revisions.len()));
    let last = revisions.last().and_then(|&last| view.revisions.get(last));
    let mut finding = Finding::error("duplicate-label", message);
    if let Some(last) = last {
        let position = last.labels.iter().rposition(|it| it == label).unwrap_or(0);
        finding = finding.at_place(view.place(last, Part::Label(position), ""));
    }
    with_members(finding, revisions.iter().map(|&it| view.introduce(it)))
        .help("keep it on one of them: it covers the whole branch, forward and back to the fork")
}

fn cycle(view: &View<'_>, revisions: &[usize]) -> Finding {
    let message = format!("{} revisions wait for each other", number(revisions.len()));
    let mut finding = Finding::error("cycle", message);
    if let Some((it, part)) = revisions.iter().find_map(|&index| waits_for(view, index, revisions)) {
        finding = finding.at_place(view.place(it, part, "this comes after it, too"));
    }
    with_members(finding, revisions.iter().map(|&it| view.introduce(it)))
        .help("remove one of their parents or dependencies")
}

/// Where a member of a cycle names another one.
fn waits_for<'v>(view: &'v View<'_>, index: usize, members: &[usize]) -> Option<(&'v Revision, Part)> {
    let it = view.revisions.get(index)?;
    let is_member = |name: &&str| members.iter().any(|&member| view.revisions[member].id == **name);
    let parent = it.parents.iter().map(|it| &**it).position(|name| is_member(&name)).map(Part::Parent);
    let dependency =
        || it.depends_on.iter().map(|it| &**it).position(|name| is_member(&name)).map(Part::Dependency);
    Some((it, parent.or_else(dependency)?))
}

fn id<'v>(view: &'v View<'_>, revisions: &[usize]) -> &'v str {
    revisions.first().and_then(|&first| view.revisions.get(first)).map_or("", |it| &it.id)
}
