//! A server for unit tests: the one that a variable names, else the one on the usual port of this machine.

use std::io::Write as _;

use super::scratch::Scratch;
use crate::database::server::Secret;
use crate::database::url::{DatabaseUrl, Location};

/// Where tests make their databases.
pub(crate) struct Server {
    url: DatabaseUrl,
    secret: Secret,
}

impl Server {
    /// `None` when there is none, and nobody demands one.
    pub(crate) fn found() -> Option<Self> {
        let server = std::env::var("SCHEMA_TEST_POSTGRES");
        let server = server.unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432".to_owned());
        let secret = Secret(format!("{server}/postgres"));
        let place = Location::Server(secret.clone());
        let url = DatabaseUrl { dialect: schema_runtime::dialect::Dialect::Postgres, shown: server, place };
        let server = Self { url, secret };
        match server.scratch() {
            Ok(_) => Some(server),
            Err(error) => {
                let is_demanded = std::env::var("CI").is_ok_and(|ci| ci == "true");
                assert!(!is_demanded, "no PostgreSQL server: {error}");
                let _ = writeln!(std::io::stderr(), "SKIPPED: no PostgreSQL server: {error}");
                None
            }
        }
    }

    fn scratch(&self) -> Result<Scratch, String> {
        Scratch::new(&self.url, &self.secret, Vec::new()).map_err(|failure| format!("{:?}", failure.findings))
    }

    /// An empty database.
    pub(crate) fn database(&self) -> Scratch {
        self.scratch().unwrap_or_else(|error| panic!("{error}"))
    }
}
