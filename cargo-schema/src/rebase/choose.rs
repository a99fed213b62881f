//! Which branch somebody means who says no more than `rebase`: the one that is not released yet, onto the one that
//! is. Pure; what is released is an argument.

use std::collections::BTreeSet;

use schema_runtime::history::{History, Node};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Move the branch of the first onto the second.
    Move(Node, Node),
    /// There is only one line.
    Nothing,
    /// One of these must be named.
    Ambiguous(Vec<Node>),
}

/// Fills in what was not said.
pub(crate) fn choose(
    history: &History,
    revision: Option<Node>,
    onto: Option<Node>,
    released: Option<&BTreeSet<String>>,
) -> Choice {
    match (revision, onto) {
        (Some(revision), Some(onto)) => Choice::Move(revision, onto),
        (Some(revision), None) => only(beside(history, revision), |onto| Choice::Move(revision, onto)),
        (None, Some(onto)) => match beside(history, onto).as_slice() {
            [] => Choice::Nothing,
            heads => Choice::Move(youngest(history, heads, released), onto),
        },
        (None, None) => {
            let heads = history.heads();
            if heads.len() < 2 {
                return Choice::Nothing;
            }
            let mine = youngest(history, &heads, released);
            only(heads.into_iter().filter(|&head| head != mine).collect(), |onto| Choice::Move(mine, onto))
        }
    }
}

fn only(candidates: Vec<Node>, choice: impl FnOnce(Node) -> Choice) -> Choice {
    match candidates.as_slice() {
        [] => Choice::Nothing,
        [one] => choice(*one),
        _ => Choice::Ambiguous(candidates),
    }
}

/// Heads of other lines.
fn beside(history: &History, node: Node) -> Vec<Node> {
    let above = history.descendants(&[node]);
    history.heads().into_iter().filter(|&head| !above[head]).collect()
}

/// The one head that is not released; where that decides nothing, the one that was generated last.
fn youngest(history: &History, heads: &[Node], released: Option<&BTreeSet<String>>) -> Node {
    let is_new =
        |head: &&Node| released.is_some_and(|ids| !ids.contains(history.revision(**head).id.as_ref()));
    let mut new = heads.iter().filter(is_new);
    if let (Some(&head), None) = (new.next(), new.next()) {
        return head;
    }
    let age = |head: &&Node| (&history.revision(**head).created, &history.revision(**head).version);
    *heads.iter().max_by_key(age).expect("there are heads to choose from")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::history;

    const FORK: &[(&str, &[&str])] = &[("a", &[]), ("x", &["a"]), ("y", &["a"])];

    fn chosen(
        graph: &[(&str, &[&str])],
        revision: Option<&str>,
        onto: Option<&str>,
        released: &[&str],
    ) -> String {
        let history = history(graph);
        let node = |id: &str| history.node(id).expect("an id of the test");
        let released: BTreeSet<String> = released.iter().map(|id| id.to_string()).collect();
        let released = (!released.is_empty()).then_some(&released);
        let id = |node: Node| history.revision(node).id.to_string();
        match choose(&history, revision.map(node), onto.map(node), released) {
            Choice::Move(revision, onto) => format!("{} onto {}", id(revision), id(onto)),
            Choice::Nothing => "nothing".to_owned(),
            Choice::Ambiguous(nodes) => format!("one of {}", nodes.into_iter().map(id).collect::<String>()),
        }
    }

    #[test]
    fn what_is_not_released_moves() {
        assert_eq!(chosen(FORK, None, None, &["a", "y"]), "x onto y");
        assert_eq!(chosen(FORK, None, None, &["a", "x"]), "y onto x");
    }

    #[test]
    fn the_youngest_moves_when_git_cannot_tell() {
        assert_eq!(chosen(FORK, None, None, &[]), "y onto x");
        assert_eq!(chosen(FORK, None, None, &["a"]), "y onto x");
        assert_eq!(chosen(FORK, None, None, &["a", "x", "y"]), "y onto x");
    }

    #[test]
    fn what_was_said_counts() {
        assert_eq!(chosen(FORK, Some("x"), None, &[]), "x onto y");
        assert_eq!(chosen(FORK, None, Some("y"), &[]), "x onto y");
        assert_eq!(chosen(FORK, Some("y"), Some("x"), &["y"]), "y onto x");
    }

    #[test]
    fn one_line_is_nothing_to_do_and_three_are_a_question() {
        assert_eq!(chosen(&[("a", &[]), ("b", &["a"])], None, None, &[]), "nothing");
        assert_eq!(chosen(&[("a", &[]), ("b", &["a"])], Some("a"), None, &[]), "nothing");
        let three: &[(&str, &[&str])] = &[("a", &[]), ("x", &["a"]), ("y", &["a"]), ("z", &["a"])];
        assert_eq!(chosen(three, None, None, &[]), "one of xy");
        assert_eq!(chosen(three, None, Some("x"), &[]), "z onto x");
    }
}
