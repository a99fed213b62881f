//! Two sides of a package, side by side: its models, its history up to a place, its database. `side` reads them; here
//! is said what leads from one to the other, and in `rest` what no operation says. Changes nothing.

pub(crate) mod rest;
pub(crate) mod side;

use schema_build::config::Unmodelled;
use schema_build::schema::Schema;

use crate::database::scratch::{Site, unusable};
use crate::dialect::Dialect;
use crate::dialect::script::Script;
use crate::dialect::spelling::Spelling;
use crate::difference::{Answers, Difference, Kept, Question, Refusal, difference};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::generate::decide::Answer;
use crate::generate::migration::{self, Migration};
use crate::operation::{Operation, reversed};
use crate::project::Project;
use side::{Seen, Side};

/// What leads from one side to the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Between {
    /// In the order in which they are done.
    pub(crate) operations: Vec<Operation>,
    /// What differs besides, and no operation does: views, triggers. `- ..` is on the first side alone, `+ ..` on
    /// the second.
    pub(crate) rest: Vec<String>,
    /// What means the same and is written otherwise.
    pub(crate) reworded: Vec<String>,
    /// What is taken as removed and added, and may have been renamed.
    pub(crate) renames: Vec<Question>,
    /// New columns without a value for the rows that exist.
    pub(crate) valueless: Vec<Refusal>,
    /// What blocks do not name, which is no difference.
    pub(crate) kept: Vec<Kept>,
}

/// What somebody said or configured about the difference.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) renames: Vec<(String, String)>,
    pub(crate) unmodelled: Option<Unmodelled>,
    pub(crate) ignored: Vec<String>,
}

impl Wishes {
    /// What the configuration says.
    pub(crate) fn configured(project: &Project) -> Self {
        Self {
            renames: Vec::new(),
            unmodelled: project.config.unmodelled,
            ignored: project.config.ignore.clone(),
        }
    }
}

impl Between {
    /// Whether both sides are the same.
    pub(crate) fn is_equal(&self) -> bool {
        self.operations.is_empty() && self.rest.is_empty()
    }
}

/// Compares. What nobody answered counts as removed and added.
pub(crate) fn between<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    from: &mut Side<D>,
    to: &mut Side<D>,
    wishes: &Wishes,
) -> Result<Between, Failure> {
    match (&from.seen, &to.seen) {
        (Seen::Models(_), Seen::Models(_)) => Ok(Between::default()),
        (Seen::Catalogue(_), Seen::Models(models)) => {
            let models = models.as_ref().clone();
            modelled(dialect, site, models, from, wishes)
        }
        // Models may leave open what a database has; so it is asked what they would do to it, and undone.
        (Seen::Models(models), Seen::Catalogue(_)) => {
            let models = models.as_ref().clone();
            let between = modelled(dialect, site, models, to, wishes)?;
            Ok(Between { operations: reversed(&between.operations), ..between })
        }
        (Seen::Catalogue(from), Seen::Catalogue(to)) => catalogues(dialect, from, to, wishes),
    }
}

/// What leads from one database to another.
pub(crate) fn catalogues<D: Dialect>(
    dialect: &D,
    from: &D::Catalogue,
    to: &D::Catalogue,
    wishes: &Wishes,
) -> Result<Between, Failure> {
    // What only one database has is a difference, whatever models may leave unsaid.
    let wishes = Wishes { unmodelled: Some(Unmodelled::Drop), ..wishes.clone() };
    let (desired, current) = (dialect.schema(to), dialect.schema(from));
    let mut between = toward(dialect, &desired, &current, &Spelling::default(), &wishes)?;
    rest::compare(dialect, &dialect.lines(from), &dialect.lines(to), &wishes.ignored, &mut between);
    Ok(between)
}

/// From a database to what models want.
fn modelled<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    mut desired: Schema,
    from: &mut Side<D>,
    wishes: &Wishes,
) -> Result<Between, Failure> {
    let current = from.seen.schema(dialect);
    if from.database.is_none() {
        from.database = Some(dialect.scratch(&site)?);
    }
    let spelling = match &mut from.database {
        Some(database) => dialect.spell(database, &mut desired, &current).map_err(unusable)?,
        None => Spelling::default(),
    };
    toward(dialect, &desired, &current, &spelling, wishes)
}

