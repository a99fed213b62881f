//! Models and history: schema.lock holds the schema, two branches merge in it, and a build says what the models are
//! ahead of, with no database at all.

use std::path::Path;

use crate::harness::{Output, Run, Sandbox};

const MODELS: &str = "#[derive(schema_runtime::Schema)]
#[diesel(table_name = users)]
pub struct User {
    pub id: i32,
    pub email: String,
}

#[derive(schema_runtime::Schema)]
#[diesel(table_name = orders)]
pub struct Order {
    pub id: i32,
    #[schema(references = users)]
    pub user_id: i32,
}
";

/// The skeleton, with models that agree with its history.
fn agreeing() -> Sandbox {
    let sandbox = Sandbox::of("skeleton");
    sandbox.replace("Cargo.toml", "dialect = \"sqlite\"", "dialect = \"sqlite\"\nmodels = \"src/models.rs\"");
    sandbox.write("src/models.rs", MODELS);
    sandbox.schema("lock").ok().says("Updated migrations/schema.lock");
    sandbox
}

fn git(sandbox: &Sandbox, words: &str) -> Output {
    let identity =
        "-c user.name=me -c user.email=me@example.org -c commit.gpgsign=false -c init.defaultBranch=main";
    Run::new(Path::new("git"), &sandbox.root()).words(identity).words(words).output()
}

#[track_caller]
fn commit(sandbox: &Sandbox, message: &str) {
    assert_eq!(git(sandbox, "add --all").code, 0);
    assert_eq!(git(sandbox, &format!("commit -qm {message}")).code, 0);
}

#[test]
fn the_lock_file_holds_the_schema_a_line_for_each_thing() {
    let sandbox = agreeing();
    let lock = sandbox.read("migrations/schema.lock");
    for line in [
        "version = 1\n",
        "\nschema.table.users.column.email = { type = \"TEXT\" }\n",
        "\nschema.table.orders.key = { columns = [\"id\"] }\n",
        "\nschema.table.orders.foreign_key.\"(user_id)\" = { columns = [\"user_id\"], table = \"users\", ",
        "\nmodels.table.users.column.email = { type = \"TEXT\" }\n",
    ] {
        assert!(lock.contains(line), "{line}{lock}");
    }
    sandbox.untouched(|| sandbox.schema("lock --check").ok());
    sandbox.schema("check").ok();
}

#[test]
fn a_change_of_one_column_changes_its_own_lines() {
    let sandbox = agreeing();
    let before = sandbox.read("migrations/schema.lock");
    sandbox.replace(
        "src/models.rs",
        "pub email: String,",
        "pub email: String,\n    pub phone: Option<String>,",
    );
    sandbox.schema("generate phone --rev-id 4f1c2a9b7d03").ok();
    let after = sandbox.read("migrations/schema.lock");
    let new: Vec<&str> = after.lines().filter(|line| !before.contains(line)).collect();
    assert_eq!(new.len(), 3, "{new:?}");
    assert!(new[0].starts_with("revisions.\"4f1c2a9b7d03\" = "), "{new:?}");
    assert_eq!(
        new[1..],
        [
            "schema.table.users.column.phone = { type = \"TEXT\", null = true }",
            "models.table.users.column.phone = { type = \"TEXT\", null = true }",
        ]
    );
    assert!(before.lines().all(|line| after.contains(line)));
    sandbox.schema("lock --check").ok();
}

#[test]
fn two_branches_merge_in_the_lock_file_and_contradictions_do_not() {
    let sandbox = agreeing();
    std::fs::remove_file(sandbox.path("migrations/schema.lock")).unwrap();
    sandbox.schema("lock").ok();
    assert_eq!(sandbox.read("migrations/.gitattributes"), "schema.lock merge=union\n");
    // Writes src/schema.rs, which is no business of this test.
    sandbox.schema("generate nothing").ok();
    git(&sandbox, "init -q");
    commit(&sandbox, "start");
    for (branch, after, column, id) in [
        ("one", "pub email: String,", "phone", "4f1c2a9b7d03"),
        ("two", "pub user_id: i32,", "note", "4f2d2a9b7d03"),
    ] {
        assert_eq!(git(&sandbox, &format!("checkout -qb {branch} main")).code, 0);
        sandbox.replace("src/models.rs", after, &format!("{after}\n    pub {column}: Option<String>,"));
        sandbox.schema(&format!("generate {column} --rev-id {id}")).ok();
        commit(&sandbox, column);
    }
    let merged = git(&sandbox, "merge one -qm join");
    assert_eq!(merged.code, 0, "{}", merged.story());
    let lock = sandbox.read("migrations/schema.lock");
    for line in
        ["4f1c2a9b7d03", "4f2d2a9b7d03", "schema.table.users.column.phone", "models.table.orders.column.note"]
    {
        assert_eq!(lock.matches(line).count(), 1, "{line}\n{lock}");
    }
    sandbox.schema("rebase 4f1c --onto 4f2d").ok();
    sandbox.schema("lock --check").ok();
    sandbox.schema("check").ok();
    sandbox.schema("generate nothing").ok().says("No changes");

    let line = "schema.table.users.column.phone = { type = \"BLOB\", null = true }\n";
    sandbox.write("migrations/schema.lock", format!("{}{line}", sandbox.read("migrations/schema.lock")));
    sandbox.schema("check").exits(1).says("bad-lock-file").says("schema.lock:");
    sandbox.schema("list --database-url app.db").ok().says("warning").says("schema.lock");
    sandbox.schema("lock").ok();
    sandbox.schema("check").ok();
}

