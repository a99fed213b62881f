//! URLs that name no database, or one that cannot be had.

use super::{refused, shop};

#[test]
fn an_unknown_scheme() {
    refused(&shop(), "upgrade --database-url foo:bar", 2).says("foo");
    refused(&shop(), "upgrade --database-url mongodb://localhost/x", 2).says("mongodb");
}

#[test]
fn no_database_in_it() {
    refused(&shop(), "upgrade --database-url sqlite://", 2).says("names no database");
    refused(&shop(), "upgrade --database-url=", 2);
}

#[test]
fn a_mode_that_sqlite_has_not() {
    for url in ["file:app.db?mode=banana", "sqlite:new.db?mode=banana"] {
        refused(&shop(), &format!("upgrade --database-url {url}"), 2).says("`mode=banana`").says("rwc");
    }
}

#[test]
fn none_at_all() {
    refused(&shop(), "upgrade", 2).says("DATABASE_URL").says("--database-url");
}

#[test]
fn a_password_is_never_shown() {
    for url in ["postgres://me:s3cr3t/@:%40@db.example.org/shop", "mysql://root:s3cr3t@localhost"] {
        refused(&shop(), &format!("upgrade --database-url {url}"), 2).lacks("s3cr3t");
        let here = "--migrations migrations --database-url";
        refused(&shop(), &format!("upgrade {here} {url}"), 2).lacks("s3cr3t");
        refused(&shop(), &format!("--database-url {url}"), 2).lacks("s3cr3t");
    }
}

#[test]
fn a_database_of_another_engine() {
    let url = "postgresql+asyncpg://me:s3cr3t@localhost/x";
    refused(&shop(), &format!("upgrade --database-url {url}"), 2).says("written for sqlite").lacks("s3cr3t");
}

#[test]
fn a_server_that_does_not_answer() {
    for url in ["postgres://me:s3cr3t@127.0.0.1:1/x", "mysql://me:s3cr3t@127.0.0.1:1/x"] {
        let words = format!("upgrade --migrations migrations --database-url {url}");
        refused(&shop(), &words, 3)
            .says("could not reach the server")
            .says("connection refused")
            .lacks("s3cr3t");
    }
}

#[test]
fn a_folder_that_does_not_exist() {
    refused(&shop(), "upgrade --database-url no/such/folder/app.db", 3).says("no/such/folder");
}

#[test]
fn a_folder_instead_of_a_file() {
    refused(&shop(), "upgrade --database-url src", 3).says("src");
    refused(&shop(), "list --database-url src", 3).says("src");
}

#[test]
fn a_file_that_is_no_database() {
    let sandbox = shop();
    sandbox.write("notes.db", "These are my notes, and no database at all; not even a short one.".repeat(20));
    refused(&sandbox, "upgrade --database-url notes.db", 3).says("not a database");
    refused(&sandbox, "list --database-url notes.db", 3).says("not a database");
}
