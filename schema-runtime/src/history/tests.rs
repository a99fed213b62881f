//! The graph from literals.

use super::{Defect, History};
use crate::revision::Revision;

/// `id`, or `id < parents`, or `id < parents ! dependencies`, with labels after `#`.
pub(crate) fn revisions(lines: &str) -> Vec<Revision> {
    lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .enumerate()
        .map(|(at, line)| revision(at, line))
        .collect()
}

fn revision(at: usize, line: &str) -> Revision {
    let (line, labels) = line.split_once('#').unwrap_or((line, ""));
    let (line, depends_on) = line.split_once('!').unwrap_or((line, ""));
    let (id, parents) = line.split_once('<').unwrap_or((line, ""));
    let words = |text: &str| text.split_whitespace().map(|word| word.to_owned().into()).collect();
    let id = id.trim().to_owned();
    Revision {
        version: format!("{at:04}{id}").into(),
        folder: format!("{at:04}-{id}_add_{id}").into(),
        message: format!("add {id}").into(),
        id: id.into(),
        created: None,
        parents: words(parents),
        depends_on: words(depends_on),
        labels: words(labels),
        irreversible: None,
        up: Default::default(),
        down: None,
    }
}

pub(crate) fn history(lines: &str) -> History {
    History::new(revisions(lines)).expect("the literal is sound")
}

fn defects(lines: &str) -> Vec<Defect> {
    History::new(revisions(lines)).err().unwrap_or_default()
}

fn ids(history: &History, nodes: Vec<usize>) -> Vec<&str> {
    nodes.into_iter().map(|node| &*history.revision(node).id).collect()
}

#[test]
fn the_order_follows_the_graph_and_then_the_version() {
    let it = history("c < b\na\nd < a\nb < a");
    assert_eq!(ids(&it, (0..it.len()).collect()), ["a", "d", "b", "c"]);
    assert_eq!(ids(&it, it.heads()), ["d", "c"]);
    assert_eq!(ids(&it, it.bases()), ["a"]);
}

#[test]
fn a_dependency_orders_without_being_a_parent() {
    let it = history("b ! z\nz # zed\ny ! zed");
    assert_eq!(ids(&it, (0..it.len()).collect()), ["z", "b", "y"]);
    assert_eq!(it.heads().len(), 3);
    assert_eq!(it.dependents(0), [1, 2]);
}

#[test]
fn a_child_that_sorts_before_its_parent_is_noticed() {
    assert_eq!(history("b < a\na").disordered(), [(1, 0)]);
    assert_eq!(history("a\nb < a").disordered(), []);
}

#[test]
fn only_the_members_of_a_cycle_are_accused() {
    assert_eq!(defects("a < c\nb < a\nc < b\nd < c\ne"), [Defect::Cycle { revisions: vec![0, 1, 2] }]);
    assert_eq!(defects("a ! b\nb < a"), [Defect::Cycle { revisions: vec![0, 1] }]);
}

#[test]
fn all_defects_are_found_in_one_pass() {
    let found = defects(
        "aaaa < aaaa\nhead\nbbbb < aaab ! nope\nbbbb # aaaa x\ncccc < bbbb bbbb # x\nd1d1 < e1e1\ne1e1 < d1d1",
    );
    let expected = [
        Defect::InvalidId { revision: 1 },
        Defect::LabelIsId { revision: 3, position: 0, owner: 0 },
        Defect::DuplicateId { revisions: vec![2, 3] },
        Defect::DuplicateLabel { label: "x".into(), revisions: vec![3, 4] },
        Defect::OwnParent { revision: 0, position: 0 },
        Defect::MissingParent { revision: 2, position: 0, nearest: Some(0) },
        Defect::MissingDependency { revision: 2, position: 0, nearest: None },
        Defect::RepeatedParent { revision: 4, position: 1 },
        Defect::Cycle { revisions: vec![5, 6] },
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_dependency_may_be_a_unique_prefix() {
    assert_eq!(history("abcd1\nefgh ! abcd").dependencies(1), [0]);
    let ambiguous = Defect::AmbiguousDependency { revision: 2, position: 0, candidates: vec![0, 1] };
    assert_eq!(defects("abcd1\nabcd2\nefgh ! abcd"), [ambiguous]);
    assert_eq!(defects("efgh ! efg").len(), 1);
    assert_eq!(defects("efgh ! efgh"), [Defect::OwnDependency { revision: 0, position: 0 }]);
}

#[test]
fn versions_are_unique_and_fit_the_ledger() {
    for (first, second) in [("1", "1"), ("V1", "v1"), ("v1", "V1")] {
        let mut two = revisions("a\nb < a");
        (two[0].version, two[1].version) = (first.into(), second.into());
        assert_eq!(History::new(two).unwrap_err(), [Defect::DuplicateVersion { revisions: vec![0, 1] }]);
    }
    let mut long = revisions("a");
    long[0].version = "9".repeat(51).into();
    assert_eq!(History::new(long).unwrap_err(), [Defect::VersionTooLong { revision: 0 }]);
}

#[test]
fn a_very_long_history_needs_no_deep_stack() {
    let line = |at: usize| if at == 0 { "r0 < r49999".to_owned() } else { format!("r{at} < r{}", at - 1) };
    let lines: Vec<String> = (0..50_000).map(line).collect();
    assert!(
        matches!(&defects(&lines.join("\n"))[..], [Defect::Cycle { revisions }] if revisions.len() == 50_000)
    );
}
