//! What a server or the way to it can do to a run: each fault has words of its own, an exit code, and changes nothing
//! that the next run would stumble over.

use crate::harness::{Engine, Proxy, Run, Sandbox, Served};

const ID: &str = "0a1b2c3d4e5f";

/// A history of two revisions, the second of which sleeps.
fn history() -> Sandbox {
    let sandbox = Sandbox::empty();
    let metadata = format!("run_in_transaction = true\nrevision = \"{ID}\"\nparents = []\n");
    sandbox.migration(
        "2026-11-20-1000-0a1b2c3d4e5f_first",
        &metadata,
        "CREATE TABLE a (x INTEGER);\n",
        Some("DROP TABLE a;\n"),
    );
    sandbox
}

fn second(sandbox: &Sandbox, up: &str) {
    let metadata = format!("run_in_transaction = true\nrevision = \"1f0e9d8c7b6a\"\nparents = [\"{ID}\"]\n");
    sandbox.migration("2026-11-20-1001-1f0e9d8c7b6a_second", &metadata, up, Some("DROP TABLE b;\n"));
}

fn upgrade(sandbox: &Sandbox, url: &str) -> Run {
    sandbox.schema(&format!("upgrade --migrations migrations --database-url {url}"))
}

/// A table of cases: each becomes a test per engine.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        cases!(@ postgres, Postgres, $($case),+);
        cases!(@ mysql, Mysql, $($case),+);
    };
    (@ $module:ident, $engine:ident, $($case:ident),+) => {
        mod $module {
            $(
                #[test]
                fn $case() {
                    if let Some(served) = crate::harness::Served::new(crate::harness::Engine::$engine) {
                        super::$case(&served);
                    }
                }
            )+
        }
    };
}

cases!(a_line_that_is_cut_in_mid_statement, a_revision_costs_one_round_trip);

fn a_line_that_is_cut_in_mid_statement(served: &Served) {
    let sandbox = history();
    let sleep = match served.engine {
        Engine::Mysql => "SELECT sleep(1)",
        Engine::Postgres | Engine::Sqlite => "SELECT pg_sleep(1)",
    };
    second(&sandbox, &format!("CREATE TABLE b (x INTEGER);\n{sleep};\nINSERT INTO b VALUES (7);\n"));
    let (proxy, url) = Proxy::before(&served.url());
    proxy.cut_at(sleep);
    upgrade(
        &sandbox,
        &format!("{url}{}", if url.contains('?') { "&sslmode=disable" } else { "?sslmode=disable" }),
    )
    .exits(3)
    .says("was lost while revision `1f0e9d8c7b6a` second ran")
    .says("whether it was applied is not known yet; 1 revision run before it stays")
    .says("run `cargo schema upgrade` again");
    upgrade(&sandbox, &served.url()).ok();
    let count = "SELECT CONCAT(count(*), '') AS line FROM b";
    assert_eq!(served.session().rows(count), ["1"]);
}

fn a_revision_costs_one_round_trip(served: &Served) {
    const REVISIONS: usize = 20;
    let sandbox = Sandbox::empty();
    for number in 0..REVISIONS {
        let up = format!("CREATE TABLE t{number} (x INTEGER);\nINSERT INTO t{number} VALUES (1);\n");
        sandbox.migration(
            &format!("2026-11-20-10{number:02}00_step"),
            "",
            &up,
            Some(&format!("DROP TABLE t{number};\n")),
        );
    }
    let (proxy, url) = Proxy::before(&served.url());
    let round_trips = |words: &str| {
        sandbox.schema(&format!("{words} --migrations migrations --database-url {url}")).ok();
        proxy.round_trips()
    };
    let fresh = round_trips("upgrade");
    let nothing = round_trips("upgrade");
    let back = round_trips("revert base");
    // Whoever has nothing to do connects and reads, which is two.
    let connecting = nothing - 2;
    assert!(fresh - connecting <= REVISIONS + 12, "{fresh} - {connecting}");
    assert!(back - connecting <= REVISIONS + 12, "{back} - {connecting}");
    assert!(connecting <= 9, "{connecting}");
}
