//! Databases that are locked, full, newer, or not what the files say.

use super::{STOCK, refused, shop};
use crate::harness::Sandbox;

#[test]
fn a_locked_file() {
    let sandbox = shop();
    let mut other = sandbox.database("app.db");
    other.run("BEGIN IMMEDIATE;");
    // Not by the bytes of the file: when a process closes a file, it loses all locks that it has on it.
    for wait in ["0", "300ms"] {
        let words = format!("upgrade --wait {wait} --database-url app.db");
        sandbox.schema(&words).exits(4).says("lock").says("--wait");
    }
    other.run("ROLLBACK;");
    assert_eq!(other.versions().len(), 2);
    assert!(!other.tables().contains(&"stock".to_owned()));
}

#[test]
fn a_full_disk() {
    let sandbox = shop();
    let before = sandbox.database("app.db").contents();
    sandbox.write(
        &format!("{STOCK}/up.sql"),
        "CREATE TABLE big (blob BLOB);\nINSERT INTO big VALUES (zeroblob(10000000));\n",
    );
    let pages = sandbox.database("app.db").rows("PRAGMA page_count")[0].parse::<usize>().unwrap() + 20;
    sandbox.replace(
        "Cargo.toml",
        "dialect =",
        &format!("on-connect = [\"PRAGMA max_page_count = {pages}\"]\ndialect ="),
    );
    sandbox.schema("upgrade --database-url app.db").exits(3).says("full").says("up.sql:2:1");
    assert_eq!(sandbox.database("app.db").contents(), before);
    assert_eq!(sandbox.database("app.db").versions().len(), 2);
}

#[test]
fn a_ledger_of_a_newer_version() {
    let sandbox = shop();
    sandbox.database("app.db").run("UPDATE __schema_ledger SET format = 99;");
    refused(&sandbox, "upgrade --database-url app.db", 1).says("newer");
    refused(&sandbox, "revert --database-url app.db", 1).says("newer");
    sandbox.schema("current --database-url app.db").ok().says("newer").prints("1f0e9d8c7b6a");
}

#[test]
fn a_revision_that_was_edited_after_it_ran() {
    let sandbox = shop();
    sandbox.replace("migrations/2026-11-18-1000-0a1b2c3d4e5f_create_products/up.sql", "UNIQUE", "");
    refused(&sandbox, "upgrade --database-url app.db", 1).says("0a1b2c3d4e5f").says("help");
}

#[test]
fn a_revision_that_the_files_lack() {
    let sandbox = shop();
    sandbox.database("app.db").run("INSERT INTO __diesel_schema_migrations (version) VALUES ('2099');");
    refused(&sandbox, "upgrade --database-url app.db", 1).says("2099").says("--allow-newer");
    sandbox.schema("upgrade --allow-newer --database-url app.db").ok();
    sandbox.schema("upgrade --database-url app.db").ok().says("2099");
}

#[test]
fn a_pending_revision_under_an_applied_one() {
    let sandbox = shop();
    sandbox.database("app.db").run("DELETE FROM __diesel_schema_migrations WHERE version LIKE '20261118%';");
    refused(&sandbox, "upgrade --database-url app.db", 1)
        .says("stamp current --verify")
        .says("--out-of-order");
    sandbox
        .schema("--database-url app.db")
        .ok()
        .says("Next 0a1b2c3d4e5f comes before what is applied: cargo schema upgrade --out-of-order");
}

#[test]
fn a_way_down_that_does_nothing() {
    let sandbox = shop();
    sandbox.schema("upgrade --database-url app.db").ok();
    sandbox.write(&format!("{STOCK}/down.sql"), "-- nothing\n");
    refused(&sandbox, "revert --database-url app.db", 1).says("4f1c2a9b7d03").says("--allow-empty-down");
    std::fs::remove_file(sandbox.path(format!("{STOCK}/down.sql"))).unwrap();
    refused(&sandbox, "revert base --database-url app.db", 1).says("4f1c2a9b7d03");
    sandbox.replace(
        &format!("{STOCK}/metadata.toml"),
        "message",
        "irreversible = \"the rows are gone\"\nmessage",
    );
    refused(&sandbox, "revert --database-url app.db", 1).says("the rows are gone");
}

#[test]
fn a_signal_stops_it_and_says_where_it_is() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let sandbox = shop();
        let forever = "CREATE TABLE forever (n);\nWITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) INSERT INTO forever SELECT max(n) FROM c;\n";
        sandbox.write(&format!("{STOCK}/up.sql"), forever);
        let before = sandbox.database("app.db").contents();
        let output = stopped(&sandbox, signal);
        assert_eq!(output.code, code, "{}", output.story());
        let last = output.stderr.lines().last().unwrap();
        assert!(last.starts_with("interrupted:") && last.contains("1f0e9d8c7b6a"), "{}", output.story());
        assert_eq!(sandbox.database("app.db").contents(), before);
        assert_eq!(sandbox.database("app.db").versions().len(), 2);
    }
}

/// Starts an upgrade that never ends, and sends the signal once it is under way.
fn stopped(sandbox: &Sandbox, signal: &str) -> crate::harness::Output {
    use std::io::{BufRead, BufReader, Read};
    let mut child = sandbox.schema("upgrade --database-url app.db").spawn();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("Applying") {
        assert!(lines.read_line(&mut said).unwrap() > 0, "it did not begin:\n{said}");
    }
    assert!(crate::harness::signal(signal, &[child.id()]));
    lines.read_to_string(&mut said).unwrap();
    let mut output = crate::harness::Output::of(child, "upgrade", &sandbox.root());
    output.stderr = said;
    output
}

#[test]
fn a_lock_that_a_file_has_not() {
    let sandbox = shop();
    sandbox.replace("Cargo.toml", "dialect = \"sqlite\"", "dialect = \"sqlite\"\nlock = \"table\"");
    refused(&sandbox, "upgrade --database-url app.db", 2).says("lock = \"table\"").says("is for servers");
}
