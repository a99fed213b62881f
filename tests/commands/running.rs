//! Verbs that change a database.

use std::fs;

use super::{ORDERS, STOCK, USERS, fork, ids, json, shop};
use crate::harness::Sandbox;

const DB: &str = "--database-url app.db";

#[track_caller]
fn at(sandbox: &Sandbox, expected: &[&str]) {
    let document = json(sandbox, &format!("current {DB}"));
    assert_eq!(ids(&document["at"]), expected);
}

#[test]
fn targets_work_bare() {
    let sandbox = shop(0);
    let steps: [(&str, &[&str]); 12] = [
        ("upgrade +2", &[ORDERS]),
        ("revert -1", &[USERS]),
        ("upgrade head", &[STOCK]),
        ("revert 2", &[USERS]),
        ("upgrade 4f1c", &[STOCK]),
        ("revert 1f0e", &[ORDERS]),
        ("downgrade base", &[]),
        ("upgrade base+1", &[USERS]),
        ("upgrade create_orders", &[ORDERS]),
        ("upgrade", &[STOCK]),
        ("revert", &[ORDERS]),
        ("revert head-2", &[USERS]),
    ];
    for (words, place) in steps {
        sandbox.schema(&format!("{words} {DB}")).ok();
        at(&sandbox, place);
    }
}

#[test]
fn labels_name_branches() {
    let sandbox = Sandbox::of("merged");
    sandbox.schema(&format!("upgrade audit@base+1 {DB}")).ok();
    at(&sandbox, &["6c6f67676564"]);
    sandbox.schema(&format!("upgrade billing@+1 {DB}")).ok();
    sandbox.schema(&format!("upgrade 2a9b {DB}")).ok();
    at(&sandbox, &["6c6f67676564", "2a9b7d034f1c"]);
    sandbox
        .schema(&format!("revert -1 {DB}"))
        .exits(2)
        .says("6c6f67676564")
        .says("2a9b7d034f1c")
        .says("LABEL@");
    sandbox.schema(&format!("revert billing@-1 {DB}")).ok();
    at(&sandbox, &[USERS, "6c6f67676564"]);
    sandbox.schema(&format!("revert shop@base {DB}")).ok();
    at(&sandbox, &["6c6f67676564"]);
    sandbox.schema(&format!("upgrade heads {DB}")).ok();
    at(&sandbox, &[STOCK]);
}

#[test]
fn reverting_takes_with_it_what_depends_on_it() {
    let sandbox = Sandbox::of("merged");
    sandbox.schema(&format!("upgrade 616263646566 {DB}")).ok();
    let document = json(&sandbox, &format!("revert 0a1b --allow-empty-down {DB}"));
    assert_eq!(ids(&document["revisions"]), ["616263646566", ORDERS]);
}

