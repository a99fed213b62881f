//! What a label covers: forward to every descendant of the labelled revision, back to the fork.

use crate::history::{History, Node};

/// One branch of a history.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    /// The branch itself.
    members: Vec<bool>,
    /// The branch and everything that leads to it.
    lineage: Vec<bool>,
}

impl Branch {
    /// The branch that a revision is on.
    pub(crate) fn of(history: &History, node: Node) -> Self {
        let mut members = history.descendants(&[node]);
        let mut first = node;
        while let Some(parent) = same_branch_parent(history, first) {
            members[parent] = true;
            first = parent;
        }
        let ancestors = history.ancestors(&[node]);
        let lineage = members.iter().zip(ancestors).map(|(member, ancestor)| *member || ancestor).collect();
        Self { members, lineage }
    }

    /// Whether it is on the branch.
    pub(crate) fn contains(&self, node: Node) -> bool {
        self.members[node]
    }

    /// Whether it is on the branch or leads to it.
    pub(crate) fn is_lineage(&self, node: Node) -> bool {
        self.lineage[node]
    }
}

/// The parent, unless a fork or a merge lies between.
fn same_branch_parent(history: &History, node: Node) -> Option<Node> {
    match history.parents(node) {
        [parent] if history.children(*parent).len() == 1 && history.parents(*parent).len() < 2 => {
            Some(*parent)
        }
        _ => None,
    }
}
