//! Verbs that only look.

use super::{ORDERS, STOCK, USERS, fork, ids, json, shop};
use crate::harness::{Run, Sandbox};

const DB: &str = "--database-url app.db";

#[test]
fn no_verb_says_where_things_are() {
    let sandbox = shop(2);
    let document = json(&sandbox, DB);
    assert_eq!(document["command"], "status");
    assert_eq!(ids(&document["pending"]), [STOCK]);
    sandbox.schema(DB).ok().says("1f0e9d8c7b6a").says("Pending").says(STOCK);
    sandbox.schema("").ok().lacks("error");
}

#[test]
fn list_tells_when_how_long_and_by_whom() {
    let sandbox = shop(2);
    let document = json(&sandbox, &format!("list {DB}"));
    let revisions = document["revisions"].as_array().unwrap();
    let states: Vec<&str> = revisions.iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["applied", "applied", "pending"]);
    for one in &revisions[..2] {
        assert!(one["applied_at"].as_str().unwrap().ends_with('Z'), "{one}");
        assert!(
            one["elapsed_ms"].is_number() && one["actor"].is_string() && one["tool"].is_string(),
            "{one}"
        );
    }
    assert!(revisions[2]["applied_at"].is_null());
    sandbox.schema(&format!("list {DB}")).ok().prints("applied").prints("pending").prints("count the stock");
}

#[test]
fn list_shows_what_the_files_lack() {
    let sandbox = shop(1);
    sandbox.database("app.db").run("INSERT INTO __diesel_schema_migrations (version) VALUES ('2099');");
    sandbox.schema(&format!("list {DB}")).ok().prints("unknown").prints("2099");
    assert_eq!(json(&sandbox, &format!("list {DB}"))["unknown"][0]["version"], "2099");
}

#[test]
fn current_is_a_gate_when_asked() {
    let sandbox = shop(2);
    sandbox.schema(&format!("current {DB}")).ok().prints("1f0e9d8c7b6a create orders");
    sandbox
        .schema(&format!("current --check-heads {DB}"))
        .exits(1)
        .says("1 revision pending")
        .says("cargo schema upgrade");
    let document = json(&sandbox, &format!("current {DB}"));
    assert_eq!(ids(&document["at"]), [ORDERS]);
    assert_eq!(document["is_at_heads"], false);
    sandbox.schema(&format!("upgrade {DB}")).ok();
    sandbox.schema(&format!("current --check-heads {DB}")).ok().prints("(head)");
    assert_eq!(json(&sandbox, &format!("current {DB}"))["is_at_heads"], true);
}

#[test]
fn heads_and_branches_need_no_database() {
    let sandbox = Sandbox::of("merged");
    assert_eq!(ids(&json(&sandbox, "heads")["heads"]), [STOCK]);
    sandbox.schema("heads").ok().prints("4f1c2a9b7d03 audit and shop meet");
    let branches = json(&sandbox, "branches");
    assert_eq!(ids(&branches["forks"]), [USERS]);
    assert_eq!(ids(&branches["forks"][0]["children"]), [ORDERS, "2a9b7d034f1c"]);
    let labels: Vec<&str> =
        branches["labels"].as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["audit", "billing", "shop"]);
    sandbox
        .schema("branches")
        .ok()
        .prints("create users")
        .prints("-> 2a9b7d034f1c add invoices")
        .prints("billing");
}

#[test]
fn several_heads_are_told() {
    let sandbox = shop(0);
    fork(&sandbox);
    assert_eq!(ids(&json(&sandbox, "heads")["heads"]).len(), 2);
    sandbox.schema("heads").ok().prints("4f1c2a9b7d03").prints("7d034f1c2a9b").says("merge");
}

#[test]
fn show_one_revision_by_any_of_its_names() {
    let sandbox = shop(2);
    let names = [
        ORDERS,
        "1f0e",
        "create_orders",
        "\"create orders\"",
        "2026-11-19-1602-1f0e9d8c7b6a_create_orders",
        "head-1",
        "0a1b+1",
        "base+2",
        "current",
    ];
    for name in names {
        let document = json(&sandbox, &format!("show {name} {DB}"));
        assert_eq!(ids(&document["revisions"]), [ORDERS], "{name}");
    }
    let one = &json(&sandbox, "show 1f0e")["revisions"][0];
    assert_eq!(one["parents"][0], USERS);
    assert_eq!(one["children"][0], STOCK);
    assert_eq!(one["up"]["statements"], 2);
    assert!(one["up"]["checksum"].as_str().unwrap().starts_with("1-"));
    sandbox
        .schema("show head -v")
        .ok()
        .prints("CREATE TRIGGER")
        .prints("DROP TRIGGER")
        .prints("count the stock");
}

#[test]
fn history_and_its_ranges() {
    let sandbox = shop(2);
    let range = |range: &str| -> Vec<String> {
        let document = json(&sandbox, &format!("history -r {range} {DB}"));
        ids(&document["revisions"]).into_iter().map(str::to_owned).collect()
    };
    assert_eq!(range("0a1b:1f0e"), [ORDERS, USERS]);
    assert_eq!(range("1f0e:"), [STOCK, ORDERS]);
    assert_eq!(range(":1f0e"), [ORDERS, USERS]);
    assert_eq!(range("-1:"), [STOCK, ORDERS, USERS]);
    assert_eq!(range("current:"), [STOCK, ORDERS]);
    assert_eq!(range(":"), [STOCK, ORDERS, USERS]);
    sandbox.schema(&format!("history -v {DB}")).ok().prints("parents").prints("(current)").prints("(head)");
    sandbox.schema("history").ok().lacks("(current)");
}

