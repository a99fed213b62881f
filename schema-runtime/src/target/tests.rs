//! Targets and plans over literal histories.

use crate::history::History;
use crate::history::tests::history;
use crate::plan::{self, Direction, Plan};
use crate::target::{self, Applied, TargetError};

/// base a1, b1; fork at b1 into the branches api (c1, c2) and web (d1, d2); m joins them; z is another root.
const SHOP: &str = "aaaa1
    bbbb1 < aaaa1
    cccc1 < bbbb1 # api
    dddd1 < bbbb1 # web
    cccc2 < cccc1
    dddd2 < dddd1
    mmmm1 < cccc2 dddd2
    zzzz1 ! cccc1 # other";

fn applied(history: &History, ids: &str) -> Applied {
    Applied::of(history, ids.split_whitespace().map(|id| history.node(id).expect("an id of the literal")))
}

fn show(history: &History, plan: Result<Plan, TargetError>) -> String {
    match plan {
        Ok(plan) => plan.nodes.iter().map(|&node| &*history.revision(node).id).collect::<Vec<_>>().join(" "),
        Err(error) => format!("{}: {}", error.problem, error.candidates.join(", ")),
    }
}

#[track_caller]
fn up(lines: &str, have: &str, target: &str, expected: &str) {
    let it = history(lines);
    assert_eq!(show(&it, plan::upgrade(&it, &applied(&it, have), target)), expected);
}

#[track_caller]
fn down(lines: &str, have: &str, target: &str, expected: &str) {
    let it = history(lines);
    assert_eq!(show(&it, plan::revert(&it, &applied(&it, have), target)), expected);
}

#[test]
fn upgrading_takes_everything_that_the_target_requires() {
    up(SHOP, "", "heads", "aaaa1 bbbb1 cccc1 dddd1 cccc2 dddd2 mmmm1 zzzz1");
    up(SHOP, "", "api@cccc2", "aaaa1 bbbb1 cccc1 cccc2");
    up(SHOP, "aaaa1", "zzzz1", "bbbb1 cccc1 zzzz1");
    up(SHOP, "aaaa1 bbbb1 cccc1", "api@head", "dddd1 cccc2 dddd2 mmmm1");
    up(SHOP, "aaaa1", "aaaa1", "");
    up(SHOP, "", "base", "");
}

#[test]
fn a_relative_step_goes_from_where_the_database_is() {
    up(SHOP, "aaaa1", "+1", "bbbb1");
    up(SHOP, "aaaa1 bbbb1", "+1", "is ambiguous: the way forks: cccc1 add cccc1, dddd1 add dddd1");
    up(SHOP, "aaaa1 bbbb1", "web@+1", "dddd1");
    up(SHOP, "aaaa1 bbbb1 cccc1", "web@+2", "dddd1 dddd2");
    up(SHOP, "", "web@+1", "aaaa1");
    up(SHOP, "", "+1", "is ambiguous: the way forks: aaaa1 add aaaa1, zzzz1 add zzzz1");
    up("aaaa1\nbbbb1 < aaaa1", "aaaa1", "+2", "goes further than the history, which ends after 1 steps: ");
    up("aaaa1\nbbbb1 < aaaa1", "aaaa1", "-1", "goes back, and an upgrade goes forward: ");
    up(
        SHOP,
        "aaaa1 bbbb1 cccc1 dddd1",
        "+1",
        "is relative to where the database is, which is at several heads: cccc1 add cccc1, dddd1 add dddd1",
    );
}

#[test]
fn steps_from_a_named_place() {
    up(SHOP, "", "base+2", "is ambiguous: the way forks: aaaa1 add aaaa1, zzzz1 add zzzz1");
    up("aaaa1\nbbbb1 < aaaa1\ncccc1 < bbbb1", "", "base+2", "aaaa1 bbbb1");
    up("aaaa1\nbbbb1 < aaaa1\ncccc1 < bbbb1", "", "head-1", "aaaa1 bbbb1");
    up(SHOP, "", "api@base+1", "aaaa1 bbbb1 cccc1");
    up(SHOP, "", "bbbb+1", "is ambiguous: the way forks: cccc1 add cccc1, dddd1 add dddd1");
    up(SHOP, "", "web@bbbb1+1", "aaaa1 bbbb1 dddd1");
    up(SHOP, "", "mmmm1-1", "is ambiguous: the way forks: cccc2 add cccc2, dddd2 add dddd2");
    up(SHOP, "", "head", "is ambiguous: the history has several heads: mmmm1 add mmmm1, zzzz1 add zzzz1");
}

