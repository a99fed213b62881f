//! Where there is no project, or not the one that was meant.

use super::{refused, shop};
use crate::harness::Sandbox;

#[test]
fn no_cargo_toml() {
    let sandbox = Sandbox::empty();
    refused(&sandbox, "list", 2).says("Cargo.toml").says("--migrations");
    refused(&sandbox, "upgrade --database-url app.db", 2).says("Cargo.toml");
    refused(&sandbox, "init", 2).says("Cargo.toml");
}

#[test]
fn a_cargo_toml_that_is_not_toml() {
    let sandbox = shop();
    sandbox.write("Cargo.toml", "[package\nname = 1");
    refused(&sandbox, "list --database-url app.db", 2).says("Cargo.toml");
}

#[test]
fn a_package_that_does_not_exist() {
    let sandbox = Sandbox::of("workspace");
    refused(&sandbox, "list -p biling", 2).says("biling").says("billing");
}

#[test]
fn a_package_that_is_not_named() {
    let sandbox = Sandbox::of("workspace");
    refused(&sandbox, "upgrade", 2).says("billing").says("catalog").says("-p");
}

#[test]
fn a_second_database_that_does_not_exist() {
    let sandbox = Sandbox::of("workspace");
    refused(&sandbox, "upgrade -p billing --target audits", 2).says("audits").says("audit");
}

#[test]
fn no_migrations_folder() {
    let sandbox = shop();
    std::fs::rename(sandbox.path("migrations"), sandbox.path("elsewhere")).unwrap();
    refused(&sandbox, "upgrade --database-url app.db", 2).says("migrations").says("init");
    refused(&sandbox, "list --migrations nowhere --database-url app.db", 2).says("nowhere");
    refused(&sandbox, "list --migrations app.db --database-url app.db", 2).says("app.db");
}

#[test]
fn settings_that_do_not_exist() {
    let sandbox = shop();
    sandbox.replace("Cargo.toml", "dialect =", "migratoins = \"m\"\ndialect =");
    refused(&sandbox, "upgrade --database-url app.db", 2)
        .says("`migratoins`")
        .says("`migrations`")
        .says("Cargo.toml:");
}

#[test]
fn flags_that_do_not_exist() {
    refused(&shop(), "upgrade --dry-rnu", 2).says("--dry-rnu");
    refused(&shop(), "upgrad", 2).says("upgrade");
}

#[test]
fn diesel_toml_that_is_not_toml_is_a_warning() {
    let sandbox = Sandbox::of("adopted");
    sandbox.write("diesel.toml", "[print_schema\n");
    sandbox.schema("upgrade --database-url app.db").ok().says("diesel.toml").says("warning");
}
