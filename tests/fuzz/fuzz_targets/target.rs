//! Arbitrary text as a target, against a small history with a fork, a merge, a label and a dependency, in every
//! state: the first byte says which revisions are applied.
#![no_main]

use std::borrow::Cow;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use schema_runtime::history::History;
use schema_runtime::plan::{Direction, Plan, overtaken, revert, upgrade};
use schema_runtime::revision::{Revision, Script, Text};
use schema_runtime::target::{Applied, locate, locate_one, range};

static HISTORY: LazyLock<History> = LazyLock::new(|| {
    History::new(vec![
        revision("4f1c2a9b7d03", 0, &[], &[], &[]),
        revision("4f1c9b7d034f", 1, &["4f1c2a9b7d03"], &[], &["api"]),
        revision("9b7d034f1c2a", 2, &["4f1c2a9b7d03"], &[], &[]),
        revision("1234567890ab", 3, &["4f1c9b7d034f", "9b7d034f1c2a"], &[], &[]),
        revision("other", 4, &[], &["api"], &["side"]),
        revision("20230101", 5, &["other"], &[], &[]),
        revision("deadbeef", 6, &["1234567890ab"], &["other"], &[]),
    ])
    .expect("this history is sound")
});

fn revision(
    id: &'static str,
    place: u32,
    parents: &[&'static str],
    depends_on: &[&'static str],
    labels: &[&'static str],
) -> Revision {
    let texts = |names: &[&'static str]| names.iter().map(|name| Text::Borrowed(name)).collect();
    Revision {
        id: id.into(),
        version: Cow::Owned(format!("2026112009{place:02}{id}")),
        folder: Cow::Owned(format!("2026-11-20-09{place:02}-{id}_step_{place}")),
        message: Cow::Owned(format!("step {place}")),
        created: None,
        parents: texts(parents),
        depends_on: texts(depends_on),
        labels: texts(labels),
        irreversible: None,
        up: Script::default(),
        down: None,
    }
}

fuzz_target!(|input: (u8, &str)| {
    let (state, target) = input;
    let nodes = (0..HISTORY.len()).filter(|node| state >> node & 1 == 1);
    let applied = Applied::of(&HISTORY, nodes);
    for applied in [None, Some(&applied)] {
        check_nodes(locate(&HISTORY, applied, target).as_deref().unwrap_or(&[]));
        check_nodes(range(&HISTORY, applied, target).as_deref().unwrap_or(&[]));
        check_nodes(locate_one(&HISTORY, applied, target).ok().as_slice());
    }
    for plan in
        [upgrade(&HISTORY, &applied, target), revert(&HISTORY, &applied, target)].into_iter().flatten()
    {
        check_plan(&applied, &plan);
    }
});

fn check_nodes(nodes: &[usize]) {
    assert!(nodes.iter().all(|&node| node < HISTORY.len()), "{nodes:?} are not in the history");
}

/// A plan runs what is not applied, or reverts what is, each revision once and none before what it needs.
fn check_plan(applied: &Applied, plan: &Plan) {
    let is_up = plan.direction == Direction::Up;
    let mut state = applied.clone();
    for &node in &plan.nodes {
        assert_ne!(state.contains(node), is_up, "{plan:?} does {node} twice");
        if is_up { state.insert(node) } else { state.remove(node) }
    }
    let in_order = |pair: &[usize]| if is_up { pair[0] < pair[1] } else { pair[0] > pair[1] };
    assert!(plan.nodes.windows(2).all(in_order), "{plan:?} is out of order");
    overtaken(&HISTORY, applied, plan);
}
