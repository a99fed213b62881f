//! Plans: which revisions to run or revert, in which order, to get from what is applied to a target.

use crate::history::{History, Node};
use crate::target::{Applied, TargetError};

/// Which way a script is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `up.sql`.
    Up,
    /// `down.sql`.
    Down,
}

/// Revisions in the order in which they will run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Up or down; a plan never mixes.
    pub direction: Direction,
    /// Ascending for up, descending for down.
    pub nodes: Vec<Node>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

/// What to run, and in which order, so that the target is applied.
pub fn upgrade(history: &History, applied: &Applied, target: &str) -> Result<Plan, TargetError> {
    let _ = (history, applied, target);
    todo!()
}

/// What to revert, and in which order, so that nothing after the target is applied. A bare number is that many steps.
pub fn revert(history: &History, applied: &Applied, target: &str) -> Result<Plan, TargetError> {
    let _ = (history, applied, target);
    todo!()
}

/// Pending revisions of a plan of which a descendant, or something that depends on them, is applied already.
pub fn overtaken(history: &History, applied: &Applied, plan: &Plan) -> Vec<(Node, Node)> {
    let _ = (history, applied, plan);
    todo!()
}
