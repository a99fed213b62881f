//! A history and the database it belongs to, opened side by side: reading thousands of files and opening a
//! database wait for different things.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use schema_build::config::LockKind;
use schema_build::finding::Finding;
use schema_build::rule::Purpose;
use schema_build::validate::{self, Validated};
use schema_runtime::dialect::Dialect;
use schema_runtime::engine::{Detail, Error, Migrator, Preview, State};
use schema_runtime::history::{History, Node};

use crate::context::Context;
use crate::database::connect::{self, Access, Database, Patience, Wait};
use crate::database::refusal;
use crate::database::url::{self, DatabaseUrl};
use crate::failure::Failure;
use crate::project::Project;
use crate::shell::Shell;

/// How long a reader waits for a writer to finish.
pub(crate) const READERS_PATIENCE: Duration = Duration::from_secs(5);

/// What a verb that touches a database works on.
pub(crate) struct Desk<'p> {
    pub(crate) project: &'p Project,
    /// Shared, so that the engine may look at it while the database is used.
    pub(crate) history: Arc<History>,
    pub(crate) database: Database,
    /// What its ledger said while the history was read, for the first look.
    preview: Option<Preview>,
    /// Whether the history is without the text of its scripts.
    is_unread: bool,
}

impl<'p> Desk<'p> {
    /// For verbs that only look.
    pub(crate) fn to_read(
        context: &Context,
        project: &'p Project,
        purpose: Purpose,
    ) -> Result<Self, Failure> {
        let url = context.url(project)?;
        let desk = Self::open(context, project, purpose, url, Access::Read, READERS_PATIENCE.into())?;
        desk.tell_if_missing(context);
        Ok(desk)
    }

    /// For the last line of a run.
    pub(crate) fn quietly(
        context: &Context,
        project: &'p Project,
        url: DatabaseUrl,
        wait: Duration,
    ) -> Result<Self, Failure> {
        Self::open(context, project, Purpose::Look, url, Access::Read, wait.into())
    }

    /// For verbs that change the database. A file that is missing is not created before `check` agrees.
    pub(crate) fn to_write(
        context: &Context,
        project: &'p Project,
        purpose: Purpose,
        wait: impl Into<Wait>,
        check: impl FnOnce(&History) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        let (url, wait) = (context.url(project)?, wait.into());
        if !connect::is_missing(&url) {
            return Self::open(context, project, purpose, url, Access::Write, wait);
        }
        let mut desk = Self::open(context, project, purpose, url.clone(), Access::Read, wait)?;
        check(&desk.history)?;
        let patience = Patience { limit: wait, shell: &context.shell };
        desk.database = connect::open(url, Access::Write, &project.config, patience)?;
        Ok(desk)
    }

    fn open(
        context: &Context,
        project: &'p Project,
        purpose: Purpose,
        url: DatabaseUrl,
        access: Access,
        wait: Wait,
    ) -> Result<Self, Failure> {
        let (read, opened) = side_by_side(&context.shell, project, purpose, url, access, wait)?;
        let history = shared(context.sound(project, read.validated)?);
        let (database, preview) = opened?;
        Ok(Self { project, history, database, preview, is_unread: read.is_unread })
    }

    /// A database that belongs to a history read before.
    pub(crate) fn of(project: &'p Project, history: Arc<History>, database: Database) -> Self {
        Self { project, history, database, preview: None, is_unread: false }
    }

    /// Whether the history is without the text of its scripts.
    pub(crate) fn is_unread(&self) -> bool {
        self.is_unread
    }

    /// Reads them.
    pub(crate) fn read_scripts(&mut self, context: &Context) -> Result<(), Failure> {
        let dialect = self.project.config.dialect.unwrap_or(self.database.url.dialect);
        let validated = read_ways_up(self.project, dialect);
        self.history = shared(context.sound(self.project, validated)?);
        self.is_unread = false;
        Ok(())
    }

    /// What stands for the first look at the ledger, for whoever looks first.
    pub(crate) fn preview(&mut self) -> Option<Preview> {
        self.preview.take()
    }

    fn tell_if_missing(&self, context: &Context) {
        connect::tell_if_missing(&self.database, &context.shell);
    }

    /// Where the database is, for verbs that only look; says when its ledger may hold more than they can read.
    pub(crate) fn look(&mut self, context: &Context) -> Result<State, Failure> {
        let state = self.state()?;
        if state.newer_ledger {
            context.shell.attention("Ledger", "was written by a newer version of this command");
        }
        Ok(state)
    }

    /// Where the database is.
    pub(crate) fn state(&mut self) -> Result<State, Failure> {
        let migrator = Migrator::new(&self.history).preview(self.preview.take());
        let state = self.database.connection.state(&migrator);
        state.map_err(|error| self.draw(error))
    }

    /// An error of the engine, as people see it.
    pub(crate) fn draw(&self, error: Error) -> Failure {
        refusal::draw(error, self.project, &self.history, &self.database.url)
    }

    /// `4f1c2a9b7d03 (head)`, `4f1c2a9b7d03 and 0a1b2c3d4e5f (heads)`, `base`.
    pub(crate) fn place(&self, at: &[String]) -> String {
        let place = refusal::place(at);
        match (self.is_at_heads(at), at.len()) {
            (false, _) | (true, 0) => place,
            (true, 1) => format!("{place} (head)"),
            (true, _) => format!("{place} (heads)"),
        }
    }

