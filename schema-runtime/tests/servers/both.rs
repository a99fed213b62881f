//! What both engines do alike.

use std::thread;

use schema_runtime::engine::{Error, Migrator};
use schema_runtime::history::History;

use crate::proxy::Proxy;
use crate::support::*;

cases!(
    it_goes_up_and_down_and_remembers,
    eight_at_once_run_each_revision_once,
    a_line_that_is_cut_is_no_failed_statement,
);

fn a_line_that_is_cut_is_no_failed_statement<C: Client>(database: &Database) {
    let (proxy, url) = Proxy::before(&database.url());
    let history =
        line(&[("CREATE TABLE a (x int);\n", ""), ("CREATE TABLE b (x int);\nSELECT 'here';\n", "")]);
    proxy.cut_at("SELECT 'here'");
    match upgrade(&history, &mut C::establish(&url).unwrap()) {
        Err(Error::Lost { revision, revisions_done: 1, .. }) => assert_eq!(revision, "0001"),
        other => panic!("{other:?}"),
    }
    upgrade(&history, &mut C::establish(&database.url()).unwrap()).unwrap();
}

fn it_goes_up_and_down_and_remembers<C: Client>(database: &Database) {
    let (history, mut connection) = (three(), C::establish(&database.url()).unwrap());
    assert!(Migrator::new(&history).state(&mut connection).unwrap().applied.nodes().next().is_none());
    assert_eq!(connection.all_tables(), Vec::<String>::new());
    let report = upgrade(&history, &mut connection).unwrap();
    assert_eq!((report.done.nodes, report.now_at), (vec![0, 1, 2], vec!["0002".to_owned()]));
    assert_eq!(connection.tables(), ["a", "b", "c"]);
    assert_eq!(connection.lines(VERSIONS), ["20260000", "20260001", "20260002"]);
    assert_eq!(connection.lines(LEDGER)[0], "0000|upgrade|2/2|done");
    assert!(upgrade(&history, &mut connection).unwrap().done.is_empty());
    Migrator::new(&history).revert(&mut connection, "base").unwrap();
    assert_eq!(connection.tables(), Vec::<String>::new());
    if C::IS_POSTGRES {
        let locks =
            "SELECT objid::text AS line FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
        assert_eq!(connection.lines(locks), Vec::<String>::new());
    }
}

fn eight_at_once_run_each_revision_once<C: Client>(database: &Database) {
    let scripts: Vec<String> = (0..5).map(|index| format!("CREATE TABLE t{index} (x int);\n")).collect();
    let mut scripts: Vec<(&str, &str)> = scripts.iter().map(|up| (&**up, "")).collect();
    if C::IS_POSTGRES {
        // It waits for every transaction that is open: a blocking lock would wait for it in turn.
        scripts.push(("-- outside\nCREATE INDEX CONCURRENTLY i ON t0 (x);\n", ""));
    }
    let history: &'static History = Box::leak(Box::new(line(&scripts)));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let url = database.url();
            thread::spawn(move || {
                upgrade(history, &mut C::establish(&url).unwrap()).unwrap().done.nodes.len()
            })
        })
        .collect();
    let ran: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert_eq!(ran, scripts.len());
    assert_eq!(C::establish(&database.url()).unwrap().lines(LEDGER).len(), scripts.len());
}
