//! Which revisions become one: those between two, when nothing outside knows what lies between. Pure.

use schema_runtime::history::{History, Node};
use schema_runtime::revision::{Mode, Revision};
use schema_runtime::target;

use crate::failure::Failure;

/// Revisions that can be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// In running order; at least two.
    pub(crate) nodes: Vec<Node>,
    /// What the first one follows.
    pub(crate) parents: Vec<Node>,
}

impl Span {
    /// The revisions of a range, both ends included.
    pub(crate) fn of(history: &History, range: &str) -> Result<Self, Failure> {
        let nodes = target::range(history, None, range)?;
        let (Some(&first), true) = (nodes.first(), nodes.len() > 1) else {
            return Err(refusal(format!("`{range}` is one revision, and it takes two to squash")));
        };
        let span = Self { parents: history.parents(first).to_vec(), nodes };
        for &node in &span.nodes {
            span.refuse(history, node)?;
        }
        Ok(span)
    }

    /// The one that all of them become: whoever knows the end of the range keeps knowing it.
    pub(crate) fn last(&self) -> Node {
        self.nodes.last().copied().unwrap_or_default()
    }

    /// Those that go.
    pub(crate) fn gone(&self) -> &[Node] {
        self.nodes.split_last().map_or(&[], |(_, gone)| gone)
    }

    fn refuse(&self, history: &History, node: Node) -> Result<(), Failure> {
        let has = |other: &Node| self.nodes.contains(other);
        let (is_first, is_last) = (node == self.nodes[0], node == self.last());
        let before = history.parents(node).iter().chain(history.dependencies(node));
        let after = history.children(node).iter().chain(history.dependents(node));
        let outside = before.copied().find(|other| !is_first && !has(other));
        let outside = outside.or_else(|| after.copied().find(|other| !is_last && !has(other)));
        let revision = history.revision(node);
        let title = revision.title();
        if let Some(other) = outside {
            let other = history.revision(other).title();
            return Err(refusal(format!(
                "`{title}` cannot be squashed: `{other}`, outside of the range, is tied to it"
            )));
        }
        if is_first && !history.dependencies(node).is_empty() {
            return Err(refusal(format!(
                "`{title}` depends on another branch, which the squashed revision would not say"
            )));
        }
        match !is_last && !revision.labels.is_empty() {
            true => Err(refusal(format!("`{title}` has a label, which would be lost"))),
            false => refuse_outside(revision),
        }
    }
}

/// What runs outside of a transaction cannot share a revision with what does not.
fn refuse_outside(revision: &Revision) -> Result<(), Failure> {
    let scripts = std::iter::once(&revision.up).chain(&revision.down);
    match scripts.into_iter().any(|script| script.mode == Mode::Outside) {
        true => Err(refusal(format!(
            "`{}` runs outside of a transaction, and has to stay by itself",
            revision.title()
        ))),
        false => Ok(()),
    }
}

fn refusal(message: String) -> Failure {
    Failure::usage(message).note("nothing was changed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::history;

    #[test]
    fn a_line_and_what_forks_and_joins_inside_of_it() {
        let graph = history(&[
            ("aaaa", &[]),
            ("bbbb", &["aaaa"]),
            ("cccc", &["bbbb"]),
            ("dddd", &["bbbb"]),
            ("eeee", &["cccc", "dddd"]),
            ("ffff", &["eeee"]),
        ]);
        let span = Span::of(&graph, "bbbb:eeee").expect("a span");
        assert_eq!(
            (span.nodes.as_slice(), span.parents.as_slice(), span.last()),
            (&[1, 2, 3, 4][..], &[0][..], 4)
        );
        assert!(Span::of(&graph, "bbbb:cccc").is_err(), "dddd follows bbbb");
        assert!(Span::of(&graph, "cccc:eeee").is_err(), "eeee follows dddd");
        assert!(Span::of(&graph, "ffff:ffff").is_err(), "one alone");
    }
}
