//! One history on three engines. Each case is run on SQLite, PostgreSQL and MySQL or MariaDB with the same words, and
//! expects the same; where an engine differs, the case says why.

use crate::harness::{Engine, Run, Sandbox, Served};

/// A project without Cargo, and a database to run it on.
struct Bed {
    sandbox: Sandbox,
    served: Option<Served>,
}

const IDS: [&str; 3] = ["0a1b2c3d4e5f", "1f0e9d8c7b6a", "4f1c2a9b7d03"];

impl Bed {
    fn new(engine: Engine) -> Option<Self> {
        let served = match engine {
            Engine::Sqlite => None,
            Engine::Postgres | Engine::Mysql => Some(Served::new(engine)?),
        };
        let bed = Self { sandbox: Sandbox::empty(), served };
        let users = "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL);\nINSERT INTO users VALUES (1, 'it''s; me');\n";
        bed.revision(0, users, "DROP TABLE users;\n");
        bed.revision(1, "CREATE TABLE orders (id INTEGER PRIMARY KEY);\n", "DROP TABLE orders;\n");
        bed.revision(
            2,
            "ALTER TABLE users ADD COLUMN stock INTEGER;\nUPDATE users SET stock = 7;\n",
            "ALTER TABLE users DROP COLUMN stock;\n",
        );
        Some(bed)
    }

    fn revision(&self, index: usize, up: &str, down: &str) {
        let id = IDS.get(index).map_or_else(|| format!("9b7d034f1c{index:02}"), |id| (*id).to_owned());
        let parent = index.checked_sub(1).map_or_else(String::new, |parent| match IDS.get(parent) {
            Some(id) => format!("\"{id}\""),
            None => format!("\"9b7d034f1c{parent:02}\""),
        });
        let metadata = format!("run_in_transaction = true\nrevision = \"{id}\"\nparents = [{parent}]\n");
        self.sandbox.migration(&format!("2026-11-20-10{index:02}-{id}_step"), &metadata, up, Some(down));
    }

    fn engine(&self) -> Engine {
        self.served.as_ref().map_or(Engine::Sqlite, |served| served.engine)
    }

    fn url(&self) -> String {
        self.served.as_ref().map_or_else(|| "app.db".to_owned(), Served::url)
    }

    fn schema(&self, words: &str) -> Run {
        self.sandbox.schema(&format!("{words} --migrations migrations --database-url {}", self.url()))
    }

    fn run(&self, sql: &str) {
        match &self.served {
            Some(served) => served.session().run(sql).unwrap(),
            None => self.sandbox.database("app.db").run(sql),
        }
    }

    /// The rows of a query of one column.
    #[track_caller]
    fn rows(&self, column: &str, rest: &str) -> Vec<String> {
        match self.engine() {
            Engine::Sqlite => self.sandbox.database("app.db").rows(&format!("SELECT {column} {rest}")),
            Engine::Postgres => {
                self.served.as_ref().unwrap().session().rows(&format!("SELECT {column}::text AS line {rest}"))
            }
            Engine::Mysql => {
                let sql = format!("SELECT CAST({column} AS CHAR) AS line {rest}");
                self.served.as_ref().unwrap().session().rows(&sql)
            }
        }
    }

    fn tables(&self) -> Vec<String> {
        let rest = match self.engine() {
            Engine::Sqlite => return self.sandbox.database("app.db").tables(),
            Engine::Postgres => "FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
            Engine::Mysql => "FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1",
        };
        self.rows("table_name", rest)
    }

    fn versions(&self) -> Vec<String> {
        self.rows("version", "FROM __diesel_schema_migrations ORDER BY 1")
    }

    fn ledger(&self) -> Vec<String> {
        self.rows("revision", "FROM __schema_ledger WHERE outcome = 'done' ORDER BY id")
    }

    /// What sleeps for a second.
    fn sleep(&self) -> &'static str {
        match self.engine() {
            Engine::Postgres => "SELECT pg_sleep(1);\n",
            Engine::Mysql => "SELECT sleep(1);\n",
            // Long enough for others to come.
            Engine::Sqlite => {
                "CREATE TABLE slow AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000000) SELECT count(*) AS c FROM n;\n"
            }
        }
    }
}

/// A table of cases: each becomes a test per engine.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        cases!(@ sqlite, Sqlite, $($case),+);
        cases!(@ postgres, Postgres, $($case),+);
        cases!(@ mysql, Mysql, $($case),+);
    };
    (@ $module:ident, $engine:ident, $($case:ident),+) => {
        mod $module {
            $(
                #[test]
                fn $case() {
                    if let Some(bed) = super::Bed::new(crate::harness::Engine::$engine) {
                        super::$case(&bed);
                    }
                }
            )+
        }
    };
}

