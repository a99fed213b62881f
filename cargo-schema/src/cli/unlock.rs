//! `cargo schema unlock`: who holds the run lock. On SQLite the lock is the file's own, on a server the session's:
//! it ends with the process that holds it, and there is never a dead one to break.

use std::time::Duration;

use schema_runtime::engine::Migrator;
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

/// Tries the lock and lets go of it again.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let url = context.url(project)?;
    let holder = holder(context, project, &url)?;
    let is_held = holder.is_some();
    if context.is_json() {
        context.document(
            "unlock",
            project,
            json!({ "database": url.shown, "is_held": is_held, "holder": holder }),
        );
    }
    match (holder, args.status) {
        (None, _) => {
            context.shell.status("Unlocked", format_args!("nobody holds the lock of {}", url.shown));
        }
        (Some(holder), true) => {
            context.shell.attention("Locked", format_args!("{holder} writes to {}", url.shown));
        }
        (Some(holder), false) => {
            return Err(Failure::new(
                Exit::No,
                "locked",
                format!("{holder} holds the lock of `{}`", url.shown),
            )
            .note("the lock ends with the process that holds it")
            .help("wait until it is done, or end that process"));
        }
    }
    Ok(Exit::Done)
}

fn holder(context: &Context, project: &Project, url: &DatabaseUrl) -> Result<Option<String>, Failure> {
    let somebody = || Some("a living process".to_owned());
    if connect::is_missing(url) {
        return Ok(None);
    }
    let patience = Patience { limit: Duration::ZERO, shell: &context.shell };
    match connect::open(url.clone(), Access::Write, &project.config, patience) {
        Ok(mut database) => match &mut database.connection {
            Connection::Sqlite(_) => {
                match database.connection.execute("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK") {
                    Ok(()) => Ok(None),
                    Err(error) if connect::is_locked(&error) => Ok(somebody()),
                    Err(error) => Err(connect::refused(url, &error)),
                }
            }
            open => {
                let history = History::new(Vec::new()).expect("nothing has no defects");
                let holder = open.lock_holder(&Migrator::new(&history));
                holder.map_err(|error| connect::said(url, "look at the lock", &error.to_string()))
            }
        },
        Err(failure) if failure.exit == Exit::Locked => Ok(somebody()),
        Err(failure) => Err(failure),
    }
}
