//! Which revisions a rebase moves, and what their parents become. Pure.

use schema_runtime::history::{History, Node};
use schema_runtime::revision::Text;

/// A branch that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Branch {
    /// What it is put onto.
    pub(crate) onto: Node,
    /// What moves, ascending, with its new parents.
    pub(crate) moved: Vec<(Node, Vec<Text>)>,
}

impl Branch {
    /// The branch of `revision`: everything on its line that `onto` does not have, and all that descends from it.
    pub(crate) fn of(history: &History, revision: Node, onto: Node) -> Self {
        let theirs = history.ancestors(&[onto]);
        let line = history.ancestors(&[revision]);
        let own: Vec<Node> = (0..history.len()).filter(|&node| line[node] && !theirs[node]).collect();
        let moves = history.descendants(&own);
        let parents = |node: Node| new_parents(history, node, onto, &moves, &theirs);
        let moved =
            (0..history.len()).filter(|&node| moves[node]).map(|node| (node, parents(node))).collect();
        Self { onto, moved }
    }

    /// Whether every revision has the parents that it should have.
    pub(crate) fn is_in_place(&self, history: &History) -> bool {
        self.moved.iter().all(|(node, parents)| {
            let now: Vec<&Text> = history.parents(*node).iter().map(|&p| &history.revision(p).id).collect();
            now.len() == parents.len() && parents.iter().all(|parent| now.contains(&parent))
        })
    }

    /// The history as it will be, with the old versions; `None` when a dependency makes it go in circles.
    pub(crate) fn apply(&self, history: &History) -> Option<History> {
        let mut revisions = history.revisions().to_vec();
        for (node, parents) in &self.moved {
            revisions[*node].parents.clone_from(parents);
        }
        History::new(revisions).ok()
    }
}

/// Parents that move along, or belong to a third branch, stay; those that `onto` has are replaced by it, once,
/// and only where nothing that moves leads there anyway.
fn new_parents(history: &History, node: Node, onto: Node, moves: &[bool], theirs: &[bool]) -> Vec<Text> {
    let id = |node: Node| history.revision(node).id.clone();
    let kept: Vec<Node> = history.parents(node).iter().copied().filter(|&parent| !theirs[parent]).collect();
    let is_root = !kept.iter().any(|&parent| moves[parent]);
    let onto = is_root.then(|| id(onto));
    onto.into_iter().chain(kept.into_iter().map(id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::history;

    /// Moves the branch of a revision; shows what moved as `id:parents`.
    fn moved(graph: &[(&str, &[&str])], revision: &str, onto: &str) -> Vec<String> {
        let history = history(graph);
        let node = |id: &str| history.node(id).expect("an id of the test");
        let branch = Branch::of(&history, node(revision), node(onto));
        assert_eq!(branch.apply(&history).map(|after| after.len()), Some(history.len()));
        let show = |(node, parents): &(Node, Vec<Text>)| {
            format!("{}:{}", history.revision(*node).id, parents.join("+"))
        };
        branch.moved.iter().map(show).collect()
    }

    #[test]
    fn the_whole_branch_moves_and_keeps_its_order() {
        let graph = &[("a", &[][..]), ("t", &["a"]), ("m1", &["a"]), ("m2", &["m1"])];
        for revision in ["m1", "m2"] {
            assert_eq!(moved(graph, revision, "t"), ["m1:t", "m2:m1"]);
        }
    }

    #[test]
    fn a_merge_with_what_is_there_anyway_loses_that_parent() {
        let graph = &[("a", &[][..]), ("t1", &["a"]), ("t2", &["t1"]), ("m1", &["a"]), ("m2", &["m1", "t1"])];
        assert_eq!(moved(graph, "m2", "t2"), ["m1:t2", "m2:m1"]);
    }

    #[test]
    fn a_third_branch_stays_a_parent() {
        let graph = &[("a", &[][..]), ("t", &["a"]), ("m", &["a"]), ("x", &["a"]), ("mx", &["m", "x"])];
        assert_eq!(moved(graph, "m", "t"), ["m:t", "mx:m+x"]);
    }

    #[test]
    fn a_separate_root_is_put_on_top() {
        assert_eq!(moved(&[("a", &[]), ("b", &[])], "b", "a"), ["b:a"]);
    }

    #[test]
    fn what_is_in_place_already_is_seen() {
        let graph: &[(&str, &[&str])] = &[("a", &[]), ("b", &["a"]), ("c", &["b"])];
        let history = history(graph);
        assert!(Branch::of(&history, 2, 0).is_in_place(&history));
        assert!(!Branch::of(&history, 2, 0).moved.is_empty());
        assert!(Branch::of(&history, 0, 2).moved.is_empty());
    }

    #[test]
    fn a_dependency_on_what_moves_is_a_circle() {
        let mut revisions = history(&[("a", &[]), ("m", &["a"]), ("t", &["a"])]).revisions().to_vec();
        revisions.iter_mut().filter(|r| r.id == "t").for_each(|r| r.depends_on = vec!["m".into()]);
        let history = History::new(revisions).expect("sound");
        let node = |id: &str| history.node(id).expect("an id of the test");
        assert_eq!(Branch::of(&history, node("m"), node("t")).apply(&history).map(|h| h.len()), None);
    }
}
