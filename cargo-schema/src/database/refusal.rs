//! What the engine could not or would not do, drawn with the file, the line and the way out. The one place that
//! turns its errors into exit codes.

use std::time::Duration;

use schema_build::finding::{Excerpt, Finding, Note, Place};
use schema_runtime::dialect::Dialect;
use schema_runtime::engine::{Error, Obstacle, StatementFailure};
use schema_runtime::history::History;
use schema_runtime::plan::Direction;
use schema_runtime::revision::{Revision, Script};

use super::connect;
use super::url::DatabaseUrl;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;
use crate::render::human::{self, and, count};

/// Draws an error of the engine.
pub(crate) fn draw(error: Error, project: &Project, history: &History, url: &DatabaseUrl) -> Failure {
    match error {
        Error::Target(error) => error.into(),
        Error::Refused { rule, message, revisions, help } => {
            refused(project, history, rule, message, &revisions, help)
        }
        Error::Statement(failure) => {
            let mut finding = statement(project, history, &failure);
            finding.notes.extend(consequences(&failure));
            Failure::of(Exit::Failed, vec![finding])
        }
        Error::Lost { title, direction, others, revisions_done, message, .. } => {
            lost(url, &title, others, direction, revisions_done, message)
        }
        Error::Locked { holder, waited } => locked(url, holder, waited),
        Error::Interrupted { revision, .. } if history.node(&revision).is_none() => forsaken(&revision),
        Error::Interrupted { revision, statements_done, statements_total } => {
            interrupted(&revision, statements_done, statements_total)
        }
        Error::Obstructed { doing, obstacle, message, revisions_done } => {
            obstructed(url, doing, obstacle, &message, revisions_done)
        }
        Error::Database { doing, message } => connect::said(url, doing, &message),
        other => Failure::new(Exit::Failed, "database", other.to_string()),
    }
}

/// Draws an error of a run on a scratch database, of which nothing is left that anybody could mend.
pub(crate) fn draw_on_scratch(
    error: Error,
    project: &Project,
    history: &History,
    url: &DatabaseUrl,
) -> Failure {
    let failure = match error {
        Error::Statement(failure) => Failure::of(Exit::Failed, vec![statement(project, history, &failure)]),
        other => draw(other, project, history, url),
    };
    failure.note("on a scratch database; nothing of yours was changed")
}

fn refused(
    project: &Project,
    history: &History,
    rule: &'static str,
    message: String,
    revisions: &[String],
    help: String,
) -> Failure {
    let exit = if ["dialect", "lock"].contains(&rule) { Exit::Usage } else { Exit::No };
    let known: Vec<&Revision> =
        revisions.iter().filter_map(|id| history.node(id)).map(|node| history.revision(node)).collect();
    let failure = Failure::new(exit, rule, message);
    let failure = match (&known[..], file_at_fault(rule)) {
        ([revision], Some(direction)) => {
            failure.at(project.shown(&file(project, &revision.folder, direction)))
        }
        ([_], None) => failure,
        _ => known.iter().fold(failure, |failure, revision| failure.note(format!("`{}`", revision.title()))),
    };
    failure.note("nothing was changed").help(help)
}

/// Which of a revision's files a refusal is about.
fn file_at_fault(rule: &str) -> Option<Direction> {
    match rule {
        "edited" | "transaction-control" => Some(Direction::Up),
        "empty-down" => Some(Direction::Down),
        _ => None,
    }
}

fn file(project: &Project, folder: &str, direction: Direction) -> std::path::PathBuf {
    let name = match direction {
        Direction::Up => "up.sql",
        Direction::Down => "down.sql",
    };
    project.config.migrations.join(folder).join(name)
}

fn locked(url: &DatabaseUrl, holder: Option<String>, waited: Duration) -> Failure {
    let by = holder.map_or_else(|| "another run".to_owned(), |holder| format!("`{holder}`"));
    Failure::new(Exit::Locked, "locked", format!("the lock on `{}` was not obtained", url.shown))
        .note(format!("{by} held it for all of {}; nothing was changed", human::duration(waited)))
        .help("run it again when the other run is done, or pass a longer `--wait`")
}

