//! Scenes from a working day, as people see them: the tone and the amount of information, in order.
//!
//! On SQLite alone: what is held against the story are words, which are the same on every engine.

use std::io::{BufRead, BufReader, Read};

use crate::harness::{Sandbox, cargo};

const TAX: &str = "2026-11-20-1802-7d034f1c2a9b_add_tax";

/// A second child of `create orders`, as a colleague's branch brings it.
fn two_heads(sandbox: &Sandbox) {
    let metadata = "run_in_transaction = true\nrevision = \"7d034f1c2a9b\"\nparents = [\"1f0e9d8c7b6a\"]\nmessage = \"add tax\"\n";
    sandbox.migration(
        TAX,
        metadata,
        "CREATE TABLE tax (id INTEGER PRIMARY KEY);\n",
        Some("DROP TABLE tax;\n"),
    );
}

#[test]
fn scene_1_the_first_minute() {
    let sandbox = Sandbox::empty();
    cargo(&sandbox.root()).words("init --quiet --vcs none --name shop").ok();
    sandbox
        .schema("init")
        .ok()
        .says("Created migrations/")
        .says("schema.lock")
        .says("Added [package.metadata.schema]")
        .says("schema-runtime")
        .says("schema-build")
        .says("Created build.rs")
        .says("Next");
    assert!(sandbox.read("build.rs").contains("schema_build::embed()"));
    assert!(sandbox.read("Cargo.toml").contains("[package.metadata.schema]"));
    sandbox.untouched(|| sandbox.schema("init").ok());
}

#[test]
fn scene_1_a_diesel_project_is_adopted() {
    let sandbox = Sandbox::of("adopted");
    let migrations = sandbox.migrations();
    let last = "migrations/2024-06-01-120000-0001_index_email/up.sql";
    sandbox.write(last, format!("{}UPDATE posts SET title = 'x';\n", sandbox.read(last)));
    sandbox.schema("init --adopt").ok().says("Adopted 7 revisions, 1 head").says("nothing was converted");
    assert_eq!(sandbox.migrations(), migrations);
    sandbox.untouched(|| sandbox.schema("init --adopt").ok());
    // What ran long ago is no news; it would be, without the key.
    let key = "safety-after = \"202406011200000001\"\n";
    assert!(sandbox.read("Cargo.toml").contains(key));
    sandbox.schema("check").ok().lacks("warning");
    sandbox.replace("Cargo.toml", key, "");
    sandbox.schema("check").ok().says("warning");
}

#[test]
fn scene_2_a_change() {
    let sandbox = Sandbox::of("quickstart");
    sandbox
        .schema("generate --empty")
        .arg("add phone to users")
        .ok()
        .says("Created migrations/")
        .says("_add_phone_to_users")
        .says("cargo schema upgrade");
    let folder = sandbox.migrations().pop().unwrap();
    assert!(folder.ends_with("_add_phone_to_users"), "{folder}");
    let metadata = sandbox.read(&format!("migrations/{folder}/metadata.toml"));
    assert!(metadata.contains("run_in_transaction = true"), "{metadata}");
    assert!(metadata.contains("parents = [\"4f1c2a9b7d03\"]"), "{metadata}");
    sandbox.write(&format!("migrations/{folder}/up.sql"), "ALTER TABLE products ADD COLUMN phone TEXT;\n");
    sandbox.schema("upgrade --database-url app.db").ok().says("add phone to users");
    assert_eq!(sandbox.database("app.db").versions().len(), 4);
}

#[test]
fn scene_4_a_broken_history_does_not_build() {
    let sandbox = Sandbox::of("skeleton");
    let lost = "run_in_transaction = true\nrevision = \"9b7d034f1c2a\"\nparents = [\"1f0e9d8c7b60\"]\nmessage = \"add tax\"\n";
    sandbox.migration(
        "2026-11-20-0920-9b7d034f1c2a_add_tax",
        lost,
        "CREATE TABLE tax (id INTEGER);",
        Some("DROP TABLE tax;"),
    );
    sandbox
        .build()
        .fails()
        .output
        .says("error: skeleton@0.1.0: revision `9b7d034f1c2a` has a parent that does not exist\n")
        .says("error: skeleton@0.1.0:   --> migrations/2026-11-20-0920-9b7d034f1c2a_add_tax/metadata.toml:3:12\n")
        .says("error: skeleton@0.1.0:    |\n")
        .says("error: skeleton@0.1.0:  3 | parents = [\"1f0e9d8c7b60\"]\n")
        .says("error: skeleton@0.1.0:    |            ^^^^^^^^^^^^^^ no migration has this id\n")
        .says("error: skeleton@0.1.0:    = help: the nearest is `1f0e9d8c7b6a` (add orders)\n");
}

