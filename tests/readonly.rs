//! Commands that only look: they work without the right to write, on a missing file too, and create nothing.
//!
//! On SQLite alone, for a file has rights and may be missing. The same commands on all engines are in `servers::looking`,
//! users and standbys that may only read in `faults` and `unlock`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::harness::{Run, Sandbox};

const LOOK: [&str; 12] = [
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
    "check",
    "unlock --status",
];

/// Takes every right to write away from the project, and runs without root's power to ignore that.
fn lock_up(sandbox: &Sandbox) {
    fs::set_permissions(sandbox.path("app.db"), Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(sandbox.root(), Permissions::from_mode(0o555)).unwrap();
}

fn unlock(sandbox: &Sandbox) {
    fs::set_permissions(sandbox.root(), Permissions::from_mode(0o755)).unwrap();
}

/// Without Cargo, whose own folders another user may not see.
fn look(sandbox: &Sandbox, words: &str, url: &str) -> Run {
    Run::schema(&sandbox.root(), &format!("{words} --migrations migrations --database-url {url}"))
        .without_power(sandbox)
}

#[test]
fn read_only_commands_work_on_a_read_only_file() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.schema("upgrade +2 --database-url app.db").ok();
    lock_up(&sandbox);
    sandbox.untouched(|| {
        for words in LOOK {
            for url in ["app.db", "file:app.db?mode=ro"] {
                let output = look(&sandbox, words, url).output();
                let is_gate = words == "check";
                assert!(output.code == 0 || is_gate && output.code == 1, "{words} {url}\n{}", output.story());
                output.lacks("readonly database").lacks("unable to open");
            }
        }
    });
    look(&sandbox, "current", "app.db").ok().prints("1f0e9d8c7b6a");
    look(&sandbox, "current --check-heads", "app.db").exits(1);
    unlock(&sandbox);
}

#[test]
fn read_only_commands_take_a_missing_file_for_an_empty_database() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.untouched(|| {
        for words in LOOK {
            // Nothing lies two steps back from nothing.
            let code = if words.contains("-2:") { 2 } else { 0 };
            sandbox.schema(&format!("{words} --database-url missing.db")).exits(code);
        }
    });
    sandbox.schema("list --database-url missing.db").ok().says("missing.db");
}

#[test]
fn read_only_commands_create_no_table() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.database("app.db").run("CREATE TABLE mine (id INTEGER);");
    sandbox
        .untouched(|| LOOK.map(|words| sandbox.schema(&format!("{words} --database-url app.db")).output()));
    assert_eq!(sandbox.database("app.db").tables(), ["mine"]);
}

#[test]
fn what_writes_says_that_it_cannot() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.schema("upgrade +2 --database-url app.db").ok();
    lock_up(&sandbox);
    sandbox.untouched(|| {
        for words in ["upgrade", "revert", "stamp head"] {
            look(&sandbox, words, "app.db").exits(3).says("readonly database");
            look(&sandbox, words, "file:app.db?mode=ro").exits(3).says("readonly database");
        }
        look(&sandbox, "upgrade", "new.db").exits(3).says("new.db");
    });
    unlock(&sandbox);
}

#[test]
fn an_application_may_look_too() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.build().ok();
    sandbox.app("shop").arg("list").env("DATABASE_URL", "app.db").ok();
    let app = sandbox.app("shop").arg("list").env("DATABASE_URL", "file:app.db?mode=ro");
    sandbox.untouched(|| app.ok());
    assert!(Path::new(&sandbox.path("app.db")).exists());
}

/// A write-ahead log wants files beside the database, which nobody may create here.
#[test]
fn a_write_ahead_log_is_no_obstacle() {
    let sandbox = Sandbox::of("quickstart");
    sandbox.schema("upgrade +2 --database-url app.db").ok();
    assert_eq!(sandbox.database("app.db").rows("PRAGMA journal_mode = WAL"), ["wal"]);
    lock_up(&sandbox);
    sandbox.untouched(|| {
        look(&sandbox, "current", "app.db").ok().prints("1f0e9d8c7b6a");
        look(&sandbox, "list", "file:app.db?mode=ro").ok().prints("applied");
    });
    unlock(&sandbox);
}
