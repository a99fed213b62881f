//! One history on three engines. Each case is run on SQLite, PostgreSQL and MySQL or MariaDB with the same words, and
//! expects the same; where an engine differs, the case says why.

use std::fs;

use serde_json::Value;

use crate::harness::{Engine, Run, Sandbox, Served, demanded, program};

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
                    if let Some(bed) = crate::servers::Bed::new(crate::harness::Engine::$engine) {
                        super::$case(&bed);
                    }
                }
            )+
        }
    };
}

mod branches;
mod failing;
mod looking;
mod odd;
mod running;

/// A project without Cargo, and a database to run it on.
struct Bed {
    sandbox: Sandbox,
    served: Option<Served>,
}

const IDS: [&str; 3] = ["0a1b2c3d4e5f", "1f0e9d8c7b6a", "4f1c2a9b7d03"];
const NAMES: [&str; 3] = ["create_users", "create_orders", "count_the_stock"];

/// The one that is run statement by statement.
const OUTSIDE: &str = "5e6f7a8b9c0d";

impl Bed {
    fn new(engine: Engine) -> Option<Self> {
        let served = match engine {
            Engine::Sqlite => None,
            Engine::Postgres | Engine::Mysql => Some(Served::new(engine)?),
        };
        let bed = Self { sandbox: Sandbox::empty(), served };
        bed.quickstart();
        Some(bed)
    }

    /// Three revisions in a line.
    fn quickstart(&self) {
        let users = "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL);\nINSERT INTO users VALUES (1, 'it''s; me');\n";
        self.revision(0, users, "DROP TABLE users;\n");
        self.revision(1, "CREATE TABLE orders (id INTEGER PRIMARY KEY);\n", "DROP TABLE orders;\n");
        self.revision(
            2,
            "ALTER TABLE users ADD COLUMN stock INTEGER;\nUPDATE users SET stock = 7;\n",
            "ALTER TABLE users DROP COLUMN stock;\n",
        );
    }

    /// Two lines that meet twice, instead. Its key is one that MySQL would want to be dropped by name.
    fn merged(&self) {
        fs::remove_dir_all(self.sandbox.path("migrations")).unwrap();
        self.sandbox.add("merged");
        let up = "ALTER TABLE audit_log ADD COLUMN order_id INTEGER;\n";
        self.sandbox.write("migrations/2026-11-20-0840-616263646566_audit_the_orders/up.sql", up);
    }

    /// A revision with all that its metadata say.
    fn step(&self, id: &str, metadata: &str, up: &str, down: Option<&str>) {
        let metadata = format!("revision = \"{id}\"\n{metadata}\n");
        self.sandbox.migration(&format!("2026-11-20-1200-{id}_step"), &metadata, up, down);
    }

    /// One that is run statement by statement, after the three.
    fn outside(&self, up: &str, down: &str) {
        let metadata = format!("run_in_transaction = false\nparents = [\"{}\"]", IDS[2]);
        self.step(OUTSIDE, &metadata, up, Some(down));
    }

    /// Where the database is.
    #[track_caller]
    fn at(&self, expected: &[&str]) {
        let document = self.schema("current --format json").ok().json();
        assert_eq!(ids(&document["at"]), expected);
    }

    fn folder(&self, index: usize) -> String {
        format!("migrations/{}", self.sandbox.migrations()[index])
    }

    fn revision(&self, index: usize, up: &str, down: &str) {
        let id = IDS.get(index).map_or_else(|| format!("9b7d034f1c{index:02}"), |id| (*id).to_owned());
        let parent = index.checked_sub(1).map_or_else(String::new, |parent| match IDS.get(parent) {
            Some(id) => format!("\"{id}\""),
            None => format!("\"9b7d034f1c{parent:02}\""),
        });
        let metadata = format!("run_in_transaction = true\nrevision = \"{id}\"\nparents = [{parent}]\n");
        self.sandbox.migration(
            &format!("2026-11-20-10{index:02}-{id}_{}", NAMES.get(index).unwrap_or(&"step")),
            &metadata,
            up,
            Some(down),
        );
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

    /// The same, where there may be no database yet.
    fn tables_there(&self) -> Vec<String> {
        let is_there = self.engine() != Engine::Sqlite || self.sandbox.path("app.db").exists();
        if is_there { self.tables() } else { Vec::new() }
    }

    /// Has the engine's own client run a script; `false` where there is none, and nobody demands it.
    #[track_caller]
    fn client(&self, script: &str) -> bool {
        let url = self.url();
        let (name, words) = match self.engine() {
            Engine::Sqlite => ("sqlite3", "-bail app.db \".read script.sql\"".to_owned()),
            Engine::Postgres => ("psql", format!("-X -q -v ON_ERROR_STOP=1 -f script.sql {url}")),
            Engine::Mysql => {
                let address = url.rsplit('@').next().unwrap();
                let (server, database) = address.split_once('/').unwrap();
                let (host, port) = server.split_once(':').unwrap_or((server, "3306"));
                let user = url.trim_start_matches("mysql://").split(['@', ':']).next().unwrap();
                let words = format!(
                    "--no-defaults -h {host} -P {port} -u {user} {database} -e \"source script.sql\""
                );
                ("mariadb", words)
            }
        };
        let Some(program) = demanded(name, program(&[name])) else { return false };
        self.sandbox.write("script.sql", script);
        Run::new(&program, &self.sandbox.root()).words(&words).ok();
        true
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

/// The ids in a list of revisions.
fn ids(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    list.iter().map(|one| one["revision"].as_str().unwrap()).collect()
}