fn toward<D: Dialect>(
    dialect: &D,
    desired: &Schema,
    current: &Schema,
    spelling: &Spelling,
    wishes: &Wishes,
) -> Result<Between, Failure> {
    let (mut found, renames, valueless) = answered(dialect, desired, current, wishes);
    if !found.refusals.is_empty() {
        return Err(Failure::of(Exit::No, found.refusals.iter().map(Refusal::finding).collect()));
    }
    spelling.undo(&mut found.operations);
    let operations = migration::prepared(dialect, found.operations, current);
    Ok(Between { operations, renames, valueless, kept: found.kept, ..Between::default() })
}

/// The difference with nothing left open: what may be a rename is none, and tables have no rows.
fn answered<D: Dialect>(
    dialect: &D,
    desired: &Schema,
    current: &Schema,
    wishes: &Wishes,
) -> (Difference, Vec<Question>, Vec<Refusal>) {
    let mut answers = Answers {
        renames: wishes.renames.clone(),
        unmodelled: wishes.unmodelled,
        ignored: wishes.ignored.clone(),
        ..Answers::default()
    };
    let mut open = Vec::new();
    let mut valueless = Vec::new();
    loop {
        let mut found = difference(dialect, desired, current, &answers);
        let (lacking, others) =
            found.refusals.into_iter().partition(|refusal| refusal.table_without_value().is_some());
        let lacking: Vec<Refusal> = lacking;
        found.refusals = others;
        if found.questions.is_empty() && lacking.is_empty() {
            return (found, open, valueless);
        }
        answers
            .assume_empty
            .extend(lacking.iter().filter_map(Refusal::table_without_value).map(str::to_owned));
        found.questions.iter().for_each(|question| answer(question, &mut answers));
        open.append(&mut found.questions);
        valueless.extend(lacking);
    }
}

fn answer(question: &Question, answers: &mut Answers) {
    for (_, answer) in question.answers() {
        match answer {
            Answer::Kept(names) => return answers.keeps.extend(names),
            Answer::Removed(names) => return answers.drops.extend(names),
            Answer::Renamed { .. } | Answer::Stop => {}
        }
    }
}

/// The SQL that leads from one side to the other, as far as operations go; written on a scratch database.
pub(crate) fn script<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    from: &mut Side<D>,
    to: &mut Side<D>,
    between: &Between,
) -> Result<Script, Failure> {
    let operations = between.operations.clone();
    match (&from.seen, &to.seen) {
        (Seen::Models(_), Seen::Models(_)) => Ok(Script::default()),
        (Seen::Catalogue(_), _) => Ok(written(dialect, site, from, operations)?.up),
        (Seen::Models(_), Seen::Catalogue(_)) => Ok(written(dialect, site, to, reversed(&operations))?.down),
    }
}

fn written<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    side: &mut Side<D>,
    operations: Vec<Operation>,
) -> Result<Migration, Failure> {
    let Seen::Catalogue(catalogue) = &side.seen else { return Ok(Migration::default()) };
    let current = dialect.schema(catalogue);
    let mut database = match dialect.excerpt(catalogue, &operations).map_err(unusable)? {
        Some(part) => part.database,
        None => match side.database.take().filter(|_| side.is_replayed) {
            Some(database) => database,
            None => made(dialect, site, catalogue)?,
        },
    };
    migration::write(dialect, &mut database, operations, &current).map_err(|error| {
        Failure::new(Exit::No, "unproven", "what differs cannot be written as SQL").note(error)
    })
}

/// A scratch database that holds what another one holds.
pub(crate) fn made<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    catalogue: &D::Catalogue,
) -> Result<D::Database, Failure> {
    let mut database = dialect.scratch(&site)?;
    let script = definition(dialect, site, catalogue)?;
    dialect.run(&mut database, &script.text(), false).map_err(unusable)?;
    Ok(database)
}

/// The SQL that makes everything in an empty database: the engine's own words where it keeps them, else what
/// operations say.
pub(crate) fn definition<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    catalogue: &D::Catalogue,
) -> Result<Script, Failure> {
    if let Some(script) = dialect.definition(catalogue) {
        return Ok(script);
    }
    let mut database = dialect.scratch(&site)?;
    let nothing = dialect.schema(&dialect.introspect(&mut database).map_err(unusable)?);
    let schema = dialect.schema(catalogue);
    let all = toward(dialect, &schema, &nothing, &Spelling::default(), &Wishes::default())?;
    Ok(dialect.emit(&mut database, &all.operations, None).map_err(unusable)?.script)
}