#[test]
fn scene_5_where_am_i() {
    let sandbox = Sandbox::of("merged");
    sandbox.schema("upgrade 1f0e --database-url app.db").ok();
    let status = sandbox.schema("--database-url app.db").ok();
    status
        .says("Package merged")
        .says("Database")
        .says("1f0e9d8c7b6a add orders")
        .says("Pending")
        .says("cargo schema upgrade");
    let history = sandbox
        .schema("history --database-url app.db")
        .ok()
        .prints("(current)")
        .prints("(head)")
        .prints("(base")
        .prints("join orders and invoices")
        .prints("|\\")
        .prints("|/");
    let rows: Vec<&str> = history.stdout.lines().filter(|line| line.contains('*')).collect();
    assert_eq!(rows.len(), 7, "{}", history.story());
    assert!(rows[0].contains("4f1c2a9b7d03"), "the newest stands first\n{}", history.story());
}

#[test]
fn scene_6_upgrade_and_again() {
    let sandbox = Sandbox::of("quickstart");
    sandbox
        .schema("upgrade --database-url app.db")
        .ok()
        .says("Applying 0a1b2c3d4e5f create products")
        .says("Applied 4f1c2a9b7d03")
        .says("Finished 3 revisions")
        .says("the database is at 4f1c2a9b7d03 (head)");
    sandbox
        .schema("upgrade --database-url app.db")
        .ok()
        .says("Finished nothing is pending; the database is at 4f1c2a9b7d03 (head)");
}

#[test]
fn scene_6_while_another_one_runs() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.schema("upgrade +1 --database-url app.db").ok();
    let mut other = sandbox.database("app.db");
    other.run("BEGIN IMMEDIATE;");
    let mut child = sandbox.schema("upgrade --database-url app.db").spawn();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("Waiting for the lock") {
        assert!(lines.read_line(&mut said).unwrap() > 0, "it did not wait:\n{said}");
    }
    other.run("COMMIT;");
    lines.read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
    assert!(said.contains("Finished 2 revisions"), "{said}");
}

#[test]
fn scene_8_the_gate() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.schema("check").ok().says("Checked 3 revisions");
    let up = "migrations/2026-11-18-1000-0a1b2c3d4e5f_create_products/up.sql";
    sandbox.replace(up, "name TEXT NOT NULL UNIQUE", "name TEXT NOT NULL");
    sandbox
        .schema("check")
        .exits(1)
        .says("error[edited-revision]: revision `0a1b2c3d4e5f`")
        .says(&format!("--> {up}"))
        .says("= help:")
        .says("1 error");
    sandbox.schema("lock --accept 0a1b").ok();
    sandbox.schema("check").ok();
}

#[test]
fn scene_8_comments_and_white_space_do_not_count() {
    let sandbox = Sandbox::of("quickstart");
    let up = "migrations/2026-11-18-1000-0a1b2c3d4e5f_create_products/up.sql";
    let sql = sandbox.read(up).replace('\n', "\r\n").replace("    ", "\t");
    sandbox.write(up, format!("-- a word about it\r\n{sql}/* the end */"));
    sandbox.schema("check").ok();
}

#[test]
fn scene_9_the_same_in_the_application() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.build().ok();
    let shop = |words: &str| sandbox.app("shop").words(words).env("DATABASE_URL", "app.db");
    shop("list")
        .env("RUN_MIGRATIONS", "false")
        .exits(1)
        .says("RUN_MIGRATIONS=false")
        .says("3 revisions pending");
    shop("add tea 5").ok().says("3 pending").says("applied 4f1c2a9b7d03 count the stock").prints("added tea");
    let second = shop("order tea 2").ok();
    second.prints("ordered 2 x tea").lacks("schema");
    shop("list").ok().prints("tea: 5 (-2 in stock)");
    shop("orders").ok().prints("2 x tea");
}

#[test]
fn scene_10_two_branches_one_afternoon() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.schema("upgrade --database-url app.db").ok();
    two_heads(&sandbox);
    sandbox.build().fails().output.says("the history has two heads").says("cargo schema rebase");
    sandbox
        .schema("rebase 4f1c --onto 7d03 --database-url app.db")
        .ok()
        .says("Rebased 4f1c2a9b7d03 count the stock onto 7d034f1c2a9b add tax")
        .says("Renamed");
    sandbox.build().ok();
    sandbox.schema("history").ok().prints("count the stock");
    sandbox.schema("upgrade --database-url app.db --out-of-order").ok();
    let mut database = sandbox.database("app.db");
    assert_eq!(database.versions().len(), 3 + 1);
    assert!(database.tables().contains(&"tax".to_owned()));
}

#[test]
fn scene_10_or_a_merge() {
    let sandbox = Sandbox::of("quickstart");
    two_heads(&sandbox);
    sandbox.schema("upgrade head --database-url app.db").exits(2).says("4f1c2a9b7d03").says("7d034f1c2a9b");
    sandbox.schema("merge -m").arg("join tax and stock").ok().says("Created migrations/");
    sandbox.build().ok();
    sandbox.schema("upgrade head --database-url app.db").ok();
    assert_eq!(sandbox.database("app.db").versions().len(), 5);
}
