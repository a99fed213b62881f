//! Views that use a column whose type changes: PostgreSQL refuses that, so they go before and come back after, with
//! everything that is said of them.

use std::collections::BTreeSet;

use super::document::Relation;
use super::introspect::{Catalogue, View};
use super::name::{path, quoted, string};
use crate::dialect::script::Group;

/// The views that use one of these columns, and those that use these views; in the order in which they can be made.
pub(super) fn using<'c>(catalogue: &'c Catalogue, columns: &BTreeSet<(String, String)>) -> Vec<&'c View> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut found = Vec::new();
    for view in &catalogue.views {
        let is_hit = view.uses.iter().any(|(relation, column)| match column {
            Some(column) => columns.contains(&(relation.clone(), column.clone())),
            None => names.contains(relation.as_str()),
        });
        let uses_hit = view.uses.iter().any(|(relation, _)| names.contains(relation.as_str()));
        if (is_hit || uses_hit) && view.statement().is_some() {
            names.insert(&view.relation.name);
            found.push(view);
        }
    }
    found
}

/// They go.
pub(super) fn dropped(views: &[&View]) -> Group {
    let drops = views.iter().rev().map(|view| format!("DROP {} {}", kind(view), path(&view.relation.name)));
    let group = Group::of(drops.collect());
    if views.is_empty() {
        group
    } else {
        group.comment("Views that use a column which changes its type come back below.")
    }
}

/// They come back.
pub(super) fn made(views: &[&View]) -> Vec<Group> {
    views.iter().map(|view| Group::of(statements(view))).collect()
}

fn kind(view: &View) -> &'static str {
    if view.relation.kind == "m" { "MATERIALIZED VIEW" } else { "VIEW" }
}

fn statements(view: &View) -> Vec<String> {
    let relation = &view.relation;
    let mut statements: Vec<String> = view.statement().into_iter().collect();
    statements.extend(view.indexes.iter().cloned());
    statements.extend(view.attached.iter().flat_map(|other| other.statements(&relation.name)));
    statements.extend(
        relation.comment.as_ref().map(|comment| {
            format!("COMMENT ON {} {} IS {}", kind(view), path(&relation.name), string(comment))
        }),
    );
    statements.extend(grants(relation));
    statements
}

/// What others than the owner may do with a relation, as statements.
pub(super) fn grants(relation: &Relation) -> Vec<String> {
    let entries = relation.grants.as_deref().unwrap_or_default().split(", ");
    let entries =
        entries.filter_map(|entry| entry.rsplit_once('=')).filter(|(role, _)| *role != relation.owner);
    entries.filter_map(|(role, rest)| grant(&relation.name, role, rest.split('/').next()?)).collect()
}

fn grant(relation: &str, role: &str, letters: &str) -> Option<String> {
    let words: Option<Vec<&str>> = letters.chars().filter(|letter| *letter != '*').map(word).collect();
    let words = words.filter(|words| !words.is_empty())?.join(", ");
    let to = match role.trim_matches('"') {
        "" => "PUBLIC".to_owned(),
        role => quoted(role),
    };
    let option = if letters.contains('*') { " WITH GRANT OPTION" } else { "" };
    Some(format!("GRANT {words} ON {} TO {to}{option}", path(relation)))
}

fn word(letter: char) -> Option<&'static str> {
    Some(match letter {
        'r' => "SELECT",
        'a' => "INSERT",
        'w' => "UPDATE",
        'd' => "DELETE",
        'D' => "TRUNCATE",
        'x' => "REFERENCES",
        't' => "TRIGGER",
        'm' => "MAINTAIN",
        _ => return None,
    })
}
