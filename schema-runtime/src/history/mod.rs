//! The history: all revisions as a directed acyclic graph. Made from a list of revisions in any order; goes to
//! `target` and `plan`. All defects are found in one pass and returned as values; nobody words them here.

mod links;
mod order;
#[cfg(test)]
pub(crate) mod tests;

use self::links::Links;
pub use self::links::{is_valid_id, is_valid_label};
use crate::names::ByName;
use crate::revision::{Revision, Text};

/// A revision's place in its history. Parents and dependencies always have smaller nodes, so nodes in
/// ascending order are an order in which to run.
pub type Node = usize;

/// A sound history. One that has a [`Defect`] cannot be made.
#[derive(Clone, Debug, Default)]
pub struct History {
    revisions: Vec<Revision>,
    parents: Vec<Vec<Node>>,
    children: Vec<Vec<Node>>,
    dependencies: Vec<Vec<Node>>,
    dependents: Vec<Vec<Node>>,
    ids: ByName<Text, Node>,
    labels: ByName<Text, Node>,
}

/// What is wrong with a list of revisions. Revisions are named by their index in the list given to
/// [`History::new`], because ids may be what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant's sentence names its fields")]
pub enum Defect {
    /// Not 1 to 40 letters, digits and `_`, or a reserved word.
    InvalidId { revision: usize },
    /// Two migrations with one id; Diesel would run one of them.
    DuplicateId { revisions: Vec<usize> },
    /// Two migrations with one version; Diesel drops one in silence. MySQL tells no capitals from small letters.
    DuplicateVersion { revisions: Vec<usize> },
    /// Longer than Diesel's ledger column.
    VersionTooLong { revision: usize },
    /// `parents[position]` is no revision.
    MissingParent { revision: usize, position: usize, nearest: Option<usize> },
    /// `parents[position]` is the revision itself.
    OwnParent { revision: usize, position: usize },
    /// `parents[position]` was named before.
    RepeatedParent { revision: usize, position: usize },
    /// `depends_on[position]` is no id, no unique prefix and no label.
    MissingDependency { revision: usize, position: usize, nearest: Option<usize> },
    /// `depends_on[position]` is a prefix of several ids.
    AmbiguousDependency { revision: usize, position: usize, candidates: Vec<usize> },
    /// `depends_on[position]` is the revision itself.
    OwnDependency { revision: usize, position: usize },
    /// `labels[position]` is not 1 to 40 letters, digits, `_`, `-`, `.` and `/`, or a reserved word.
    InvalidLabel { revision: usize, position: usize },
    /// `labels[position]` is the id of a revision.
    LabelIsId { revision: usize, position: usize, owner: usize },
    /// One label on several revisions.
    DuplicateLabel { label: Text, revisions: Vec<usize> },
    /// These revisions, and no innocent descendants, wait for each other.
    Cycle { revisions: Vec<usize> },
}

/// Revisions that are no history, given back with everything that is wrong with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The list as it was given.
    pub revisions: Vec<Revision>,
    /// At least one.
    pub defects: Vec<Defect>,
}

impl History {
    /// Orders and connects the revisions, or says everything that is wrong with them.
    pub fn new(revisions: Vec<Revision>) -> Result<Self, Vec<Defect>> {
        Self::connect(revisions).map_err(|broken| broken.defects)
    }

    /// Like [`History::new`], for those who still need the revisions when they are no history.
    pub fn connect(revisions: Vec<Revision>) -> Result<Self, Broken> {
        let Links { parents, dependencies, mut defects } = links::connect(&revisions);
        let (order, cycles) = order::sort(&revisions, &parents, &dependencies);
        defects.extend(cycles.into_iter().map(|revisions| Defect::Cycle { revisions }));
        if defects.is_empty() {
            Ok(Self::ordered(revisions, &order, parents, dependencies))
        } else {
            Err(Broken { revisions, defects })
        }
    }

    fn ordered(
        revisions: Vec<Revision>,
        order: &[usize],
        parents: Vec<Vec<usize>>,
        needs: Vec<Vec<usize>>,
    ) -> Self {
        let (parents, dependencies) = (renumbered(parents, order), renumbered(needs, order));
        let revisions = arranged(revisions, order);
        let ids = revisions.iter().enumerate().map(|(node, revision)| (revision.id.clone(), node)).collect();
        let label = |(node, revision): (Node, &Revision)| -> Vec<(Text, Node)> {
            revision.labels.iter().map(|label| (label.clone(), node)).collect()
        };
        let labels = revisions.iter().enumerate().flat_map(label).collect();
        let (children, dependents) = (reversed(&parents), reversed(&dependencies));
        Self { revisions, parents, children, dependencies, dependents, ids, labels }
    }

