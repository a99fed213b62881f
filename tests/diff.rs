//! Two sides of a package side by side: the models, the history, a database, a revision.

use crate::harness::Sandbox;

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
    [package.metadata.schema]\ndialect = \"sqlite\"\ndatabase-url = \"app.db\"\n\n[workspace]\n";

const MODELS: &str = "#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::users)]
pub struct User {
    pub id: i32,
    #[schema(unique)]
    pub email: String,
}

#[derive(schema_runtime::Schema)]
#[diesel(table_name = crate::schema::posts)]
pub struct Post {
    pub id: i32,
    #[schema(references = users, on_delete = \"cascade\", index)]
    pub user_id: i32,
    #[schema(default = 0)]
    pub stars: i32,
}
";

/// A project whose models, history and database agree.
fn project() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write("Cargo.toml", MANIFEST);
    sandbox.write("src/lib.rs", "mod schema;\nmod models;\n");
    sandbox.write("src/models.rs", MODELS);
    std::fs::create_dir(sandbox.path("migrations")).unwrap();
    sandbox.schema("generate \"create all\" --rev-id 0a1b2c3d4e5f").ok();
    sandbox.schema("upgrade").ok();
    sandbox
}

#[test]
fn an_unchanged_project_has_no_difference_between_any_two_sides() {
    let sandbox = project();
    let sides = ["models", "history", "database", "0a1b", "current", "head"];
    sandbox.untouched(|| {
        for from in sides {
            for to in sides {
                let output = sandbox.schema(&format!("diff {from} {to}")).ok().says("No changes");
                assert_eq!(output.stdout, "", "diff {from} {to}");
            }
        }
        sandbox.schema("diff").ok().says("No changes the history and the models agree");
    });
}

#[test]
fn what_differs_is_said_in_the_direction_that_was_asked_for() {
    let sandbox = project();
    sandbox.replace(
        "src/models.rs",
        "    pub stars: i32,\n",
        "    pub stars: i32,\n    pub title: Option<String>,\n",
    );
    sandbox.untouched(|| {
        let output =
            sandbox.schema("diff").exits(1).says("Compared the history with the models: 1 difference");
        assert_eq!(output.stdout, "added column `posts.title` (Text, null)\n");
        let output = sandbox.schema("diff models database").exits(1).says("Compared the models with app.db");
        assert_eq!(output.stdout, "removed column `posts.title`\n");
        let output = sandbox.schema("diff base history").exits(1);
        assert_eq!(output.stdout, "added table `users`\nadded table `posts`\n");
        let output = sandbox.schema("diff models base").exits(1);
        assert_eq!(output.stdout, "removed table `posts`\nremoved table `users`\n");
    });
}

#[test]
fn drift_is_exactly_what_drifted() {
    let sandbox = project();
    sandbox.database("app.db").run(
        "ALTER TABLE users ADD COLUMN nick TEXT;
         DROP INDEX posts_user_id_idx;
         CREATE VIEW fans AS SELECT email FROM users;
         CREATE TRIGGER loud AFTER INSERT ON posts BEGIN DELETE FROM users; END;",
    );
    sandbox.untouched(|| {
        let output = sandbox.schema("diff history database").exits(1);
        let mut lines: Vec<&str> = output.stdout.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines.len(), 4, "{}", output.story());
        assert_eq!(lines[0], "added column `users.nick` (Text, null)");
        assert!(lines[1].starts_with("added trigger loud: "), "{}", output.story());
        assert!(lines[2].starts_with("added view fans: "), "{}", output.story());
        assert_eq!(lines[3], "removed index `posts_user_id_idx` on posts(user_id)");
    });
    // What no model can say is no difference to models.
    let output = sandbox.schema("diff database models").exits(1);
    assert_eq!(
        output.stdout,
        "removed column `users.nick`\nadded index `posts_user_id_idx` on posts(user_id)\n"
    );
}

#[test]
fn the_sql_leads_there() {
    let sandbox = project();
    sandbox.replace(
        "src/models.rs",
        "pub stars: i32,",
        "pub stars: Option<String>,\n    #[schema(check(\"n > 0\"))]\n    pub n: i32,",
    );
    sandbox.replace("src/models.rs", "    #[schema(check(\"n > 0\"))]\n", "");
    let output = sandbox
        .schema("diff database models --sql")
        .exits(1)
        .says("`posts.n` may not be NULL, and the SQL gives no value to rows that exist");
    assert!(output.stdout.contains("PRAGMA foreign_keys = OFF"), "{}", output.story());
    sandbox.database("app.db").run(&format!("PRAGMA foreign_keys = OFF; BEGIN; {} COMMIT;", output.stdout));
    sandbox.schema("diff database models").ok();
    // And back, from models that no database holds.
    let output = sandbox.schema("diff models history --sql").exits(1);
    sandbox.database("app.db").run(&format!("PRAGMA foreign_keys = OFF; BEGIN; {} COMMIT;", output.stdout));
    sandbox.schema("diff database history").ok();
}

