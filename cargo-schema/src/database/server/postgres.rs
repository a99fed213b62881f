//! PostgreSQL, as libpq finds it: URL or keywords, `pg_service.conf`, `PGHOST` and the like, `~/.pgpass`.

use std::future::{Future as _, poll_fn};
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::task::Poll;

use diesel::ConnectionError;
use diesel_async::async_connection_wrapper::{AsyncConnectionWrapper, BlockOn as _};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::connection::Connection;
use super::super::url::DatabaseUrl;
use super::service;
use super::tls::{self, Mode, Tls};
use super::{
    Blocking, KEEPALIVE, Secret, bad, crowded, denied, down, nameless, no_such_database, refused, setting,
    silent, split, unreachable, within,
};
use crate::failure::Failure;

/// Parameters that the driver does not know, beside those of encryption.
const OURS: [&str; 4] = ["passfile", "schema", "search_path", "service"];

/// Everything that is known about a database before it is spoken to.
pub(super) struct Settings {
    config: Config,
    tls: Tls,
}

pub(super) fn settings(url: &DatabaseUrl, secret: &Secret) -> Result<Settings, Failure> {
    let text = secret.0.trim();
    let (rest, mut pairs) = match text.split_once("://") {
        Some((scheme, rest)) => {
            let scheme = scheme.split('+').next().unwrap_or(scheme);
            split(&format!("{scheme}://{rest}"), &OURS)
        }
        None => keywords(text),
    };
    let mut config: Config = rest.parse().map_err(|error: tokio_postgres::Error| bad(url, told(&error)))?;
    service::complete(url, &mut config, &mut pairs, &OURS)?;
    let tls = Tls::read(url, &pairs, Mode::Prefer)?;
    complete(&mut config, url)?;
    if config.get_password().is_none()
        && let Some(password) = std::env::var("PGPASSWORD").ok().or_else(|| passfile(&config, &pairs))
    {
        config.password(password);
    }
    if let Some(path) = setting(&pairs, &["schema", "search_path"], "") {
        let before = config.get_options().map_or_else(String::new, |options| format!("{options} "));
        config.options(format!("{before}-csearch_path={}", path.replace('\\', "\\\\").replace(' ', "\\ ")));
    }
    config.ssl_mode(match tls.mode {
        Mode::Disable => SslMode::Disable,
        Mode::Prefer => SslMode::Prefer,
        Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
    });
    config.keepalives_idle(KEEPALIVE).keepalives_interval(KEEPALIVE / 3).keepalives_retries(3);
    if config.get_application_name().is_none() {
        config.application_name("cargo schema");
    }
    Ok(Settings { config, tls })
}

/// What the URL leaves to the environment.
fn complete(config: &mut Config, url: &DatabaseUrl) -> Result<(), Failure> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        match variable("PGHOST") {
            Some(host) => config.host(host),
            None => default_host(config),
        };
    }
    if config.get_ports().is_empty()
        && let Some(port) = variable("PGPORT")
    {
        config.port(port.parse().map_err(|_| bad(url, format!("PGPORT is `{port}`, and no port")))?);
    }
    if config.get_user().is_none() {
        let user = variable("PGUSER").or_else(|| variable("USER")).or_else(|| variable("LOGNAME"));
        config.user(user.unwrap_or_else(|| "postgres".to_owned()));
    }
    if config.get_dbname().is_none_or(str::is_empty) {
        config.dbname(variable("PGDATABASE").ok_or_else(|| nameless(url))?);
    }
    Ok(())
}

/// The socket where Debian and the source put it, else this machine by name.
fn default_host(config: &mut Config) -> &mut Config {
    let sockets = ["/var/run/postgresql", "/run/postgresql", "/tmp"];
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let is_there = |folder: &&&str| PathBuf::from(folder).join(format!(".s.PGSQL.{port}")).exists();
    match sockets.iter().find(is_there) {
        Some(folder) => config.host(*folder),
        None => config.host("localhost"),
    }
}

