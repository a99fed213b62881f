//! `cargo schema unlock`: who holds the run lock. On SQLite the lock is the file's own, which ends with the
//! process that holds it: there is never a dead one to break.

use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use serde_json::json;

use crate::context::Context;
use crate::database::connect::{self, Access, Patience};
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
    let is_held = is_held(context, project, &url)?;
    if context.is_json() {
        context.document("unlock", project, json!({ "database": url.shown, "is_held": is_held }));
    }
    match (is_held, args.status) {
        (false, _) => {
            context.shell.status("Unlocked", format_args!("nobody holds the lock of {}", url.shown));
        }
        (true, true) => {
            context.shell.attention("Locked", format_args!("a living process writes to {}", url.shown));
        }
        (true, false) => {
            return Err(Failure::new(
                Exit::No,
                "locked",
                format!("a living process holds the lock of `{}`", url.shown),
            )
            .note("on SQLite a lock ends with the process that holds it")
            .help("wait until it is done, or end that process"));
        }
    }
    Ok(Exit::Done)
}

fn is_held(context: &Context, project: &Project, url: &DatabaseUrl) -> Result<bool, Failure> {
    if connect::is_missing(url) {
        return Ok(false);
    }
    let patience = Patience { limit: Duration::ZERO, shell: &context.shell };
    match connect::open(url.clone(), Access::Write, &project.config, patience) {
        Ok(mut database) => {
            match database.connection.batch_execute("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK") {
                Ok(()) => Ok(false),
                Err(error) if connect::is_locked(&error) => Ok(true),
                Err(error) => Err(connect::refused(url, &error)),
            }
        }
        Err(failure) if failure.exit == Exit::Locked => Ok(true),
        Err(failure) => Err(failure),
    }
}
