//! The sides that can be compared, from the words that name them: `models`, `history`, `database`, any target.

use std::sync::Arc;
use std::time::Duration;

use schema_build::rule::Purpose;
use schema_build::schema::Schema;
use schema_runtime::history::{History, Node};
use schema_runtime::target;

use crate::database::connect::{self, Access, Database, Patience};
use crate::database::replay::replay;
use crate::database::scratch::{Site, unusable};
use crate::desk::Desk;
use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::generate::automatic;

/// How long another program may keep the database locked.
const PATIENCE: Duration = Duration::from_secs(5);

/// One side, read.
pub(crate) struct Side<D: Dialect> {
    /// What people call it: "the models", "revision 4f1c2a9b7d03 add phone", "app.db".
    pub(crate) name: String,
    pub(crate) seen: Seen<D::Catalogue>,
    /// A scratch database that knows the engine's words; the history ran on it where it was replayed.
    pub(crate) database: Option<D::Database>,
    pub(crate) is_replayed: bool,
}

/// What there is on a side.
pub(crate) enum Seen<C> {
    /// What models ask for.
    Models(Box<Schema>),
    /// What a database holds, be it a scratch one.
    Catalogue(C),
}

impl<C> Seen<C> {
    /// What models can say of it.
    pub(crate) fn schema<D: Dialect<Catalogue = C>>(&self, dialect: &D) -> Schema {
        match self {
            Self::Models(schema) => schema.as_ref().clone(),
            Self::Catalogue(catalogue) => dialect.schema(catalogue),
        }
    }
}

/// Reads sides; the history that two of them need is read once.
pub(crate) struct Reader<'a, D> {
    dialect: &'a D,
    site: Site<'a>,
    history: Option<Arc<History>>,
}

impl<'a, D: Dialect> Reader<'a, D> {
    pub(crate) fn new(dialect: &'a D, site: Site<'a>) -> Self {
        Self { dialect, site, history: None }
    }

    /// Reads the side of that name.
    pub(crate) fn read(&mut self, word: &str) -> Result<Side<D>, Failure> {
        match word {
            "models" => self.models(),
            "history" => {
                let history = self.history()?;
                self.replayed("the history".to_owned(), &history, &history.heads())
            }
            "database" => self.database(),
            target => {
                let (history, nodes) = self.located(target)?;
                self.replayed(named(&history, &nodes), &history, &nodes)
            }
        }
    }

    fn models(&self) -> Result<Side<D>, Failure> {
        let Site { context, project } = self.site;
        let models = automatic::read(context, project, self.dialect.engine()).map_err(|failure| {
            failure.help("`cargo schema diff history database` compares without models")
        })?;
        let seen = Seen::Models(Box::new(automatic::wanted(&models)));
        Ok(Side { name: "the models".to_owned(), seen, database: None, is_replayed: false })
    }

    fn history(&mut self) -> Result<Arc<History>, Failure> {
        if let Some(history) = &self.history {
            return Ok(Arc::clone(history));
        }
        let history = Arc::new(self.site.context.history(self.site.project)?);
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
        let mut desk = Desk::to_read(self.site.context, self.site.project, Purpose::Run)?;
        let state = desk.look(self.site.context)?;
        let nodes = target::locate(&desk.history, Some(&state.applied), target)?;
        Ok((Arc::clone(&desk.history), nodes))
    }

    fn replayed(&self, name: String, history: &History, nodes: &[Node]) -> Result<Side<D>, Failure> {
        let mut database = replay(self.dialect, self.site, history, nodes)?;
        let catalogue = self.dialect.introspect(&mut database).map_err(unusable)?;
        Ok(Side { name, seen: Seen::Catalogue(catalogue), database: Some(database), is_replayed: true })
    }

    fn database(&self) -> Result<Side<D>, Failure> {
        let Site { context, project } = self.site;
        let url = context.url(project)?;
        let patience = Patience { limit: PATIENCE.into(), shell: &context.shell };
        let mut database = connect::open(url, Access::Read, &project.config, patience)?;
        connect::tell_if_missing(&database, &context.shell);
        let catalogue = live(self.dialect, &mut database)?;
        let name = database.url.shown;
        Ok(Side { name, seen: Seen::Catalogue(catalogue), database: None, is_replayed: false })
    }
}

/// What a live database holds.
pub(crate) fn live<D: Dialect>(dialect: &D, database: &mut Database) -> Result<D::Catalogue, Failure> {
    dialect.look(&mut database.connection).map_err(|error| {
        let shown = &database.url.shown;
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
