//! Applications whose `src/schema.rs` is written by `generate`: they compile with Diesel on every engine, queries over
//! all tables and joins by every `joinable!` included. Checking needs no client library.

use crate::harness::{Engine, Run, Sandbox, Served};

/// A sample crate without its blocks, and where its engine is.
fn check(engine: Engine) {
    let name = format!("{engine:?}").to_lowercase();
    let served = match engine {
        Engine::Sqlite => None,
        Engine::Postgres | Engine::Mysql => match Served::new(engine) {
            Some(served) => Some(served),
            None => return,
        },
    };
    let sandbox = Sandbox::of(&format!("applications/{name}"));
    let blessed = sandbox.read("src/schema.rs");
    std::fs::remove_file(sandbox.path("src/schema.rs")).unwrap();
    std::fs::create_dir(sandbox.path("migrations")).unwrap();
    if engine == Engine::Postgres {
        // What the models' types come from is no part of them.
        let (up, down) = (
            "CREATE SCHEMA audit;\nCREATE EXTENSION citext;\n",
            "DROP EXTENSION citext;\nDROP SCHEMA audit;\n",
        );
        sandbox.migration("2026-01-01-000000_ground", "", up, Some(down));
    }
    let url = served.as_ref().map_or("app.db".to_owned(), Served::url);
    let schema = |words: &str| -> Run { sandbox.schema(&format!("{words} --database-url {url}")) };
    schema("generate first").ok().says("Updated src/schema.rs");
    let written = sandbox.read("src/schema.rs");
    assert_eq!(written, blessed);
    for needed in ["diesel::joinable!(", "diesel::allow_tables_to_appear_in_same_query!("] {
        assert!(written.contains(needed), "{needed}\n{written}");
    }
    schema("upgrade").ok();
    schema("generate again").ok().says("No changes");
    sandbox.cargo("check --quiet").ok();
    // The check means something: without a join's line it fails.
    let join = written.lines().find(|line| line.starts_with("diesel::joinable!")).unwrap();
    sandbox.replace("src/schema.rs", join, "");
    sandbox.cargo("check --quiet").exits(101).says("JoinTo");
}

#[test]
fn on_sqlite() {
    check(Engine::Sqlite);
}

#[test]
fn on_postgres() {
    check(Engine::Postgres);
}

#[test]
fn on_mysql() {
    check(Engine::Mysql);
}
