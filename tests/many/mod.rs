//! One history on many databases: files of URLs, schemas of one PostgreSQL database.

mod files;
mod flags;
mod pace;
mod schemas;
mod stopping;

use crate::harness::{Engine, Run, Sandbox, Served};

const USERS: &str = "0a1b2c3d4e5f";
const ORDERS: &str = "1f0e9d8c7b6a";

/// Two revisions.
fn history(sandbox: &Sandbox) {
    revision(sandbox, 0, USERS, None, "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(40));\n");
    revision(sandbox, 1, ORDERS, Some(USERS), "CREATE TABLE orders (id INTEGER PRIMARY KEY);\n");
}

fn revision(sandbox: &Sandbox, minute: usize, id: &str, parent: Option<&str>, up: &str) {
    let parent = parent.map_or_else(String::new, |parent| format!("\"{parent}\""));
    let metadata = format!("run_in_transaction = true\nrevision = \"{id}\"\nparents = [{parent}]\n");
    let table = if id == USERS { "users" } else { "orders" };
    let folder = format!("2026-11-20-10{minute:02}-{id}_{table}");
    sandbox.migration(&folder, &metadata, up, Some(&format!("DROP TABLE {table};\n")));
}

/// A history, and schemas of one database to run it on.
struct Schemas {
    sandbox: Sandbox,
    served: Served,
}

impl Schemas {
    /// `tenant_1` and so on. `None` when there is no PostgreSQL server.
    fn new(count: usize) -> Option<Self> {
        let served = Served::new(Engine::Postgres)?;
        let sandbox = Sandbox::empty();
        history(&sandbox);
        let schemas: String = (1..=count).map(|number| format!("CREATE SCHEMA tenant_{number};")).collect();
        served.session().run(&schemas).unwrap();
        Some(Self { sandbox, served })
    }

    fn schema(&self, words: &str) -> Run {
        self.through(&self.served.url(), words)
    }

    fn through(&self, url: &str, words: &str) -> Run {
        self.sandbox.schema(&format!("{words} --migrations migrations --database-url {url}"))
    }

    fn run(&self, sql: &str) {
        self.served.session().run(sql).unwrap();
    }

    /// The rows of a query of one text column named `line`.
    #[track_caller]
    fn rows(&self, sql: &str) -> Vec<String> {
        self.served.session().rows(sql)
    }

    /// Schemas that have this table.
    #[track_caller]
    fn with(&self, table: &str) -> Vec<String> {
        self.rows(&format!(
            "SELECT schemaname::text AS line FROM pg_tables WHERE tablename = '{table}' ORDER BY schemaname"
        ))
    }
}
