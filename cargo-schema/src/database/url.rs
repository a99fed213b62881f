//! Database URLs in every spelling people have, and where they come from: `--database-url`, the configuration,
//! `DATABASE_URL`, `.env`. Passwords stay in here.
//!
//! SQLite files: `app.db`, `./app.db`, `file:app.db?mode=rw`, `sqlite:app.db`, `sqlite://app.db`,
//! `sqlite:///app.db` (relative, as SQLAlchemy reads it), `sqlite:////absolute.db`, `:memory:`.
//! A relative path starts from the current folder, as with Diesel; one written in Cargo.toml from the package.

use std::env;
use std::path::{Path, PathBuf};

use schema_runtime::dialect::Dialect;

use super::percent::decoded;
use super::secret::masked;
use super::server::{self, Secret};
use crate::cli::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;

/// A database, found but not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DatabaseUrl {
    /// The engine that it names.
    pub(crate) dialect: Dialect,
    /// How it may be shown: as it was written, without its password.
    pub(crate) shown: String,
    /// Where it is.
    pub(crate) place: Location,
}

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// Gone when the command ends.
    Memory,
    /// An SQLite file.
    File {
        /// Absolute.
        path: PathBuf,
        /// What a `?` brought along, for SQLite to read: `mode`, `cache`, `vfs`.
        query: Vec<(String, String)>,
    },
    /// A database on a server.
    Server(Secret),
}

/// The database that is meant, by precedence; `None` when nothing names one.
pub(crate) fn resolve(global: &Global, project: &Project) -> Result<Option<DatabaseUrl>, Failure> {
    let config = &project.config;
    let written = match (&global.database_url, config.database_url.strip_prefix("env:")) {
        (Some(flag), _) => Some((flag.clone(), Path::new("").to_owned())),
        (None, Some(variable)) => variable_or_dotenv(variable)?.map(|value| (value, PathBuf::new())),
        (None, None) => Some((config.database_url.clone(), config.root.clone())),
    };
    let Some((text, folder)) = written else { return Ok(None) };
    let url = parse(&text, &folder)?;
    match config.dialect {
        Some(dialect) if dialect != url.dialect => Err(Failure::new(
            Exit::Usage,
            "dialect",
            format!(
                "the history is written for {dialect}, and `{}` is a {} database",
                url.shown, url.dialect
            ),
        )
        .help("name another database, or change `dialect` in [package.metadata.schema]")),
        _ => Ok(Some(url)),
    }
}

/// Nothing names a database.
pub(crate) fn missing(project: &Project) -> Failure {
    let variable = project.config.database_url.strip_prefix("env:").unwrap_or("DATABASE_URL");
    Failure::new(Exit::Usage, "no-database", "no database is named")
        .note(format!("`{variable}` is set neither in the environment nor in `.env`"))
        .help(format!("pass `--database-url URL`, or set `{variable}`"))
}

/// The environment wins over `.env`, which is looked for from the current folder upwards, as Diesel does.
fn variable_or_dotenv(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(value) => return Ok(Some(value)),
        Err(env::VarError::NotUnicode(_)) => {
            return Err(bad(&format!("the variable `{name}` is not UTF-8")));
        }
        Err(env::VarError::NotPresent) => {}
    }
    let broken = |error: &dotenvy::Error| bad("`.env` could not be read").note(without_value(error));
    let lines = match dotenvy::dotenv_iter() {
        Ok(lines) => lines,
        Err(error) if error.not_found() => return Ok(None),
        Err(error) => return Err(broken(&error)),
    };
    for line in lines {
        let (key, value) = line.map_err(|error| broken(&error))?;
        if key == name {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// A line of `.env` that cannot be parsed may hold a password.
fn without_value(error: &dotenvy::Error) -> String {
    match error {
        dotenvy::Error::LineParse(line, _) => {
            let key = line.split('=').next().unwrap_or_default();
            format!("the line that begins with `{}` is not `NAME=value`", key.trim())
        }
        other => other.to_string(),
    }
}

/// Reads a URL; relative paths start from `folder`, which may be empty for the current one.
pub(crate) fn parse(text: &str, folder: &Path) -> Result<DatabaseUrl, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Err(bad("the database URL is empty"));
    }
    if text.contains('\0') {
        return Err(bad("the database URL contains a NUL character"));
    }
    if is_keyword_string(text) {
        return on_server(Dialect::Postgres, text);
    }
    let Some((scheme, rest)) = scheme(text) else {
        return file(text, text, Vec::new(), folder);
    };
    match scheme.split('+').next().unwrap_or_default() {
        "file" => from_uri(text, rest, folder),
        "sqlite" | "sqlite3" => from_sqlite(text, rest, folder),
        "postgres" | "postgresql" => on_server(Dialect::Postgres, text),
        "mysql" | "mariadb" => on_server(Dialect::Mysql, text),
        _ => Err(bad(&format!("`{}` is no database URL: nothing is known by `{scheme}:`", masked(text)))
            .help("SQLite: `sqlite:app.db`, or `./app.db` for a file with a colon in its name")),
    }
}