#[test]
fn reverting_takes_what_descends_or_depends_first() {
    let all = "aaaa1 bbbb1 cccc1 dddd1 cccc2 dddd2 mmmm1 zzzz1";
    down(SHOP, all, "base", "zzzz1 mmmm1 dddd2 cccc2 dddd1 cccc1 bbbb1 aaaa1");
    down(SHOP, all, "cccc1", "mmmm1 cccc2");
    down(SHOP, all, "web@base", "mmmm1 dddd2 dddd1");
    down(SHOP, all, "api@base", "zzzz1 mmmm1 cccc2 cccc1");
    down(SHOP, all, "api@bbbb1", "zzzz1 mmmm1 cccc2 cccc1");
    down(SHOP, all, "bbbb1", "zzzz1 mmmm1 dddd2 cccc2 dddd1 cccc1");
    down(SHOP, "aaaa1 bbbb1 dddd1", "web@base", "dddd1");
    down(SHOP, "aaaa1", "cccc1", "is not applied, so nothing can be reverted to it: cccc1 add cccc1");
}

#[test]
fn reverting_steps_takes_one_head_after_the_other() {
    let line = "aaaa1\nbbbb1 < aaaa1\ncccc1 < bbbb1";
    down(line, "aaaa1 bbbb1 cccc1", "-1", "cccc1");
    down(line, "aaaa1 bbbb1 cccc1", "2", "cccc1 bbbb1");
    down(line, "aaaa1 bbbb1", "3", "goes further back than the 2 applied revisions: ");
    down(line, "", "1", "goes back, but nothing is applied: ");
    down(line, "aaaa1", "+1", "goes forward, and a revert goes back: ");
    let joined = "aaaa1 bbbb1 cccc1 dddd1 cccc2 dddd2 mmmm1";
    down(SHOP, joined, "1", "mmmm1");
    down(
        SHOP,
        joined,
        "2",
        "is ambiguous: the database is at several heads: cccc2 add cccc2, dddd2 add dddd2",
    );
    down(SHOP, "aaaa1 bbbb1 cccc1 dddd1", "web@-1", "dddd1");
}

#[test]
fn a_number_that_is_an_id_is_not_guessed() {
    let diesel = "1\n2 < 1\n20170923120000 < 2";
    down(diesel, "1 2", "1", "is a number of steps and the id of a revision: 1 add 1");
    down(diesel, "1 2", "-1", "2");
    down(diesel, "1 2 20170923120000", "20170923120000", "");
}

#[test]
fn names_are_ids_prefixes_folders_slugs_and_labels() {
    let it = history("abcdef1\nabcdef2 < abcdef1 # api");
    let located = |target: &str| target::locate(&it, None, target);
    for name in ["abcdef2", "api", "0001-abcdef2_add_abcdef2", "add_abcdef2", "add abcdef2", "0001abcdef2"] {
        assert_eq!(located(name), Ok(vec![1]), "{name}");
    }
    let ambiguous = located("abcd").unwrap_err();
    assert_eq!(ambiguous.candidates, ["abcdef1 add abcdef1", "abcdef2 add abcdef2"]);
    assert_eq!(located("abc").unwrap_err().help.as_deref(), Some("a prefix has 4 characters or more"));
    assert_eq!(located("abcdef3").unwrap_err().help.as_deref(), Some("the nearest is `abcdef1 add abcdef1`"));
    assert_eq!(located("current").unwrap_err().problem, "is relative to a database, and none was looked at");
    assert_eq!(located("").unwrap_err().problem, "lacks a name");
}

#[test]
fn a_range_holds_both_its_ends() {
    let it = history(SHOP);
    let ids = |range: &str| {
        show(&it, target::range(&it, None, range).map(|nodes| Plan { direction: Direction::Up, nodes }))
    };
    assert_eq!(ids("bbbb1:cccc2"), "bbbb1 cccc1 cccc2");
    assert_eq!(ids(":cccc1"), "aaaa1 bbbb1 cccc1");
    assert_eq!(ids("dddd2:"), "dddd2 mmmm1");
    assert_eq!(ids("cccc2:cccc1"), "is empty: its start does not lie before its end: ");
    let applied = applied(&it, "aaaa1 bbbb1 cccc1");
    let recent = target::range(&it, Some(&applied), "-1:current")
        .map(|nodes| Plan { direction: Direction::Up, nodes });
    assert_eq!(show(&it, recent), "bbbb1 cccc1");
}

#[test]
fn a_script_goes_from_one_end_to_the_other() {
    let it = history("aaaa1\nbbbb1 < aaaa1\ncccc1 < bbbb1");
    let ids = |range: &str, direction| show(&it, plan::script(&it, range, direction));
    assert_eq!(ids("aaaa1:cccc1", Direction::Up), "bbbb1 cccc1");
    assert_eq!(ids("aaaa1:", Direction::Up), "bbbb1 cccc1");
    assert_eq!(ids(":bbbb1", Direction::Up), "aaaa1 bbbb1");
    assert_eq!(ids("cccc1:aaaa1", Direction::Down), "cccc1 bbbb1");
    assert_eq!(ids(":", Direction::Down), "cccc1 bbbb1 aaaa1");
}

#[test]
fn a_pending_revision_that_was_overtaken_is_named() {
    let it = history(SHOP);
    let have = applied(&it, "aaaa1 cccc1");
    let plan = plan::upgrade(&it, &have, "dddd1").unwrap();
    let named = plan::overtaken(&it, &have, &plan);
    assert_eq!(named, [(it.node("bbbb1").unwrap(), it.node("cccc1").unwrap())]);
}
