//! A live database that somebody changed by hand is where a migration begins.

use super::{USERS, newest, upgrade, with_users};

/// The column that somebody has made by hand.
const NICK: &str = "    pub nick: Option<String>,\n}\n";

#[test]
fn a_database_that_was_changed_by_hand_can_be_the_beginning() {
    let sandbox = with_users();
    sandbox.database("app.db").run("ALTER TABLE users ADD COLUMN nick TEXT");
    sandbox.write("src/models.rs", USERS.replace("}\n", &format!("    pub phone: Option<String>,\n{NICK}")));
    let held = std::fs::read(sandbox.path("app.db")).unwrap();
    let from = "generate --from database --database-url app.db";
    sandbox
        .schema(&format!("{from} \"add phone\""))
        .ok()
        .says("Copying the schema of app.db to a scratch SQLite database")
        .says("Detected added column `users.phone`")
        .says("Lacking the history alone does not lead to the models; still to be written: added column `users.nick`");
    assert_eq!(std::fs::read(sandbox.path("app.db")).unwrap(), held, "the live database");
    assert!(!newest(&sandbox, "up.sql").contains("nick"));
    upgrade(&sandbox);
    sandbox.schema(&format!("{from} more")).ok().says("No changes the models and the database agree");
    sandbox.schema("generate \"add nick\"").ok().says("Detected added column `users.nick`");
    sandbox.schema("stamp head --database-url app.db").ok();
    sandbox.schema("diff history database --database-url app.db").ok();
    sandbox.schema("check").ok();
}

#[test]
fn what_fits_one_database_alone_is_no_migration() {
    let sandbox = with_users();
    sandbox.database("app.db").run("ALTER TABLE users ADD COLUMN nick TEXT");
    sandbox.untouched(|| {
        sandbox
            .schema("generate --from database \"drop nick\" --database-url app.db")
            .exits(1)
            .says("does not run where the history alone has run")
            .says("cargo schema diff database models --sql");
        sandbox
            .schema("generate --from database x --database-url none.db")
            .exits(2)
            .says("there is no database");
    });
    sandbox.schema("generate --empty more").ok();
    sandbox.untouched(|| {
        let pending = sandbox.schema("generate --from database x --database-url app.db").exits(1);
        pending.says("`app.db` has yet to run 1 revision that the new one would follow");
    });
}