fn bad(message: &str) -> Failure {
    Failure::new(Exit::Usage, "bad-url", message)
}

fn on_server(dialect: Dialect, text: &str) -> Result<DatabaseUrl, Failure> {
    let secret = Secret(text.to_owned());
    let url = DatabaseUrl { dialect, shown: masked(text), place: Location::Server(secret.clone()) };
    server::check(&url, &secret)?;
    Ok(url)
}

/// Everything after `sqlite:`. Three slashes are relative and four absolute, as SQLAlchemy has it.
fn from_sqlite(text: &str, rest: &str, folder: &Path) -> Result<DatabaseUrl, Failure> {
    let path = match rest.strip_prefix("//") {
        Some(path) => path.strip_prefix('/').unwrap_or(path),
        None => rest,
    };
    if let Some(uri) = path.strip_prefix("file:") {
        return from_uri(text, uri, folder);
    }
    let (path, query) = split_query(path);
    file(text, &decoded(path), query, folder)
}

/// Everything after `file:`, as SQLite reads it.
fn from_uri(text: &str, rest: &str, folder: &Path) -> Result<DatabaseUrl, Failure> {
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = split_query(rest);
    let path = match path.strip_prefix("//") {
        Some(authority) => {
            let (host, path) = authority.split_at(authority.find('/').unwrap_or(authority.len()));
            if !host.is_empty() && host != "localhost" {
                return Err(bad(&format!("`{text}` names the host `{host}`, and SQLite has files alone"))
                    .help("write `file:/path` or `file:///path`"));
            }
            path
        }
        None => path,
    };
    file(text, &decoded(path), query, folder)
}

const MODES: &str =
    "`ro` reads, `rw` writes what is there, `rwc` makes the file as well, `memory` needs none";

/// To SQLite a file without a name is a database that is gone when the command ends: nobody means that by leaving
/// the name out.
fn nameless(text: &str) -> Failure {
    bad(&format!("`{text}` names no database")).help("name a file: `sqlite:app.db`; or write `:memory:`")
}

fn memory(text: &str) -> DatabaseUrl {
    DatabaseUrl { dialect: Dialect::Sqlite, shown: text.to_owned(), place: Location::Memory }
}

fn file(text: &str, path: &str, query: Vec<(String, String)>, folder: &Path) -> Result<DatabaseUrl, Failure> {
    match query.iter().find(|(key, _)| key == "mode").map(|(_, mode)| mode.as_str()) {
        Some("memory") => return Ok(memory(text)),
        None | Some("ro" | "rw" | "rwc") => {}
        Some(mode) => return Err(bad(&format!("`mode={mode}` is not known, in `{text}`")).help(MODES)),
    }
    match path {
        "" => return Err(nameless(text)),
        ":memory:" => return Ok(memory(text)),
        _ => {}
    }
    let path = folder.join(path);
    let path = std::path::absolute(&path).map_err(|error| Failure::file("could not find", &path, &error))?;
    Ok(DatabaseUrl {
        dialect: Dialect::Sqlite,
        shown: text.to_owned(),
        place: Location::File { path, query },
    })
}

