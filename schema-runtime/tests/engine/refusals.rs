//! What is refused before anything is changed.

use schema_runtime::engine::Migrator;
use schema_runtime::history::History;

use crate::support::*;

const A: &str = "CREATE TABLE a (x);\n";
const B: &str = "CREATE TABLE b (x);\n";

/// Upgrades with the first history, then tries the second; the refusal must change nothing.
fn check(first: &History, then: &History, rule: &str, revisions: &[&str]) {
    let database = Database::new();
    let mut connection = database.connect();
    upgrade(first, &mut connection).unwrap();
    let before = std::fs::read(database.path()).unwrap();
    let (refused, named) = refusal(upgrade(then, &mut connection));
    assert_eq!((refused, named), (rule, revisions.iter().map(|id| (*id).to_owned()).collect()));
    assert_eq!(std::fs::read(database.path()).unwrap(), before);
}

#[test]
fn an_edited_revision_stops_every_run() {
    let edited = line(&[("CREATE TABLE a (y);\n", "DROP TABLE a;\n"), (B, "")]);
    check(&line(&[(A, "")]), &edited, "edited", &["0000"]);
    let database = Database::new();
    let mut connection = database.connect();
    upgrade(&line(&[(A, "")]), &mut connection).unwrap();
    assert_eq!(refusal(revert(&edited, &mut connection, "base")).0, "edited");
    Migrator::new(&edited).stamp(&mut connection, &[0], false).unwrap();
    assert_eq!(upgrade(&edited, &mut connection).unwrap().done.nodes, [1]);
}

#[test]
fn a_newer_database_is_left_alone_unless_nothing_is_pending() {
    let newer = history(vec![revision("0000", &[], A, ""), revision("9999", &["0000"], B, "")]);
    let older = line(&[(A, "")]);
    let ahead = line(&[(A, ""), ("CREATE TABLE c (x);\n", "")]);
    check(&newer, &ahead, "unknown", &["9999"]);
    let database = Database::new();
    let mut connection = database.connect();
    upgrade(&newer, &mut connection).unwrap();
    let (report, events) =
        watched(&older, options(|_| ()), |migrator| migrator.upgrade(&mut connection, "heads"));
    assert!(report.unwrap().done.is_empty());
    assert_eq!(events, ["warning: the database has a revision that this history lacks: `9999`"]);
    assert_eq!(state(&older, &mut connection).unknown, [("20269999".to_owned(), Some("9999".to_owned()))]);
    let allow = options(|options| options.allow_newer = true);
    Migrator::new(&ahead).options(allow).upgrade(&mut connection, "heads").unwrap();
    assert_eq!(schema(&mut connection), ["a", "b", "c"]);
}

#[test]
fn a_revision_whose_descendant_is_applied_is_overtaken() {
    let with = |late: bool| {
        let parents: &[&str] = if late { &["0001"] } else { &["0000"] };
        let mut revisions = vec![revision("0000", &[], A, ""), revision("0002", parents, B, "")];
        revisions.extend(late.then(|| revision("0001", &["0000"], "CREATE TABLE c (x);\n", "")));
        history(revisions)
    };
    check(&with(false), &with(true), "overtaken", &["0001"]);
    let database = Database::new();
    let mut connection = database.connect();
    upgrade(&with(false), &mut connection).unwrap();
    let late = options(|options| options.out_of_order = true);
    let report = Migrator::new(&with(true)).options(late).upgrade(&mut connection, "heads").unwrap();
    assert_eq!(report.done.nodes, [1]);
}

#[test]
fn a_branch_beside_what_ran_is_applied() {
    let one = history(vec![revision("0000", &[], A, ""), revision("0002", &["0000"], B, "")]);
    let beside = revision("0001", &["0000"], "CREATE TABLE c (x);\n", "");
    let two = history(vec![revision("0000", &[], A, ""), revision("0002", &["0000"], B, ""), beside]);
    let database = Database::new();
    let mut connection = database.connect();
    upgrade(&one, &mut connection).unwrap();
    assert_eq!(upgrade(&two, &mut connection).unwrap().now_at, ["0001", "0002"]);
}

#[test]
fn a_way_down_that_does_nothing_is_no_way_down() {
    let mut forbidden = revision("0002", &["0001"], "CREATE TABLE c (x);\n", "DROP TABLE c;\n");
    forbidden.irreversible = Some("the old prices are gone".into());
    let mut missing = revision("0001", &["0000"], B, "");
    missing.down = None;
    let history = history(vec![revision("0000", &[], A, "-- nothing\n"), missing, forbidden]);
    let database = Database::new();
    let mut connection = database.connect();
    upgrade(&history, &mut connection).unwrap();
    assert_eq!(refusal(revert(&history, &mut connection, "base")), ("irreversible", vec!["0002".to_owned()]));
    assert_eq!(applied(&history, &mut connection), [0, 1, 2]);
    let allow = || options(|options| options.allow_empty_down = true);
    Migrator::new(&history).options(allow()).revert(&mut connection, "1").unwrap();
    assert_eq!(schema(&mut connection), ["a", "b", "c"]);
    let (rule, revisions) = refusal(revert(&history, &mut connection, "base"));
    assert_eq!((rule, revisions), ("empty-down", vec!["0001".to_owned(), "0000".to_owned()]));
    Migrator::new(&history).options(allow()).revert(&mut connection, "base").unwrap();
    assert_eq!(versions(&mut connection), Vec::<String>::new());
    assert_eq!(
        ledger(&mut connection)[3..],
        ["0002|revert|0/0|done", "0001|revert|0/0|done", "0000|revert|0/0|done"]
    );
}

#[test]
fn a_script_may_not_end_our_transaction() {
    let history = line(&[(A, ""), ("CREATE TABLE b (x);\nCOMMIT;\n", "")]);
    check(&line(&[]), &history, "transaction-control", &["0001"]);
    check(&line(&[]), &line(&[("-- off\nBEGIN;\nCOMMIT;\n", "")]), "transaction-control", &["0000"]);
}

#[test]
fn a_ledger_of_a_newer_version_is_read_and_not_written() {
    let history = line(&[(A, ""), (B, "")]);
    let database = Database::new();
    let mut connection = database.connect();
    Migrator::new(&history).upgrade(&mut connection, "0000").unwrap();
    run(&mut connection, "UPDATE __schema_ledger SET format = 2, action = 'teleport'");
    let found = state(&history, &mut connection);
    assert!(found.newer_ledger && found.applied.contains(0));
    assert_eq!(refusal(upgrade(&history, &mut connection)).0, "newer-ledger");
    assert_eq!(refusal(Migrator::new(&history).stamp(&mut connection, &[1], false)).0, "newer-ledger");
    let current = line(&[(A, "")]);
    let (report, events) =
        watched(&current, options(|_| ()), |migrator| migrator.upgrade(&mut connection, "heads"));
    assert!(report.unwrap().done.is_empty());
    assert_eq!(events, ["warning: the ledger was written by a newer version of this program"]);
}
