//! What a run costs on a line that is long: counted by a proxy, without what opening the connection takes. And
//! what an application that starts may conclude from one round trip.

use std::cell::Cell;

use schema_runtime::engine::{Error, Migrator};
use schema_runtime::history::History;

use crate::proxy::Proxy;
use crate::support::*;

cases!(
    an_application_that_has_nothing_to_do_asks_once,
    a_revision_is_one_message,
    what_follows_on_an_earlier_run_is_sent_one_by_one,
    what_need_not_be_looked_at_closer_is_told_at_a_glance,
    what_is_current_at_a_glance_is_current,
);

/// How many round trips an upgrade of an empty database takes.
fn fresh<C: Client>(history: &History) -> usize {
    let database = C::database().unwrap();
    let (proxy, url) = Proxy::before(&database.url());
    let mut connection = C::establish(&url).unwrap();
    proxy.round_trips();
    upgrade(history, &mut connection).unwrap();
    proxy.round_trips()
}

/// How many round trips an application takes that starts.
fn start<C: Client>(database: &Database, history: &History) -> (usize, Result<C, Error>) {
    let (proxy, url) = Proxy::before(&database.url());
    let connect = || {
        let connection = C::establish(&url);
        proxy.round_trips();
        connection
    };
    let started = Migrator::new(history).upgrade_on_startup(connect);
    (proxy.round_trips(), started)
}

fn an_application_that_has_nothing_to_do_asks_once<C: Client>(database: &Database) {
    let history = three();
    assert!(start::<C>(database, &history).0 > 3);
    assert_eq!(start::<C>(database, &history).0, 1);
}

fn a_revision_is_one_message<C: Client>(_: &Database) {
    let many: String = (0..40).map(|index| format!("CREATE TABLE t{index} (x int);\n")).collect();
    let one = fresh::<C>(&line(&[("CREATE TABLE a (x int);\n", "")]));
    assert_eq!(fresh::<C>(&line(&[(&many, "")])), one);
    let scripts: Vec<String> = (0..50).map(|index| format!("CREATE TABLE t{index} (x int);\n")).collect();
    let scripts: Vec<(&str, &str)> = scripts.iter().map(|up| (&**up, "")).collect();
    let all = fresh::<C>(&line(&scripts));
    assert!(all <= scripts.len() + 12, "{all}");
    // The first one alone, thirty-two, sixteen, and the last one alone.
    assert_eq!(all, one + if C::IS_POSTGRES { 3 } else { scripts.len() - 1 });
    let rows: Vec<(&str, &str)> = (0..30).map(|_| ("SELECT 1;\n", "")).collect();
    assert_eq!(fresh::<C>(&line(&rows)), one + rows.len() - 1);
}

fn what_follows_on_an_earlier_run_is_sent_one_by_one<C: Client>(database: &Database) {
    let scripts: Vec<String> = (0..30).map(|index| format!("CREATE TABLE t{index} (x int);\n")).collect();
    let scripts: Vec<(&str, &str)> = scripts.iter().map(|up| (&**up, "")).collect();
    let history = line(&scripts);
    let (proxy, url) = Proxy::before(&database.url());
    let mut connection = C::establish(&url).unwrap();
    let mut upgrade_by = |count: usize| {
        proxy.round_trips();
        Migrator::new(&history).upgrade(&mut connection, &format!("+{count}")).unwrap();
        proxy.round_trips()
    };
    upgrade_by(1);
    let one = upgrade_by(1);
    assert_eq!(upgrade_by(20), one + 19);
}

const DONE: &str = "finished_at, actor, tool, format) VALUES";

