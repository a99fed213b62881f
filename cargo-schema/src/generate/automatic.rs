//! From models to a migration that is proven: reads the models, replays the history on a scratch database, compares,
//! asks, writes the SQL there and proves it with rows. Nothing on disk is changed here.

use schema_build::config::Unmodelled;
use schema_build::finding::Finding;
use schema_build::models::{self, Models};
use schema_build::schema::{Action, Deferrable, ForeignKey, Knowledge, Schema, Table};
use schema_runtime::dialect::Dialect as Engine;
use schema_runtime::history::{History, Node};

use super::decide::Answer;
use super::migration::{self, Migration};
use super::offline;
use super::origin::{self, Origin, Start};
use super::prove::{self, Claim, Disproof, Proven};
use super::steps::Steps;
use crate::context::Context;
use crate::database::scratch::{self, Site, unusable};
use crate::database::server::DOWN;
use crate::dialect::{Dialect, Excerpt};
use crate::difference::{Answers, Difference, Kept, difference};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lock::known;
use crate::operation::{Operation, apply};
use crate::project::Project;
use crate::render::difference::detected;

/// Rows in every table while a migration is proven.
const ROWS: usize = 3;

/// Whether a migration is tried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Up and down, with rows.
    Run,
    /// Somebody is in a hurry.
    Skip,
}

/// What came of comparing models with the history.
pub(crate) struct Automatic {
    pub(crate) models: Models,
    /// One behind the other; none when there is nothing to do.
    pub(crate) migrations: Vec<Migration>,
    /// What was detected, in words.
    pub(crate) detected: Vec<String>,
    pub(crate) kept: Vec<Kept>,
    /// What the history leads to when the migrations are part of it.
    pub(crate) schema: Schema,
    /// What the models say of what they agree with there.
    pub(crate) agreed: Schema,
    /// Whether it ran on a scratch database, and back.
    pub(crate) is_proven: bool,
}

/// What is compared with the models, and how.
pub(crate) struct Request<'a> {
    pub(crate) history: &'a History,
    /// What comes before the new revision.
    pub(crate) parents: &'a [Node],
    pub(crate) answers: Answers,
    /// Indexes of tables that are there are built while others write.
    pub(crate) is_beside: bool,
    /// What the models are compared with.
    pub(crate) start: Start,
    pub(crate) proof: Proof,
}

/// Compares, and tells about it while it does.
pub(crate) fn compare<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    request: Request<'_>,
) -> Result<Automatic, Failure> {
    let Site { context, project } = site;
    let Request { history, parents, is_beside, start, .. } = request;
    let engine = dialect.engine();
    // Mistakes in models are told before a server has replayed anything. A replay in this process takes about as long as
    // they do to be found.
    let ahead = (engine == Engine::Sqlite && start == Start::History).then(|| {
        let origin = Origin::History(history, parents);
        beside(|| models::read(&project.config, engine), || Standing::at(dialect, site, &origin))
    });
    let (models, standing) = ahead.map_or_else(
        || (models::read(&project.config, engine), None),
        |(models, standing)| (models, Some(standing)),
    );
    let models = accepted(context, models)?;
    let mut desired = wanted(&models);
    let origin = Origin::read(dialect, site, start, (history, parents))?;
    origin.tell(dialect, site);
    let standing = standing.unwrap_or_else(|| Standing::at(dialect, site, &origin));
    let Standing { mut database, catalogue, current } = match standing {
        Ok(standing) => standing,
        Err(failure) if failure.is(DOWN) && start == Start::History => {
            return offline::compare(dialect, site, request, models, failure);
        }
        Err(failure) => return Err(failure),
    };
    let mut answers = request.answers;
    // Decided for all tables, and true for the few that the proof sees.
    answers.unmodelled.get_or_insert(unmodelled(dialect, &desired, &current));
    let spelling = dialect.spell(&mut database, &mut desired, &current).map_err(unusable)?;
    let (mut found, answers) = decided(dialect, context, &desired, &current, answers)?;
    spelling.undo(&mut found.operations);
    for kept in &found.kept {
        context.shell.status("Keeping", kept.text());
    }
    let mut automatic = Automatic {
        agreed: models.schema.clone(),
        models,
        migrations: Vec::new(),
        detected: Vec::new(),
        kept: found.kept,
        schema: current,
        is_proven: true,
    };
    if found.operations.is_empty() {
        return Ok(automatic);
    }
    let excerpt = || dialect.excerpt(&catalogue, &found.operations).map_err(unusable);
    let Excerpt { mut database, left_out } = excerpt()?.unwrap_or(Excerpt { database, left_out: Vec::new() });
    let beside = is_beside.then_some(&catalogue);
    let operations = found.operations.clone();
    let migrations = migration::write_all(dialect, &mut database, operations, &automatic.schema, beside)
        .map_err(unwritten)?;
    let operations = || migrations.iter().flat_map(|migration| &migration.operations);
    automatic.detected = operations().map(detected).collect();
    automatic.detected.iter().for_each(|line| context.shell.status("Detected", line));
    if request.proof == Proof::Skip {
        context
            .shell
            .attention("Unproven", "as `--no-proof` asks for; `cargo schema check --proof` tries it later");
        let all: Vec<Operation> = operations().cloned().collect();
        let schema = apply::after(dialect, &automatic.schema, &all);
        return Ok(Automatic { migrations, schema, is_proven: false, ..automatic });
    }
    let mut touched = desired;
    touched.tables.retain(|name, _| !left_out.contains(&dialect.fold(name)));
    let steps = Steps::new(dialect, &migrations, &automatic.schema, (touched, &answers));
    let again = || match excerpt()? {
        Some(excerpt) => Ok(excerpt.database),
        None => origin.database(dialect, site),
    };
    let proven = prove(context, &steps.claims(), &mut database, again)?;
    if proven.rows == 0 && migrations.iter().any(|migration| migration.touches(dialect, &automatic.schema)) {
        context
            .shell
            .attention("Proved", "without rows: none could be made that the tables and triggers accept");
    }
    let is_left_out = |name: &str| left_out.contains(&dialect.fold(name));
    automatic.schema = together(automatic.schema, proven.after, is_left_out);
    if start == Start::Database {
        let wanted = (wanted(&automatic.models), &answers);
        let (schema, left) = origin::on_history(dialect, site, (history, parents), &migrations, wanted)?;
        automatic.agreed = known::agreed(dialect, automatic.agreed, &left);
        automatic.schema = schema;
        if let Some(lacking) = origin::lacking(&left) {
            let text =
                format!("the history alone does not lead to the models; still to be written: {lacking}");
            context.shell.attention("Lacking", text);
        }
    }
    automatic.migrations = migrations;
    Ok(automatic)
}

