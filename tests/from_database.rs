//! A database that is there already becomes a package: models, blocks, a first revision, a stamp.

use std::fs;

use crate::harness::{Engine, Sandbox, Served};

/// `fixtures/library` before `init --from-database`: what a person wrote, and the database.
fn library() -> Sandbox {
    let sandbox = Sandbox::of("library");
    for written in ["src/models", "migrations"] {
        fs::remove_dir_all(sandbox.path(written)).unwrap();
    }
    for written in ["src/schema.rs", "build.rs"] {
        fs::remove_file(sandbox.path(written)).unwrap();
    }
    sandbox.replace("Cargo.toml", ", \"32-column-tables\"", "");
    let sql = sandbox.read("database.sql");
    sandbox.database("app.db").run(&sql);
    sandbox
}

/// A package with nothing but a manifest and a program, and `app.db` made by this SQL.
fn package(sql: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n",
    );
    sandbox.write("src/main.rs", "//! A shop.\n\nfn main() {}\n");
    sandbox.database("app.db").run(sql);
    sandbox
}

const INIT: &str = "init --from-database --database-url app.db";

#[test]
fn what_is_written_is_what_the_fixture_shows_and_it_compiles_and_joins() {
    let sandbox = library();
    let schema_before = sandbox.database("app.db").contents();
    sandbox
        .schema(INIT)
        .ok()
        .says("Created src/models/ (6 structs) and src/schema.rs")
        .says("No struct for `logs`: it has no primary key, and Diesel needs one")
        .says("Stamped app.db at ");
    assert_eq!(sandbox.database("app.db").contents(), schema_before);
    let fixture = Sandbox::of("library");
    let mut compared = 0;
    for (name, text) in fixture.tree().into_iter().filter(|(name, _)| name.starts_with("src/")) {
        assert_eq!(String::from_utf8(text), String::from_utf8(sandbox.tree()[&name].clone()), "{name}");
        compared += 1;
    }
    assert!(compared > 7, "{compared}");
    let up = |sandbox: &Sandbox| sandbox.read(&format!("migrations/{}/up.sql", sandbox.migrations()[0]));
    assert_eq!(up(&sandbox), up(&fixture));

    for sides in ["history database", "database models", "history models"] {
        sandbox.schema(&format!("diff {sides} --database-url app.db")).ok().says("No changes");
    }
    sandbox.schema("generate nothing").ok().says("No changes");
    sandbox.schema("check").ok();
    sandbox.schema("upgrade --database-url fresh.db").ok();
    sandbox.schema("diff database history --database-url fresh.db").ok();

    sandbox.build().ok();
    let output = sandbox.app("library").env("DATABASE_URL", "fresh.db").ok();
    assert_eq!(
        output.stdout,
        "Ada wrote notes (paper, shelf Some(\"N\"))\na@example.org orders 1 x notes by Ada\n0 options\n0 hours\n"
    );
}

#[test]
fn an_edit_goes_on_from_there() {
    let sandbox = library();
    sandbox.schema(INIT).ok();
    sandbox.replace(
        "src/models/author.rs",
        "    pub born",
        "    pub died: Option<chrono::NaiveDate>,\n    pub born",
    );
    sandbox
        .schema("generate \"authors die\"")
        .ok()
        .says("Detected added column `authors.died` (Date, null)")
        .lacks("removed");
    sandbox.schema("upgrade --database-url app.db").ok();
    sandbox.schema("revert --database-url app.db").ok();
    // What was there before is not for us to drop.
    sandbox
        .schema("revert --database-url app.db")
        .exits(1)
        .says("the history begins here, with tables that were there before it");
    assert_eq!(sandbox.database("app.db").count("authors"), 0);
}

#[test]
fn a_crate_gets_its_modules_and_its_dependencies() {
    let sandbox = package("CREATE TABLE users (id INTEGER PRIMARY KEY, joined TIMESTAMP, doc JSON)");
    sandbox
        .schema(INIT)
        .ok()
        .says("Edited src/main.rs: it has `mod models` and `mod schema`")
        .says("Added diesel, chrono, serde_json to [dependencies]");
    assert_eq!(sandbox.read("src/main.rs"), "//! A shop.\n\nmod models;\nmod schema;\n\nfn main() {}\n");
    let manifest = sandbox.read("Cargo.toml");
    assert!(
        manifest
            .contains("diesel = { version = \"2.3\", features = [\"sqlite\", \"chrono\", \"serde_json\"] }"),
        "{manifest}"
    );
    assert!(!manifest.contains("unmodelled"), "{manifest}");
    sandbox.schema("current --check-heads --database-url app.db").ok();
}

