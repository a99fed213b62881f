//! `table!` blocks as models, and the file of them that `generate` writes.

use super::{USERS, generate, newest, project};

#[test]
fn blocks_say_columns_and_no_more() {
    let sandbox = project("");
    sandbox.migration(
        "2026-01-01-000000_first",
        "",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99) NOT NULL UNIQUE, secret TEXT CHECK (secret <> ''));
         CREATE TABLE hidden (id INTEGER);\n",
        Some("DROP TABLE hidden; DROP TABLE users;\n"),
    );
    sandbox.write("src/schema.rs", "diesel::table! { users (id) { id -> Integer, email -> Text, } }\n");
    sandbox.untouched(|| {
        generate(&sandbox, "")
            .ok()
            .says(
                "Keeping column `users.secret`: no `table!` block names it; `--drop users.secret` removes it",
            )
            .says("Keeping table `hidden`")
            .says("No changes");
    });
    sandbox.write("src/schema.rs", "diesel::table! { users (id) { id -> Integer, email -> Text, phone -> Nullable<Text>, age -> Nullable<BigInt>, } }\n");
    sandbox.untouched(|| {
        generate(&sandbox, "").exits(1).says("another one: pass `--keep users.secret`, and both are there");
        let kept = generate(&sandbox, "--keep users.secret --dry-run").ok();
        kept.says("Keeping column `users.secret`")
            .says("Detected added column `users.phone`")
            .lacks("removed");
    });
    generate(&sandbox, "--drop users.secret --drop hidden")
        .ok()
        .says("Detected added column `users.phone` (Text, null)")
        .says("Detected added column `users.age` (Bigint, null)")
        .says("Detected removed column `users.secret`")
        .says("Detected removed table `hidden`");
    assert!(sandbox.read("src/schema.rs").starts_with("diesel::table!"), "blocks are written by people");
    generate(&sandbox, "").ok().says("No changes");
}

#[test]
fn a_key_of_a_new_block_is_hinted_at_by_joinable() {
    let sandbox = project("");
    sandbox.write(
        "src/schema.rs",
        "diesel::table! { users (id) { id -> Integer, } }
         diesel::table! { posts (id) { id -> Integer, user_id -> Integer, } }
         diesel::joinable!(posts -> users (user_id));\n",
    );
    generate(&sandbox, "").ok();
    assert!(newest(&sandbox, "up.sql").contains("user_id INTEGER NOT NULL REFERENCES users (id)"));
    generate(&sandbox, "").ok().says("No changes");
}

#[test]
fn a_file_of_blocks_that_people_wrote_is_not_overwritten() {
    let sandbox = project(USERS);
    sandbox.write(
        "src/schema.rs",
        "// by hand\ndiesel::table! { users (id) { id -> Integer, email -> Text, } }\n",
    );
    sandbox.untouched(|| {
        generate(&sandbox, "")
            .exits(1)
            .says("src/schema.rs")
            .says("--overwrite-tables")
            .says("nothing was written");
    });
    generate(&sandbox, "--overwrite-tables").ok();
    assert!(sandbox.read("src/schema.rs").starts_with("// @generated"));
}
