//! What the models are compared with: the history, replayed, or, when that is asked for, what the live database holds,
//! copied. Either way it stands in a scratch database, and nothing else is touched.

use schema_build::finding::Finding;
use schema_build::rule::Purpose;
use schema_build::schema::Schema;
use schema_runtime::history::{History, Node};

use super::migration::Migration;
use super::prove::unequal;
use crate::comparison::{self, side};
use crate::database::connect::{is_missing, product};
use crate::database::replay::replay;
use crate::database::scratch::{Error, Site, unusable};
use crate::desk::Desk;
use crate::dialect::Dialect;
use crate::difference::{Answers, Difference, difference};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::difference::detected;
use crate::render::human::{and, count};

/// Which of the two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Start {
    /// What the history leads to
    #[default]
    History,
    /// What the database holds, be it changed by hand
    Database,
}

/// Where scratch databases that hold it come from.
pub(super) enum Origin<'a, C> {
    History(&'a History, &'a [Node]),
    Database { catalogue: C, shown: String },
}

impl<'a, C> Origin<'a, C> {
    /// Reads the database, where that is the beginning. It must have run what the new revision follows.
    pub(super) fn read<D: Dialect<Catalogue = C>>(
        dialect: &D,
        site: Site<'_>,
        start: Start,
        (history, parents): (&'a History, &'a [Node]),
    ) -> Result<Self, Failure> {
        if start == Start::History {
            return Ok(Self::History(history, parents));
        }
        let Site { context, project } = site;
        let url = context.url(project)?;
        if is_missing(&url) {
            return Err(
                Failure::usage(format!("there is no database `{}`", url.shown)).note("nothing was written")
            );
        }
        let mut desk = Desk::to_read(context, project, Purpose::Look)?;
        let state = desk.look(context)?;
        let ancestors = history.ancestors(parents);
        let pending =
            (0..history.len()).filter(|&node| ancestors[node] && !state.applied.contains(node)).count();
        if pending > 0 {
            return Err(behind(&desk.database.url.shown, pending));
        }
        let catalogue = side::live(dialect, &mut desk.database)?;
        Ok(Self::Database { catalogue, shown: desk.database.url.shown.clone() })
    }

    /// Says what is about to be done.
    pub(super) fn tell<D: Dialect<Catalogue = C>>(&self, dialect: &D, site: Site<'_>) {
        let scratch = format!("a scratch {} database", product(dialect.engine()));
        let shell = &site.context.shell;
        match self {
            Self::History(history, parents) => {
                let replayed = history.ancestors(parents).into_iter().filter(|&is_before| is_before).count();
                shell.status("Replaying", format!("{} on {scratch}", count(replayed, "revision")));
            }
            Self::Database { shown, .. } => {
                shell.status("Copying", format!("the schema of {shown} to {scratch}"));
            }
        }
    }

    /// A scratch database that holds it.
    pub(super) fn database<D: Dialect<Catalogue = C>>(
        &self,
        dialect: &D,
        site: Site<'_>,
    ) -> Result<D::Database, Failure> {
        match self {
            Self::History(history, parents) => replay(dialect, site, history, parents),
            Self::Database { catalogue, shown } => {
                let mut database = comparison::made(dialect, site, catalogue)?;
                let made = dialect.introspect(&mut database).map_err(unusable)?;
                let lines = unequal(&dialect.lines(catalogue), &dialect.lines(&made));
                if lines.is_empty() { Ok(database) } else { Err(no_copy(shown, &lines)) }
            }
        }
    }
}

/// What the history leads to with migrations that were made for a database, and what the models would still have to
/// do then. What does not run there and back is no part of a history.
pub(super) fn on_history<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    (history, parents): (&History, &[Node]),
    migrations: &[Migration],
    (mut desired, answers): (Schema, &Answers),
) -> Result<(Schema, Difference), Failure> {
    let mut database = replay(dialect, site, history, parents)?;
    let before = dialect.introspect(&mut database).map_err(unusable)?;
    let unfit = |error: Error| strange().note(error);
    migrations.iter().try_for_each(|migration| migration.run_up(dialect, &mut database)).map_err(unfit)?;
    let there = dialect.introspect(&mut database).map_err(unusable)?;
    let there = dialect.schema(&there);
    dialect.spell(&mut database, &mut desired, &there).map_err(unusable)?;
    let left = difference(dialect, &desired, &there, answers);
    migrations
        .iter()
        .rev()
        .try_for_each(|migration| migration.run_down(dialect, &mut database))
        .map_err(unfit)?;
    let back = dialect.introspect(&mut database).map_err(unusable)?;
    let lines = unequal(&dialect.lines(&before), &dialect.lines(&back));
    if lines.is_empty() { Ok((there, left)) } else { Err(lines.iter().fold(strange(), Failure::note)) }
}

/// What a history still lacks, in a line.
pub(super) fn lacking(left: &Difference) -> Option<String> {
    let operations = left.operations.iter().map(detected);
    let questions = left.questions.iter().map(|question| question.finding());
    let refusals = left.refusals.iter().map(|refusal| refusal.finding());
    let message = |finding: Finding| finding.message;
    let lines: Vec<String> = operations.chain(questions.chain(refusals).map(message)).collect();
    (!lines.is_empty()).then(|| and(&lines))
}

fn behind(shown: &str, pending: usize) -> Failure {
    let text =
        format!("`{shown}` has yet to run {} that the new one would follow", count(pending, "revision"));
    Failure::new(Exit::No, "pending", text)
        .note("nothing was written")
        .help("`cargo schema upgrade` runs them; `cargo schema stamp` says that they were done by hand")
}

fn no_copy(shown: &str, lines: &[String]) -> Failure {
    let failure =
        Failure::new(Exit::No, "unproven", format!("no scratch database can be made like `{shown}`"));
    lines.iter().fold(failure, Failure::note).note("nothing was written")
}

fn strange() -> Failure {
    let text = "what leads from this database to the models does not run where the history alone has run";
    Failure::new(Exit::No, "unproven", text)
        .note("nothing was written: a migration runs on every database")
        .help("`cargo schema diff database models --sql` prints the SQL for this one database")
        .help("or write down what was done by hand (`generate --empty`), `stamp` it here, and generate again")
}