/// `host=db sslmode=require`: the words that the driver does not know are taken out.
fn keywords(text: &str) -> (String, super::Pairs) {
    let is_ours = |word: &&str| {
        word.split_once('=').is_some_and(|(key, _)| tls::KEYS.contains(&key) || OURS.contains(&key))
    };
    let (ours, rest): (Vec<&str>, Vec<&str>) = text.split_whitespace().partition(is_ours);
    let pair = |word: &str| {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        (key.to_owned(), value.trim_matches('\'').to_owned())
    };
    // A quoted value may hold blanks, which splitting would change: then the text stays as it is.
    let rest = if ours.is_empty() { text.to_owned() } else { rest.join(" ") };
    (rest, ours.into_iter().map(pair).collect())
}

/// The first line of `~/.pgpass` that fits. Like libpq, a file that others may read is not looked at.
fn passfile(config: &Config, pairs: &super::Pairs) -> Option<String> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".pgpass"));
    let path = setting(pairs, &["passfile"], "PGPASSFILE").map(PathBuf::from).or_else(home)?;
    if is_open_to_others(&path) {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        _ => "localhost".to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432).to_string();
    let wanted =
        [&*host, &*port, config.get_dbname().unwrap_or_default(), config.get_user().unwrap_or_default()];
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields(line);
        let fits = fields.len() == 5
            && fields.iter().zip(wanted).all(|(field, wanted)| field == "*" || field == wanted);
        fits.then(|| fields[4].clone())
    })
}

#[cfg(unix)]
fn is_open_to_others(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &std::path::Path) -> bool {
    false
}

/// Five fields with `:` between them; a backslash makes the next character an ordinary one.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        let last = fields.last_mut().expect("there is always one");
        match character {
            '\\' => last.extend(characters.next()),
            ':' => fields.push(String::new()),
            other => last.push(other),
        }
    }
    fields
}

pub(super) fn open(url: &DatabaseUrl, secret: &Secret) -> Result<Connection, Failure> {
    opened(url, settings(url, secret)?)
}

/// Another database on the same server.
pub(crate) fn named(url: &DatabaseUrl, secret: &Secret, database: &str) -> Result<Connection, Failure> {
    let mut settings = settings(url, secret)?;
    settings.config.dbname(database);
    opened(url, settings)
}

fn opened(url: &DatabaseUrl, settings: Settings) -> Result<Connection, Failure> {
    let Settings { mut config, tls } = settings;
    let runtime = Blocking::get_runtime();
    let is_near =
        !config.get_hosts().is_empty() && config.get_hosts().iter().all(|host| !matches!(host, Host::Tcp(_)));
    let connected = match tls.mode {
        // Nobody listens in between on a socket of this machine.
        _ if is_near => runtime.block_on(within(connect(config.ssl_mode(SslMode::Disable), NoTls))),
        Mode::Disable => runtime.block_on(within(connect(&config, NoTls))),
        _ => {
            let tls = MakeRustlsConnect::new(tls.config(url)?);
            runtime.block_on(within(connect(&config, tls)))
        }
    };
    match connected {
        None => Err(silent(url)),
        Some(Err(Stop::Driver(error))) => Err(worded(url, &error)),
        Some(Err(Stop::Diesel(error))) => Err(refused(url, &error.to_string())),
        Some(Ok(connection)) => Ok(Connection::Postgres(Box::new(AsyncConnectionWrapper::from(connection)))),
    }
}

enum Stop {
    Driver(tokio_postgres::Error),
    Diesel(ConnectionError),
}

async fn connect<T>(config: &Config, tls: T) -> Result<AsyncPgConnection, Stop>
where
    T: tokio_postgres::tls::MakeTlsConnect<tokio_postgres::Socket> + Clone,
    T::Stream: Send + Unpin + 'static,
{
    let (client, connection) = config.connect(tls.clone()).await.map_err(Stop::Driver)?;
    match AsyncPgConnection::try_from_client_and_connection(client, connection).await {
        Err(error) if error.to_string().contains("prepared statement ") => pooled(config, tls).await,
        connected => connected.map_err(Stop::Diesel),
    }
}

