//! The sides that can be compared, from the words that name them: `models`, `history`, `database`, any target.

use std::sync::Arc;
use std::time::Duration;

use schema_build::models::Models;
use schema_build::rule::Purpose;
use schema_build::schema::Schema;
use schema_runtime::dialect::Dialect as Engine;
use schema_runtime::history::{History, Node};
use schema_runtime::target;

use crate::context::Context;
use crate::database::connect::{self, Access, Patience};
use crate::database::connection::Connection;
use crate::database::replay::replay;
use crate::database::scratch::{Site, unusable};
use crate::desk::Desk;
use crate::dialect::Dialect;
use crate::dialect::sqlite::Sqlite;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::generate::automatic;
use crate::project::Project;

/// How long another program may keep the database locked.
const PATIENCE: Duration = Duration::from_secs(5);

/// One side, read.
pub(crate) struct Side<C> {
    /// What people call it: "the models", "revision 4f1c2a9b7d03 add phone", "app.db".
    pub(crate) name: String,
    pub(crate) seen: Seen<C>,
}

/// What there is on a side.
pub(crate) enum Seen<C> {
    /// What models ask for.
    Models(Box<Schema>),
    /// What a database holds, be it a scratch one.
    Catalogue(C),
}

/// Reads sides; what two of them need is read once.
pub(crate) struct Reader<'a> {
    pub(crate) context: &'a Context,
    pub(crate) project: &'a Project,
    history: Option<Arc<History>>,
    models: Option<Models>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(context: &'a Context, project: &'a Project) -> Self {
        Self { context, project, history: None, models: None }
    }

    /// Reads the side of that name.
    pub(crate) fn read(&mut self, word: &str) -> Result<Side<<Sqlite as Dialect>::Catalogue>, Failure> {
        match word {
            "models" => self.models(),
            "history" => {
                let history = self.history()?;
                let seen = self.replayed(&history, &history.heads())?;
                Ok(Side { name: "the history".to_owned(), seen })
            }
            "database" => self.database(),
            target => {
                let (history, nodes) = self.located(target)?;
                let seen = self.replayed(&history, &nodes)?;
                Ok(Side { name: named(&history, &nodes), seen })
            }
        }
    }

    fn models(&mut self) -> Result<Side<<Sqlite as Dialect>::Catalogue>, Failure> {
        let models = match self.models.take() {
            Some(models) => models,
            None => automatic::read(self.context, self.project, Engine::Sqlite).map_err(|failure| {
                failure.help("`cargo schema diff history database` compares without models")
            })?,
        };
        let schema = Box::new(automatic::wanted(&models));
        self.models = Some(models);
        Ok(Side { name: "the models".to_owned(), seen: Seen::Models(schema) })
    }

    fn history(&mut self) -> Result<Arc<History>, Failure> {
        if let Some(history) = &self.history {
            return Ok(Arc::clone(history));
        }
        let history = Arc::new(self.context.history(self.project)?);
        self.history = Some(Arc::clone(&history));
        Ok(history)
    }

    /// Steps from where the database is need the database; nothing else does.
    fn located(&mut self, target: &str) -> Result<(Arc<History>, Vec<Node>), Failure> {
        if !(target.starts_with(['+', '-']) || target.starts_with("current")) {
            let history = self.history()?;
            let nodes = target::locate(&history, None, target)?;
            return Ok((history, nodes));
        }
        let mut desk = Desk::to_read(self.context, self.project, Purpose::Run)?;
        let state = desk.look(self.context)?;
        let nodes = target::locate(&desk.history, Some(&state.applied), target)?;
        Ok((Arc::clone(&desk.history), nodes))
    }

    fn replayed(
        &self,
        history: &History,
        nodes: &[Node],
    ) -> Result<Seen<<Sqlite as Dialect>::Catalogue>, Failure> {
        let site = Site { context: self.context, project: self.project };
        let mut database = replay(&Sqlite, site, history, nodes)?;
        Sqlite.introspect(&mut database).map(Seen::Catalogue).map_err(unusable)
    }

    fn database(&self) -> Result<Side<<Sqlite as Dialect>::Catalogue>, Failure> {
        let url = self.context.url(self.project)?;
        let patience = Patience { limit: PATIENCE, shell: &self.context.shell };
        let mut database = connect::open(url, Access::Read, &self.project.config, patience)?;
        connect::tell_if_missing(&database, &self.context.shell);
        let name = database.url.shown.clone();
        let seen = live(&mut database.connection, &name)?;
        Ok(Side { name, seen: Seen::Catalogue(seen) })
    }
}

/// What a live database holds.
pub(crate) fn live(
    connection: &mut Connection,
    shown: &str,
) -> Result<<Sqlite as Dialect>::Catalogue, Failure> {
    let Connection::Sqlite(database) = connection else {
        return Err(Failure::usage("this version reads the schema of SQLite databases only"));
    };
    Sqlite.introspect(database).map_err(|error| {
        Failure::new(Exit::Failed, "database", format!("could not read the schema of `{shown}`"))
            .note(error.message)
    })
}

fn named(history: &History, nodes: &[Node]) -> String {
    let titles: Vec<String> = nodes.iter().map(|&node| history.revision(node).title()).collect();
    match titles.as_slice() {
        [] => "base".to_owned(),
        [one] => format!("revision {one}"),
        several => format!("revisions {}", crate::render::human::and(several)),
    }
}
