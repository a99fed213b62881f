//! The schema that belongs into `schema.lock`: what the history leads to on a scratch database, and what the models say
//! of the tables in which they agree with it.

use std::path::PathBuf;

use schema_build::finding::Finding;
use schema_build::lockfile::LockFile;
use schema_build::models;
use schema_build::schema::Schema;
use schema_runtime::dialect::Dialect as Engine;
use schema_runtime::history::History;

use crate::changes;
use crate::context::Context;
use crate::database::replay::replay;
use crate::database::scratch::{Site, unusable};
use crate::dialect::{Dialect, on_dialect};
use crate::difference::{Answers, Difference, Subject, difference};
use crate::failure::Failure;
use crate::generate::automatic;
use crate::operation::Operation;
use crate::project::Project;

/// What is known of a history.
pub(crate) struct Known {
    /// What it leads to.
    pub(crate) schema: Schema,
    /// What the models say of what they agree with; `None` when there are none, or they cannot be read.
    pub(crate) models: Option<Schema>,
    /// Whether the history ran on a database, all of it.
    pub(crate) is_replayed: bool,
}

/// Replays the whole history and compares the models with it.
pub(crate) fn learn(site: Site<'_>, engine: Engine, history: &History) -> Result<Known, Failure> {
    on_dialect!(engine, dialect => learn_on(dialect, site, history))
}

/// As [`learn`], where it is no reason to stop that nobody can tell; says why then.
pub(crate) fn learn_if_possible(site: Site<'_>, engine: Engine, history: &History) -> Option<Known> {
    match learn(site, engine, history) {
        Ok(known) => Some(known),
        Err(failure) => {
            let reason = failure.findings.first().map_or(String::new(), |it| format!(": {}", it.message));
            site.context.shell.attention(
                "Unknown",
                format_args!("what the history leads to{reason}; schema.lock keeps the schema it had"),
            );
            None
        }
    }
}

fn learn_on<D: Dialect>(dialect: &D, site: Site<'_>, history: &History) -> Result<Known, Failure> {
    let mut database = replay(dialect, site, history, &history.heads())?;
    let catalogue = dialect.introspect(&mut database).map_err(unusable)?;
    let schema = dialect.schema(&catalogue);
    let models = models::read(&site.project.config, dialect.engine());
    if models.is_empty() || models.findings.iter().any(Finding::is_error) {
        return Ok(Known { schema, models: None, is_replayed: true });
    }
    let mut desired = automatic::wanted(&models);
    dialect.spell(&mut database, &mut desired, &schema).map_err(unusable)?;
    let answers = Answers {
        unmodelled: site
            .project
            .config
            .unmodelled
            .or_else(|| Some(automatic::unmodelled(dialect, &desired, &schema))),
        ignored: site.project.config.ignore.clone(),
        ..Answers::default()
    };
    let found = difference(dialect, &desired, &schema, &answers);
    Ok(Known { models: Some(agreed(dialect, models.schema, &found)), schema, is_replayed: true })
}

/// The models without what the difference is about.
pub(crate) fn agreed<D: Dialect>(dialect: &D, mut models: Schema, found: &Difference) -> Schema {
    let names: Vec<String> = concerned(found).iter().map(|name| dialect.fold(name)).collect();
    models.tables.retain(|name, _| !names.contains(&dialect.fold(name)));
    models.enums.retain(|name, _| !names.contains(&dialect.fold(name)));
    models
}

/// The tables and enums that a difference is about.
fn concerned(found: &Difference) -> Vec<String> {
    let of_operation = |operation: &Operation| match operation {
        Operation::RenameTable { from, to } | Operation::RenameEnum { from, to } => {
            vec![from.clone(), to.clone()]
        }
        Operation::CreateEnum { ty } | Operation::DropEnum { ty } | Operation::AlterEnum { to: ty, .. } => {
            vec![ty.name.clone()]
        }
        other => other.table().map(str::to_owned).into_iter().collect(),
    };
    let questions = found.questions.iter().map(|question| match &question.subject {
        Subject::Table => question.new.clone(),
        Subject::Column(table) | Subject::Value(table) => table.clone(),
    });
    let refusals = found.refusals.iter().filter_map(|refusal| refusal.table().map(str::to_owned));
    found.operations.iter().flat_map(of_operation).chain(questions).chain(refusals).collect()
}

/// Puts it into a lock file. Where it is not known, the schema stays, and these revisions are said to be outside of it;
/// where it was worked out without a database, they are said to be unproven.
pub(crate) fn put(lock: &mut LockFile, known: Option<Known>, new: &[String]) {
    match known {
        Some(Known { schema, models, is_replayed }) => {
            lock.schema = Some(schema);
            lock.models = models.or(lock.models.take());
            lock.outside.clear();
            match is_replayed {
                true => lock.unproven.clear(),
                false => lock.unproven.extend(new.iter().cloned()),
            }
        }
        None if lock.schema.is_some() => lock.outside.extend(new.iter().cloned()),
        None => {}
    }
}

/// The lock file, where it knows the models and they now say what they mean in other words.
pub(crate) fn reworded(project: &Project, known: Known) -> Result<Option<(PathBuf, String)>, Failure> {
    let Some(mut lock) = super::read(project)?.filter(|lock| lock.models.is_some()) else { return Ok(None) };
    lock.models = known.models;
    Ok((!super::is_written(project, &lock)).then(|| (super::path(project), lock.render())))
}

/// Writes the lock file of a history that was put into another order; what it knew of revisions stays.
pub(crate) fn refresh(context: &Context, project: &Project) -> Result<(), Failure> {
    let Some(mut lock) = super::read(project)? else { return Ok(()) };
    let (engine, history) = (context.dialect(project)?, context.history(project)?);
    let Some(known) = learn_if_possible(Site { context, project }, engine, &history) else { return Ok(()) };
    put(&mut lock, Some(known), &[]);
    if !super::is_written(project, &lock) {
        changes::all_or_nothing(|files| files.write(&super::path(project), &lock.render()))?;
        context.shell.status("Updated", project.shown(&super::path(project)).display());
    }
    Ok(())
}