fn clear<C: Client>(connection: &mut C, versions: &[&str]) {
    run(connection, "DELETE FROM __diesel_schema_migrations; DELETE FROM __schema_ledger");
    for version in versions {
        run(connection, &format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')"));
    }
}

/// One row of the ledger.
fn append<C: Client>(connection: &mut C, id: usize, fields: [&str; 6], format: u32) {
    let [revision, version, action, checksum, done, outcome] = fields.map(|field| match field {
        "NULL" => field.to_owned(),
        text => format!("'{text}'"),
    });
    run(
        connection,
        &format!(
            "INSERT INTO __schema_ledger (id, revision, version, action, checksum, statements_done, \
             statements_total, outcome, started_at, {DONE} ({id}, {revision}, {version}, {action}, {checksum}, \
             {done}, 2, {outcome}, '2026-01-01T00:00:00.000Z', NULL, NULL, NULL, {format})"
        ),
    );
}

const VERSIONS_OF_TWO: [&str; 2] = ["20260000", "20260001"];

/// Two revisions, and their checksums.
fn two() -> (History, [String; 2]) {
    let history = line(&[("SELECT 1;\n", "SELECT 1;\n"), ("SELECT 2;\n", "SELECT 1;\n")]);
    let checksums = [0, 1].map(|node| history.revision(node).up.checksum.to_string());
    (history, checksums)
}

fn what_need_not_be_looked_at_closer_is_told_at_a_glance<C: Client>(database: &Database) {
    let (history, [first, second]) = two();
    let mut connection = C::establish(&database.url()).unwrap();
    upgrade(&history, &mut connection).unwrap();
    let failed = ["0000", "20260000", "upgrade", "wrong", "0", "failed"];
    let old = ["0000", "2025", "upgrade", &first, "1", "done"];
    let moved = ["0000", "20260000", "move", "NULL", "0", "done"];
    let reverted = ["9999", "2025", "revert", "NULL", "1", "done"];
    let accepted = ["0001", "20260001", "stamp", &second, "0", "done"];
    let edited = ["0001", "20260001", "upgrade", "1-0", "1", "done"];
    let histories: [(&str, &[[&str; 6]]); 5] = [
        ("Diesel ran it", &[]),
        ("it failed and was repeated", &[failed, ["0000", "20260000", "upgrade", &first, "1", "done"]]),
        ("its folder was renamed", &[old, moved]),
        ("an edit was accepted", &[edited, accepted]),
        ("something else was reverted", &[["9999", "2025", "upgrade", "1-0", "1", "done"], reverted]),
    ];
    for (what, rows) in histories {
        clear(&mut connection, &VERSIONS_OF_TWO);
        for (index, row) in rows.iter().enumerate() {
            append(&mut connection, index + 1, *row, 1);
        }
        let (round_trips, started) = start::<C>(database, &history);
        assert!(started.is_ok() && round_trips == 1, "{what}: {round_trips}");
    }
}

fn what_is_current_at_a_glance_is_current<C: Client>(database: &Database) {
    let (history, [first, second]) = two();
    let mut connection = C::establish(&database.url()).unwrap();
    upgrade(&history, &mut connection).unwrap();
    let seed = Cell::new(7_u64);
    let dice = |sides: usize| {
        seed.set(seed.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
        (seed.get() >> 33) as usize % sides
    };
    let pick = |of: &[&'static str]| of[dice(of.len())];
    let mut current = 0;
    for round in 0..250 {
        let versions: &[&str] = match dice(8) {
            0 => &["20260000"],
            1 => &["20260000", "20260001", "2025"],
            2 => &["20260000", "2025"],
            _ => &VERSIONS_OF_TWO,
        };
        clear(&mut connection, versions);
        let mut rows = Vec::new();
        for id in 1..=dice(5) {
            let revision = dice(5);
            let checksum = [&*first, &*second, "1-0"][if dice(4) > 0 { revision.min(2) } else { dice(3) }];
            let version = pick(&["20260000", "20260001", "2025"]);
            let fields = [
                ["0000", "0001", "0000", "0001", "9999"][revision],
                if dice(4) > 0 { ["20260000", "20260001"][revision % 2] } else { version },
                pick(&["upgrade", "upgrade", "revert", "stamp", "unstamp", "purge", "move", "gone", "later"]),
                if dice(6) > 0 { checksum } else { "NULL" },
                pick(&["0", "1"]),
                pick(&["done", "done", "done", "failed", "resolved", "NULL"]),
            ];
            let format = if dice(12) > 0 { 1 } else { 2 };
            append(&mut connection, id, fields, format);
            rows.push(format!("{fields:?} {format}"));
        }
        if let (1, Ok(_)) = start::<C>(database, &history) {
            current += 1;
            let state = Migrator::new(&history).state(&mut connection).unwrap();
            let is_quiet = state.applied.nodes().count() == 2
                && state.unknown.is_empty()
                && state.edited.is_empty()
                && state.renamed.is_empty()
                && state.interrupted.is_empty()
                && !state.newer_ledger;
            assert!(is_quiet, "round {round}: {versions:?} {rows:#?} {state:?}");
        }
    }
    assert!(current > 20, "{current} of 250 say nothing");
}