#[test]
fn a_rename_is_told_as_what_it_may_be() {
    let sandbox = project();
    sandbox.replace("src/models.rs", "pub email:", "pub mail:");
    let output = sandbox
        .schema("diff")
        .exits(1)
        .says("`users.email` may be `mail` now; `--rename users.email=mail` says so");
    assert!(output.stdout.contains("removed column `users.email`\n"), "{}", output.story());
    let output = sandbox.schema("diff --rename users.email=mail").exits(1);
    assert!(
        output.stdout.starts_with("renamed column `users.email` -> `users.mail`\n"),
        "{}",
        output.story()
    );
    sandbox.schema("diff --rename users.nick=mail").exits(1).says("answers nothing");
}

#[test]
fn the_document_says_the_same() {
    let sandbox = project();
    sandbox.database("app.db").run("CREATE TABLE spare (id INTEGER PRIMARY KEY)");
    let document = sandbox.schema("diff history database --format json --sql").exits(1).json();
    assert_eq!(document["is_equal"], false);
    assert_eq!(document["from"]["name"], "the history");
    assert_eq!(document["differences"][0]["change"], "added");
    assert_eq!(document["differences"][0]["what"], "table `spare`");
    assert!(document["sql"].as_str().unwrap().contains("CREATE TABLE spare"), "{document}");
    assert_eq!(sandbox.schema("diff --format json").ok().json()["is_equal"], true);
}

#[test]
fn what_is_ignored_is_no_difference() {
    let sandbox = project();
    sandbox
        .database("app.db")
        .run("CREATE TABLE spatial (id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX s ON spatial (a)");
    sandbox.schema("diff history database").exits(1);
    sandbox.replace("Cargo.toml", "dialect =", "ignore = [\"spat*\"]\ndialect =");
    sandbox.schema("diff history database").ok();
    sandbox.schema("diff database models").ok();
}

#[test]
fn sides_that_are_not_there_are_said() {
    let sandbox = project();
    sandbox.schema("diff nowhere").exits(2).says("target `nowhere`");
    std::fs::remove_file(sandbox.path("src/models.rs")).unwrap();
    sandbox.write("src/lib.rs", "");
    sandbox.schema("diff").exits(2).says("there are no models").says("cargo schema diff history database");
    std::fs::remove_file(sandbox.path("app.db")).unwrap();
    sandbox
        .schema("diff history database")
        .exits(1)
        .says("app.db does not exist yet: taken for an empty database");
    assert!(!sandbox.path("app.db").exists());
}

#[test]
fn a_stamp_that_is_verified_is_refused_where_the_schema_is_another_one() {
    let sandbox = project();
    sandbox.database("other.db").run("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL)");
    let stamp = "stamp head --verify --database-url";
    sandbox.untouched(|| {
        sandbox
            .schema(&format!("{stamp} other.db"))
            .exits(1)
            .says("`other.db` does not have the schema of 0a1b2c3d4e5f")
            .says("removed table `posts`")
            .says("nothing was changed");
    });
    let sql = sandbox.schema("diff base head --sql").exits(1).stdout;
    sandbox.database("twin.db").run(&sql);
    sandbox.schema(&format!("{stamp} twin.db")).ok().says("Verified twin.db has that schema");
    sandbox.schema("current --check-heads --database-url twin.db").ok();
}

#[test]
fn a_revision_that_fails_on_a_scratch_database_is_not_told_of_yours() {
    let sandbox = project();
    sandbox.schema("generate --empty broken").ok();
    let folder = sandbox.migrations().pop().unwrap();
    sandbox.write(&format!("migrations/{folder}/up.sql"), "CREATE TABEL t (id INTEGER);\n");
    sandbox.database("yours.db").run("CREATE TABLE t (id INTEGER)");
    sandbox.untouched(|| {
        sandbox
            .schema("stamp head --verify --database-url yours.db")
            .exits(3)
            .says("up.sql:1:8")
            .says("on a scratch database; nothing of yours was changed")
            .lacks("the database is at")
            .lacks("cargo schema upgrade");
    });
}
