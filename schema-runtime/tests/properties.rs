//! Properties of histories, targets and plans over ten thousand random histories with merges, dependencies and
//! labels. A failure prints its seed; `check(seed)` in a test of one's own runs it again.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use schema_runtime::history::{History, Node};
use schema_runtime::plan::{self, Direction, Plan};
use schema_runtime::revision::{Revision, Script, Text};
use schema_runtime::target::{self, Applied, TargetError};

const HISTORIES: u64 = 10_000;

/// xorshift64*: small, and the same on every machine.
struct Random(u64);

impl Random {
    fn seeded(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Less than `limit`.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 11) as usize % limit
    }

    /// True once in `times`.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// Runs a property on every history, and names the seed of the one that breaks it.
fn for_all(property: impl Fn(&History, &mut Random)) {
    for seed in 0..HISTORIES {
        let mut random = Random::seeded(seed);
        let history = history(&mut random);
        let outcome = catch_unwind(AssertUnwindSafe(|| property(&history, &mut random)));
        assert!(outcome.is_ok(), "seed {seed} breaks it: {}", describe(&history));
    }
}

/// A sound history of up to 24 revisions, handed over in random order.
fn history(random: &mut Random) -> History {
    let size = random.below(25);
    let mut revisions: Vec<Revision> = Vec::new();
    for index in 0..size {
        let revision = revision(random, index, &revisions);
        revisions.push(revision);
    }
    for index in (1..size).rev() {
        revisions.swap(index, random.below(index + 1));
    }
    History::new(revisions).unwrap()
}

fn revision(random: &mut Random, index: usize, earlier: &[Revision]) -> Revision {
    // Ids share prefixes, so that prefixes are ambiguous; versions do not follow the graph, as after a `rebase`.
    let id = format!("{}{index:02}{:04x}", random.one_of(&["aaaa", "aaab", "b00c"]), random.below(0x1_0000));
    let stamp = if random.once_in(4) { random.below(25) } else { index };
    let message = (*random.one_of(&["create users", "add tax", "tidy"])).to_owned();
    let names: Vec<Text> = earlier.iter().map(|it| it.id.clone()).collect();
    Revision {
        version: format!("2026{stamp:04}{id}").into(),
        folder: format!("2026-{stamp:04}-{id}_{}", message.replace(' ', "_")).into(),
        message: message.into(),
        created: None,
        parents: parents(random, &names),
        depends_on: if random.once_in(5) { some(random, &names) } else { Vec::new() },
        labels: if random.once_in(4) { vec![format!("label{index}").into()] } else { Vec::new() },
        irreversible: None,
        up: Script::default(),
        down: None,
        id: id.into(),
    }
}

/// Mostly the last, sometimes an older one, none, or several.
fn parents(random: &mut Random, earlier: &[Text]) -> Vec<Text> {
    match random.below(10) {
        0 => Vec::new(),
        1 | 2 => some(random, earlier),
        3 => earlier.get(random.below(earlier.len().max(1))).cloned().into_iter().collect(),
        _ => earlier.last().cloned().into_iter().collect(),
    }
}

fn some(random: &mut Random, names: &[Text]) -> Vec<Text> {
    let chosen: HashSet<Text> =
        (0..random.below(4)).filter_map(|_| names.get(random.below(names.len().max(1))).cloned()).collect();
    let mut chosen: Vec<Text> = chosen.into_iter().collect();
    chosen.sort();
    chosen
}

/// A state that runs can lead to: closed under what is required.
fn reachable(history: &History, random: &mut Random) -> Applied {
    let picked: Vec<Node> = (0..history.len()).filter(|_| random.once_in(4)).collect();
    plan::with_requirements(history, &picked)
}

/// Any state, gaps included, as Diesel or a person may leave it.
fn any_state(history: &History, random: &mut Random) -> Applied {
    Applied::of(history, (0..history.len()).filter(|_| random.once_in(2)))
}