/// What the models are compared with, on a scratch database and as data.
struct Standing<D: Dialect> {
    database: D::Database,
    catalogue: D::Catalogue,
    current: Schema,
}

impl<D: Dialect> Standing<D> {
    fn at(dialect: &D, site: Site<'_>, origin: &Origin<'_, D::Catalogue>) -> Result<Self, Failure> {
        let mut database = origin.database(dialect, site)?;
        let catalogue = dialect.introspect(&mut database).map_err(unusable)?;
        let current = dialect.schema(&catalogue);
        Ok(Self { database, catalogue, current })
    }
}

/// One thing here, and one on a thread of its own meanwhile.
fn beside<A: Send, B>(there: impl FnOnce() -> A + Send, here: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let there = scope.spawn(there);
        let here = here();
        (there.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), here)
    })
}

/// The schema from a change that was made on an excerpt: what was left out of that stays as it was.
fn together(before: Schema, mut after: Schema, is_left_out: impl Fn(&str) -> bool) -> Schema {
    after.tables.extend(before.tables.into_iter().filter(|(name, _)| is_left_out(name)));
    // No operation touches a view, and an excerpt has those alone that mention one of its tables.
    before.views.into_iter().for_each(|(name, sql)| {
        after.views.entry(name).or_insert(sql);
    });
    after
}

/// What becomes of tables that no model names, where nobody says: they go when every model is the whole truth.
pub(crate) fn unmodelled<D: Dialect>(dialect: &D, desired: &Schema, current: &Schema) -> Unmodelled {
    let is_whole = |(name, table): (&String, &Table)| {
        table.knowledge == Knowledge::Whole || current.views.keys().any(|view| dialect.is_same(view, name))
    };
    if desired.tables.iter().all(is_whole) { Unmodelled::Drop } else { Unmodelled::Keep }
}

pub(crate) fn read(context: &Context, project: &Project, engine: Engine) -> Result<Models, Failure> {
    accepted(context, models::read(&project.config, engine))
}

/// Models that can be worked with; says what is wrong with those that cannot.
fn accepted(context: &Context, mut models: Models) -> Result<Models, Failure> {
    if models.findings.iter().any(Finding::is_error) {
        return Err(Failure::of(Exit::No, models.findings).note("nothing was written"));
    }
    context.shell.findings(&std::mem::take(&mut models.findings));
    if models.is_empty() {
        return Err(Failure::usage(
            "there are no models: no struct derives `Schema`, and there is no `table!` block",
        )
        .note("nothing was written")
        .help("derive `schema_runtime::Schema` for a struct, or write SQL by hand with `--empty`"));
    }
    Ok(models)
}

