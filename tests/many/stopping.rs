//! Ctrl-C and SIGTERM while many databases are changed.

use std::process::Child;
use std::time::{Duration, Instant};

use super::{ORDERS, Schemas, USERS, revision};
use crate::harness::Output;

/// An upgrade one after the other whose second revision sleeps.
fn sleeping(seconds: u32) -> Option<(Schemas, Child)> {
    let bed = Schemas::new(4)?;
    let up = format!("CREATE TABLE orders (id integer);\nSELECT pg_sleep({seconds});\n");
    revision(&bed.sandbox, 1, ORDERS, Some(USERS), &up);
    let mut child = bed.schema("upgrade --schemas tenant_* --jobs 1").spawn();
    let under_way = "SELECT pid::text AS line FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
    while bed.rows(under_way).is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before anybody saw it");
    }
    Some((bed, child))
}

fn signal(child: &Child, name: &str) {
    assert!(crate::harness::signal(name, &[child.id()]));
}

fn ended(bed: &Schemas, child: Child) -> Output {
    Output::of(child, "upgrade --schemas", &bed.sandbox.root())
}

#[track_caller]
fn last_line(output: &Output) -> &str {
    output.stderr.lines().last().unwrap_or_default()
}

#[test]
fn what_is_under_way_ends_and_no_other_begins() {
    let Some((bed, child)) = sleeping(2) else { return };
    signal(&child, "INT");
    let output =
        ended(&bed, child).says("Stopping").prints("done         tenant_1").prints("not started  tenant_2");
    assert_eq!(output.code, 130, "{}", output.story());
    assert!(last_line(&output).starts_with("interrupted: 4 schemas in"), "{}", output.story());
    assert!(last_line(&output).ends_with(": 1 done, 3 not started"), "{}", output.story());
    assert_eq!(bed.with("orders"), ["tenant_1"]);
    revision(
        &bed.sandbox,
        1,
        ORDERS,
        Some(USERS),
        "CREATE TABLE orders (id integer);\nSELECT pg_sleep(2);\n",
    );
    bed.schema("upgrade --schemas tenant_*").ok().says("3 done, 1 nothing to do");
}

#[test]
fn asked_twice_it_does_not_wait() {
    let Some((bed, mut child)) = sleeping(60) else { return };
    let start = Instant::now();
    signal(&child, "TERM");
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none(), "it gave up what was under way at once");
    signal(&child, "TERM");
    let output = ended(&bed, child).prints("interrupted  tenant_1").prints("not started  tenant_4");
    assert_eq!(output.code, 143, "{}", output.story());
    assert!(last_line(&output).ends_with(": 1 interrupted, 3 not started"), "{}", output.story());
    assert!(start.elapsed() < Duration::from_secs(4), "it took {:?}", start.elapsed());
    revision(&bed.sandbox, 1, ORDERS, Some(USERS), "CREATE TABLE orders (id integer);\n");
    // The server has rolled back what was under way.
    bed.schema("upgrade --schemas tenant_*").ok().says(": 4 done");
    assert_eq!(bed.with("orders").len(), 4);
}

#[test]
fn what_does_not_end_is_left_after_a_while() {
    let Some((bed, child)) = sleeping(60) else { return };
    let start = Instant::now();
    signal(&child, "INT");
    let output = ended(&bed, child).prints("interrupted  tenant_1");
    assert_eq!(output.code, 130, "{}", output.story());
    let took = start.elapsed();
    assert!((Duration::from_secs(4)..Duration::from_secs(9)).contains(&took), "it took {took:?}");
}