/// Something a person might type, sensible or not.
fn target(history: &History, random: &mut Random) -> String {
    let steps = random.below(6);
    match random.below(12) {
        0 => "head".to_owned(),
        1 => "heads".to_owned(),
        2 => "base".to_owned(),
        3 => format!("+{steps}"),
        4 => format!("-{steps}"),
        5 => format!("head-{steps}"),
        6 => format!("base+{steps}"),
        7 => format!("{}{}{steps}", name(history, random), random.one_of(&["+", "-"])),
        8 => format!(
            "{}@{}",
            name(history, random),
            random.one_of(&["head", "heads", "base", "+1", "-1", "+2", "current"])
        ),
        9 => format!("{}@{}", name(history, random), name(history, random)),
        10 => nonsense(random),
        _ => name(history, random),
    }
}

fn name(history: &History, random: &mut Random) -> String {
    if history.is_empty() {
        return "nothing".to_owned();
    }
    let revision = random.one_of(history.revisions());
    match random.below(6) {
        0 => revision.id[..random.below(revision.id.len() + 1)].to_owned(),
        1 => revision.folder.to_string(),
        2 => revision.message.replace(' ', "_"),
        3 => revision.labels.first().map_or_else(|| "label0".to_owned(), ToString::to_string),
        _ => revision.id.to_string(),
    }
}

fn nonsense(random: &mut Random) -> String {
    let pieces =
        ["@", "+", "-", ":", "head", "é", "99999999999999999999", "aaaa", "", " ", "\0", "base", "1"];
    (0..random.below(6)).map(|_| *random.one_of(&pieces)).collect()
}

fn describe(history: &History) -> String {
    let line = |it: &Revision| {
        format!(
            "\n  {} {} <- {:?} needs {:?} labels {:?}",
            it.version, it.id, it.parents, it.depends_on, it.labels
        )
    };
    history.revisions().iter().map(line).collect()
}

/// Applies or removes what a plan says, and checks at every step that the graph allows it.
fn follow(history: &History, state: &mut Applied, plan: &Plan) {
    for &node in &plan.nodes {
        match plan.direction {
            Direction::Up => {
                assert!(!state.contains(node), "{node} runs twice");
                assert!(
                    history.requirements(node).all(|before| state.contains(before)),
                    "{node} runs too early"
                );
                state.insert(node);
            }
            Direction::Down => {
                assert!(state.contains(node), "{node} is reverted twice");
                assert!(
                    !history.consequences(node).any(|after| state.contains(after)),
                    "{node} is reverted too early"
                );
                state.remove(node);
            }
        }
    }
}

/// An ambiguous target is one whose error says so; then it names the candidates.
fn is_honest(error: &TargetError) {
    let is_ambiguous = ["ambiguous", "several", "forks"].iter().any(|word| error.problem.contains(word));
    assert!(!is_ambiguous || error.candidates.len() > 1, "candidates are missing: {error:?}");
    assert!(error.help.is_some(), "no help: {error:?}");
}

#[test]
fn a_list_by_version_is_the_same_history() {
    let in_order = std::cell::Cell::new(0u64);
    for_all(|history, _| {
        let mut revisions = history.revisions().to_vec();
        revisions.sort_by(|a, b| a.version.cmp(&b.version));
        in_order.set(in_order.get() + u64::from(revisions == history.revisions()));
        let again = History::new(revisions).unwrap();
        assert_eq!(again.revisions(), history.revisions());
        for node in 0..history.len() {
            let edges = |history: &History| {
                [history.parents(node), history.children(node), history.dependencies(node)]
                    .map(<[Node]>::to_vec)
            };
            assert_eq!(edges(&again), edges(history));
        }
    });
    assert!((HISTORIES / 100..HISTORIES * 9 / 10).contains(&in_order.get()), "both kinds are tried");
}

#[test]
fn the_order_respects_the_graph_and_the_versions() {
    for_all(|history, _| {
        for node in 0..history.len() {
            assert!(history.requirements(node).all(|before| before < node));
        }
        // Two neighbours that do not require each other stand in version order.
        for node in 1..history.len() {
            let is_required = history.requirements(node).any(|before| before == node - 1);
            assert!(is_required || history.revision(node - 1).version < history.revision(node).version);
        }
    });
}

