//! Verbs that write migrations and manifests.

use std::fs;

use super::{ORDERS, STOCK, USERS, fork, ids, json, shop};
use crate::harness::{Sandbox, cargo};

const DB: &str = "--database-url app.db";

#[track_caller]
fn metadata(sandbox: &Sandbox, slug: &str) -> String {
    let folder = sandbox.migrations().into_iter().find(|folder| folder.ends_with(slug)).unwrap();
    sandbox.read(&format!("migrations/{folder}/metadata.toml"))
}

#[test]
fn generate_writes_what_it_is_told() {
    let sandbox = shop(0);
    let words =
        "generate --empty \"TICKET-123: add phone\" --rev-id abcdef012345 --label phones --depends-on 0a1b";
    let document = json(&sandbox, words);
    assert_eq!(document["revision"], "abcdef012345");
    let metadata = metadata(&sandbox, "abcdef012345_TICKET-123_add_phone");
    for line in [
        "run_in_transaction = true",
        "revision = \"abcdef012345\"",
        "parents = [\"4f1c2a9b7d03\"]",
        "labels = [\"phones\"]",
        "depends_on = [\"0a1b2c3d4e5f\"]",
    ] {
        assert!(metadata.contains(line), "{line} is missing:\n{metadata}");
    }
    assert_eq!(ids(&json(&sandbox, "heads")["heads"]), ["abcdef012345"]);
}

#[test]
fn generate_forks_only_when_told() {
    let sandbox = shop(0);
    sandbox.untouched(|| sandbox.schema("generate --empty x --parent 1f0e").exits(2).says("--splice"));
    sandbox.schema("generate --empty spliced --parent 1f0e --splice").ok();
    assert!(metadata(&sandbox, "_spliced").contains(&format!("parents = [\"{ORDERS}\"]")));
    sandbox.untouched(|| sandbox.schema("generate --empty x").exits(2).says("merge").says(STOCK));
    sandbox.schema("generate --empty root --parent base").ok();
    assert!(metadata(&sandbox, "_root").contains("parents = []"));
}

#[test]
fn generate_dry_writes_nothing() {
    let sandbox = shop(0);
    sandbox.untouched(|| sandbox.schema("generate --empty \"add phone\" --dry-run").ok().says("add_phone"));
    sandbox.untouched(|| sandbox.schema("generate \"add phone\"").ok().says("No changes"));
    sandbox.untouched(|| sandbox.schema("generate --empty x --rev-id head").exits(2).says("head"));
    sandbox.untouched(|| {
        sandbox.schema("generate --empty x --rev-id 4f1c2a9b7d03").exits(2).says("4f1c2a9b7d03")
    });
}

#[test]
fn generated_children_sort_after_their_parents() {
    let sandbox = shop(0);
    // The quickstart's own stamps lie in what may be the future.
    sandbox.schema("generate --empty one").ok();
    sandbox.schema("generate --empty two").ok();
    let folders = sandbox.migrations();
    assert!(folders[3].ends_with("_one") && folders[4].ends_with("_two"), "{folders:?}");
    sandbox.schema("check").output().lacks("sorts before");
}

#[test]
fn templates_are_used() {
    let sandbox = shop(0);
    sandbox.write("migrations/templates/up.sql", "-- ours\n");
    sandbox.schema("generate --empty templated").ok();
    let folder = sandbox.migrations().into_iter().find(|folder| folder.ends_with("_templated")).unwrap();
    assert!(sandbox.read(&format!("migrations/{folder}/up.sql")).starts_with("-- ours\n"));
}

#[test]
fn names_follow_the_template() {
    for (template, end) in [
        ("{year}{month}{day}_{hour}{minute}_{rev}_{slug}", "_abcdef012345_add_phone"),
        ("{rev}_{slug}", "abcdef012345_add_phone"),
        ("{year}-{month}-{day}-{hour}{minute}{second}-{rev}_{slug}", "-abcdef012345_add_phone"),
        ("{epoch}_{rev}_{slug}", "_abcdef012345_add_phone"),
    ] {
        let sandbox = Sandbox::of("skeleton");
        fs::remove_dir_all(sandbox.path("migrations")).unwrap();
        fs::create_dir(sandbox.path("migrations")).unwrap();
        sandbox.replace("Cargo.toml", "dialect =", &format!("name = \"{template}\"\ndialect ="));
        sandbox.schema("generate --empty \"add phone\" --rev-id abcdef012345").ok();
        let folder = sandbox.migrations().pop().unwrap();
        assert!(folder.ends_with(end), "{template}: {folder}");
        sandbox.write(&format!("migrations/{folder}/up.sql"), "CREATE TABLE phones (id INTEGER);");
        sandbox.schema(&format!("upgrade {DB}")).ok();
    }
}

