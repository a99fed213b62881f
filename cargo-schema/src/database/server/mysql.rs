//! MySQL and MariaDB: URL, `MYSQL_PWD`, sockets by `?socket=PATH`.

use std::path::PathBuf;

use diesel_async::AsyncMysqlConnection;
use diesel_async::async_connection_wrapper::{AsyncConnectionWrapper, BlockOn as _};
use mysql_async::{ClientIdentity, Conn, DriverError, Error, IoError, Opts, OptsBuilder, SslOpts};

use super::super::connection::Connection;
use super::super::url::DatabaseUrl;
use super::tls::{self, Mode, Tls};
use super::{
    Blocking, KEEPALIVE, Secret, bad, crowded, denied, nameless, no_such_database, refused, setting, silent,
    split, unreachable, within,
};
use crate::failure::Failure;

/// Parameters that are read here and not by the driver, beside those of encryption.
const OURS: [&str; 3] = ["socket", "unix_socket", "charset"];

/// The server's own limit is the smaller one.
const PACKET: usize = 1 << 30;

/// Everything that is known about a database before it is spoken to.
pub(super) struct Settings {
    opts: OptsBuilder,
    tls: Tls,
}

pub(super) fn settings(url: &DatabaseUrl, secret: &Secret) -> Result<Settings, Failure> {
    let (_, rest) = secret.0.trim().split_once("://").ok_or_else(|| bad(url, "`mysql://` is missing"))?;
    let (rest, pairs) = split(&format!("mysql://{rest}"), &OURS);
    let opts = Opts::from_url(&rest).map_err(|error| bad(url, error))?;
    if opts.db_name().is_none_or(str::is_empty) {
        return Err(nameless(url));
    }
    let socket = setting(&pairs, &["socket", "unix_socket"], "");
    let is_near = socket.is_some() || ["localhost", "127.0.0.1", "::1"].contains(&opts.ip_or_hostname());
    // A server on this machine mostly has no certificate, and asking would cost a second connection.
    let tls = Tls::read(url, &pairs, if is_near { Mode::Disable } else { Mode::Prefer })?;
    let password = opts.pass().map(str::to_owned).or_else(|| std::env::var("MYSQL_PWD").ok());
    let user = opts.user().map(str::to_owned).or_else(|| std::env::var("USER").ok());
    let opts = OptsBuilder::from_opts(opts)
        .user(user)
        .pass(password)
        .socket(socket)
        .prefer_socket(false)
        .tcp_keepalive(u32::try_from(KEEPALIVE.as_millis()).ok())
        // Known beforehand they need not be asked for.
        .max_allowed_packet(Some(PACKET))
        .wait_timeout(Some(28_800));
    Ok(Settings { opts, tls })
}

fn encrypted(tls: &Tls) -> SslOpts {
    let identity = tls.certificate.as_ref().zip(tls.key.as_ref());
    SslOpts::default()
        .with_root_certs(tls.root.iter().map(|file| PathBuf::from(file).into()).collect())
        .with_danger_accept_invalid_certs(tls.mode < Mode::VerifyCa)
        .with_danger_skip_domain_validation(tls.mode < Mode::VerifyFull)
        .with_client_identity(identity.map(|(certificate, key)| {
            ClientIdentity::new(PathBuf::from(certificate).into(), PathBuf::from(key).into())
        }))
}

pub(super) fn open(url: &DatabaseUrl, secret: &Secret) -> Result<Connection, Failure> {
    connect(url, settings(url, secret)?)
}

/// A session on the same server that is in no database of anybody's, and the name of the one that the URL means.
pub(crate) fn beside(url: &DatabaseUrl, secret: &Secret) -> Result<(Connection, String), Failure> {
    let Settings { opts, tls } = settings(url, secret)?;
    let name = Opts::from(opts.clone()).db_name().unwrap_or_default().to_owned();
    // Everybody may look there, and nobody may write.
    let opts = opts.db_name(Some("information_schema"));
    Ok((connect(url, Settings { opts, tls })?, name))
}

fn connect(url: &DatabaseUrl, settings: Settings) -> Result<Connection, Failure> {
    let Settings { opts, tls } = settings;
    let runtime = Blocking::get_runtime();
    let connecting = async {
        let plain = opts.clone().ssl_opts(None);
        let connection = match tls.mode {
            Mode::Disable => Conn::new(plain).await,
            mode => match Conn::new(opts.ssl_opts(encrypted(&tls))).await {
                Err(Error::Driver(DriverError::NoClientSslFlagFromServer)) if mode == Mode::Prefer => {
                    Conn::new(plain).await
                }
                connection => connection,
            },
        };
        let connection = connection.map_err(|error| worded(url, &error))?;
        AsyncMysqlConnection::try_from(connection).await.map_err(|error| refused(url, &error.to_string()))
    };
    match runtime.block_on(within(connecting)) {
        None => Err(silent(url)),
        Some(connected) => Ok(Connection::Mysql(Box::new(AsyncConnectionWrapper::from(connected?)))),
    }
}

fn worded(url: &DatabaseUrl, error: &Error) -> Failure {
    match error {
        Error::Server(said) if said.code == 1049 => no_such_database(url, &said.message),
        Error::Server(said) if [1044, 1045, 1698].contains(&said.code) => denied(url, &said.message),
        Error::Server(said) if [1040, 1203, 1226].contains(&said.code) => crowded(url, &said.message),
        Error::Server(said) => refused(url, &said.message),
        Error::Io(IoError::Io(error)) => unreachable(url, error),
        Error::Io(IoError::Tls(error)) => tls::failed(url, &error.to_string()),
        Error::Driver(DriverError::NoClientSslFlagFromServer) => {
            tls::failed(url, "the server does not encrypt")
        }
        other => refused(url, &other.to_string()),
    }
}

/// What the engine's own programs are told in a file of options, password included; and the database's name.
pub(crate) fn tool(url: &DatabaseUrl, secret: &Secret) -> Result<(String, String), Failure> {
    let Settings { opts, tls } = settings(url, secret)?;
    let opts = Opts::from(opts);
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut lines = vec!["[client]".to_owned(), format!("user={}", quoted(opts.user().unwrap_or_default()))];
    lines.extend(opts.pass().map(|password| format!("password={}", quoted(password))));
    match opts.socket() {
        Some(socket) => lines.push(format!("socket={}", quoted(socket))),
        None => lines.extend([
            format!("host={}", quoted(opts.ip_or_hostname())),
            format!("port={}", opts.tcp_port()),
            "protocol=tcp".to_owned(),
        ]),
    }
    let files = [("ssl-ca", tls.root), ("ssl-cert", tls.certificate), ("ssl-key", tls.key)];
    lines.extend(files.into_iter().filter_map(|(name, file)| Some(format!("{name}={}", quoted(&file?)))));
    Ok((lines.join("\n") + "\n", opts.db_name().unwrap_or_default().to_owned()))
}