/// A server that takes no changes at all. What SQLite says of a file is drawn where files are.
fn obstructed(
    url: &DatabaseUrl,
    doing: &'static str,
    obstacle: Obstacle,
    message: &str,
    done: usize,
) -> Failure {
    if url.dialect == Dialect::Sqlite {
        return connect::said(url, doing, message);
    }
    let (code, what) = match obstacle {
        Obstacle::ReadOnly => ("read-only", format!("the server of `{}` is read-only", url.shown)),
        Obstacle::Denied => ("permission-denied", format!("the user may not {doing} in `{}`", url.shown)),
        Obstacle::DiskFull => ("disk-full", format!("the disk of the server of `{}` is full", url.shown)),
        Obstacle::Lost => ("connection-lost", format!("the connection to `{}` was lost", url.shown)),
        Obstacle::Blocked => {
            ("blocked", format!("could not {doing} in `{}`: another session is in the way", url.shown))
        }
        Obstacle::Cancelled => {
            ("cancelled", format!("could not {doing} in `{}`: somebody cancelled it", url.shown))
        }
        Obstacle::TooSlow => ("timeout", format!("it took too long to {doing} in `{}`", url.shown)),
    };
    let changed = if done == 0 { "nothing was changed".to_owned() } else { before(done) };
    Failure::new(Exit::Failed, code, what).note(message).note(changed).help(way_out(obstacle))
}

fn way_out(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::ReadOnly => "connect to the primary: this is a standby, or set to take no changes",
        Obstacle::Denied => "run as the owner, or GRANT the rights to create and change tables to this user",
        Obstacle::DiskFull => "make room on the disk of the database, then run it again",
        Obstacle::Lost => "run it again when the server answers",
        Obstacle::Blocked => {
            "run it again when the session that is in the way is done, or pass a longer `--wait` or `--lock-timeout`"
        }
        Obstacle::Cancelled => "run it again when whoever cancelled it does not mind",
        Obstacle::TooSlow => "pass a longer `--statement-timeout`, or do less in one statement",
    }
}

/// The server may have come to the end of it without us.
fn lost(
    url: &DatabaseUrl,
    title: &str,
    others: usize,
    direction: Direction,
    done: usize,
    message: String,
) -> Failure {
    let (which, were, them) = match others {
        0 => (String::new(), "whether it was", "it"),
        others => (format!(" or one of the {others} after it"), "how many of them were", "them"),
    };
    let what =
        format!("the connection to `{}` was lost while revision {}{which} ran", url.shown, quoted_id(title));
    Failure::new(Exit::Failed, "connection-lost", what)
        .note(message)
        .note(format!("{were} {} is not known yet; {}", past(direction), before(done)))
        .help(format!(
            "run `{}` again: it looks what became of {them}, and goes on from there",
            again(direction)
        ))
}

/// `resolve` needs the revision's files.
fn forsaken(revision: &str) -> Failure {
    Failure::new(
        Exit::Interrupted,
        "interrupted",
        format!("revision `{revision}` stopped half-way, and the migrations folder lacks it"),
    )
    .note("nothing was changed")
    .help("run the branch or the version that has it, which can go on or go back,")
    .help("or `cargo schema stamp current --purge` once you have undone it by hand")
}

fn interrupted(revision: &str, done: usize, total: usize) -> Failure {
    Failure::new(
        Exit::Interrupted,
        "interrupted",
        format!("revision `{revision}` was interrupted, and nobody knows where"),
    )
    .note(format!("{done} of {} are known to be done", count(total, "statement")))
    .help(format!(
        "`cargo schema resolve {revision} --statement-done` if statement {} took effect,",
        done + 1
    ))
    .help(format!("`cargo schema resolve {revision} --statement-undone` if it did not,"))
    .help(format!("`cargo schema resolve {revision} --applied` if you have finished the revision by hand,"))
    .help(format!("`cargo schema resolve {revision} --reverted` if you have undone it by hand"))
}