cases!(
    it_goes_up_and_down_and_up_again,
    reading_makes_nothing,
    a_failing_statement_is_shown_where_it_stands,
    a_dry_run_leaves_nothing,
    marks_are_made_without_running,
    an_edited_revision_stops_everything,
    what_the_files_lack_is_not_built_upon,
    a_renamed_folder_is_the_same_revision,
    everything_can_be_reverted_and_run_again,
    eight_at_once_run_each_revision_once,
    who_waits_in_vain_says_so,
    a_copy_brings_everything_back,
    the_printed_script_does_the_same,
    a_killed_run_is_completed_by_the_next,
    documents_are_the_same,
);

fn it_goes_up_and_down_and_up_again(bed: &Bed) {
    bed.schema("upgrade +2").ok().says("2 revisions");
    bed.schema("current").ok().prints(IDS[1]);
    bed.schema("list").ok().prints("applied  0a1b2c3d4e5f").prints("pending  4f1c2a9b7d03");
    bed.schema("upgrade").ok().says("the database is at 4f1c2a9b7d03 (head)");
    assert_eq!(bed.rows("stock", "FROM users"), ["7"]);
    assert_eq!(bed.rows("name", "FROM users"), ["it's; me"]);
    bed.schema("upgrade").ok().says("nothing is pending");
    bed.schema("current --check-heads").ok();
    bed.schema("revert").ok().says("the database is at 1f0e9d8c7b6a");
    bed.schema("current --check-heads").exits(1);
    bed.schema("revert base").ok();
    assert_eq!(bed.tables(), ["__diesel_schema_migrations", "__schema_ledger"]);
    bed.schema("upgrade").ok();
    assert_eq!(bed.versions().len(), 3);
    bed.schema("history").ok().prints(IDS[2]);
}

fn reading_makes_nothing(bed: &Bed) {
    for words in ["list", "current", "history", "sql current:"] {
        bed.schema(words).ok();
    }
    if bed.engine() == Engine::Sqlite {
        assert!(!bed.sandbox.path("app.db").exists());
    } else {
        assert_eq!(bed.tables(), Vec::<String>::new());
    }
}

fn a_failing_statement_is_shown_where_it_stands(bed: &Bed) {
    let up = "CREATE TABLE extra (id INTEGER);\n\nINSERT INTO extra\n  SELECT nope FROM users;\n";
    bed.revision(3, up, "DROP TABLE extra;\n");
    let output = bed.schema("upgrade").exits(3).says("9b7d034f1c03").says("step/up.sql:4:10").says("nope");
    assert_eq!(bed.versions().len(), 3);
    // MySQL commits DDL by itself: the first statement stays, and the next run goes on after it.
    let is_kept = bed.engine() == Engine::Mysql;
    assert_eq!(bed.tables().contains(&"extra".to_owned()), is_kept);
    if !is_kept {
        output.says("rolled back");
    }
    bed.revision(3, &up.replace("nope", "id"), "DROP TABLE extra;\n");
    bed.schema("upgrade").ok().says("1 revision in");
    assert_eq!(bed.rows("id", "FROM extra"), ["1"]);
}

fn a_dry_run_leaves_nothing(bed: &Bed) {
    if bed.engine() == Engine::Mysql {
        // It cannot roll back what it did.
        bed.schema("upgrade --dry-run").exits(1).says("commits each change of the schema by itself");
        assert_eq!(bed.tables(), Vec::<String>::new());
        return;
    }
    bed.schema("upgrade +1").ok();
    bed.schema("upgrade --dry-run").ok().says("dry run of 2 revisions");
    assert_eq!(bed.versions().len(), 1);
    assert!(!bed.tables().contains(&"orders".to_owned()));
}

fn marks_are_made_without_running(bed: &Bed) {
    bed.schema("stamp 1f0e").ok().says("marked 2 revisions");
    assert_eq!(bed.versions().len(), 2);
    assert!(!bed.tables().contains(&"users".to_owned()));
    bed.schema("stamp base").ok();
    assert_eq!(bed.versions(), Vec::<String>::new());
}

fn an_edited_revision_stops_everything(bed: &Bed) {
    bed.schema("upgrade +1").ok();
    bed.revision(
        0,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(41));\n",
        "DROP TABLE users;\n",
    );
    bed.schema("upgrade").exits(1).says("changed after being applied");
    bed.schema("stamp current").ok();
    bed.schema("list").ok();
}

fn what_the_files_lack_is_not_built_upon(bed: &Bed) {
    bed.schema("upgrade +1").ok();
    bed.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231')");
    bed.schema("upgrade").exits(1).says("lacks").says("--allow-newer");
    bed.schema("upgrade --allow-newer").ok();
    bed.schema("stamp heads --purge").ok();
    assert_eq!(bed.versions().len(), 3);
}