/// The scheme in lower case, and the rest. One letter is a Windows drive.
fn scheme(text: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then(|| (scheme.to_ascii_lowercase(), rest))
}

/// libpq's `host=db dbname=shop`, which would otherwise be the name of an SQLite file.
fn is_keyword_string(text: &str) -> bool {
    let mut words = text.split_whitespace().peekable();
    words.clone().all(|word| word.contains('='))
        && words
            .any(|word| ["host=", "dbname=", "hostaddr=", "service="].iter().any(|key| word.starts_with(key)))
}

fn split_query(text: &str) -> (&str, Vec<(String, String)>) {
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key), decoded(value))
    });
    (path, pairs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(text: &str) -> String {
        match parse(text, Path::new("/w")).unwrap().place {
            Location::Memory => ":memory:".to_owned(),
            Location::File { path, .. } => path.display().to_string(),
            Location::Server(_) => "server".to_owned(),
        }
    }

    #[test]
    fn a_file_in_every_spelling() {
        for spelling in [
            "app.db",
            "./app.db",
            "file:app.db",
            "file:./app.db?mode=rw",
            "file:app.db#part",
            "sqlite:app.db",
            "sqlite:./app.db",
            "sqlite://app.db",
            "sqlite://./app.db",
            "sqlite:///app.db",
            "sqlite:///./app.db",
            "sqlite:////w/app.db",
            "sqlite:/w/app.db",
            "sqlite3:app.db",
            "SQLITE://app.db",
            "sqlite+pysqlite:///app.db",
            "file:///w/app.db",
            "file://localhost/w/app.db",
            "sqlite:app.db?mode=rwc",
            "sqlite:///file:app.db?mode=ro&uri=true",
            " app.db\n",
        ] {
            assert_eq!(path_of(spelling), "/w/app.db", "{spelling}");
        }
    }

    #[test]
    fn memory_in_every_spelling() {
        for spelling in [
            ":memory:",
            "sqlite::memory:",
            "sqlite://:memory:",
            "sqlite:///:memory:",
            "file::memory:",
            "file:x?mode=memory&cache=shared",
            "file:?mode=memory",
        ] {
            assert_eq!(path_of(spelling), ":memory:", "{spelling}");
        }
    }

    #[test]
    fn percent_is_decoded_in_urls_and_kept_in_paths() {
        assert_eq!(path_of("sqlite:a%20b.db"), "/w/a b.db");
        assert_eq!(path_of("file:a%3Fb.db"), "/w/a?b.db");
        assert_eq!(path_of("a%20b.db"), "/w/a%20b.db");
        assert_eq!(path_of("sqlite:100%.db"), "/w/100%.db");
        assert_eq!(path_of("./a?b#c.db"), "/w/a?b#c.db");
    }

    #[test]
    fn windows_drives_are_paths() {
        assert!(scheme("C:\\data\\app.db").is_none());
        assert!(scheme("c:/data/app.db").is_none());
    }

    #[test]
    fn servers_are_recognised_with_their_drivers() {
        for (text, dialect) in [
            ("postgres://app@db/shop", Dialect::Postgres),
            ("postgresql+asyncpg://app@db/shop", Dialect::Postgres),
            ("host=db dbname=shop", Dialect::Postgres),
            ("mysql+pymysql://db/shop", Dialect::Mysql),
            ("mariadb://db/shop", Dialect::Mysql),
        ] {
            let url = parse(text, Path::new("")).unwrap();
            assert_eq!(url.dialect, dialect, "{text}");
            assert!(matches!(url.place, Location::Server(_)), "{text}");
        }
    }

    #[test]
    fn unknown_schemes_are_refused_without_showing_a_password() {
        for text in ["foo:bar", "oracle://scott:tiger@db/x", "foo:scott:tiger@db"] {
            let failure = parse(text, Path::new("")).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            assert!(!failure.findings[0].message.contains("tiger"), "{}", failure.findings[0].message);
        }
        assert!(parse("", Path::new("")).is_err());
        assert!(parse("file://server/x.db", Path::new("")).is_err());
    }
}
