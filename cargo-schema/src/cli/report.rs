//! What a run did, as its last line and as a document.

use std::time::Duration;

use schema_runtime::dialect::Dialect;
use schema_runtime::engine::Report;
use schema_runtime::history::{History, Node};
use schema_runtime::plan::Direction;
use serde_json::{Value, json};

use crate::context::Context;
use crate::database::connect::Database;
use crate::database::scratch::Site;
use crate::desk::{Desk, ids};
use crate::dialect::postgres::trace::trace;
use crate::fleet::why;
use crate::render;
use crate::render::human::{count, duration};
use crate::render::json::{direction, milliseconds, named};

/// What a run did.
pub(crate) struct Summary {
    pub(super) report: Report,
    /// Of every revision that was run.
    pub(super) times: Vec<Duration>,
    pub(super) elapsed: Duration,
    pub(super) is_dry: bool,
}

impl Summary {
    /// What ran.
    pub(super) fn nodes(&self) -> &[Node] {
        &self.report.done.nodes
    }

    /// The last line of a run.
    pub(super) fn tell(&self, context: &Context, desk: &Desk<'_>, command: &str) {
        let Report { done, now_at, unmarked, .. } = &self.report;
        let place = desk.place(now_at);
        let revisions = count(done.nodes.len(), "revision");
        let time = duration(self.elapsed);
        let text = match (done.is_empty(), self.is_dry, done.direction) {
            (true, _, _) if command == "stamp" => format!("the database is at {place}, and marked so"),
            (false, _, Direction::Down) if command == "stamp" => {
                format!("unmarked {revisions}; the database is at {place}")
            }
            (false, _, Direction::Up) if command == "stamp" => match unmarked.len() {
                0 => format!("marked {revisions}; the database is at {place}"),
                others => format!("marked {revisions} and unmarked {others}; the database is at {place}"),
            },
            (true, _, Direction::Up) if desk.is_at_heads(now_at) => {
                format!("nothing is pending; the database is at {place}")
            }
            (true, _, Direction::Up) => format!("nothing to apply; the database is at {place}"),
            (true, _, Direction::Down) => format!("nothing to revert; the database is at {place}"),
            (false, true, _) => format!("dry run of {revisions} in {time}, rolled back; nothing was changed"),
            (false, false, _) => format!("{revisions} in {time}; the database is at {place}"),
        };
        context.shell.status("Finished", text);
    }

    /// The run as data.
    pub(crate) fn document(&self, desk: &Desk<'_>) -> Value {
        let Report { done, now_at, unmarked, .. } = &self.report;
        let time = |index: usize| self.times.get(index).map(|time| milliseconds(*time));
        let revisions = done.nodes.iter().enumerate().map(|(index, &node)| {
            let mut revision = named(&desk.history, node);
            revision["elapsed_ms"] = json!(time(index));
            revision
        });
        json!({
            "database": desk.database.url.shown,
            "direction": direction(done.direction),
            "dry_run": self.is_dry,
            "revisions": revisions.collect::<Vec<_>>(),
            "unmarked": ids(&desk.history, unmarked),
            "now_at": now_at,
            "is_at_heads": desk.is_at_heads(now_at),
            "elapsed_ms": milliseconds(self.elapsed),
        })
    }
}

/// Says on the terminal what revisions lock and write anew, and gives it as data. Only PostgreSQL shows it; that it cannot
/// be found out is said, and stops nothing.
pub(super) fn locks(
    site: Site<'_>,
    history: &History,
    database: &mut Database,
    (heads, nodes): (&[Node], &[Node]),
) -> Option<Value> {
    if database.url.dialect != Dialect::Postgres {
        return None;
    }
    let shell = &site.context.shell;
    match trace(site, history, heads, nodes, &mut database.connection) {
        Ok(trace) => {
            if !site.context.is_json() {
                render::locks::tell(shell, history, &trace);
            }
            Some(render::locks::document(history, &trace))
        }
        Err(failure) => {
            shell.attention("Unseen", format_args!("what it locks: {}", why(&failure)));
            None
        }
    }
}
