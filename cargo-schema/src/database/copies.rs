//! Dumping a database into a file and restoring it from one: what is refused, and in which order things happen so
//! that nothing is ever half there.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::Text;
use schema_build::config::Config;
use schema_runtime::dialect::Dialect;

use super::connect::{self, Access, Database, Patience};
use super::connection::Connection;
use super::url::{DatabaseUrl, Location};
use super::{backup, connect::beside, percent, tools};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// The file of a database that a copy can be made of, or into.
pub(crate) fn file(url: &DatabaseUrl) -> Result<&Path, Failure> {
    match &url.place {
        Location::File { path, .. } => Ok(path),
        Location::Memory => Err(Failure::usage("a database in memory has no file")),
        Location::Server(_) => Err(Failure::usage("a database on a server is no file")),
    }
}

/// A name beside the database that is not taken: `app.db.WHAT.backup`, `app.db.WHAT-2.backup`.
pub(crate) fn free_name(url: &DatabaseUrl, what: &str) -> Result<PathBuf, Failure> {
    let path = match &url.place {
        // In the folder that we are in.
        Location::Server(secret) => PathBuf::from(tools::name(url, secret)?.replace('/', "_")),
        Location::File { .. } | Location::Memory => file(url)?.to_owned(),
    };
    let extension = tools::extension(url.dialect);
    let names = (1_u32..).map(|number| match number {
        1 => beside(&path, &format!(".{what}.{extension}")),
        _ => beside(&path, &format!(".{what}-{number}.{extension}")),
    });
    Ok(names.into_iter().find(|name| !name.exists()).expect("there is no end of names"))
}

/// Copies the database into a new file; gives its size. The file is there when it is complete.
pub(crate) fn dump(database: &DatabaseUrl, into: &Path, wait: Duration) -> Result<u64, Failure> {
    if let Location::Server(secret) = &database.place {
        refuse_existing(into)?;
        let temporary = temporary_beside(into)?;
        tools::dump(database, secret, temporary.path())?;
        return keep(temporary, into);
    }
    let from = file(database)?;
    if connect::is_missing(database) {
        return Err(Failure::new(Exit::Failed, "database", format!("`{}` does not exist", database.shown))
            .note("nothing was written"));
    }
    connect::refuse_strange_file(database, from, Access::Read)?;
    refuse_existing(into)?;
    let temporary = temporary_beside(into)?;
    let parameters = [("mode".to_owned(), "rw".to_owned())];
    let read_only = connect::parameters(from, &[], Access::Read);
    backup::copy(
        &percent::sqlite_uri(from, &read_only),
        &percent::sqlite_uri(temporary.path(), &parameters),
        wait,
    )
    .map_err(|message| match message.contains("disk is full") {
        true => Failure::new(
            Exit::Failed,
            "disk-full",
            format!("could not write `{}`: the disk is full", into.display()),
        )
        .note("nothing was written"),
        false => connect::said(database, "copy the pages", &message),
    })?;
    resemble(&temporary, from, into)?;
    keep(temporary, into)
}

fn refuse_existing(into: &Path) -> Result<(), Failure> {
    match fs::symlink_metadata(into) {
        Ok(_) => Err(Failure::new(Exit::No, "exists", format!("`{}` exists already", into.display()))
            .note("nothing was written")
            .help("name another file, or remove this one")),
        Err(_) => Ok(()),
    }
}

fn temporary_beside(into: &Path) -> Result<tempfile::NamedTempFile, Failure> {
    let folder = match into.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    };
    tempfile::Builder::new()
        .prefix(".schema-copy-")
        .tempfile_in(folder)
        .map_err(|error| Failure::file("could not write", into, &error))
}

/// Whoever may read the database may read its copy.
fn resemble(copy: &tempfile::NamedTempFile, like: &Path, into: &Path) -> Result<(), Failure> {
    let Ok(found) = fs::metadata(like) else { return Ok(()) };
    let set = copy.as_file().set_permissions(found.permissions());
    set.map_err(|error| Failure::file("could not write", into, &error))
}