    /// Whether these are all the heads there are.
    pub(crate) fn is_at_heads(&self, at: &[String]) -> bool {
        let mut heads = ids(&self.history, &self.history.heads());
        let mut at = at.to_vec();
        heads.sort_unstable();
        at.sort_unstable();
        heads == at
    }
}

/// A history that is used until the end.
fn shared(history: History) -> Arc<History> {
    let history = Arc::new(history);
    // The process ends when the verb does: freeing thousands of revisions, one by one, would gain nothing.
    std::mem::forget(Arc::clone(&history));
    history
}

/// The ids of these nodes.
pub(crate) fn ids(history: &History, nodes: &[Node]) -> Vec<String> {
    nodes.iter().map(|&node| history.revision(node).id.to_string()).collect()
}

/// A lease on a file would hold no better than the file's own lock, and whoever asks for it expects that it does.
pub(crate) fn refuse_lease_on_file(project: &Project, url: &DatabaseUrl) -> Result<(), Failure> {
    match (project.config.lock, url.dialect) {
        (LockKind::Table, Dialect::Sqlite) => Err(Failure::usage(
            "`lock = \"table\"` is for servers: the run lock of an SQLite database is that of its file",
        )
        .note("nothing was changed")
        .help("remove it from the configuration of this database")),
        (LockKind::Engine | LockKind::Table, _) => Ok(()),
    }
}

/// What the files of a history say.
struct Read {
    validated: Validated,
    is_unread: bool,
}

/// Whoever runs ways up mostly finds nothing pending, and needs no script then that did not change.
fn read(project: &Project, dialect: Dialect, purpose: Purpose, access: Access) -> Read {
    if (purpose, access) != (Purpose::Up, Access::Write) {
        let validated = validate::validate_for(&project.config, dialect, purpose);
        return Read { validated, is_unread: false };
    }
    let recall = |memories: PathBuf| validate::recall(&project.config, dialect, &memories);
    match memories().and_then(recall) {
        Some(validated) => Read { validated, is_unread: true },
        None => Read { validated: read_ways_up(project, dialect), is_unread: false },
    }
}

fn read_ways_up(project: &Project, dialect: Dialect) -> Validated {
    let config = &project.config;
    match memories() {
        Some(memories) => validate::validate_and_remember(config, dialect, &memories),
        None => validate::validate_for(config, dialect, Purpose::Up),
    }
}

/// Where this user's programs keep what they can learn again.
fn memories() -> Option<PathBuf> {
    let folder = |variable: &str, within: &str| {
        let path = PathBuf::from(std::env::var_os(variable)?).join(within);
        path.is_absolute().then_some(path)
    };
    let caches = match std::env::consts::OS {
        "windows" => folder("LOCALAPPDATA", ""),
        "macos" => folder("HOME", "Library/Caches"),
        _ => folder("XDG_CACHE_HOME", "").or_else(|| folder("HOME", ".cache")),
    };
    caches.map(|path| path.join("cargo-schema"))
}

/// A database, and what its ledger says.
type Opened = (Database, Option<Preview>);

/// Reads the files while the database is opened and its ledger is read. An empty file is open sooner than a thread has
/// begun.
fn side_by_side(
    shell: &Shell,
    project: &Project,
    purpose: Purpose,
    url: DatabaseUrl,
    access: Access,
    wait: Wait,
) -> Result<(Read, Result<Opened, Failure>), Failure> {
    project.refuse_missing_folder()?;
    refuse_lease_on_file(project, &url)?;
    let dialect = project.config.dialect.unwrap_or(url.dialect);
    let read = || read(project, dialect, purpose, access);
    let is_blank = connect::is_blank(&url);
    let open = || connect::open(url, access, &project.config, Patience { limit: wait, shell });
    if is_blank {
        let database = open();
        return Ok((read(), database.map(|database| (database, None))));
    }
    Ok(std::thread::scope(|scope| {
        let reading = scope.spawn(read);
        let opened = open().map(|mut database| {
            let preview = database.connection.preview(detail(purpose, access));
            (database, Some(preview))
        });
        (reading.join().expect("validation never panics"), opened)
    }))
}

/// How much of the ledger a verb is going to look at first.
fn detail(purpose: Purpose, access: Access) -> Detail {
    match (purpose, access) {
        (Purpose::Look, _) => Detail::Told,
        (Purpose::Up, Access::Write) => Detail::Brief,
        _ => Detail::Whole,
    }
}

/// For verbs about the history: where the database is, too, if one is named and answers.
pub(crate) fn with_place(
    context: &Context,
    project: &Project,
) -> Result<(Arc<History>, Option<State>), Failure> {
    let Some(url) = url::resolve(&context.global, project)? else {
        return Ok((Arc::new(context.history(project)?), None));
    };
    let (read, opened) =
        side_by_side(&context.shell, project, Purpose::Run, url, Access::Read, Wait::default())?;
    let history = Arc::new(context.sound(project, read.validated)?);
    let state = opened.and_then(|(database, preview)| {
        let mut desk = Desk { preview, ..Desk::of(project, Arc::clone(&history), database) };
        desk.tell_if_missing(context);
        desk.look(context)
    });
    if let Err(failure) = &state {
        let message = &failure.findings[0].message;
        context.shell.finding(&Finding::warning(
            "database",
            format!("where the database is, is not known: {message}"),
        ));
    }
    Ok((history, state.ok()))
}
