//! What `upgrade`, `revert`, `reset` and `stamp` share: options and the events on the terminal.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use schema_build::config::{self, Config, LockKind, TransactionScope};
use schema_build::finding::Finding;
use schema_build::rule::Purpose;
use schema_runtime::engine::{Event, Lock, Migrator, Options, Transactions};
use schema_runtime::history::History;
use schema_runtime::plan::{Direction, Plan};

use super::report::Summary;
use crate::context::Context;
use crate::database::connect::{self, Access, Patience, Wait};
use crate::database::connection::Work;
use crate::database::copies;
use crate::database::url::DatabaseUrl;
use crate::desk::Desk;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::render::human::duration;
use crate::signal;

/// How a run is done.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct RunArgs {
    /// Run everything, then roll it back
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Copy the database first; default: beside it, named after the first revision that runs
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    pub(crate) backup: Option<Option<PathBuf>>,
    #[command(flatten)]
    pub(crate) wait: WaitArgs,
    /// How long a statement may wait for a table, on a server; default: 3 seconds on PostgreSQL, with further attempts
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) lock_timeout: Option<Duration>,
    /// How long a statement may run, on a server
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) statement_timeout: Option<Duration>,
    /// What keeps runs apart, on a server; default: as configured, else the engine's own where that holds
    #[arg(long, value_name = "KIND")]
    pub(crate) lock: Option<RunLock>,
    /// How far one transaction reaches; default: the whole run on SQLite
    #[arg(long, value_name = "SCOPE")]
    pub(crate) transaction: Option<Transaction>,
    /// Go on although the database has revisions that the files lack
    #[arg(long)]
    pub(crate) allow_newer: bool,
}

/// How long a run waits for another one.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct WaitArgs {
    /// How long to wait for another run, and for a server to come up: `30s`, `500ms`, `2m`, 0 for not at all; default: 1 minute
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) wait: Option<Duration>,
}

/// The values of `--lock`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum RunLock {
    /// The engine's own
    Engine,
    /// A lease in a table
    Table,
}

/// The values of `--transaction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Transaction {
    /// The whole run, all or nothing
    All,
    /// Each revision
    Revision,
}

impl WaitArgs {
    /// What was asked for, else what is configured.
    pub(crate) fn or_configured(&self, config: &Config) -> Duration {
        self.wait.unwrap_or(config.lock_wait)
    }

    /// For opening: only who asks for it waits for a server.
    pub(crate) fn opening(&self, config: &Config) -> Wait {
        Wait { lock: self.or_configured(config), server: self.wait.unwrap_or_default() }
    }

    /// Options of a run that has no others.
    pub(crate) fn options(&self, config: &Config) -> Options {
        let lock = match config.lock {
            LockKind::Engine => Lock::Engine,
            LockKind::Table => Lock::Table,
        };
        Options {
            lock,
            lock_wait: self.or_configured(config),
            tool: concat!("cargo-schema ", env!("CARGO_PKG_VERSION")).to_owned(),
            ..Options::default()
        }
    }
}

impl RunArgs {
    /// What the engine is told.
    pub(crate) fn options(&self, config: &Config) -> Options {
        let configured = match config.transaction {
            TransactionScope::Engine => Transactions::Engine,
            TransactionScope::All => Transactions::All,
            TransactionScope::Revision => Transactions::Revision,
        };
        let asked = self.transaction.map(|transaction| match transaction {
            Transaction::All => Transactions::All,
            Transaction::Revision => Transactions::Revision,
        });
        let options = self.wait.options(config);
        let lock = self.lock.map(|lock| match lock {
            RunLock::Engine => Lock::Engine,
            RunLock::Table => Lock::Table,
        });
        Options {
            lock: lock.unwrap_or(options.lock),
            lock_timeout: self.lock_timeout.or(config.lock_timeout),
            statement_timeout: self.statement_timeout.or(config.statement_timeout),
            dry_run: self.dry_run,
            transactions: asked.unwrap_or(configured),
            allow_newer: self.allow_newer,
            ..options
        }
    }

