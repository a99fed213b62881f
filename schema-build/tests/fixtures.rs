//! The sample crates of `fixtures/applications`: their `src/schema.rs` is what is written from their models. `BLESS=1` writes
//! it. That they compile with Diesel is checked by building them.
#![cfg(feature = "models")]

use std::fs;
use std::path::{Path, PathBuf};

use schema_build::config::Config;
use schema_build::models;
use schema_runtime::dialect::Dialect;

fn check(name: &str, dialect: Dialect) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/applications").join(name);
    let root = fs::canonicalize(root).expect("the fixture");
    let (config, _) = Config::load(&root, None).expect("a configuration");
    let models = models::read(&config, dialect);
    assert_eq!(models.findings, []);
    assert!(models.are_whole());
    let text = models.tables_file(Path::new("src/schema.rs"));
    let path = root.join("src/schema.rs");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &text).expect("written");
    }
    assert_eq!(fs::read_to_string(path).unwrap_or_default(), text);
}

#[test]
fn the_tables_of_a_crate_on_sqlite() {
    check("sqlite", Dialect::Sqlite);
}

#[test]
fn the_tables_of_a_crate_on_postgres() {
    check("postgres", Dialect::Postgres);
}

#[test]
fn the_tables_of_a_crate_on_mysql() {
    check("mysql", Dialect::Mysql);
}