#[test]
fn what_a_run_did_is_data() {
    let sandbox = shop(0);
    let document = json(&sandbox, &format!("upgrade {DB}"));
    assert_eq!(ids(&document["revisions"]), [USERS, ORDERS, STOCK]);
    assert_eq!(document["direction"], "up");
    assert_eq!(document["now_at"][0], STOCK);
    assert_eq!(document["is_at_heads"], true);
    let document = json(&sandbox, &format!("revert base {DB}"));
    assert_eq!(ids(&document["revisions"]), [STOCK, ORDERS, USERS]);
    assert_eq!(document["now_at"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_dry_run_runs_and_leaves_nothing() {
    let sandbox = shop(1);
    sandbox.untouched(|| {
        sandbox
            .schema(&format!("upgrade --dry-run {DB}"))
            .ok()
            .says("2 revisions")
            .says("nothing was changed");
        sandbox.schema(&format!("revert --dry-run {DB}")).ok().says("nothing was changed");
        sandbox.schema("upgrade --dry-run --database-url missing.db").ok();
        assert_eq!(json(&sandbox, &format!("upgrade --dry-run {DB}"))["dry_run"], true);
    });
    let up = "migrations/2026-11-20-0915-4f1c2a9b7d03_count_the_stock/up.sql";
    sandbox.write(up, "SELECT no_such_column;\n");
    sandbox.untouched(|| sandbox.schema(&format!("upgrade --dry-run {DB}")).exits(3).says("no_such_column"));
}

#[test]
fn a_dry_run_of_what_cannot_be_rolled_back_is_refused() {
    let sandbox = Sandbox::of("adopted");
    sandbox.untouched(|| sandbox.schema(&format!("upgrade --dry-run {DB}")).exits(1).says("20190305090000"));
}

#[test]
fn a_backup_is_made_first() {
    let sandbox = shop(1);
    let before = sandbox.database("app.db").contents();
    sandbox.schema(&format!("upgrade --backup {DB}")).ok().says("Saved");
    let copy = fs::read_dir(sandbox.root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find(|name| name.contains("backup"))
        .unwrap();
    assert_eq!(sandbox.database(&copy).contents(), before);
    sandbox.schema(&format!("revert --backup=mine.db {DB}")).ok();
    assert_eq!(sandbox.database("mine.db").versions().len(), 3);
    sandbox.schema(&format!("upgrade --backup=mine.db {DB}")).exits(1).says("mine.db");
}

#[test]
fn one_transaction_for_all_or_for_each() {
    for scope in ["all", "revision"] {
        let sandbox = shop(0);
        sandbox.schema(&format!("upgrade --transaction {scope} {DB}")).ok();
        at(&sandbox, &[STOCK]);
        sandbox.schema(&format!("revert base --transaction {scope} {DB}")).ok();
        at(&sandbox, &[]);
    }
}

#[test]
fn stamp_marks_without_running() {
    let sandbox = shop(0);
    sandbox.schema(&format!("stamp 1f0e {DB}")).ok().says("marked 2 revisions; the database is at");
    at(&sandbox, &[ORDERS]);
    let mut database = sandbox.database("app.db");
    assert!(!database.tables().contains(&"orders".to_owned()));
    assert_eq!(database.versions().len(), 2);
    let list = json(&sandbox, &format!("list {DB}"));
    assert_eq!(list["revisions"][0]["is_stamped"], true);
    sandbox.schema(&format!("stamp base {DB}")).ok().says("unmarked 2 revisions; the database is at base");
    at(&sandbox, &[]);
    database.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('2099');");
    sandbox.schema(&format!("stamp --purge head {DB}")).ok();
    assert!(!database.versions().contains(&"2099".to_owned()));
    at(&sandbox, &[STOCK]);
}

#[test]
fn reset_asks_first() {
    let sandbox = shop(3);
    sandbox.database("app.db").run("INSERT INTO products (name, price) VALUES ('tea', 5);");
    sandbox.untouched(|| sandbox.schema(&format!("reset {DB}")).exits(2).says("--yes"));
    sandbox.schema(&format!("reset --yes {DB}")).ok();
    at(&sandbox, &[STOCK]);
    assert_eq!(sandbox.database("app.db").count("products"), 0);
}

#[test]
fn a_wait_for_ever_is_no_trouble() {
    let sandbox = shop(1);
    for verb in ["upgrade", "dump copy.db", "restore copy.db --yes"] {
        sandbox.schema(&format!("{verb} --wait 300000000000000000m {DB}")).ok();
    }
}

#[test]
fn dump_and_restore() {
    let sandbox = shop(3);
    sandbox.database("app.db").run("INSERT INTO products (name, price) VALUES ('tea', 5);");
    let whole = sandbox.database("app.db").contents();
    sandbox.schema(&format!("dump copy.db {DB}")).ok().says("copy.db");
    sandbox.untouched(|| sandbox.schema(&format!("dump copy.db {DB}")).exits(1).says("exists"));
    sandbox.database("app.db").run("DELETE FROM products;");
    sandbox.untouched(|| sandbox.schema(&format!("restore copy.db {DB}")).exits(2).says("--yes"));
    sandbox.schema(&format!("restore copy.db --yes {DB}")).ok();
    assert_eq!(sandbox.database("app.db").contents(), whole);
    sandbox.write("rubbish.db", "this is not a database, however long one looks at it ".repeat(40));
    sandbox.untouched(|| {
        sandbox.schema(&format!("restore rubbish.db --yes {DB}")).exits(3).says("not a database")
    });
    sandbox.write("empty.db", "");
    sandbox.untouched(|| sandbox.schema(&format!("restore empty.db --yes {DB}")).exits(3).says("is empty"));
    sandbox
        .untouched(|| sandbox.schema(&format!("restore missing.db --yes {DB}")).exits(2).says("missing.db"));
}

#[test]
fn a_revision_that_stopped_half_way_goes_on_once_it_is_mended() {
    let sandbox = Sandbox::of("quickstart");
    let folder = "2026-11-20-1010-5e6f7a8b9c0d_two_steps";
    let metadata = "run_in_transaction = false\nrevision = \"5e6f7a8b9c0d\"\nparents = [\"4f1c2a9b7d03\"]\nmessage = \"two steps\"\n";
    let up =
        "CREATE TABLE one (id INTEGER);\nCREATE TABLE one (id INTEGER);\nCREATE TABLE two (id INTEGER);\n";
    sandbox.migration(folder, metadata, up, Some("DROP TABLE one; DROP TABLE two;"));
    sandbox.schema(&format!("upgrade {DB}")).exits(3).says("statement 1");
    sandbox.replace(
        &format!("migrations/{folder}/up.sql"),
        "CREATE TABLE one (id INTEGER);\nCREATE TABLE one",
        "CREATE TABLE one (id INTEGER);\nCREATE TABLE half",
    );
    sandbox.schema(&format!("upgrade {DB}")).ok();
    let tables = sandbox.database("app.db").tables();
    assert!(["one", "half", "two"].iter().all(|name| tables.contains(&(*name).to_owned())), "{tables:?}");
}

#[test]
fn a_person_says_what_became_of_a_revision() {
    for (resolution, place) in [("--applied", "5e6f7a8b9c0d"), ("--reverted", STOCK)] {
        let sandbox = shop(3);
        let metadata = "run_in_transaction = false\nrevision = \"5e6f7a8b9c0d\"\nparents = [\"4f1c2a9b7d03\"]\nmessage = \"one\"\n";
        let up = "CREATE TABLE one (id INTEGER);\nCREATE TABLE one (id INTEGER);\n";
        sandbox.migration("2026-11-20-1010-5e6f7a8b9c0d_one", metadata, up, Some("DROP TABLE one;"));
        sandbox.schema(&format!("upgrade {DB}")).exits(3);
        let document = json(&sandbox, &format!("resolve 5e6f {resolution} {DB}"));
        assert_eq!(ids(&document["revisions"]), ["5e6f7a8b9c0d"]);
        at(&sandbox, &[place]);
    }
}

#[test]
fn a_half_done_revision_of_another_branch_can_be_forgotten() {
    let sandbox = shop(2);
    let folder = "2026-11-20-1010-5e6f7a8b9c0d_one";
    let metadata = "run_in_transaction = false\nrevision = \"5e6f7a8b9c0d\"\nparents = [\"4f1c2a9b7d03\"]\nmessage = \"one\"\n";
    let up = "CREATE TABLE one (id INTEGER);\nCREATE TABLE one (id INTEGER);\n";
    sandbox.migration(folder, metadata, up, Some("DROP TABLE one;"));
    sandbox.schema(&format!("upgrade {DB}")).exits(3);
    sandbox.schema(&format!("revert {DB}")).exits(5);
    fs::remove_dir_all(sandbox.path(format!("migrations/{folder}"))).unwrap();
    sandbox.schema(&format!("revert {DB}")).exits(5).says("stamp current --purge").lacks("resolve");
    sandbox.schema(&format!("stamp current --purge {DB}")).ok();
    sandbox.schema(&format!("revert {DB}")).ok();
}

#[test]
fn a_half_reverted_revision_is_not_listed_as_applied() {
    let sandbox = Sandbox::of("quickstart");
    let metadata = "run_in_transaction = false\nrevision = \"5e6f7a8b9c0d\"\nparents = [\"4f1c2a9b7d03\"]\nmessage = \"two steps\"\n";
    let up = "CREATE TABLE one (id INTEGER);\n";
    let down = "DROP TABLE one;\nDROP TABLE missing;\n";
    sandbox.migration("2026-11-20-1010-5e6f7a8b9c0d_two_steps", metadata, up, Some(down));
    sandbox.schema(&format!("upgrade {DB}")).ok();
    sandbox.schema(&format!("revert {DB}")).exits(3);
    sandbox.schema(&format!("list {DB}")).ok().prints("interrupted  5e6f7a8b9c0d");
    sandbox.schema(&format!("show 5e6f {DB}")).ok().prints("interrupted");
}

#[test]
fn resolve_refuses_what_was_not_interrupted() {
    let sandbox = shop(3);
    sandbox.schema(&format!("resolve 4f1c --applied {DB}")).exits(1);
    sandbox.schema(&format!("resolve 4f1c {DB}")).exits(2).says("--applied");
}

#[test]
fn two_heads_can_be_run() {
    let sandbox = shop(0);
    fork(&sandbox);
    sandbox.schema(&format!("upgrade head {DB}")).exits(2).says(STOCK).says("7d034f1c2a9b");
    sandbox.schema(&format!("upgrade {DB}")).ok();
    assert_eq!(sandbox.database("app.db").versions().len(), 4);
    sandbox.schema(&format!("revert 7d03@-1 {DB}")).ok();
    at(&sandbox, &[STOCK]);
}
