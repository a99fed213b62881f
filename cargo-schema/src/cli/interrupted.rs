//! The last line of a run that a signal ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use schema_runtime::dialect::Dialect;
use schema_runtime::engine::Migrator;

use crate::context::Context;
use crate::database::url::Location;
use crate::desk::{Desk, ids};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::{self, Project};
use crate::render::human::count;
use crate::signal;

/// How long the database may be kept from us by others.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a server may take to end what was under way.
const SERVERS_PATIENCE: Duration = Duration::from_secs(3);

const PAUSE: Duration = Duration::from_millis(100);

/// Says where the database is now.
pub(crate) fn run(context: &Context, exit: Exit) -> Exit {
    let projects = project::find(&context.global).unwrap_or_default();
    let places: Vec<String> = projects
        .iter()
        .map(|project| place(context, project).unwrap_or_else(|_| UNKNOWN.to_owned()))
        .collect();
    context.shell.error_line(format_args!("interrupted: {}", places.join("; ")));
    exit
}

const UNKNOWN: &str = "what was under way is rolled back; `cargo schema current` says where the database is";

fn place(context: &Context, project: &Project) -> Result<String, Failure> {
    let url = context.url(project)?;
    let shown = url.shown.clone();
    if url.place == Location::Memory {
        return Ok(format!("{shown} is gone with the process"));
    }
    let mut desk = Desk::quietly(context, project, url, PATIENCE)?;
    let outcome = outcome(&mut desk);
    let state = desk.state()?;
    let at = desk.place(&ids(&desk.history, &state.applied.heads(&desk.history)));
    let half_done = state.interrupted.iter().map(|half| {
        let (id, done) = (&half.revision, half.statements_done);
        format!(", and revision {id} stopped after {done} of {}", count(half.statements_total, "statement"))
    });
    let half_done: String = half_done.collect();
    Ok(format!("{shown} is at {at}{half_done}; {outcome}"))
}

/// What became of what was under way. A server notices only after a while that nobody wants its answer.
fn outcome(desk: &mut Desk<'_>) -> &'static str {
    let Location::Server(_) = desk.database.url.place else { return "what was under way is rolled back" };
    let history = Arc::clone(&desk.history);
    if let Some(session) = signal::at_work() {
        // Where it cannot be ended, it is waited for.
        let _ = desk.database.connection.end_session(&Migrator::new(&history), &session);
    }
    let deadline = Instant::now() + SERVERS_PATIENCE;
    loop {
        match desk.database.connection.lock_holder(&Migrator::new(&history)) {
            Ok(Some(_)) if Instant::now() < deadline => std::thread::sleep(PAUSE),
            Ok(Some(_)) => return "the server has not ended yet what was under way",
            Ok(None) if desk.database.url.dialect == Dialect::Mysql => {
                return "a statement that was under way is done or was not begun";
            }
            Ok(None) => return "what was under way is rolled back",
            Err(_) => return "what was under way is not known",
        }
    }
}