#[test]
fn the_order_does_not_depend_on_the_order_of_reading() {
    for_all(|history, _| {
        let mut backwards = history.revisions().to_vec();
        backwards.reverse();
        assert_eq!(History::new(backwards).unwrap().revisions(), history.revisions());
    });
}

#[test]
fn every_upgrade_respects_the_graph_and_reaches_its_target() {
    for_all(|history, random| {
        let before = reachable(history, random);
        let target = target(history, random);
        match plan::upgrade(history, &before, &target) {
            Err(error) => is_honest(&error),
            Ok(plan) => {
                assert_eq!(plan.direction, Direction::Up);
                let mut after = before.clone();
                follow(history, &mut after, &plan);
                let wanted = target::locate(history, Some(&before), &target).unwrap();
                assert!(wanted.iter().all(|&node| after.contains(node)), "{target} is not reached");
                let needed = plan::with_requirements(history, &wanted);
                assert!(
                    plan.nodes.iter().all(|&node| needed.contains(node)),
                    "{target} runs more than it needs"
                );
            }
        }
    });
}

#[test]
fn every_revert_respects_the_graph() {
    for_all(|history, random| {
        let before = reachable(history, random);
        let target = target(history, random);
        match plan::revert(history, &before, &target) {
            Err(error) => is_honest(&error),
            Ok(plan) => {
                assert_eq!(plan.direction, Direction::Down);
                follow(history, &mut before.clone(), &plan);
            }
        }
    });
}

#[test]
fn up_then_down_returns_to_the_same_state() {
    for_all(|history, random| {
        let before = reachable(history, random);
        let Ok(up) = plan::upgrade(history, &before, &target(history, random)) else { return };
        let mut state = before.clone();
        follow(history, &mut state, &up);
        // What was not there before goes, last one first: nothing that was there depends on it.
        let down = Plan { direction: Direction::Down, nodes: up.nodes.iter().rev().copied().collect() };
        follow(history, &mut state, &down);
        assert_eq!(state, before);
    });
}

#[test]
fn a_run_to_the_heads_and_back_to_base_does_everything_once() {
    for_all(|history, random| {
        let mut state = reachable(history, random);
        let up = plan::upgrade(history, &state, "heads").unwrap();
        follow(history, &mut state, &up);
        assert_eq!(state.nodes().count(), history.len());
        assert!(plan::upgrade(history, &state, "heads").unwrap().is_empty());
        let down = plan::revert(history, &state, "base").unwrap();
        assert_eq!(down.nodes.len(), history.len());
        follow(history, &mut state, &down);
        assert_eq!(state, Applied::none(history));
    });
}

#[test]
fn a_revert_to_a_revision_and_an_upgrade_to_the_heads_are_inverse() {
    for_all(|history, random| {
        if history.is_empty() {
            return;
        }
        let full = plan::with_requirements(history, &history.heads());
        let id = random.one_of(history.revisions()).id.to_string();
        let down = plan::revert(history, &full, &id).unwrap();
        let mut state = full.clone();
        follow(history, &mut state, &down);
        assert!(state.contains(history.node(&id).unwrap()), "it reverted its own target");
        let up = plan::upgrade(history, &state, "heads").unwrap();
        let back: Vec<Node> = down.nodes.iter().rev().copied().collect();
        assert_eq!(up.nodes, back);
    });
}

#[test]
fn what_overtakes_is_found_and_nothing_else() {
    for_all(|history, random| {
        let state = any_state(history, random);
        let Ok(plan) = plan::upgrade(history, &state, "heads") else { return };
        let overtaken = plan::overtaken(history, &state, &plan);
        for &node in &plan.nodes {
            let beyond = after(history, node).into_iter().filter(|&after| state.contains(after)).min();
            let found = overtaken.iter().find(|(pending, _)| *pending == node).map(|(_, by)| *by);
            assert_eq!(found.is_some(), beyond.is_some(), "{node}");
            assert!(found.is_none_or(|by| state.contains(by) && after(history, node).contains(&by)));
        }
    });
}

