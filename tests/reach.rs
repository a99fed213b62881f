//! How a PostgreSQL server is found and trusted: services by name, certificates by somebody else.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::faults::{ID, history};
use crate::harness::{Engine, Private, Served, checkout, folder};

/// `pg_service.conf` says where the server is, and the URL says what it does not.
#[test]
fn a_service_by_name() {
    let Some(served) = Served::new(Engine::Postgres) else { return };
    let url = served.url();
    let (server, database) = url.trim_start_matches("postgres://").rsplit_once('/').unwrap();
    let (user, address) = server.rsplit_once('@').unwrap();
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let (host, port) = address.split_once(':').unwrap_or((address, "5432"));
    let sandbox = history();
    let lines =
        format!("[shop]\nhost={host}\nport={port}\nuser={user}\npassword={password}\nsslmode=disable\n");
    sandbox.write("services", format!("[other]\nhost=nowhere.invalid\n{lines}dbname=nope\n"));
    let file = sandbox.path("services").display().to_string();
    let schema = |url: &str, words: &str| {
        let words = format!("{words} --migrations migrations --database-url");
        sandbox.schema(&words).arg(url).env("PGSERVICEFILE", &file)
    };
    schema(&format!("postgres:///{database}?service=shop"), "upgrade").ok();
    schema(&format!("service=shop dbname={database}"), "current").ok().prints(ID);
    schema(&format!("postgres:///{database}"), "current").env("PGSERVICE", "shop").ok().prints(ID);
    schema("postgres:///?service=shop", "list").exits(3).says("there is no database");
    schema("postgres:///?service=ship", "list").exits(2).says("there is no service `ship`").says("services");
}

/// One whose certificate is as it should be.
fn encrypted() -> Option<Private> {
    let folder = folder();
    for file in ["server.pem", "server.key"] {
        fs::copy(checkout().join("tests/certificates").join(file), folder.join(file)).unwrap();
    }
    fs::set_permissions(folder.join("server.key"), fs::Permissions::from_mode(0o600)).unwrap();
    let here = folder.display().to_string();
    let settings = format!("-c ssl=on -c ssl_cert_file={here}/server.pem -c ssl_key_file={here}/server.key");
    Private::within(Engine::Postgres, folder, &settings)
}

#[test]
fn a_certificate_is_asked_for_by_whom_it_is() {
    let Some(server) = encrypted() else { return };
    let served = Served::on(server.engine, server.url());
    let sandbox = history();
    let upgrade = |mode: &str, root: &str| {
        let root = checkout().join("tests/certificates").join(root);
        let url = format!("{}?sslmode={mode}&sslrootcert={}", served.url(), root.display());
        sandbox.schema("upgrade --migrations migrations --database-url").arg(url)
    };
    for mode in ["require", "verify-ca", "verify-full"] {
        upgrade(mode, "root.pem")
            .exits(3)
            .says("no encrypted connection")
            .says("UnknownIssuer")
            .says("nothing was changed");
    }
    let tables =
        "SELECT table_name::text AS line FROM information_schema.tables WHERE table_schema = 'public'";
    assert_eq!(served.session().rows(tables), Vec::<String>::new());
    upgrade("verify-full", "other.pem").ok();
    upgrade("verify-ca", "other.pem").ok().says("at 0a1b2c3d4e5f");
}