#[test]
fn a_wide_table_asks_for_the_feature_that_diesel_needs_for_it() {
    let table = |columns: usize| {
        let more: String = (1..columns).map(|column| format!(", c{column} INT")).collect();
        format!("CREATE TABLE t{columns} (id INTEGER PRIMARY KEY{more});")
    };
    for (columns, features) in [
        (16, "features = [\"sqlite\"]"),
        (17, "features = [\"sqlite\", \"32-column-tables\"]"),
        (33, "features = [\"sqlite\", \"64-column-tables\"]"),
        (128, "features = [\"sqlite\", \"128-column-tables\"]"),
    ] {
        let sandbox = package(&(table(3) + &table(columns)));
        sandbox.schema(INIT).ok();
        let manifest = sandbox.read("Cargo.toml");
        assert!(manifest.contains(&format!("diesel = {{ version = \"2.3\", {features} }}")), "{manifest}");
    }
    let sandbox = package(&(table(3) + &table(129)));
    sandbox.schema(INIT).ok().says("No struct for `t129`: it has 129 columns, and Diesel has room for 128");
    assert!(sandbox.read("Cargo.toml").contains("features = [\"sqlite\"]"));
    sandbox.schema("generate nothing").ok().says("No changes");
}

#[test]
fn nothing_is_written_where_there_is_something_already() {
    let users = "CREATE TABLE users (id INTEGER PRIMARY KEY)";
    let sandbox = package("");
    sandbox.untouched(|| sandbox.schema(INIT).exits(1).says("`app.db` has no tables"));
    sandbox.untouched(|| {
        sandbox
            .schema("init --from-database --database-url none.db")
            .exits(1)
            .says("`none.db` does not exist");
        sandbox.schema("init --from-database").exits(2).says("--database-url");
    });
    let sandbox = package(users);
    sandbox.write("src/models.rs", "");
    sandbox.untouched(|| sandbox.schema(INIT).exits(1).says("there are models already, in `src/models.rs`"));
    let sandbox = package(users);
    sandbox.write("src/main.rs", "mod tables;\nfn main() {}\n");
    sandbox.write("src/tables.rs", "diesel::table! { users (id) { id -> Integer, } }\n");
    sandbox.untouched(|| sandbox.schema(INIT).exits(1).says("there are models already, in `src/tables.rs`"));
    let sandbox = package(users);
    sandbox.migration("2020_users", "", users, None);
    sandbox.untouched(|| sandbox.schema(INIT).exits(1).says("has 1 migrations already").says("init --adopt"));
    let sandbox = package(&format!(
        "{users}; CREATE TABLE __diesel_schema_migrations (version TEXT PRIMARY KEY, run_on TEXT);
         INSERT INTO __diesel_schema_migrations VALUES ('2020', '');"
    ));
    sandbox.untouched(|| {
        sandbox.schema(INIT).exits(1).says("was made by 1 migrations, which are not in this package")
    });
}

#[test]
fn a_stamp_that_fails_leaves_nothing_behind() {
    let sandbox = package("CREATE TABLE users (id INTEGER PRIMARY KEY)");
    let mut other = sandbox.database("app.db");
    other.run("BEGIN IMMEDIATE; CREATE TABLE later (id INTEGER)");
    sandbox.replace(
        "Cargo.toml",
        "[workspace]",
        "[package.metadata.schema]\nlock-wait = \"100ms\"\n\n[workspace]",
    );
    sandbox.schema(INIT).exits(4).says("nothing was changed");
    for written in ["migrations", "src/models", "src/schema.rs", "build.rs"] {
        assert!(!sandbox.path(written).exists(), "{written}");
    }
    assert_eq!(sandbox.read("src/main.rs"), "//! A shop.\n\nfn main() {}\n");
}