#[test]
fn merge_joins_heads() {
    let sandbox = shop(0);
    sandbox.untouched(|| sandbox.schema("merge -m join").output().says("head"));
    fork(&sandbox);
    sandbox.schema("merge -m \"join them\"").ok();
    let metadata = metadata(&sandbox, "_join_them");
    assert!(metadata.contains(STOCK) && metadata.contains("7d034f1c2a9b"), "{metadata}");
    assert_eq!(json(&sandbox, "heads")["heads"].as_array().map(Vec::len), Some(1));
    sandbox.schema(&format!("upgrade head {DB}")).ok();
}

#[test]
fn rebase_puts_yours_after_theirs() {
    let sandbox = shop(0);
    fork(&sandbox);
    sandbox.schema("lock").ok();
    sandbox.schema("rebase 7d03 --onto 4f1c").ok().says("Rebased");
    assert!(metadata(&sandbox, "7d034f1c2a9b_add_tax").contains(&format!("parents = [\"{STOCK}\"]")));
    assert_eq!(ids(&json(&sandbox, "history")["revisions"]), ["7d034f1c2a9b", STOCK, ORDERS, USERS]);
    sandbox.schema("check").ok();
}

/// A renamed folder is the same revision: nothing runs twice.
#[test]
fn what_was_applied_before_a_rebase_is_applied_after_it() {
    let sandbox = shop(0);
    fork(&sandbox);
    sandbox.schema(&format!("upgrade 4f1c {DB}")).ok();
    let before = sandbox.database("app.db").versions();
    sandbox.schema(&format!("rebase 4f1c --onto 7d03 {DB}")).ok();
    sandbox.schema(&format!("upgrade --out-of-order {DB}")).ok();
    let after = sandbox.database("app.db").versions();
    assert_eq!((before.len(), after.len()), (3, 4));
    assert!(after.iter().any(|version| version.ends_with(STOCK)));
}

#[test]
fn lock_rewrites_and_accepts() {
    let sandbox = shop(0);
    fs::remove_file(sandbox.path("migrations/schema.lock")).unwrap();
    sandbox.schema("lock").ok();
    let lock = sandbox.read("migrations/schema.lock");
    for id in [USERS, ORDERS, STOCK] {
        assert!(lock.contains(&format!("\"{id}\" = {{ up = \"1-")), "{lock}");
    }
    sandbox.untouched(|| sandbox.schema("lock").ok());
    let up = "migrations/2026-11-20-0915-4f1c2a9b7d03_count_the_stock/up.sql";
    sandbox.replace(up, "DEFAULT 0", "DEFAULT 1");
    sandbox.untouched(|| sandbox.schema("lock").exits(1).says(STOCK).says("--accept"));
    sandbox.schema("lock --accept 4f1c").ok();
    sandbox.schema("check").ok();
}

#[test]
fn init_edits_what_is_there() {
    let sandbox = Sandbox::empty();
    cargo(&sandbox.root()).words("init --quiet --vcs none --name shop").ok();
    sandbox.write(
        "build.rs",
        "//! Mine.\n\nfn main() {\n    println!(\"cargo::rerun-if-changed=mine.txt\");\n}\n",
    );
    sandbox.replace("Cargo.toml", "[dependencies]", "# my own words\n[dependencies]");
    sandbox.schema("init").ok();
    let (manifest, script) = (sandbox.read("Cargo.toml"), sandbox.read("build.rs"));
    assert!(manifest.contains("# my own words") && manifest.contains("schema-build"), "{manifest}");
    assert!(
        script.contains("//! Mine.")
            && script.contains("mine.txt")
            && script.contains("schema_build::embed()"),
        "{script}"
    );
    sandbox.untouched(|| sandbox.schema("init").ok());
}

#[test]
fn edit_opens_the_editor() {
    let sandbox = shop(0);
    sandbox.write("editor.sh", "#!/bin/sh\necho '-- edited' >> \"$1\"\n");
    let editor = format!("sh {}", sandbox.path("editor.sh").display());
    sandbox.schema("edit head").env("EDITOR", &editor).ok();
    let up = "migrations/2026-11-20-0915-4f1c2a9b7d03_count_the_stock/up.sql";
    assert!(sandbox.read(up).ends_with("-- edited\n"));
    sandbox.schema("edit 0a1b --down").env("EDITOR", &editor).ok();
    assert!(
        sandbox
            .read("migrations/2026-11-18-1000-0a1b2c3d4e5f_create_products/down.sql")
            .ends_with("-- edited\n")
    );
    sandbox.schema("edit head").env("EDITOR", "false").output().lacks("panicked");
}
