//! What a graph may deserve although it is sound: several heads, an order that Diesel would not follow, no way
//! back. Whether any of it matters is for the rules to say.

use std::collections::BTreeSet;

use schema_runtime::history::{Defect, History};
use schema_runtime::revision::Revision;

use super::{View, number, with_members};
use crate::finding::Finding;
use crate::migrations::name;
use crate::rule::{self, Purpose};

pub(super) const MULTIPLE_HEADS: &str = "multiple-heads";
const MISSING_DOWN: &str = "missing-down";
const DIESEL_NAME: &str = "diesel-name";

pub(super) fn findings(view: &View<'_>, history: &History, purpose: Purpose) -> Vec<Finding> {
    let heads: Vec<&Revision> = history.heads().into_iter().map(|node| history.revision(node)).collect();
    let disordered = history.disordered().into_iter().map(|(node, before)| {
        let is_parent = history.parents(node).contains(&before);
        disordered(view, history.revision(node), history.revision(before), is_parent)
    });
    let mut findings: Vec<Finding> = multiple_heads(view, &heads).into_iter().chain(disordered).collect();
    if rule::is_asked(MISSING_DOWN, &view.config.lints, purpose) {
        let is_one_way = |it: &&Revision| it.down.is_none() && it.irreversible.is_none();
        findings.extend(view.revisions.iter().filter(is_one_way).map(|it| missing_down(view, it)));
    }
    if rule::is_asked(DIESEL_NAME, &view.config.lints, purpose) {
        findings.extend(diesel_names(view));
    }
    findings
}

/// The heads of a list that is no history yet, so that they need no second build to be seen. Nothing is said when
/// a parent is missing without a trace: what it was the child of only looks like a head.
pub(super) fn heads_of_broken(view: &View<'_>, defects: &[Defect]) -> Option<Finding> {
    let mut parents: BTreeSet<&str> = BTreeSet::new();
    parents.extend(view.revisions.iter().flat_map(|it| it.parents.iter().map(|parent| &**parent)));
    for defect in defects {
        match defect {
            Defect::MissingParent { nearest, .. } => parents.insert(&view.revisions.get((*nearest)?)?.id),
            Defect::InvalidId { .. } | Defect::DuplicateId { .. } | Defect::Cycle { .. } => return None,
            _ => continue,
        };
    }
    let heads: Vec<&Revision> = view.revisions.iter().filter(|it| !parents.contains(&*it.id)).collect();
    multiple_heads(view, &heads)
}

fn multiple_heads(view: &View<'_>, heads: &[&Revision]) -> Option<Finding> {
    if heads.len() < 2 {
        return None;
    }
    let message = format!("the history has {} heads", number(heads.len()));
    let finding = Finding::error(MULTIPLE_HEADS, message).in_file(view.folder());
    let index = |head: &&Revision| view.revisions.iter().position(|it| it.folder == head.folder).unwrap_or(0);
    let finding = with_members(finding, heads.iter().map(|head| view.introduce(index(head))));
    Some(
        finding.help(
            "`cargo schema rebase` puts yours after theirs; `cargo schema merge -m \"join\"` joins them",
        ),
    )
}

fn disordered(view: &View<'_>, it: &Revision, before: &Revision, is_parent: bool) -> Finding {
    let role = if is_parent { "parent" } else { "dependency" };
    let message = format!("revision `{}` sorts before its {role} `{}`", it.id, before.id);
    Finding::warning("disordered", message)
        .in_file(view.path(it, ""))
        .note(format!("Diesel goes by version, and would run `{}` before `{}`", it.version, before.version))
        .help(format!("`cargo schema rebase {}` gives it a later name", it.id))
}

fn missing_down(view: &View<'_>, it: &Revision) -> Finding {
    Finding::warning(MISSING_DOWN, format!("revision `{}` has no `down.sql`", it.id))
        .in_file(view.path(it, ""))
        .help("write it, or say why there is none: `irreversible = \"..\"` in `metadata.toml`")
}

/// One finding for all: a template that Diesel reads otherwise was chosen once.
fn diesel_names(view: &View<'_>) -> Option<Finding> {
    let differs = |it: &&Revision| it.version != name::diesel_version(&it.folder);
    let differing: Vec<&Revision> = view.revisions.iter().filter(differs).collect();
    let first = differing.first()?;
    let message = match differing.len() {
        1 => "Diesel reads another version from a folder's name".to_string(),
        count => format!("Diesel reads other versions from the names of {count} folders"),
    };
    let diesels = name::diesel_version(&first.folder);
    Some(
        Finding::warning(DIESEL_NAME, message)
            .in_file(view.folder())
            .note(format!("`{}` is `{diesels}` to Diesel, and `{}` here", first.folder, first.version))
            .note("with these names there is no way back to plain Diesel")
            .help(format!("`name = \"{}\"` makes names that both read alike", name::DEFAULT_TEMPLATE)),
    )
}
