//! Databases on servers: what a URL and the environment say about one, and the way to it through drivers that
//! link no C library. Gives an open connection, or words for what is wrong.

mod mysql;
mod postgres;
mod service;
mod tls;

use std::fmt;
use std::future::Future;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use diesel_async::async_connection_wrapper::BlockOn;
use schema_runtime::dialect::Dialect;
use tokio::runtime::Runtime;

use super::connection::Connection;
use super::url::DatabaseUrl;
use crate::exit::Exit;
use crate::failure::{self, Failure};

pub(crate) use self::mysql::beside as mysql_beside;
pub(crate) use self::mysql::tool as mysql_tool;
pub(crate) use self::postgres::{named as postgres_named, tool as postgres_tool};

/// A server that has not answered by then will not.
const CONNECT: Duration = Duration::from_secs(10);

/// When a silent connection is asked whether it lives.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// The rule of a server that does not answer, or not yet.
pub(crate) const DOWN: &str = "server-down";

/// The rule of a server that has too many connections.
pub(crate) const CROWDED: &str = "too-many-connections";

/// A URL with its password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Waits for a driver on the thread that asks: one runtime for each, made when it is first needed.
pub(crate) struct Blocking(Arc<Runtime>);

impl BlockOn for Blocking {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.block_on(future)
    }

    fn get_runtime() -> Self {
        thread_local! {
            static RUNTIME: Arc<Runtime> = Arc::new(
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .expect("a runtime needs nothing but a file descriptor"),
            );
        }
        RUNTIME.with(|runtime| Self(Arc::clone(runtime)))
    }
}

/// Opens it, or says what is wrong.
pub(crate) fn open(url: &DatabaseUrl, secret: &Secret) -> Result<Connection, Failure> {
    match url.dialect {
        Dialect::Postgres => postgres::open(url, secret),
        Dialect::Mysql => mysql::open(url, secret),
        Dialect::Sqlite => unreachable!("an SQLite file is on no server"),
    }
}

/// Whether a URL is one that [`open`] can make sense of; says so before anything is done.
pub(crate) fn check(url: &DatabaseUrl, secret: &Secret) -> Result<(), Failure> {
    match url.dialect {
        Dialect::Postgres => postgres::settings(url, secret).map(drop),
        Dialect::Mysql => mysql::settings(url, secret).map(drop),
        Dialect::Sqlite => Ok(()),
    }
}

async fn within<T>(connecting: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(CONNECT, connecting).await.ok()
}

fn bad(url: &DatabaseUrl, why: impl fmt::Display) -> Failure {
    Failure::new(Exit::Usage, "bad-url", format!("`{}` is no database URL: {why}", url.shown))
}

fn nameless(url: &DatabaseUrl) -> Failure {
    Failure::new(Exit::Usage, "bad-url", format!("`{}` names no database", url.shown))
        .help("write its name after the server's: `postgres://server/NAME`")
}

fn silent(url: &DatabaseUrl) -> Failure {
    down(url, &format!("no answer within {} s", CONNECT.as_secs()))
}

fn down(url: &DatabaseUrl, reason: &str) -> Failure {
    Failure::new(Exit::Failed, DOWN, format!("could not reach the server of `{}`", url.shown))
        .note(reason)
        .note("nothing was changed")
        .help("start the server, or look at the host and the port in the URL")
}

fn unreachable(url: &DatabaseUrl, error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::InvalidData => tls::failed(url, &error.to_string()),
        _ => down(url, &failure::reason(error)),
    }
}

fn denied(url: &DatabaseUrl, said: &str) -> Failure {
    Failure::new(Exit::Failed, "access-denied", format!("the server of `{}` refused the login", url.shown))
        .note(said)
        .note("nothing was changed")
        .help("look at the user and the password; a `%` or `@` in a password is written `%25` or `%40`")
}

fn no_such_database(url: &DatabaseUrl, said: &str) -> Failure {
    Failure::new(Exit::Failed, "no-such-database", format!("there is no database `{}`", url.shown))
        .note(said)
        .note("nothing was changed")
        .help("create it, or look at the name in the URL")
}

fn crowded(url: &DatabaseUrl, said: &str) -> Failure {
    Failure::new(Exit::Failed, CROWDED, format!("the server of `{}` takes no more connections", url.shown))
        .note(said)
        .note("nothing was changed")
        .help("close others, raise the limit, or pass `--wait` to try until one is free")
}

fn refused(url: &DatabaseUrl, said: &str) -> Failure {
    Failure::new(Exit::Failed, "database", format!("could not connect to `{}`", url.shown))
        .note(said)
        .note("nothing was changed")
}

/// A URL in its parts: everything before the `?` with the parameters that the driver is to read, and those that
/// are read here: `ours`, and all that is about encryption.
type Pairs = Vec<(String, String)>;

fn split(text: &str, ours: &[&str]) -> (String, Pairs) {
    let (base, query) = text.split_once('?').unwrap_or((text, ""));
    let (mut taken, mut left) = (Pairs::new(), Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        match tls::KEYS.contains(&key) || ours.contains(&key) {
            true => taken.push((key.to_owned(), super::percent::decoded(value))),
            false => left.push(pair),
        }
    }
    let left = left.join("&");
    (if left.is_empty() { base.to_owned() } else { format!("{base}?{left}") }, taken)
}

/// The first of these that is set: a parameter of the URL, or a variable.
fn setting(pairs: &Pairs, keys: &[&str], variable: &str) -> Option<String> {
    let given = pairs.iter().find(|(key, _)| keys.contains(&key.as_str())).map(|(_, value)| value.clone());
    given.or_else(|| std::env::var(variable).ok()).filter(|value| !value.is_empty())
}