fn a_renamed_folder_is_the_same_revision(bed: &Bed) {
    bed.schema("upgrade").ok();
    let old = bed.sandbox.migrations()[2].clone();
    std::fs::rename(
        bed.sandbox.path(format!("migrations/{old}")),
        bed.sandbox.path("migrations/2026-11-21-0900-4f1c2a9b7d03_step"),
    )
    .unwrap();
    bed.schema("upgrade").ok().says("nothing is pending");
    assert_eq!(bed.versions()[2], "202611210900-4f1c2a9b7d03".replace('-', ""));
    assert_eq!(bed.rows("stock", "FROM users"), ["7"]);
}

fn everything_can_be_reverted_and_run_again(bed: &Bed) {
    bed.schema("upgrade").ok();
    bed.run("UPDATE users SET stock = 8");
    bed.schema("reset --yes").ok();
    assert_eq!(bed.rows("stock", "FROM users"), ["7"]);
    assert_eq!(bed.ledger().len(), 9);
}

fn eight_at_once_run_each_revision_once(bed: &Bed) {
    let children: Vec<_> = (0..8).map(|_| bed.schema("upgrade").spawn()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(bed.ledger(), IDS);
}

fn who_waits_in_vain_says_so(bed: &Bed) {
    bed.revision(3, bed.sleep(), "DROP TABLE slow;\n");
    bed.schema("upgrade +3").ok();
    let mut child = bed.schema("upgrade").spawn();
    let held = || bed.schema("unlock").output().code == 1;
    while !held() {
        assert!(child.try_wait().unwrap().is_none(), "the run was over before anybody met it");
    }
    bed.schema("upgrade --wait 0").exits(4).says("the lock on").says("was not obtained");
    assert!(child.wait().unwrap().success());
    bed.schema("unlock --status").ok().says("nobody holds the lock");
    assert_eq!(bed.versions().len(), 4);
}

fn a_copy_brings_everything_back(bed: &Bed) {
    bed.schema("upgrade +2").ok();
    bed.schema("dump before.copy").ok().says("Saved");
    bed.schema("dump before.copy").exits(1).says("exists already");
    bed.schema("upgrade").ok();
    bed.run("CREATE TABLE later (id INTEGER)");
    bed.run("DELETE FROM users");
    bed.schema("restore before.copy").exits(2);
    bed.schema("restore before.copy --yes").ok().says("Restored");
    assert_eq!(bed.versions().len(), 2);
    assert_eq!(bed.rows("name", "FROM users"), ["it's; me"]);
    assert!(!bed.tables().contains(&"later".to_owned()), "{:?}", bed.tables());
    bed.schema("upgrade").ok().says("1 revision in");
    bed.schema("revert --backup=again.copy").ok().says("Saved");
}

fn the_printed_script_does_the_same(bed: &Bed) {
    let script = bed.schema("sql").ok().stdout;
    match &bed.served {
        // The client would split a trigger where we do not: what is run here has none.
        Some(served) => served.session().run(script.trim_end().trim_end_matches(';')).unwrap(),
        None => bed.sandbox.database("app.db").run(&script),
    }
    bed.schema("upgrade").ok().says("nothing is pending");
    assert_eq!(bed.ledger(), IDS);
    assert_eq!(bed.rows("stock", "FROM users"), ["7"]);
    bed.schema("revert base").ok();
}

fn a_killed_run_is_completed_by_the_next(bed: &Bed) {
    let up = format!(
        "CREATE TABLE n (x INTEGER);\nINSERT INTO n VALUES (1);\n{}UPDATE n SET x = x + 1;\n",
        bed.sleep()
    );
    bed.revision(3, &up, "DROP TABLE n;\n");
    for pause in [0, 20, 60, 150, 400] {
        let mut child = bed.schema("upgrade").spawn();
        std::thread::sleep(std::time::Duration::from_millis(pause));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    bed.schema("upgrade").ok();
    assert_eq!(bed.rows("x", "FROM n"), ["2"]);
    assert_eq!(bed.versions().len(), 4);
}

fn documents_are_the_same(bed: &Bed) {
    bed.schema("upgrade +1").ok();
    let list = bed.schema("list --format json").ok().json();
    let text = list.to_string();
    assert!(text.contains("\"applied\"") && text.contains(IDS[2]), "{text}");
    let up = bed.schema("upgrade --format json").ok().json();
    assert_eq!((&up["direction"], &up["is_at_heads"]), (&"up".into(), &true.into()), "{up}");
    assert_eq!(up["revisions"].as_array().unwrap().len(), 2);
    assert_eq!(bed.schema("unlock --format json").ok().json()["is_held"], false);
}
