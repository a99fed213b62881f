//! One revision for many.

use crate::harness::Sandbox;

const IDS: [&str; 4] = ["0a1b2c3d4e5f", "1b2c3d4e5f60", "2c3d4e5f6071", "3d4e5f607182"];

fn metadata(at: usize) -> String {
    let parents = if at == 0 { String::new() } else { format!("\"{}\"", IDS[at - 1]) };
    format!(
        "# ours\nrun_in_transaction = true\nrevision = \"{}\"\nparents = [{parents}]\nmessage = \"step {at}\"\n",
        IDS[at]
    )
}

/// Revisions with these ways up and down, in a line.
fn project(steps: &[(&str, Option<&str>)]) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[package.metadata.schema]\ndialect = \"sqlite\"\ndatabase-url = \"app.db\"\n\n[workspace]\n",
    );
    for (at, (up, down)) in steps.iter().enumerate() {
        sandbox.migration(
            &format!("2021-01-0{}-0000-{}_step_{at}", at + 1, IDS[at]),
            &metadata(at),
            up,
            *down,
        );
    }
    sandbox.schema("lock").ok();
    sandbox
}

fn steps() -> Sandbox {
    project(&[
        ("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);", Some("DROP TABLE users;")),
        (
            "ALTER TABLE users ADD COLUMN email TEXT;\nCREATE INDEX e ON users (email)",
            Some("DROP INDEX e; ALTER TABLE users DROP COLUMN email"),
        ),
        (
            "CREATE VIEW names AS SELECT name FROM users;\nCREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM users WHERE name = ''; END;",
            Some("DROP TRIGGER t; DROP VIEW names;"),
        ),
        ("CREATE TABLE posts (id INTEGER PRIMARY KEY);", Some("DROP TABLE posts;")),
    ])
}

#[test]
fn a_whole_history_becomes_one_revision_that_does_the_same() {
    let sandbox = steps();
    sandbox.schema("upgrade --database-url before.db").ok();
    sandbox.untouched(|| {
        sandbox
            .schema("squash : --dry-run")
            .ok()
            .prints("CREATE TABLE users")
            .says("written anew from the schema")
    });
    sandbox.schema("squash : -m everything").ok().says("Squashed 4 revisions into 3d4e5f607182");
    assert_eq!(sandbox.migrations(), ["2021-01-04-0000-3d4e5f607182_step_3"]);
    let folder = "migrations/2021-01-04-0000-3d4e5f607182_step_3";
    let up = sandbox.read(&format!("{folder}/up.sql"));
    assert!(up.starts_with("-- everything\n") && !up.contains("ALTER TABLE"), "{up}");
    let metadata = sandbox.read(&format!("{folder}/metadata.toml"));
    assert!(metadata.starts_with("# ours\n") && metadata.contains("parents = []\n"), "{metadata}");
    sandbox.schema("check").ok();
    sandbox.schema("upgrade --database-url after.db").ok();
    sandbox.schema("diff database history --database-url before.db").ok().lacks("Reworded");
    sandbox.schema("diff database history --database-url after.db").ok();
    sandbox.schema("revert --database-url after.db").ok();
    assert!(sandbox.database("after.db").tables().iter().all(|table| table.starts_with("__")));

    // A database that ran the old ones is refused, and then told.
    sandbox.schema("upgrade --database-url before.db").exits(1);
    sandbox.schema("stamp current --purge --verify --database-url before.db").ok();
    sandbox.schema("upgrade --database-url before.db").ok().says("nothing is pending");
    assert_eq!(sandbox.database("before.db").versions().len(), 1);
}

#[test]
fn a_part_in_the_middle_keeps_what_is_around_it() {
    let sandbox = steps();
    sandbox.schema("upgrade --database-url before.db").ok();
    sandbox.schema("squash 1b2c:2c3d").ok().says("Squashed 2 revisions into 2c3d4e5f6071");
    assert_eq!(sandbox.migrations().len(), 3);
    sandbox.schema("check").ok();
    sandbox.schema("upgrade").ok();
    sandbox.schema("diff database history --database-url before.db").ok();
    sandbox.schema("revert base").ok();
}

#[test]
fn rows_are_part_of_what_was_done() {
    let sandbox = project(&[
        ("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);", Some("DROP TABLE users;")),
        ("INSERT INTO users VALUES (1, 'Ada');", Some("DELETE FROM users;")),
        (
            "ALTER TABLE users RENAME COLUMN name TO nick;",
            Some("ALTER TABLE users RENAME COLUMN nick TO name;"),
        ),
    ]);
    sandbox.schema("squash :").ok().says("the SQL is one after the other");
    sandbox.schema("upgrade").ok();
    assert_eq!(sandbox.database("app.db").rows("SELECT nick FROM users"), ["Ada"]);
    sandbox.schema("revert").ok();
}

#[test]
fn a_way_back_that_is_not_there_is_not_made_up() {
    let sandbox = project(&[
        ("CREATE TABLE a (id INTEGER);", None),
        ("CREATE TABLE b (id INTEGER);", Some("DROP TABLE b;")),
    ]);
    sandbox.schema("squash :").ok();
    sandbox.schema("check").ok();
    sandbox.schema("upgrade").ok();
    sandbox.schema("revert").exits(1).says("one of the revisions that it was made of could not be reverted");
}

#[test]
fn what_cannot_be_one_is_left_alone() {
    let sandbox = steps();
    sandbox.untouched(|| {
        sandbox.schema("squash head").exits(2).says("it takes two to squash");
        sandbox.schema("squash 9999:head").exits(2).says("target `9999");
    });
    // A way back that does not lead back.
    let sandbox = project(&[
        ("CREATE TABLE a (id INTEGER);", Some("DROP TABLE a;")),
        ("CREATE TABLE b (id INTEGER);", Some("SELECT 1;")),
    ]);
    sandbox.untouched(|| {
        sandbox
            .schema("squash :")
            .exits(1)
            .says("one revision would not do what these do")
            .says("nothing was changed");
    });
    // Outside of a transaction.
    let sandbox = steps();
    sandbox.replace(&format!("migrations/{}/metadata.toml", sandbox.migrations()[1]), "true", "false");
    sandbox.untouched(|| sandbox.schema("squash :").exits(2).says("runs outside of a transaction"));
}