#[test]
fn the_script_of_a_range_runs_in_the_shell_of_the_engine() {
    let sandbox = shop(0);
    let script = sandbox.schema("sql").ok().stdout;
    assert_eq!(script, sandbox.schema("upgrade --sql").ok().stdout, "one script, two spellings");
    assert_eq!(script, sandbox.schema("sql").ok().stdout, "the same bytes every time");
    let mut by_hand = sandbox.database("hand.db");
    by_hand.run(&script);
    sandbox.schema("upgrade --database-url run.db").ok();
    assert_eq!(by_hand.contents(), sandbox.database("run.db").contents());
    assert_eq!(by_hand.versions(), sandbox.database("run.db").versions());
    sandbox.schema("upgrade --database-url hand.db").ok().says("nothing is pending");
    by_hand.run(&sandbox.schema("revert --sql head:base").ok().stdout);
    assert_eq!(by_hand.versions(), Vec::<String>::new());
    sandbox.schema("sql 0a1b:1f0e").ok().prints("CREATE TABLE orders").lacks("CREATE TABLE products");
}

#[test]
fn check_finds_nothing_in_a_sound_history() {
    for fixture in ["quickstart", "merged", "skeleton"] {
        let sandbox = Sandbox::of(fixture);
        sandbox.schema("check").ok().says("Checked").lacks("error").lacks("warning");
        assert_eq!(json(&sandbox, "check")["findings"].as_array().map(Vec::len), Some(0), "{fixture}");
    }
}

#[test]
fn check_speaks_to_github_and_to_code_scanning() {
    let sandbox = Sandbox::broken("missing-parent");
    sandbox
        .schema("check --format github")
        .exits(1)
        .prints("::error file=migrations/2026-11-19-1602-1f0e9d8c7b6a_add_orders/metadata.toml,line=3");
    let sarif = sandbox.schema("check --format sarif").exits(1).json();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "missing-parent");
    sandbox.schema("list --format sarif --database-url app.db").exits(2).says("check");
}

#[test]
fn check_compares_with_what_is_released() {
    let sandbox = shop(0);
    sandbox.untouched(|| sandbox.schema("check --base main").exits(3).says("Git"));
    let git = |words: &str| Run::new("git".as_ref(), &sandbox.root()).words(words).ok();
    git("init -q -b main");
    git("add .");
    git("-c user.name=me -c user.email=me@example.org commit -qm start");
    sandbox.schema("check --base main").ok();
    sandbox.untouched(|| sandbox.schema("check --base no-such-branch").exits(2).says("no-such-branch"));
    sandbox.replace(
        "migrations/2026-11-20-0915-4f1c2a9b7d03_count_the_stock/up.sql",
        "DEFAULT 0",
        "DEFAULT 1",
    );
    sandbox.schema("lock --accept 4f1c").ok();
    sandbox.schema("check").ok();
    sandbox.schema("check --base main").exits(1).says("edited-revision").says("4f1c2a9b7d03");
    std::fs::remove_dir_all(sandbox.path("migrations/2026-11-20-0915-4f1c2a9b7d03_count_the_stock")).unwrap();
    sandbox.schema("check --base main").exits(1).says("removed-revision");
}

#[test]
fn lints_can_be_configured() {
    let sandbox = shop(0);
    let down = "migrations/2026-11-20-0915-4f1c2a9b7d03_count_the_stock/down.sql";
    std::fs::remove_file(sandbox.path(down)).unwrap();
    sandbox.schema("lock --accept 4f1c").ok();
    sandbox.schema("check").ok().says("warning[missing-down]");
    let manifest = sandbox.read("Cargo.toml");
    let level = |level: &str| {
        let lints = format!("[package.metadata.schema.lints]\nmissing-down = \"{level}\"\n\n[dependencies]");
        sandbox.write("Cargo.toml", manifest.replace("[dependencies]", &lints));
    };
    level("deny");
    sandbox.schema("check").exits(1).says("error[missing-down]");
    sandbox.build().fails();
    level("allow");
    sandbox.schema("check").ok().lacks("missing-down");
    level("forbid");
    sandbox.schema("check").exits(2).says("forbid").says("Cargo.toml:");
    sandbox.schema("explain missing-down").ok().prints("down.sql");
    sandbox.schema("explain missing-dwon").exits(2).says("missing-down");
}

#[test]
fn the_lock_is_nobodys() {
    let sandbox = shop(1);
    sandbox.schema(&format!("unlock --status {DB}")).ok().says("nobody");
    let mut other = sandbox.database("app.db");
    other.run("BEGIN IMMEDIATE;");
    sandbox.schema(&format!("unlock --status {DB}")).ok().says("living process");
    sandbox.schema(&format!("unlock {DB}")).exits(1).says("living process");
    assert_eq!(json(&sandbox, &format!("unlock --status {DB}"))["is_held"], true);
}