    /// All revisions, each after its parents and dependencies; independent ones by version.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// The revision at a node.
    pub fn revision(&self, node: Node) -> &Revision {
        &self.revisions[node]
    }

    /// How many revisions there are.
    pub fn len(&self) -> usize {
        self.revisions.len()
    }

    /// Whether there is no revision yet.
    pub fn is_empty(&self) -> bool {
        self.revisions.is_empty()
    }

    /// The revision with exactly this id.
    pub fn node(&self, id: &str) -> Option<Node> {
        self.ids.get(id).copied()
    }

    /// The revision that carries this label.
    pub fn labelled(&self, label: &str) -> Option<Node> {
        self.labels.get(label).copied()
    }

    /// The revisions directly before it, ascending.
    pub fn parents(&self, node: Node) -> &[Node] {
        &self.parents[node]
    }

    /// The revisions directly after it, ascending.
    pub fn children(&self, node: Node) -> &[Node] {
        &self.children[node]
    }

    /// What it depends on without descending from it, ascending.
    pub fn dependencies(&self, node: Node) -> &[Node] {
        &self.dependencies[node]
    }

    /// What depends on it without descending from it, ascending.
    pub fn dependents(&self, node: Node) -> &[Node] {
        &self.dependents[node]
    }

    /// Revisions without a child.
    pub fn heads(&self) -> Vec<Node> {
        (0..self.len()).filter(|&node| self.children[node].is_empty()).collect()
    }

    /// Revisions without a parent.
    pub fn bases(&self) -> Vec<Node> {
        (0..self.len()).filter(|&node| self.parents[node].is_empty()).collect()
    }

    /// Revisions that sort before one of their parents or dependencies, which Diesel would run in another order.
    pub fn disordered(&self) -> Vec<(Node, Node)> {
        let sorts_before =
            |&(node, before): &(Node, Node)| self.revisions[node].version < self.revisions[before].version;
        (0..self.len())
            .flat_map(|node| self.requirements(node).map(move |before| (node, before)))
            .filter(sorts_before)
            .collect()
    }

    /// Marks these revisions and everything that descends from them.
    pub fn descendants(&self, nodes: &[Node]) -> Vec<bool> {
        let mut marks = self.marks(nodes);
        for node in 0..self.len() {
            marks[node] = marks[node] || self.parents[node].iter().any(|&parent| marks[parent]);
        }
        marks
    }

    /// Marks these revisions and everything that they descend from.
    pub fn ancestors(&self, nodes: &[Node]) -> Vec<bool> {
        let mut marks = self.marks(nodes);
        for node in (0..self.len()).rev() {
            marks[node] = marks[node] || self.children[node].iter().any(|&child| marks[child]);
        }
        marks
    }

    fn marks(&self, nodes: &[Node]) -> Vec<bool> {
        let mut marks = vec![false; self.len()];
        nodes.iter().for_each(|&node| marks[node] = true);
        marks
    }

    /// What must be applied before it: parents, then dependencies.
    pub fn requirements(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        self.parents[node].iter().chain(&self.dependencies[node]).copied()
    }

    /// What must be reverted before it: children, then dependents.
    pub fn consequences(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        self.children[node].iter().chain(&self.dependents[node]).copied()
    }
}

/// From places in a list to nodes, which are places in its order.
fn renumbered(edges: Vec<Vec<usize>>, order: &[usize]) -> Vec<Vec<Node>> {
    if order.is_sorted() {
        return edges.into_iter().map(sorted).collect();
    }
    let mut node_of = vec![0; order.len()];
    order.iter().enumerate().for_each(|(node, &index)| node_of[index] = node);
    let nodes = |index: &usize| sorted(edges[*index].iter().map(|&end| node_of[end]).collect());
    order.iter().map(nodes).collect()
}

/// Most histories are given in their order, and stay where they are.
fn arranged(revisions: Vec<Revision>, order: &[usize]) -> Vec<Revision> {
    if order.is_sorted() {
        return revisions;
    }
    let mut slots: Vec<Option<Revision>> = revisions.into_iter().map(Some).collect();
    let take = |&index: &usize| slots[index].take().expect("an order names each revision once");
    order.iter().map(take).collect()
}

fn reversed(edges: &[Vec<Node>]) -> Vec<Vec<Node>> {
    let mut back = vec![Vec::new(); edges.len()];
    for (node, ends) in edges.iter().enumerate() {
        ends.iter().for_each(|&end| back[end].push(node));
    }
    back
}

fn sorted(mut nodes: Vec<Node>) -> Vec<Node> {
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}