#[test]
fn odd_names_and_tables_survive() {
    let sandbox = package(
        "CREATE TABLE \"select\" (\"from\" INTEGER PRIMARY KEY, \"a b\" TEXT, \"a-b\" TEXT, \"\"\"q\"\"\" TEXT, mod INT);
         CREATE TABLE mods (id INTEGER PRIMARY KEY, self_ INT, \"self\" INT, [fn] INT);
         CREATE TABLE Result (id INTEGER PRIMARY KEY, \"Größe\" TEXT CHECK (\"Größe\" <> ''));
         CREATE TABLE t1 (a INT, b INT, c INT, PRIMARY KEY (a, b), UNIQUE (b, c), FOREIGN KEY (a, b) REFERENCES t1 (b, c));
         CREATE TABLE \"2nd\" (id INT PRIMARY KEY, x REFERENCES mods, y INT DEFAULT (1 + 2), z TEXT DEFAULT 'it''s \\ \"q\"');
         CREATE INDEX \"odd idx\" ON \"select\" (\"a b\" DESC, \"a-b\");",
    );
    sandbox.schema(INIT).ok().lacks("No struct");
    sandbox.schema("generate nothing").ok().says("No changes");
}

#[test]
fn tables_that_need_functions_parents_and_old_sequences_are_taken_over() {
    let Some(served) = Served::new(Engine::Postgres) else { return };
    served
        .session()
        .run(
            "CREATE FUNCTION fresh_code() RETURNS text LANGUAGE sql AS $$ SELECT md5(random()::text) $$;
             CREATE TABLE zones (opened BIGINT NOT NULL);
             CREATE TABLE arenas (id SERIAL PRIMARY KEY, code TEXT NOT NULL DEFAULT fresh_code()) INHERITS (zones);
             CREATE TABLE tickets (id SERIAL PRIMARY KEY, arena_id INT NOT NULL REFERENCES arenas);
             CREATE FUNCTION cheapest(arenas) RETURNS SETOF tickets LANGUAGE sql AS $$ SELECT * FROM tickets $$;
             ALTER TABLE tickets RENAME TO passes;",
        )
        .unwrap();
    let sandbox = Sandbox::empty();
    sandbox.write(
        "Cargo.toml",
        "[package]\nname = \"hall\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n",
    );
    sandbox.write("src/main.rs", "fn main() {}\n");
    let run = |words: &str| sandbox.schema(&format!("{words} --database-url {}", served.url()));
    run("init --from-database").ok();
    run("diff history database").ok().says("No changes");
    run("generate nothing").ok().says("No changes");
}

#[test]
fn a_postgresql_database_is_taken_over_and_compared_as_well() {
    let Some(served) = Served::new(Engine::Postgres) else { return };
    served
        .session()
        .run(
            "CREATE TYPE mood AS ENUM ('calm', 'angry');
             CREATE TABLE users (id SERIAL PRIMARY KEY, email VARCHAR(64) NOT NULL UNIQUE, mood mood NOT NULL DEFAULT 'calm',
                 joined TIMESTAMPTZ NOT NULL DEFAULT now(), tags TEXT[], score NUMERIC(10, 2), CONSTRAINT pos CHECK (score > 0));
             CREATE TABLE posts (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
                 user_id INT NOT NULL REFERENCES users ON DELETE CASCADE, body TEXT);
             CREATE INDEX posts_user_id_idx ON posts (user_id);
             CREATE VIEW emails AS SELECT email FROM users;",
        )
        .unwrap();
    let sandbox = Sandbox::empty();
    sandbox.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n",
    );
    sandbox.write("src/main.rs", "fn main() {}\n");
    let run = |words: &str| sandbox.schema(&format!("{words} --database-url {}", served.url()));
    run("init --from-database").ok().says("(2 structs)").lacks("No struct");
    for sides in ["history database", "database models", "models history"] {
        run(&format!("diff {sides}")).ok().says("No changes");
    }
    run("generate nothing").ok().says("No changes");
    served
        .session()
        .run("ALTER TABLE posts ADD COLUMN stars INT; DROP VIEW emails; DROP INDEX posts_user_id_idx")
        .unwrap();
    let output = run("diff history database").exits(1);
    let mut lines: Vec<&str> = output.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines.len(), 3, "{}", output.story());
    assert_eq!(lines[0], "added column `posts.stars` (Integer, null)");
    assert_eq!(lines[1], "removed index `posts_user_id_idx` on posts(user_id)");
    assert!(lines[2].starts_with("removed view emails: "), "{}", output.story());
    run("stamp head --verify").exits(1).says("does not have the schema of");
    let sql = run("diff database models --sql").exits(1).stdout;
    served.session().run(&sql).unwrap();
    run("diff database models").ok();
}