fn statement(project: &Project, history: &History, failed: &StatementFailure) -> Finding {
    let verb = match failed.direction {
        Direction::Up => "apply",
        Direction::Down => "revert",
    };
    let mut finding =
        Finding::error("statement-failed", format!("could not {verb} revision {}", quoted_id(&failed.title)));
    let path = project.shown(&file(project, &failed.folder, failed.direction)).to_path_buf();
    let excerpt = (!failed.is_commit()).then(|| excerpt(script(history, failed), failed));
    finding.place = Some(Place { path, excerpt });
    finding.notes = refusal_of_the_commit(failed);
    finding.notes.extend(failed.details.iter().cloned().map(Note::Note));
    finding
}

/// No statement bears the server's words then.
fn refusal_of_the_commit(failed: &StatementFailure) -> Vec<Note> {
    if !failed.is_commit() {
        return Vec::new();
    }
    let ran = match failed.obstacle {
        None => "each statement ran; it was refused at the commit, where deferred constraints are checked",
        Some(_) => "each statement ran; it was refused at the commit",
    };
    [failed.message.clone(), ran.to_owned()].map(Note::Note).into()
}

/// `` `4f1c2a9b7d03` create users ``
fn quoted_id(title: &str) -> String {
    match title.split_once(' ') {
        Some((id, message)) => format!("`{id}` {message}"),
        None => format!("`{title}`"),
    }
}

fn script<'h>(history: &'h History, failed: &StatementFailure) -> Option<&'h Script> {
    let revision = history.revision(history.node(&failed.revision)?);
    match failed.direction {
        Direction::Up => Some(&revision.up),
        Direction::Down => revision.down.as_ref(),
    }
}

fn excerpt(script: Option<&Script>, failed: &StatementFailure) -> Excerpt {
    let (line, column) = failed.position;
    let text = script.and_then(|script| script.text.lines().nth(line - 1)).unwrap_or(&failed.line);
    Excerpt {
        line,
        column,
        width: 1,
        end_line: line,
        end_column: column + 1,
        text: text.to_owned(),
        label: failed.message.clone(),
    }
}

/// What was rolled back, where the database is, and what to do.
fn consequences(failed: &StatementFailure) -> Vec<Note> {
    let (again, before) = (again(failed.direction), before(failed.revisions_done));
    let name = match failed.direction {
        Direction::Up => "up.sql",
        Direction::Down => "down.sql",
    };
    let at = place(&failed.now_at);
    if failed.kept == 0 {
        return vec![
            Note::Note(format!("the revision was rolled back; the database is at {at}, {before}")),
            Note::Help(match failed.obstacle {
                Some(obstacle) => way_out(obstacle).to_owned(),
                None => format!("mend the rows or {name}, then run `{again}` again"),
            }),
        ];
    }
    let kept: Vec<String> = (1..=failed.kept).map(|number| number.to_string()).collect();
    let (statements, stay) = if failed.kept == 1 { ("statement", "stays") } else { ("statements", "stay") };
    vec![
        Note::Note(format!(
            "{statements} {} ran and {stay}: the revision runs outside a transaction. The ledger remembers",
            and(&kept)
        )),
        Note::Note(format!("the database is at {at}, {before}")),
        Note::Help(match failed.obstacle {
            Some(obstacle) => format!("{}: `{again}` goes on there", way_out(obstacle)),
            None => format!(
                "mend {name} from statement {} on and run `{again}`, which goes on there,\nor run `cargo schema resolve {} --reverted` once you have undone what ran by hand",
                failed.kept + 1,
                failed.revision
            ),
        }),
    ]
}

fn again(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "cargo schema upgrade",
        Direction::Down => "cargo schema revert",
    }
}

fn past(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "applied",
        Direction::Down => "reverted",
    }
}

/// What this run had done before.
fn before(revisions: usize) -> String {
    match revisions {
        0 => "no revision was run before it".to_owned(),
        1 => "1 revision run before it stays".to_owned(),
        several => format!("{several} revisions run before it stay"),
    }
}

/// `4f1c2a9b7d03`, or `base` where nothing is applied.
pub(crate) fn place(heads: &[String]) -> String {
    if heads.is_empty() { "base".to_owned() } else { and(heads) }
}