/// Gives a complete copy its name, unless somebody else took that in the meantime.
fn keep(copy: tempfile::NamedTempFile, into: &Path) -> Result<u64, Failure> {
    let failed = |error: std::io::Error| Failure::file("could not write", into, &error);
    // A program may have put another file there, under the same name.
    let file = fs::File::open(copy.path()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    copy.persist_noclobber(into).map_err(|error| failed(error.error))?;
    Ok(size)
}

/// Replaces the database by the copy in a file; gives the file's size. One transaction replaces an existing
/// database, so that it is the old one until it is the new one, for all who have it open.
pub(crate) fn restore(from: &DatabaseUrl, database: &DatabaseUrl, wait: Duration) -> Result<u64, Failure> {
    let (source, target) = (file(from)?, file(database)?);
    let parameters = connect::parameters(source, &[], Access::Read);
    let source_uri = percent::sqlite_uri(source, &parameters);
    let write = [("mode".to_owned(), "rw".to_owned())];
    if connect::is_missing(database) {
        let temporary = temporary_beside(target)?;
        backup::copy(&source_uri, &percent::sqlite_uri(temporary.path(), &write), wait)
            .map_err(|message| connect::said(from, "copy the pages", &message))?;
        resemble(&temporary, source, target)?;
        return keep(temporary, target);
    }
    backup::copy(&source_uri, &percent::sqlite_uri(target, &write), wait).map_err(|message| {
        connect::said(database, "copy the pages", &message).note("the database is as it was")
    })?;
    fs::metadata(source)
        .map(|found| found.len())
        .map_err(|error| Failure::file("could not read", source, &error))
}

/// Opens a copy and has SQLite check it, so that rubbish replaces nothing.
pub(crate) fn inspect(from: &DatabaseUrl, shell: &Shell) -> Result<i64, Failure> {
    if connect::is_missing(from) {
        return Err(Failure::usage(format!("there is no file `{}`", from.shown)));
    }
    refuse_empty(from)?;
    // What an application does with its sessions is no business of a copy.
    let config = Config::standalone("".as_ref(), None);
    let mut copy =
        connect::open(from.clone(), Access::Read, &config, Patience { limit: Duration::ZERO.into(), shell })?;
    let Connection::Sqlite(connection) = &mut copy.connection else {
        return Err(Failure::usage("a copy is a file"));
    };
    let found: Vec<Check> = diesel::sql_query("PRAGMA quick_check(1)")
        .load(connection)
        .map_err(|error| connect::refused(from, &error))?;
    match found.first() {
        Some(check) if check.quick_check != "ok" => {
            Err(Failure::new(Exit::Failed, "damaged", format!("`{}` is damaged", from.shown))
                .note(format!("SQLite: {}", check.quick_check))
                .note("the database was not changed"))
        }
        _ => tables(&mut copy),
    }
}

/// SQLite takes a file without a byte for an empty database; it is what a copy onto a full disk leaves.
fn refuse_empty(from: &DatabaseUrl) -> Result<(), Failure> {
    match fs::metadata(file(from)?) {
        Ok(found) if found.is_file() && found.len() == 0 => {
            Err(Failure::new(Exit::Failed, "damaged", format!("`{}` is empty", from.shown))
                .note("the database was not changed"))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

#[derive(QueryableByName)]
struct Check {
    #[diesel(sql_type = Text)]
    quick_check: String,
}

/// How many tables a database holds.
pub(crate) fn tables(database: &mut Database) -> Result<i64, Failure> {
    let query = match database.url.dialect {
        Dialect::Sqlite => {
            "SELECT count(*) AS number FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        }
        Dialect::Postgres => {
            "SELECT count(*) AS number FROM pg_tables WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema'"
        }
        Dialect::Mysql => {
            "SELECT count(*) AS number FROM information_schema.tables WHERE table_schema = DATABASE()"
        }
    };
    database.connection.number(query).map_err(|error| connect::refused(&database.url, &error))
}

/// Replaces the content of a database on a server by a dump; gives the file's size.
pub(crate) fn restore_on_server(
    database: &mut Database,
    from: &Path,
    wait: Duration,
) -> Result<u64, Failure> {
    let Location::Server(secret) = database.url.place.clone() else {
        return Err(Failure::usage("the database is on no server"));
    };
    let size = tools::size(from)?;
    tools::restore(&database.url, &secret, &mut database.connection, from, wait)?;
    Ok(size)
}