/// Diesel sets up a connection with prepared statements. Through a pooler that gives each transaction another session
/// and keeps no such statements apart, this works in one transaction, and where others have left none behind.
async fn pooled<T>(config: &Config, tls: T) -> Result<AsyncPgConnection, Stop>
where
    T: tokio_postgres::tls::MakeTlsConnect<tokio_postgres::Socket>,
    T::Stream: Send + Unpin + 'static,
{
    let (client, mut connection) = config.connect(tls).await.map_err(Stop::Driver)?;
    {
        let mut begun = pin!(client.batch_execute("BEGIN; DEALLOCATE ALL"));
        let driven = poll_fn(|context| match Pin::new(&mut connection).poll(context) {
            Poll::Ready(ended) => Poll::Ready(ended),
            Poll::Pending => begun.as_mut().poll(context),
        });
        driven.await.map_err(Stop::Driver)?;
    }
    let connected = AsyncPgConnection::try_from_client_and_connection(client, connection).await;
    let mut connection = connected.map_err(Stop::Diesel)?;
    let committed = connection.batch_execute("COMMIT").await;
    let committed =
        committed.map_err(|error| Stop::Diesel(ConnectionError::CouldntSetupConfiguration(error)));
    committed.map(|()| connection)
}

fn worded(url: &DatabaseUrl, error: &tokio_postgres::Error) -> Failure {
    let said = told(error);
    let source = std::error::Error::source(error);
    let io = source.and_then(|source| source.downcast_ref::<std::io::Error>());
    match (error.code(), io) {
        (Some(code), _) if *code == SqlState::INVALID_CATALOG_NAME => no_such_database(url, &said),
        (Some(code), _)
            if [SqlState::INVALID_PASSWORD, SqlState::INVALID_AUTHORIZATION_SPECIFICATION].contains(code) =>
        {
            denied(url, &said)
        }
        (Some(code), _) if *code == SqlState::TOO_MANY_CONNECTIONS => crowded(url, &said),
        (Some(code), _) if *code == SqlState::CANNOT_CONNECT_NOW => down(url, &said),
        (Some(_), _) => refused(url, &said),
        (None, Some(io)) => unreachable(url, io),
        (None, None) if said.contains("password") || said.contains("authentication") => denied(url, &said),
        (None, None) if said.contains("TLS") => tls::failed(url, &said),
        (None, None) => down(url, &said),
    }
}

/// The server's words, or the driver's with what is behind them.
pub(super) fn told(error: &tokio_postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return error.message().to_owned();
    }
    match std::error::Error::source(error) {
        Some(source) => {
            format!("{error}: {source}").replace(&format!(": {source}: {source}"), &format!(": {source}"))
        }
        None => error.to_string(),
    }
}

/// The environment that PostgreSQL's own programs find this database by, password included.
pub(crate) fn tool(url: &DatabaseUrl, secret: &Secret) -> Result<Vec<(&'static str, String)>, Failure> {
    let Settings { config, tls } = settings(url, secret)?;
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        _ => config.get_hostaddrs().first().map_or_else(|| "localhost".to_owned(), ToString::to_string),
    };
    let mode = match tls.mode {
        Mode::Disable => "disable",
        Mode::Prefer => "prefer",
        Mode::Require => "require",
        Mode::VerifyCa => "verify-ca",
        Mode::VerifyFull => "verify-full",
    };
    let mut variables = vec![
        ("PGHOST", host),
        ("PGPORT", config.get_ports().first().copied().unwrap_or(5432).to_string()),
        ("PGUSER", config.get_user().unwrap_or_default().to_owned()),
        ("PGDATABASE", config.get_dbname().unwrap_or_default().to_owned()),
        ("PGSSLMODE", mode.to_owned()),
        ("PGCONNECT_TIMEOUT", super::CONNECT.as_secs().to_string()),
    ];
    if let Some(password) = config.get_password() {
        variables.push(("PGPASSWORD", String::from_utf8_lossy(password).into_owned()));
    }
    let files = [("PGSSLROOTCERT", tls.root), ("PGSSLCERT", tls.certificate), ("PGSSLKEY", tls.key)];
    variables.extend(files.into_iter().filter_map(|(name, file)| Some((name, file?))));
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn a_line_of_pgpass_has_five_fields() {
        assert_eq!(fields(r"db:5432:*:app:a\:b\\c"), ["db", "5432", "*", "app", r"a:b\c"]);
    }
}