/// What the models ask for. `joinable!` is a hint for the key of a table that is new, and only such tables are
/// looked at for what a block cannot say.
pub(crate) fn wanted(models: &Models) -> Schema {
    let mut schema = models.schema.clone();
    schema.tables.retain(|name, _| !is_ledger(name));
    for join in &models.joins {
        let has_parent = schema.tables.contains_key(&join.parent);
        let child = schema.tables.get_mut(&join.child).filter(|child| child.knowledge == Knowledge::Columns);
        if let Some(child) = child.filter(|_| has_parent) {
            child.foreign_keys.push(ForeignKey {
                name: None,
                columns: vec![join.column.clone()],
                table: join.parent.clone(),
                references: Vec::new(),
                on_delete: Action::NoAction,
                on_update: Action::NoAction,
                deferrable: Deferrable::Not,
            });
        }
    }
    schema
}

fn is_ledger(table: &str) -> bool {
    matches!(table, "__diesel_schema_migrations" | "__schema_ledger" | "__schema_lock")
}

/// The difference, when nothing is left to decide; asks where somebody can be asked.
pub(super) fn decided<D: Dialect>(
    dialect: &D,
    context: &Context,
    desired: &Schema,
    current: &Schema,
    mut answers: Answers,
) -> Result<(Difference, Answers), Failure> {
    loop {
        let found = difference(dialect, desired, current, &answers);
        let Some(question) = found.questions.first().filter(|_| context.shell.can_ask()) else {
            return refuse(&found).map_or(Ok((found, answers)), Err);
        };
        let choices = question.answers();
        let words: Vec<&str> = choices.iter().map(|(words, _)| words.as_str()).collect();
        match context.shell.choose(&question.text(), &words).map(|choice| choices[choice].1.clone()) {
            Some(Answer::Renamed { old, new }) => answers.renames.push((old, new)),
            Some(Answer::Removed(names)) => answers.drops.extend(names),
            Some(Answer::Kept(names)) => answers.keeps.extend(names),
            Some(Answer::Stop) | None => {
                return Err(Failure::new(Exit::No, "declined", "nothing was written"));
            }
        }
    }
}

pub(super) fn refuse(found: &Difference) -> Option<Failure> {
    let questions = found.questions.iter().map(|question| question.finding());
    let findings: Vec<Finding> =
        questions.chain(found.refusals.iter().map(|refusal| refusal.finding())).collect();
    (!findings.is_empty()).then(|| Failure::of(Exit::No, findings).note("nothing was written"))
}

pub(super) fn unwritten(error: scratch::Error) -> Failure {
    Failure::new(Exit::No, "unproven", "the migration does not run on the scratch database")
        .note(error)
        .note("nothing was written")
        .help("`cargo schema generate --empty MSG` writes a migration for SQL of your own")
}

/// Up and down with rows; without them, on a fresh scratch database, where only the rows were in the way.
fn prove<D: Dialect>(
    context: &Context,
    claims: &[Claim<'_, D>],
    database: &mut D::Database,
    again: impl FnOnce() -> Result<D::Database, Failure>,
) -> Result<Proven, Failure> {
    context.shell.status("Proving", format!("up and down with {ROWS} rows per table"));
    match prove::prove(claims, database, ROWS) {
        Ok(proven) => Ok(proven),
        Err(Disproof::Failed(error)) if error.is_about_rows => {
            prove::prove(claims, &mut again()?, 0).map_err(disproved)
        }
        Err(disproof) => Err(disproved(disproof)),
    }
}

pub(super) fn disproved(disproof: Disproof) -> Failure {
    let failure = |message: &str| Failure::new(Exit::No, "unproven", message);
    let lines = |failure: Failure, lines: &[String]| lines.iter().fold(failure, Failure::note);
    let failure = match &disproof {
        Disproof::Failed(error) => failure("the migration does not run on the scratch database").note(error),
        Disproof::NotThere(operations) => {
            let rest: Vec<String> = operations.iter().map(detected).collect();
            lines(failure("the migration would not lead to what the models say; this would be left"), &rest)
        }
        Disproof::NotBack(rest) => lines(failure("the way back would not lead to what was there"), rest),
        Disproof::Rows { table, direction, lines: rest } => lines(
            failure(&format!("rows of `{table}` would not be what they were, on the way {direction}")),
            rest,
        ),
        Disproof::Broken(views) => lines(
            failure("what mentions a removed or renamed table or column could no longer be read"),
            views,
        ),
    };
    failure
        .note("nothing was written")
        .help("`cargo schema generate --empty MSG` writes a migration for SQL of your own")
}