/// Everything that descends from it or depends on it.
fn after(history: &History, node: Node) -> HashSet<Node> {
    let mut found = HashSet::new();
    let mut next = vec![node];
    while let Some(node) = next.pop() {
        next.extend(history.consequences(node).filter(|&after| found.insert(after)));
    }
    found
}

#[test]
fn resolution_never_panics_whatever_the_state_and_the_text() {
    for_all(|history, random| {
        let state = any_state(history, random);
        for _ in 0..8 {
            let text = target(history, random);
            let known = random.once_in(2).then_some(&state);
            let range = format!("{text}:{}", target(history, random));
            let errors = [
                target::locate(history, known, &text).err(),
                target::locate_one(history, known, &text).err(),
                target::range(history, known, &range).err(),
                plan::upgrade(history, &state, &text).err(),
                plan::revert(history, &state, &text).err(),
                plan::script(history, &range, Direction::Up).err(),
                plan::script(history, &range, Direction::Down).err(),
            ];
            errors.iter().flatten().for_each(is_honest);
        }
    });
}

#[test]
fn a_prefix_names_its_revision_or_all_candidates() {
    for_all(|history, random| {
        if history.is_empty() {
            return;
        }
        let id = random.one_of(history.revisions()).id.to_string();
        let prefix = &id[..4 + random.below(id.len() - 3)];
        let meant: Vec<String> =
            history.revisions().iter().filter(|it| it.id.starts_with(prefix)).map(Revision::title).collect();
        match target::locate(history, None, prefix) {
            Ok(nodes) => {
                let exact = history.node(prefix);
                assert!(meant.len() == 1 || exact.is_some(), "{prefix} was guessed");
                assert_eq!(nodes, [exact.unwrap_or_else(|| history.node(&id).unwrap())]);
            }
            Err(error) => {
                assert!(meant.len() > 1, "{prefix}: {error}");
                assert_eq!(error.candidates, meant);
            }
        }
    });
}

#[test]
fn several_heads_are_never_one() {
    for_all(|history, random| {
        let heads = history.heads();
        let state = reachable(history, random);
        match target::locate(history, Some(&state), "head") {
            Ok(nodes) => assert_eq!(nodes, heads),
            Err(error) => assert_eq!(error.candidates.len(), heads.len()),
        }
        let current = state.heads(history);
        for step in ["+1", "-1"] {
            let plan = if step == "+1" {
                plan::upgrade(history, &state, step)
            } else {
                plan::revert(history, &state, step)
            };
            if current.len() > 1 {
                assert_eq!(plan.unwrap_err().candidates.len(), current.len(), "{step} was guessed");
            }
        }
    });
}

#[test]
fn steps_are_walked_one_by_one_and_a_fork_names_its_ways() {
    for_all(|history, random| {
        if history.is_empty() {
            return;
        }
        let start = random.below(history.len());
        let steps = 1 + random.below(4);
        let is_up = random.once_in(2);
        let ways = |node: Node| if is_up { history.children(node) } else { history.parents(node) };
        let text = format!("{}{}{steps}", history.revision(start).id, if is_up { "+" } else { "-" });
        let mut here = Ok(vec![start]);
        for _ in 0..steps {
            here = match here.as_deref() {
                Ok([node]) if ways(*node).len() > 1 => Err(ways(*node).len()),
                Ok([node]) => Ok(ways(*node).to_vec()),
                Ok(_) => Err(0),
                Err(candidates) => Err(*candidates),
            };
        }
        match (target::locate(history, None, &text), here) {
            (Ok(found), Ok(walked)) => assert_eq!(found, walked, "{text}"),
            (Err(error), Err(candidates)) => {
                assert_eq!(error.candidates.len(), candidates, "{text}: {error}");
            }
            // Below a base there is `base`, and one step further still.
            (Ok(found), Err(0)) if !is_up => assert_eq!(found, [], "{text}"),
            (Err(error), Ok(walked)) if walked.is_empty() => assert!(is_up, "{text}: {error}"),
            (found, walked) => panic!("{text}: {found:?} instead of {walked:?}"),
        }
    });
}
