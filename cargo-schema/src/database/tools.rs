//! Copies of databases on servers, by the programs that come with the server. A password goes through the
//! environment or a file that nobody else can read, never into a list of arguments, which everybody can.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use schema_runtime::dialect::Dialect;
use tempfile::NamedTempFile;

use super::connection::Connection;
use super::server::{self, Secret};
use super::url::DatabaseUrl;
use crate::exit::Exit;
use crate::failure::Failure;

/// What stands before a restored PostgreSQL dump in its one transaction: an empty database.
const EMPTY: &str = "\
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
  CREATE SCHEMA public;
  GRANT USAGE ON SCHEMA public TO PUBLIC;
  BEGIN ALTER SCHEMA public OWNER TO pg_database_owner; EXCEPTION WHEN OTHERS THEN NULL; END;
END $$;
";

/// Everything in a MySQL database, as the statements that drop it.
const DROPS: &str = "\
SELECT CONCAT('DROP ', IF(table_type = 'VIEW', 'VIEW', IF(table_type = 'SEQUENCE', 'SEQUENCE', 'TABLE')), \
' IF EXISTS `', REPLACE(table_name, '`', '``'), '`') AS text FROM information_schema.tables WHERE table_schema = DATABASE() \
UNION ALL SELECT CONCAT('DROP ', routine_type, ' IF EXISTS `', REPLACE(routine_name, '`', '``'), '`') \
FROM information_schema.routines WHERE routine_schema = DATABASE() \
UNION ALL SELECT CONCAT('DROP EVENT IF EXISTS `', REPLACE(event_name, '`', '``'), '`') \
FROM information_schema.events WHERE event_schema = DATABASE()";

/// How a dump's name ends.
pub(super) fn extension(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "backup",
        Dialect::Postgres => "dump",
        Dialect::Mysql => "sql",
    }
}

/// The name of the database on its server.
pub(super) fn name(url: &DatabaseUrl, secret: &Secret) -> Result<String, Failure> {
    match url.dialect {
        Dialect::Mysql => server::mysql_tool(url, secret).map(|(_, name)| name),
        Dialect::Postgres | Dialect::Sqlite => {
            let variables = server::postgres_tool(url, secret)?;
            let name = variables.into_iter().find(|(name, _)| *name == "PGDATABASE");
            Ok(name.map(|(_, name)| name).unwrap_or_default())
        }
    }
}

/// Writes the database into a file that is there already and empty.
pub(super) fn dump(url: &DatabaseUrl, secret: &Secret, into: &Path) -> Result<(), Failure> {
    let doing = format!("could not dump `{}`", url.shown);
    match url.dialect {
        Dialect::Mysql => {
            let (options, database) = options(url, secret)?;
            let mut command = mysql(&["mariadb-dump", "mysqldump"], &options)?;
            command.args(["--single-transaction", "--routines", "--triggers", "--events", "--hex-blob"]);
            command.arg("--no-tablespaces").arg(joined("--result-file=", into)).arg("--").arg(database);
            finish(command, &doing)
        }
        Dialect::Postgres | Dialect::Sqlite => {
            let mut command = postgres("pg_dump", url, secret)?;
            command.arg("--format=custom").arg(joined("--file=", into));
            finish(command, &doing)
        }
    }
}

/// Replaces what is in the database by what is in the file.
pub(super) fn restore(
    url: &DatabaseUrl,
    secret: &Secret,
    connection: &mut Connection,
    from: &Path,
    wait: Duration,
) -> Result<(), Failure> {
    let doing = format!("could not restore `{}`", url.shown);
    match url.dialect {
        Dialect::Mysql => {
            let (options, database) = options(url, secret)?;
            let mut command = mysql(&["mariadb", "mysql"], &options)?;
            let file = File::open(from).map_err(|error| Failure::file("could not read", from, &error))?;
            clear(connection).map_err(|error| Failure::new(Exit::Failed, "database", &doing).note(error))?;
            command.arg("--").arg(database).stdin(file);
            finish(command, &doing)
                .map_err(|failure| failure.note("this engine cannot undo it: the database is incomplete"))
        }
        Dialect::Postgres | Dialect::Sqlite => {
            let mut reading = postgres("pg_restore", url, secret)?;
            let mut writing = postgres("psql", url, secret)?;
            let (empty, script) = (temporary(EMPTY)?, temporary("")?);
            reading.arg(joined("--file=", script.path())).arg("--").arg(from);
            finish(reading, &doing)?;
            writing.args(["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]);
            writing.env("PGOPTIONS", format!("-c lock_timeout={}", wait.as_millis()));
            writing.arg(joined("--file=", empty.path())).arg(joined("--file=", script.path()));
            finish(writing, &doing).map_err(|failure| failure.note("the database is as it was"))
        }
    }
}

fn clear(connection: &mut Connection) -> Result<(), diesel::result::Error> {
    let drops = connection.texts(DROPS)?;
    connection.execute("SET FOREIGN_KEY_CHECKS = 0")?;
    drops.iter().try_for_each(|drop| connection.execute(drop))
}

fn joined(flag: &str, path: &Path) -> std::ffi::OsString {
    let mut argument = std::ffi::OsString::from(flag);
    argument.push(path);
    argument
}

fn postgres(program: &str, url: &DatabaseUrl, secret: &Secret) -> Result<Command, Failure> {
    let mut command = tool(&[program], "postgresql-client")?;
    command.envs(server::postgres_tool(url, secret)?);
    if program != "pg_restore" {
        command.arg("--no-password");
    }
    Ok(command)
}

/// A file of options, which goes when it is dropped, and the database's name.
fn options(url: &DatabaseUrl, secret: &Secret) -> Result<(NamedTempFile, String), Failure> {
    let (text, database) = server::mysql_tool(url, secret)?;
    Ok((temporary(&text)?, database))
}

fn mysql(programs: &[&str], options: &NamedTempFile) -> Result<Command, Failure> {
    let mut command = tool(programs, "mariadb-client")?;
    // It has to be the first argument.
    command.arg(joined("--defaults-extra-file=", options.path()));
    Ok(command)
}

/// The first of these programs that is installed.
fn tool(programs: &[&str], package: &str) -> Result<Command, Failure> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there =
        |program: &&&str| std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let program = programs.iter().find(is_there).ok_or_else(|| {
        Failure::new(Exit::Failed, "no-tool", format!("`{}` is not installed", programs[0]))
            .note("nothing was changed")
            .help(format!("install it, with `apt-get install {package}` or the like"))
    })?;
    Ok(Command::new(program))
}

/// Only its owner can read it.
fn temporary(text: &str) -> Result<NamedTempFile, Failure> {
    let failed = |error: std::io::Error| Failure::file("could not write", &std::env::temp_dir(), &error);
    let mut file = tempfile::Builder::new().prefix("cargo-schema-").tempfile().map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    Ok(file)
}

fn finish(mut command: Command, doing: &str) -> Result<(), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let output = output.map_err(|error| Failure::file("could not run", program.as_ref(), &error))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let failure = Failure::new(Exit::Failed, "tool", format!("{doing}: `{program}` failed"));
    Err(said
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(5)
        .fold(failure, |failure, line| failure.note(line)))
}

/// How many bytes a file has.
pub(super) fn size(file: &Path) -> Result<u64, Failure> {
    let found = fs::metadata(file).map_err(|error| Failure::file("could not read", file, &error))?;
    Ok(found.len())
}
