//! What nobody but a person can tell: renames, and values for rows that are there.

use std::path::Path;

use super::{USERS, generate, newest, project, revert, upgrade, with_users};
use crate::harness::{Output, Run, Sandbox};

#[test]
fn scene_3_a_rename_is_never_guessed() {
    let sandbox = with_users();
    sandbox.replace("src/models.rs", "pub email:", "pub mail:");
    sandbox.untouched(|| {
        generate(&sandbox, "")
            .exits(1)
            .says("error: was `users.email` renamed to `users.mail`, or removed?")
            .says("--> src/models.rs:5:9")
            .says("    pub mail: String,")
            .says("new here, and `email` is gone")
            .says("= help: renamed: add `#[schema(was = \"email\")]` to the field, or pass `--rename users.email=mail`")
            .says("= help: removed: pass `--drop users.email`")
            .says("= note: nothing was written");
    });
    generate(&sandbox, "--rename users.email=mail --dry-run").ok().prints("RENAME COLUMN email TO mail;");
    sandbox.replace("src/models.rs", "    pub mail:", "    #[schema(was = \"email\")]\n    pub mail:");
    sandbox.database("app.db").run("INSERT INTO users VALUES (1, 'a@example.org')");
    generate(&sandbox, "").ok().says("Detected renamed column `users.email` -> `users.mail`");
    upgrade(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT mail FROM users"), ["a@example.org"]);
    generate(&sandbox, "").ok().says("No changes");
}

#[test]
fn an_answer_to_no_question_is_refused() {
    let sandbox = with_users();
    sandbox.untouched(|| {
        generate(&sandbox, "--drop users.nick").exits(1).says("`--drop users.nick` answers nothing");
        generate(&sandbox, "--rename users").exits(2).says("OLD=NEW");
    });
}

#[test]
fn a_new_column_needs_a_value_for_old_rows() {
    let sandbox = with_users();
    sandbox.database("app.db").run("INSERT INTO users VALUES (1, 'a')");
    sandbox.replace(
        "src/models.rs",
        "    pub email: String,\n",
        "    pub email: String,\n    pub age: i32,\n",
    );
    sandbox.untouched(|| {
        generate(&sandbox, "")
            .exits(1)
            .says("`users.age` may not be NULL, and existing rows have no value for it")
            .says("--> src/models.rs:6:9")
            .says("backfill")
            .says("--assume-empty users");
    });
    sandbox.replace(
        "src/models.rs",
        "    pub age:",
        "    #[schema(backfill = \"length(email)\")]\n    pub age:",
    );
    generate(&sandbox, "").ok();
    assert!(newest(&sandbox, "metadata.toml").contains("foreign_keys = false"));
    upgrade(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT id, email, age FROM users"), ["1|a|1"]);
}

/// Runs `generate` at a terminal, where somebody types these lines.
fn at_a_terminal(sandbox: &Sandbox, typed: &str) -> Output {
    let command = format!("stty -echo; exec '{}' schema generate change", env!("CARGO_BIN_EXE_cargo-schema"));
    let script = format!("printf '{typed}' | script -qefc \"{command}\" /dev/null");
    Run::new(Path::new("sh"), &sandbox.root()).arg("-c").arg(script).output()
}

#[test]
fn scene_3_a_person_is_asked() {
    let sandbox = with_users();
    sandbox.replace("src/models.rs", "pub email:", "pub mail:");
    let asked = |typed: &str| at_a_terminal(&sandbox, typed);
    sandbox.untouched(|| {
        let stopped = asked("3\\n");
        assert_eq!(stopped.code, 1, "{}", stopped.stdout);
        stopped
            .prints("`users.email` (Text) is gone and `users.mail` (Text) is new.")
            .prints("renamed, keep the data")
            .prints("removed and added, lose the data");
    });
    let renamed = asked("what\\n1\\n");
    assert_eq!(renamed.code, 0, "{}", renamed.stdout);
    assert!(newest(&sandbox, "up.sql").contains("ALTER TABLE users RENAME COLUMN email TO mail;"));
}

#[test]
fn renames_that_need_each_other_are_one_migration() {
    let two = "    pub email: String,\n    pub nick: Option<String>,\n";
    let sandbox = project(&USERS.replace("    pub email: String,\n", two));
    generate(&sandbox, "").ok();
    upgrade(&sandbox);
    sandbox.database("app.db").run("INSERT INTO users VALUES (1, 'a@example.org', 'al')");
    let line = "    #[schema(was = \"email\")]\n    pub nick: String,\n    #[schema(was = \"nick\")]\n    pub alias: Option<String>,\n";
    sandbox.replace("src/models.rs", two, line);
    generate(&sandbox, "")
        .ok()
        .says("Detected renamed column `users.nick` -> `users.alias`")
        .says("Detected renamed column `users.email` -> `users.nick`");
    upgrade(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT nick, alias FROM users"), ["a@example.org|al"]);
    generate(&sandbox, "").ok().says("No changes");
    revert(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT email, nick FROM users"), ["a@example.org|al"]);
    upgrade(&sandbox);

    // They change places, which an attribute would say again with every migration.
    let swapped = "    pub nick: Option<String>,\n    pub alias: String,\n";
    sandbox.replace("src/models.rs", line, swapped);
    generate(&sandbox, "--rename users.nick=alias --rename users.alias=nick").ok();
    upgrade(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT nick, alias FROM users"), ["al|a@example.org"]);
    generate(&sandbox, "").ok().says("No changes");
    revert(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT nick, alias FROM users"), ["a@example.org|al"]);
}

#[test]
fn tables_change_places() {
    let other = USERS.replace("users", "people").replace("User", "Person").replace("email", "name");
    let sandbox = project(&format!("{USERS}{other}"));
    generate(&sandbox, "").ok();
    upgrade(&sandbox);
    sandbox.database("app.db").run("INSERT INTO users VALUES (1, 'a'); INSERT INTO people VALUES (2, 'b')");
    sandbox.replace("src/models.rs", "pub email", "pub mail");
    sandbox.replace("src/models.rs", "pub name", "pub email");
    sandbox.replace("src/models.rs", "pub mail", "pub name");
    generate(&sandbox, "--rename users=people --rename people=users").ok();
    upgrade(&sandbox);
    assert_eq!(sandbox.database("app.db").rows("SELECT id, name FROM users"), ["2|b"]);
    assert_eq!(sandbox.database("app.db").rows("SELECT id, email FROM people"), ["1|a"]);
    generate(&sandbox, "").ok().says("No changes");
}
