//! What only looks.

use super::{Bed, IDS, ids};
use crate::harness::Engine;

/// Every verb that changes nothing.
const LOOK: [&str; 11] = [
    "",
    "list",
    "current",
    "current -v",
    "heads",
    "branches",
    "show head",
    "history",
    "history -r -2: -v",
    "sql",
    "unlock --status",
];

cases!(
    looking_makes_nothing,
    looking_needs_no_right_to_write,
    list_tells_when_how_long_and_by_whom,
    current_is_a_gate_when_asked,
    a_revision_is_shown_by_any_of_its_names,
    history_and_its_ranges,
    no_verb_says_where_things_are,
);

fn looking_makes_nothing(bed: &Bed) {
    for words in LOOK {
        // Nothing lies two steps back from nothing.
        bed.schema(words).exits(if words.contains("-2:") { 2 } else { 0 });
    }
    assert_eq!(bed.tables_there(), Vec::<String>::new());
    assert!(!bed.sandbox.path("app.db").exists());
}

/// Here by what the connection is; users without rights are among the faults, on a server of their own.
fn looking_needs_no_right_to_write(bed: &Bed) {
    bed.schema("upgrade +2").ok();
    let url = match bed.engine() {
        Engine::Sqlite => "file:app.db?mode=ro".to_owned(),
        Engine::Postgres => format!("{}?options=-cdefault_transaction_read_only%3Don", bed.url()),
        // No parameter of a URL makes a session read-only.
        Engine::Mysql => return,
    };
    for words in LOOK {
        bed.sandbox.schema(&format!("{words} --migrations migrations --database-url {url}")).ok();
    }
    for words in ["upgrade", "revert", "stamp head"] {
        let refused = bed.sandbox.schema(&format!("{words} --migrations migrations --database-url {url}"));
        refused.exits(3).says("read").says("only");
    }
    bed.at(&[IDS[1]]);
}

fn list_tells_when_how_long_and_by_whom(bed: &Bed) {
    bed.schema("upgrade +2").ok();
    let document = bed.schema("list --format json").ok().json();
    let revisions = document["revisions"].as_array().unwrap();
    let states: Vec<&str> = revisions.iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["applied", "applied", "pending"]);
    for one in &revisions[..2] {
        assert!(
            one["applied_at"].as_str().is_some_and(|at| at.starts_with("20") && at.ends_with('Z')),
            "{one}"
        );
        let is_told = one["elapsed_ms"].is_number() && one["actor"].is_string() && one["tool"].is_string();
        assert!(is_told && one["is_stamped"] == false, "{one}");
    }
    assert!(revisions[2]["applied_at"].is_null());
    bed.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('2099')");
    bed.schema("list").ok().prints("unknown").prints("2099");
    let document = bed.schema("list --format json").ok().json();
    assert_eq!(document["unknown"][0]["version"], "2099");
}

fn current_is_a_gate_when_asked(bed: &Bed) {
    bed.schema("upgrade +2").ok();
    bed.schema("current").ok().prints(IDS[1]);
    bed.schema("current --check-heads").exits(1).says("1 revision pending").says("cargo schema upgrade");
    assert_eq!(bed.schema("current --format json").ok().json()["is_at_heads"], false);
    bed.schema("upgrade").ok();
    bed.schema("current --check-heads").ok().prints("(head)");
    assert_eq!(bed.schema("current --format json").ok().json()["is_at_heads"], true);
}

fn a_revision_is_shown_by_any_of_its_names(bed: &Bed) {
    bed.schema("upgrade +2").ok();
    let folder = bed.folder(1);
    let folder = folder.trim_start_matches("migrations/");
    for name in [IDS[1], "1f0e", "create_orders", folder, "head-1", "0a1b+1", "base+2", "current"] {
        let document = bed.schema(&format!("show {name} --format json")).ok().json();
        assert_eq!(ids(&document["revisions"]), [IDS[1]], "{name}");
    }
    bed.schema("show head -v").ok().prints("ADD COLUMN stock").prints("DROP COLUMN stock");
}

fn history_and_its_ranges(bed: &Bed) {
    bed.schema("upgrade +2").ok();
    let [users, orders, stock] = IDS;
    let ranges: [(&str, &[&str]); 6] = [
        ("0a1b:1f0e", &[orders, users]),
        ("1f0e:", &[stock, orders]),
        (":1f0e", &[orders, users]),
        ("-1:", &[stock, orders, users]),
        ("current:", &[stock, orders]),
        (":", &[stock, orders, users]),
    ];
    for (range, expected) in ranges {
        let document = bed.schema(&format!("history -r {range} --format json")).ok().json();
        assert_eq!(ids(&document["revisions"]), expected, "{range}");
    }
    bed.schema("history -v").ok().prints("parents").prints("(current)").prints("(head)");
}

fn no_verb_says_where_things_are(bed: &Bed) {
    bed.schema("upgrade +2").ok();
    let document = bed.schema("--format json").ok().json();
    assert_eq!(document["command"], "status");
    assert_eq!(ids(&document["pending"]), [IDS[2]]);
    bed.schema("").ok().says(IDS[1]).says("Pending").says(IDS[2]);
}
