//! Costs: counted round trips, and what several at a time are worth on a server that is far away.

use std::time::Instant;

use super::{ORDERS, Schemas, USERS, revision};
use crate::harness::{Proxy, Run};

#[test]
fn schemas_with_nothing_to_do_share_their_round_trips() {
    let Some(bed) = Schemas::new(200) else { return };
    bed.schema("upgrade --schemas tenant_*").ok();
    let (proxy, url) = Proxy::before(&bed.served.url());
    bed.through(&url, "upgrade --schemas tenant_* --jobs 1").ok().says(": 200 nothing to do");
    let trips = proxy.round_trips();
    assert!(trips <= 75, "{trips} round trips for 200 schemas");
    bed.through(&url, "list --schemas tenant_* --jobs 1").ok();
    let trips = proxy.round_trips();
    assert!(trips <= 75, "{trips} round trips for 200 schemas");
}

/// The way is so long that what a busy machine adds to it does not matter.
#[test]
fn eight_at_a_time_are_four_times_as_fast_as_one_after_the_other() {
    let Some(bed) = Schemas::new(44) else { return };
    let (proxy, url) = Proxy::before(&bed.served.url());
    proxy.delay(50);
    let timed = |words: &str| {
        let start = Instant::now();
        bed.through(&url, words).ok();
        start.elapsed()
    };
    let one = timed("upgrade --schemas tenant_? --jobs 1") / 9;
    let eight = timed("upgrade --schemas tenant_* --jobs 8") / 35;
    assert_eq!(bed.with("orders").len(), 44);
    assert!(one > eight * 4, "one after the other {one:?} a schema, eight at a time {eight:?}");
}

#[test]
fn on_a_terminal_a_bar_moves_and_goes() {
    let Some(bed) = Schemas::new(3) else { return };
    let up = "CREATE TABLE orders (id integer);\nSELECT pg_sleep(1) WHERE current_schema() = 'tenant_2';\n";
    revision(&bed.sandbox, 1, ORDERS, Some(USERS), up);
    let command = format!(
        "{} upgrade --migrations migrations --schemas 'tenant_*' --database-url {}",
        env!("CARGO_BIN_EXE_cargo-schema"),
        bed.served.url()
    );
    let terminal = |words: &str| {
        let run =
            Run::new("script".as_ref(), &bed.sandbox.root()).arg("-qec").arg(format!("{command} {words}"));
        run.arg("/dev/null").env("TERM", "xterm").ok().stdout
    };
    let seen = terminal("");
    assert!(seen.contains("Upgrading ["), "{seen:?}");
    assert!(seen.contains("2/3") && seen.contains("tenant_2: applying 1f0e9d8c7b6a"), "{seen:?}");
    // What each did is in the table, and no line of its own.
    assert!(seen.contains("done  tenant_1") && !seen.contains("Done tenant_1"), "{seen:?}");
    assert!(seen.trim_end().ends_with(": 3 done"), "{seen:?}");
    assert!(!terminal("--quiet").contains('['));
}
