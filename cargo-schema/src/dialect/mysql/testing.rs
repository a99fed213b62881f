//! Servers for unit tests: the one that a variable names, else a private one, which is faster. With neither a test says
//! that it was skipped, and fails when `CI` is `true`.

use std::io::Write as _;

use super::local::Local;
use super::scratch::Scratch;
use crate::database::connection::Connection;
use crate::database::server::{Secret, mysql_beside};
use crate::database::url::{DatabaseUrl, Location};

/// Where tests make their databases.
pub(crate) enum Server {
    Named(DatabaseUrl, Secret),
    Ours(Local),
}

impl Server {
    /// `None` when there is none, and nobody demands one.
    pub(crate) fn found() -> Option<Self> {
        match std::env::var("SCHEMA_TEST_MYSQL").ok().filter(|named| named != "private") {
            Some(text) => Some(Self::named(&text)),
            None => match Local::start() {
                Ok(local) => Some(Self::Ours(local)),
                Err(error) => {
                    let is_demanded = std::env::var("CI").is_ok_and(|ci| ci == "true");
                    assert!(!is_demanded, "no MySQL server: {error}");
                    let _ = writeln!(std::io::stderr(), "SKIPPED: no MySQL server: {error}");
                    None
                }
            },
        }
    }

    fn named(text: &str) -> Self {
        let secret = Secret(format!("{text}/mysql"));
        let url = DatabaseUrl {
            dialect: schema_runtime::dialect::Dialect::Mysql,
            shown: text.to_owned(),
            place: Location::Server(secret.clone()),
        };
        Self::Named(url, secret)
    }

    fn session(&self) -> Connection {
        match self {
            Self::Named(url, secret) => {
                let session = mysql_beside(url, secret).map(|(session, _)| session);
                session.unwrap_or_else(|failure| panic!("{failure:?}"))
            }
            Self::Ours(local) => local.session().expect("a session"),
        }
    }

    /// An empty database in the place of one that is of no use any more.
    pub(crate) fn another(&self, spare: Option<Scratch>) -> Scratch {
        let Some(mut scratch) = spare else { return self.database("") };
        scratch.renew().unwrap_or_else(|error| panic!("{error}"));
        scratch
    }

    /// A database that holds what this SQL makes.
    pub(crate) fn database(&self, sql: &str) -> Scratch {
        let scratch = Scratch::new(self.session(), "", Vec::new());
        let mut scratch = scratch.unwrap_or_else(|error| panic!("{error}"));
        super::emit::run_file(&mut scratch, sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        scratch
    }
}