    /// A desk that a dry run leaves as it was, a missing file included.
    pub(crate) fn desk<'p>(
        &self,
        context: &Context,
        project: &'p Project,
        purpose: Purpose,
        check: impl FnOnce(&History) -> Result<(), Failure>,
    ) -> Result<Desk<'p>, Failure> {
        let wait = self.wait.opening(&project.config);
        if self.dry_run && connect::is_missing(&context.url(project)?) {
            return Desk::to_read(context, project, purpose);
        }
        Desk::to_write(context, project, purpose, wait, check)
    }

    /// Copies the database when something is going to be done to it.
    pub(crate) fn back_up(&self, context: &Context, desk: &mut Desk<'_>, plan: &Plan) -> Result<(), Failure> {
        let (Some(named), Some(&first), false) = (&self.backup, plan.nodes.first(), self.dry_run) else {
            return Ok(());
        };
        let revision = &desk.history.revision(first).id;
        let copy = match named {
            Some(file) => file.clone(),
            None => copies::free_name(&desk.database.url, revision)?,
        };
        let size = copies::dump(&desk.database.url, &copy, self.wait.or_configured(&desk.project.config))?;
        context.shell.status("Saved", format_args!("{} ({size} bytes)", desk.project.shown(&copy).display()));
        Ok(())
    }
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    config::parse_duration(text).ok_or_else(|| "write a number and a unit, such as `30s`".to_owned())
}

/// A target on the command line: a leading `-` is a step back and never a misspelt flag.
pub(crate) fn parse_target(text: &str) -> Result<String, String> {
    match text.strip_prefix('-') {
        Some(rest) if !rest.starts_with(|c: char| c.is_ascii_digit()) => {
            Err("that is neither a flag nor a target; `-1` is one step back".to_owned())
        }
        _ => Ok(text.to_owned()),
    }
}

/// Runs it and reports.
pub(crate) fn run(
    context: &Context,
    desk: &mut Desk<'_>,
    options: Options,
    command: &str,
    work: Work<'_>,
) -> Outcome {
    let summary = perform(context, desk, options, command, work)?;
    if context.is_json() {
        context.document(command, desk.project, summary.document(desk));
    }
    Ok(Exit::Done)
}

/// Runs it: events on the terminal, signals handled, a last line that says where the database is.
pub(crate) fn perform(
    context: &Context,
    desk: &mut Desk<'_>,
    options: Options,
    command: &str,
    work: Work<'_>,
) -> Result<Summary, Failure> {
    let started = Instant::now();
    let is_dry = options.dry_run;
    let times = RefCell::new(Vec::new());
    signal::watch().map_err(|error| Failure::file("could not watch for", "signals".as_ref(), &error))?;
    let history = Arc::clone(&desk.history);
    let url = desk.database.url.clone();
    let migrator = Migrator::new(&history).options(options).preview(desk.preview()).observe(|event| {
        match event {
            Event::Finished { elapsed, .. } => times.borrow_mut().push(*elapsed),
            Event::Locked { session: Some(session), .. } => signal::remember(session),
            _ => {}
        }
        show(context, &url, event);
    });
    let company = || {
        connect::open(
            url.clone(),
            Access::Read,
            &desk.project.config,
            Patience { limit: Duration::ZERO.into(), shell: &context.shell },
        )
    };
    let open = || company().ok().map(|database| database.connection);
    let report =
        desk.database.connection.run_watched(migrator, open, |event| show(context, &url, event), work);
    let report = report.map_err(|error| desk.draw(error))?;
    let summary = Summary { report, times: times.into_inner(), elapsed: started.elapsed(), is_dry };
    summary.tell(context, desk, command);
    Ok(summary)
}

/// Says what happens while it happens.
fn show(context: &Context, url: &DatabaseUrl, event: &Event<'_>) {
    let shell = &context.shell;
    match event {
        Event::Waiting { holder, waited } => {
            let holder = holder
                .as_ref()
                .map_or_else(|| "another run has it".to_owned(), |who| format!("held by {who}"));
            shell.hint("Waiting", format_args!("for the lock: {holder}, waited {}", duration(*waited)));
        }
        Event::Blocked { by } => shell.hint("Blocked", format_args!("by {by}")),
        Event::Locked { revisions: 0, .. } => {}
        Event::Locked { .. } => shell.status("Locking", &url.shown),
        Event::Started { revision, direction: Direction::Up } => shell.status("Applying", revision.title()),
        Event::Started { revision, direction: Direction::Down } => {
            shell.status("Reverting", revision.title());
        }
        Event::Finished { revision, direction, elapsed } => {
            let verb = match direction {
                Direction::Up => "Applied",
                Direction::Down => "Reverted",
            };
            shell.status(verb, format_args!("{} in {}", revision.id, duration(*elapsed)));
        }
        Event::Warning { message } => shell.finding(&Finding::warning("run", message.as_str())),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_flags_are_no_targets() {
        assert!(["-1", "-2:", "+2", "head-1", "api@-1"].iter().all(|text| parse_target(text).is_ok()));
        assert!(["--dryrun", "-x", "-"].iter().all(|text| parse_target(text).is_err()));
    }
}