#[test]
fn a_mysql_database_is_taken_over_and_compared_as_well() {
    let Some(served) = Served::new(Engine::Mysql) else { return };
    served
        .session()
        .run(
            "CREATE TABLE users (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE,
                 mood ENUM('happy','it''s') NOT NULL DEFAULT 'happy', age TINYINT UNSIGNED, ok BOOLEAN NOT NULL DEFAULT 1,
                 price DECIMAL(10,2) NOT NULL DEFAULT 1.5, note TEXT, j JSON, s SET('a','b'), y YEAR, b BIT(3),
                 created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
                 updated TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
                 code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin, low VARCHAR(120) AS (lower(email)) STORED,
                 KEY note_prefix (note(10)), FULLTEXT KEY ft (note), CONSTRAINT young CHECK (age < 150)) COMMENT='it''s people';
             CREATE TABLE orders (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id BIGINT UNSIGNED NOT NULL, last INT,
                 FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE);
             CREATE TABLE items (`order` INT NOT NULL, `line no` INT NOT NULL COMMENT 'how many', PRIMARY KEY (`order`, `line no`),
                 FOREIGN KEY (`order`) REFERENCES orders (id));
             ALTER TABLE orders ADD CONSTRAINT last_item FOREIGN KEY (last, id) REFERENCES items (`order`, `line no`);
             CREATE TABLE logs (line TEXT);
             CREATE VIEW grown AS SELECT id, email FROM users WHERE age > 17;
             CREATE VIEW few AS SELECT id FROM grown WHERE id < 9;
             CREATE TRIGGER seen AFTER DELETE ON orders FOR EACH ROW SET @seen = 1;
             INSERT INTO users (email) VALUES ('ann@example.org'), ('bob@example.org')",
        )
        .unwrap();
    let sandbox = Sandbox::empty();
    sandbox.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n",
    );
    sandbox.write("src/main.rs", "fn main() {}\n");
    let run = |words: &str| sandbox.schema(&format!("{words} --database-url {}", served.url()));
    run("init --from-database")
        .ok()
        .says("(3 structs)")
        .says("No struct for `logs`: it has no primary key")
        .says("Carried 3 views, triggers and the like");
    let up = sandbox.read(&format!("migrations/{}/up.sql", sandbox.migrations()[0]));
    assert!(!up.contains("AUTO_INCREMENT="), "{up}");
    for sides in ["history database", "database models", "models history"] {
        run(&format!("diff {sides}")).ok().says("No changes");
    }
    run("generate nothing").ok().says("No changes");
    assert_eq!(served.session().rows("SELECT CAST(count(*) AS CHAR) AS line FROM users"), ["2"]);
    served.session().run("ALTER TABLE items ADD COLUMN stars INT AFTER `order`; DROP VIEW few").unwrap();
    served.session().run("ALTER TABLE users DROP CONSTRAINT young").unwrap();
    let output = run("diff history database").exits(1);
    let mut lines: Vec<&str> = output.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines.len(), 3, "{}", output.story());
    assert_eq!(lines[0], "added column `items.stars` (int, null)");
    assert!(lines[1].starts_with("removed check "), "{}", output.story());
    assert!(lines[2].starts_with("removed view few: "), "{}", output.story());
    run("stamp head --verify").exits(1).says("does not have the schema of");
}

#[test]
fn what_a_first_revision_cannot_make_is_refused() {
    let Some(served) = Served::new(Engine::Mysql) else { return };
    let sql = "CREATE TABLE users (id INT PRIMARY KEY); CREATE PROCEDURE tidy() DELETE FROM users";
    served.session().run(sql).unwrap();
    let sandbox = package("CREATE TABLE t (id INTEGER)");
    sandbox.untouched(|| {
        sandbox
            .schema(&format!("init --from-database --database-url {}", served.url()))
            .exits(1)
            .says("the first revision would not make what the database has")
            .says("- procedure `tidy`")
            .says("nothing was changed");
    });
}
