//! Projects whose `schema.rs` was written by `diesel print-schema`: nothing is found where nothing has changed, and
//! exactly what has drifted where something has. The files are Diesel's own: `fixtures/print-schema`.

use crate::harness::{Sandbox, checkout};

const VARIANTS: [&str; 8] =
    ["plain", "documented", "sorted", "bigint", "filtered", "patched", "three_engines", "views"];

fn fixture(name: &str) -> String {
    std::fs::read_to_string(checkout().join("fixtures/print-schema").join(name)).unwrap()
}

/// A Diesel project with one migration that makes all tables, and these blocks.
fn project(schema: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write(
        "Cargo.toml",
        "[package]\nname = \"old\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[package.metadata.schema]\ndialect = \"sqlite\"\n\n[workspace]\n",
    );
    sandbox.write("src/main.rs", "mod schema;\n\nfn main() {}\n");
    sandbox.write("src/schema.rs", schema);
    sandbox.migration("2021-01-01-000000_all", "", &fixture("database.sql"), Some("SELECT 1;"));
    sandbox
}

/// Every difference, sorted.
#[track_caller]
fn differences(sandbox: &Sandbox, sides: &str) -> Vec<String> {
    let output = sandbox.schema(&format!("diff {sides}")).exits(1);
    let mut lines: Vec<String> = output.stdout.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn there_are_fifty_tables() {
    let tables = fixture("database.sql").matches("CREATE TABLE").count();
    assert_eq!(tables, 50);
}

#[test]
fn an_unchanged_project_has_nothing_to_generate_however_its_blocks_were_printed() {
    for variant in VARIANTS {
        let sandbox = project(&fixture(&format!("{variant}.rs")));
        sandbox.untouched(|| {
            sandbox.schema("generate nothing").ok().says("No changes the models and the history agree");
            sandbox.schema("diff").ok().says("No changes").lacks("Reworded");
            sandbox.schema("diff models history").ok().says("No changes");
        });
    }
}

#[test]
fn partial_blocks_in_several_modules_are_one_table() {
    let sandbox = project("pub mod admin;\npub mod shop;\n");
    sandbox.write(
        "src/schema/admin.rs",
        "diesel::table! { users (id) { id -> Integer, is_admin -> Bool, } }\n\
         diesel::table! { teams { id -> Nullable<Integer>, name -> Text, } }\n",
    );
    sandbox.write(
        "src/schema/shop.rs",
        "diesel::table! { users (id) { id -> Integer, email -> Text, karma -> Integer, } }\n\
         diesel::table! { invoices (id) { id -> BigInt, total -> Double, } }\n",
    );
    sandbox.untouched(|| {
        sandbox
            .schema("generate nothing")
            .ok()
            .says("No changes")
            .says("Keeping column `users.mood`")
            .says("Keeping table `votes`");
    });
    sandbox.replace("src/schema/shop.rs", "karma -> Integer", "karma -> Text");
    assert_eq!(differences(&sandbox, "history models"), ["changed column `users.karma` (Integer -> Text)"]);
}

#[test]
fn what_drifted_in_the_blocks_is_found_and_nothing_else() {
    for variant in ["plain", "documented", "sorted", "patched", "views"] {
        let sandbox = project(&fixture(&format!("{variant}.rs")));
        sandbox.replace(
            "src/schema.rs",
            "karma -> Integer,",
            "karma -> Text,\n        nick -> Nullable<Text>,",
        );
        sandbox.replace("src/schema.rs", "role -> Text,", "role -> Nullable<Text>,");
        let text = sandbox.read("src/schema.rs");
        sandbox.write(
            "src/schema.rs",
            text + "diesel::table! { extras (id) { id -> Integer, label -> Text, } }\n",
        );
        assert_eq!(
            differences(&sandbox, "history models"),
            [
                "added column `users.nick` (Text, null)",
                "added table `extras`",
                "changed column `memberships.role` (not null -> null)",
                "changed column `users.karma` (Integer -> Text)",
            ],
            "{variant}"
        );
    }
}

#[test]
fn a_block_for_a_view_is_no_table_that_a_change_elsewhere_would_have_to_make() {
    let sandbox = project(&fixture("views.rs"));
    let votes =
        "votes (id) {\n        id -> Integer,\n        total -> Nullable<BigInt>,\n        amount -> ";
    sandbox.replace("src/schema.rs", &format!("{votes}Integer,"), &format!("{votes}Nullable<Integer>,"));
    let output = sandbox.schema("generate --dry-run loose").ok();
    assert_eq!(output.stderr.matches("Detected ").count(), 1, "{}", output.story());
}

#[test]
fn what_drifted_in_the_database_is_found_and_nothing_else() {
    let sandbox = project(&fixture("plain.rs"));
    sandbox.schema("upgrade --database-url app.db").ok();
    sandbox.schema("diff history database --database-url app.db").ok().says("No changes");
    sandbox.database("app.db").run(
        "DROP TABLE votes;
         ALTER TABLE users ADD COLUMN nick TEXT;
         DROP INDEX users_lower_email;
         DROP TRIGGER users_touch;
         ALTER TABLE teams RENAME COLUMN settings TO options;",
    );
    let found = differences(&sandbox, "history database --database-url app.db");
    let expected = [
        "added column `teams.options` (Text, null)",
        "added column `users.nick` (Text, null)",
        "removed column `teams.settings`",
        "removed index `users_lower_email` on users(lower(email))",
        "removed table `votes`",
        "removed trigger users_touch: ",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found} {expected}");
    }
}
