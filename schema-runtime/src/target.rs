//! The target grammar (`head`, `-1`, `4f1c+2`, `api@head`, `A:B`): text in, nodes of a history out, or a
//! [`TargetError`] that names the candidates. Pure; knows the database only as an [`Applied`] set.

use std::fmt;

use crate::history::{History, Node};

/// Which revisions of a history a database has, by node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied(Vec<bool>);

impl Applied {
    /// Nothing applied.
    pub fn none(history: &History) -> Self {
        Self(vec![false; history.len()])
    }

    /// Exactly these nodes.
    pub fn of(history: &History, nodes: impl IntoIterator<Item = Node>) -> Self {
        let mut applied = Self::none(history);
        nodes.into_iter().for_each(|node| applied.insert(node));
        applied
    }

    /// Whether the database has it.
    pub fn contains(&self, node: Node) -> bool {
        self.0[node]
    }

    /// Marks it as applied.
    pub fn insert(&mut self, node: Node) {
        self.0[node] = true;
    }

    /// Marks it as not applied.
    pub fn remove(&mut self, node: Node) {
        self.0[node] = false;
    }

    /// The applied nodes, ascending.
    pub fn nodes(&self) -> impl Iterator<Item = Node> + '_ {
        self.0.iter().enumerate().filter(|(_, applied)| **applied).map(|(node, _)| node)
    }

    /// Where the database is: applied revisions without an applied child.
    pub fn heads(&self, history: &History) -> Vec<Node> {
        self.nodes()
            .filter(|&node| !history.children(node).iter().any(|&child| self.contains(child)))
            .collect()
    }
}

/// Why a target names no place. Carries all candidates, so that the message can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetError {
    /// The target as it was typed.
    pub target: String,
    /// What is wrong, as a clause: "is a prefix of 2 revisions".
    pub problem: String,
    /// The revisions it might have meant, as `id message`.
    pub candidates: Vec<String>,
    /// What to type instead.
    pub help: Option<String>,
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "target `{}` {}", self.target, self.problem)
    }
}

impl std::error::Error for TargetError {}

/// The revisions that a target names, for `show`, `edit`, `stamp`, `merge` and `generate --parent`: one, or
/// several for `heads`, none for `base`. `current` and bare steps need to know what is applied.
pub fn locate(history: &History, applied: Option<&Applied>, target: &str) -> Result<Vec<Node>, TargetError> {
    let _ = (history, applied, target);
    todo!()
}

/// Like [`locate`], but exactly one.
pub fn locate_one(history: &History, applied: Option<&Applied>, target: &str) -> Result<Node, TargetError> {
    let _ = (history, applied, target);
    todo!()
}

/// The revisions of a range `A:B`, `A:` or `:B`, ascending: for `history`, both ends belong to it.
pub fn range(history: &History, applied: Option<&Applied>, range: &str) -> Result<Vec<Node>, TargetError> {
    let _ = (history, applied, range);
    todo!()
}
