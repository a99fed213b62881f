//! The target grammar (`head`, `-1`, `4f1c+2`, `api@head`, `A:B`): text in, nodes of a history out, or a
//! [`TargetError`] that names the candidates. Pure; knows the database only as an [`Applied`] set.
//!
//! `grammar` cuts the text, `names` finds revisions, `branch` knows what a label covers, `place` puts them together.

mod branch;
mod grammar;
mod names;
mod place;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::history::{History, Node};

pub(crate) use self::branch::Branch;
pub(crate) use self::place::{Place, Scope};

/// The shortest prefix of an id that is taken for one.
pub const PREFIX_MINIMUM: usize = 4;

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

impl TargetError {
    /// The same error, with what to do about it.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The revisions that a target names, for `show`, `edit`, `stamp`, `merge` and `generate --parent`: one, or
/// several for `heads`, none for `base`. `current` and bare steps need to know what is applied.
pub fn locate(history: &History, applied: Option<&Applied>, target: &str) -> Result<Vec<Node>, TargetError> {
    let scope = Scope { history, applied, target };
    Ok(match scope.place(target)? {
        Place::Base(_) => Vec::new(),
        Place::At { nodes, .. } => nodes,
    })
}

/// Like [`locate`], but exactly one.
pub fn locate_one(history: &History, applied: Option<&Applied>, target: &str) -> Result<Node, TargetError> {
    let scope = Scope { history, applied, target };
    match locate(history, applied, target)?.as_slice() {
        [node] => Ok(*node),
        [] => Err(scope
            .error("lies before every revision")
            .help("name a revision; `cargo schema history` shows them")),
        several => Err(scope.ambiguous("names several revisions", several).help("name one of them")),
    }
}

/// The revisions of a range `A:B`, `A:` or `:B`, ascending: for `history`, both ends belong to it.
pub fn range(history: &History, applied: Option<&Applied>, range: &str) -> Result<Vec<Node>, TargetError> {
    let (lower, upper) = ends(range).unwrap_or((range, range));
    let above = match locate(history, applied, lower)?.as_slice() {
        [] => vec![true; history.len()],
        starts => history.descendants(starts),
    };
    let uppers = locate(history, applied, upper)?;
    let below = history.ancestors(&uppers);
    let nodes: Vec<Node> = (0..history.len()).filter(|&node| above[node] && below[node]).collect();
    if nodes.is_empty() && !uppers.is_empty() {
        let scope = Scope { history, applied, target: range };
        return Err(scope
            .error("is empty: its start does not lie before its end")
            .help("the older revision stands first"));
    }
    Ok(nodes)
}

/// The two ends of a range; an end that is left out is `base` or `heads`. `None` when there is no colon.
pub fn ends(range: &str) -> Option<(&str, &str)> {
    let (lower, upper) = range.split_once(':')?;
    Some((if lower.is_empty() { "base" } else { lower }, if upper.is_empty() { "heads" } else { upper }))
}
