//! Renames that need each other: `a` becomes `b` while `b` becomes `c`, or the two change places. Pure.

use std::collections::{BTreeMap, BTreeSet};

/// Somebody says that this was that. Names as they are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) from: String,
    pub(super) to: String,
    /// What a person answered; else it is what a model says, which stays in the source when it is done.
    pub(super) answer: Option<String>,
}

/// The claims that are renames, in an order in which no name is there twice: a line of them must begin at a name that
/// is gone and end at a new one. A circle counts when all of it was answered, for models would turn it with every
/// migration; it goes through a name of its own.
pub(super) fn renames(
    claims: Vec<Claim>,
    is_current: impl Fn(&str) -> bool,
    is_desired: impl Fn(&str) -> bool,
) -> Vec<Claim> {
    let mut next: BTreeMap<String, Claim> = BTreeMap::new();
    for claim in claims {
        next.entry(claim.from.clone()).or_insert(claim);
    }
    let ends: BTreeSet<String> = next.values().map(|claim| claim.to.clone()).collect();
    let starts: Vec<String> = next.keys().filter(|from| !ends.contains(*from)).cloned().collect();
    let mut found = Vec::new();
    for start in starts {
        let line = line(&mut next, &start);
        if !is_desired(&start) && line.last().is_some_and(|last| !is_current(&last.to)) {
            found.extend(line.into_iter().rev());
        }
    }
    while let Some(start) = next.keys().next().cloned() {
        let circle = line(&mut next, &start);
        if circle.iter().all(|claim| claim.answer.is_some()) {
            found.extend(opened(circle, &is_current));
        }
    }
    found
}

/// The claims that follow each other from here.
fn line(next: &mut BTreeMap<String, Claim>, start: &str) -> Vec<Claim> {
    let mut line: Vec<Claim> = Vec::new();
    let mut at = start.to_owned();
    while let Some(claim) = next.remove(&at) {
        at.clone_from(&claim.to);
        line.push(claim);
    }
    line
}

fn opened(mut circle: Vec<Claim>, is_current: &impl Fn(&str) -> bool) -> Vec<Claim> {
    let first = circle.remove(0);
    let mut aside = format!("{}__renamed", first.from);
    while is_current(&aside) {
        aside.push('_');
    }
    let away = Claim { to: aside.clone(), ..first.clone() };
    let back = Claim { from: aside, ..first };
    std::iter::once(away).chain(circle.into_iter().rev()).chain([back]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(claims: &[(&str, &str, bool)], current: &[&str], desired: &[&str], expected: &[(&str, &str)]) {
        let claim = |&(from, to, is_answer): &(&str, &str, bool)| Claim {
            from: from.to_owned(),
            to: to.to_owned(),
            answer: is_answer.then(|| from.to_owned()),
        };
        let found = renames(
            claims.iter().map(claim).collect(),
            |name| current.contains(&name),
            |name| desired.contains(&name),
        );
        let found: Vec<(&str, &str)> = found.iter().map(|it| (it.from.as_str(), it.to.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_line_is_renamed_from_its_end() {
        check(&[("a", "b", false)], &["a"], &["b"], &[("a", "b")]);
        check(&[("a", "b", false), ("b", "c", false)], &["a", "b"], &["b", "c"], &[("b", "c"), ("a", "b")]);
    }

    #[test]
    fn what_was_done_already_is_not_done_again() {
        check(&[("a", "b", false), ("b", "c", false)], &["b", "c"], &["b", "c"], &[]);
        check(&[("a", "b", false)], &["a", "b"], &["b"], &[]);
        check(&[("a", "b", true)], &["a", "b"], &["a", "b"], &[]);
    }

    #[test]
    fn a_circle_takes_answers_and_a_name_of_its_own() {
        check(&[("a", "b", false), ("b", "a", false)], &["a", "b"], &["a", "b"], &[]);
        check(
            &[("a", "b", true), ("b", "a", true)],
            &["a", "b"],
            &["a", "b"],
            &[("a", "a__renamed"), ("b", "a"), ("a__renamed", "b")],
        );
        check(
            &[("a", "b", true), ("b", "c", true), ("c", "a", true)],
            &["a", "b", "c", "a__renamed"],
            &["a", "b", "c"],
            &[("a", "a__renamed_"), ("c", "a"), ("b", "c"), ("a__renamed_", "b")],
        );
    }
}