#[test]
fn a_history_that_does_not_run_leaves_the_schema_as_it_was() {
    let sandbox = agreeing();
    let up = format!("migrations/{}/up.sql", sandbox.migrations()[1]);
    sandbox.replace(&up, "REFERENCES users", "REFERENCES users, user_id TEXT");
    sandbox
        .schema("lock --accept 1f0e")
        .ok()
        .says("Unknown what the history leads to")
        .says("keeps the schema it had");
    let lock = sandbox.read("migrations/schema.lock");
    assert!(lock.contains("outside = true"), "{lock}");
    assert!(lock.contains("schema.table.orders.column.user_id"), "{lock}");
    sandbox.replace(&up, "REFERENCES users, user_id TEXT", "REFERENCES users");
    sandbox.schema("lock --accept 1f0e").ok();
    assert!(!sandbox.read("migrations/schema.lock").contains("outside"));
}

#[test]
fn a_build_says_what_the_models_are_ahead_of() {
    let sandbox = agreeing();
    let first = sandbox.build().ok();
    assert_eq!(first.said_by("skeleton"), "");
    sandbox.build().ok().did_nothing();

    sandbox.replace(
        "src/models.rs",
        "pub email: String,",
        "pub email: Option<String>,\n    pub phone: Option<String>,",
    );
    let build = sandbox.build().ok();
    assert!(build.ran_build_script, "{}", build.output.story());
    let said = build.said_by("skeleton");
    for text in [
        "the history has another column `users.email` (not null -> null)",
        "the column `users.phone` (Text, null) is not in the history yet",
        "--> src/models.rs:6:9",
        "`cargo schema generate \"what changed\"` writes the migration",
    ] {
        assert!(said.contains(text), "{text}\n{said}");
    }
    sandbox.build().ok().did_nothing();

    sandbox.schema("generate phone").ok();
    assert_eq!(sandbox.build().ok().said_by("skeleton"), "");
}

#[test]
fn a_build_can_be_told_to_fail_and_to_say_nothing() {
    let sandbox = agreeing();
    sandbox.replace(
        "src/models.rs",
        "pub email: String,",
        "pub email: String,\n    pub phone: Option<String>,",
    );
    let manifest = sandbox.read("Cargo.toml");
    let lints = |level: &str| format!("\n[package.metadata.schema.lints]\nmodels-ahead = \"{level}\"\n");
    sandbox.write("Cargo.toml", format!("{manifest}{}", lints("deny")));
    let said = sandbox.build().fails().said_by("skeleton");
    assert!(said.contains("error: skeleton@0.1.0: the column `users.phone`"), "{said}");
    sandbox.write("Cargo.toml", format!("{manifest}{}", lints("allow")));
    assert_eq!(sandbox.build().ok().said_by("skeleton"), "");
}

#[test]
fn only_files_that_hold_models_or_lead_to_them_run_the_build_script() {
    let sandbox = agreeing();
    sandbox.write("src/models.rs", format!("mod plain;\n{MODELS}"));
    sandbox.write("src/models/plain.rs", "mod deep {}\n");
    sandbox.build().ok();
    sandbox.write("src/models/plain.rs", "mod deeper {}\n");
    let main = sandbox.read("src/main.rs");
    sandbox.write("src/main.rs", format!("{main}\n// an afterthought\n"));
    let build = sandbox.build().ok();
    assert!(!build.ran_build_script, "the build script ran\n{}", build.output.story());
    sandbox.write("src/models.rs", format!("mod plain;\n{MODELS}\n// another\n"));
    let build = sandbox.build().ok();
    assert!(build.ran_build_script, "the build script did not run\n{}", build.output.story());
    assert_eq!(build.said_by("skeleton"), "");
}

#[test]
fn a_lock_file_without_a_schema_costs_nothing_and_says_nothing() {
    let sandbox = Sandbox::of("skeleton");
    sandbox.write("src/models.rs", MODELS);
    sandbox.replace("Cargo.toml", "dialect = \"sqlite\"", "dialect = \"sqlite\"\nmodels = \"src/models.rs\"");
    let build = sandbox.build().ok();
    assert_eq!(build.said_by("skeleton"), "");
    sandbox.replace("src/models.rs", "email", "mail");
    sandbox.build().ok().did_nothing();
}

#[test]
fn the_status_says_whether_models_and_history_agree() {
    let sandbox = agreeing();
    sandbox.schema("--database-url app.db").ok().says("Models agree with the history");
    sandbox.schema("").ok().says("Models agree with the history");
    sandbox.replace(
        "src/models.rs",
        "pub email: String,",
        "pub email: String,\n    pub phone: Option<String>,",
    );
    sandbox
        .schema("--database-url app.db")
        .ok()
        .says("Models the column `users.phone` (Text, null) is not in the history yet");
    let document = sandbox.schema("--format json").ok().json();
    assert_eq!(document["models_agree"], false);
    assert!(Sandbox::of("skeleton").schema("--format json").ok().json()["models_agree"].is_null());
}
