//! `cargo schema unlock`: who holds the run lock. On SQLite the lock is the file's own, on a server mostly the
//! session's: it ends with the process that holds it. A lease in a table may outlive its holder; that one is broken.

use std::time::Duration;

use schema_runtime::engine::{Holder, Migrator};
use schema_runtime::history::History;
use serde_json::json;

use crate::context::Context;
use crate::database::connect::{self, Access, Patience};
use crate::database::connection::Connection;
use crate::database::url::DatabaseUrl;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

/// Who holds the run lock
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only say whether it is held
    #[arg(long)]
    status: bool,
}

/// Looks at the lock, and breaks one whose holder is dead.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let url = context.url(project)?;
    let holder = holder(context, project, &url, args.status)?;
    if context.is_json() {
        let (who, since) =
            (holder.as_ref().map(|it| &it.who), holder.as_ref().and_then(|it| it.since.as_ref()));
        let is_dead = holder.as_ref().is_some_and(|it| it.is_dead);
        context.document(
            "unlock",
            project,
            json!({ "database": url.shown, "is_held": holder.is_some(), "holder": who, "since": since, "is_dead": is_dead }),
        );
    }
    let shell = &context.shell;
    match holder {
        None => shell.status("Unlocked", format_args!("nobody holds the lock of {}", url.shown)),
        Some(dead) if dead.is_dead && args.status => shell.attention(
            "Locked",
            format_args!("{dead} left a lease on {} that has ended: the next run takes it", url.shown),
        ),
        Some(dead) if dead.is_dead => {
            shell.status("Unlocked", format_args!("{}: the lease of {dead} had ended", url.shown));
        }
        Some(holder) if args.status => {
            shell.attention("Locked", format_args!("{holder} writes to {}", url.shown));
        }
        Some(holder) => return Err(refused(&holder, &url)),
    }
    Ok(Exit::Done)
}

fn refused(holder: &Holder, url: &DatabaseUrl) -> Failure {
    Failure::new(Exit::No, "locked", format!("{holder} holds the lock of `{}`", url.shown))
        .note("the lock ends with the process that holds it, or with its lease")
        .help("wait until it is done, or end that process")
}

fn holder(
    context: &Context,
    project: &Project,
    url: &DatabaseUrl,
    only_looks: bool,
) -> Result<Option<Holder>, Failure> {
    if connect::is_missing(url) {
        return Ok(None);
    }
    let patience = Patience { limit: Duration::ZERO.into(), shell: &context.shell };
    let mut database = match connect::open(url.clone(), Access::Write, &project.config, patience) {
        Err(failure) if failure.exit == Exit::Locked => return Ok(somebody()),
        opened => opened?,
    };
    if let Connection::Sqlite(_) = database.connection {
        return of_file(&mut database.connection, url);
    }
    let history = History::new(Vec::new()).expect("nothing has no defects");
    let migrator = Migrator::new(&history);
    let found = match only_looks {
        true => database.connection.lock_holder(&migrator),
        false => database.connection.break_lock(&migrator),
    };
    found.map_err(|error| connect::said(url, "look at the lock", &error.to_string()))
}

/// A file does not say who has it locked, nor since when.
fn of_file(connection: &mut Connection, url: &DatabaseUrl) -> Result<Option<Holder>, Failure> {
    match connection.execute("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK") {
        Ok(()) => Ok(None),
        Err(error) if connect::is_locked(&error) => Ok(somebody()),
        Err(error) => Err(connect::refused(url, &error)),
    }
}

fn somebody() -> Option<Holder> {
    Some(Holder { who: "a living process".to_owned(), ..Holder::default() })
}
