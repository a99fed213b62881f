//! Two sides of a package, side by side: its models, its history up to a place, its database. `side` reads them; here
//! is said what leads from one to the other, and in `rest` what no operation says. Changes nothing.

mod rest;
pub(crate) mod side;

use schema_build::config::Unmodelled;
use schema_build::schema::Schema;

use crate::database::scratch;
use crate::dialect::Dialect;
use crate::dialect::script::Script;
use crate::dialect::sqlite::{Catalogue, Sqlite, excerpt};
use crate::difference::{Answers, Difference, Kept, Question, Refusal, difference};
use crate::generate::decide::Answer;
use crate::generate::migration::{self, Migration};
use crate::operation::{Operation, reversed};
use crate::project::Project;
use side::Seen;

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

/// Compares. What nobody answered counts as removed and added; refusals are types that nobody knows.
pub(crate) fn between<D: Dialect>(
    dialect: &D,
    from: &Seen<D::Catalogue>,
    to: &Seen<D::Catalogue>,
    wishes: &Wishes,
) -> Result<Between, Vec<Refusal>> {
    match (from, to) {
        (Seen::Models(_), Seen::Models(_)) => Ok(Between::default()),
        (Seen::Catalogue(from), Seen::Models(models)) => {
            toward(dialect, models, &dialect.schema(from), wishes)
        }
        (Seen::Catalogue(from), Seen::Catalogue(to)) => {
            // What only one database has is a difference, whatever models may leave unsaid.
            let wishes = Wishes { unmodelled: Some(Unmodelled::Drop), ..wishes.clone() };
            let mut between = toward(dialect, &dialect.schema(to), &dialect.schema(from), &wishes)?;
            let (before, after) = (dialect.lines(from), dialect.lines(to));
            rest::compare(dialect, &before, &after, &wishes.ignored, &mut between);
            Ok(between)
        }
        // Models may leave open what a database has; so it is asked what they would do to it, and undone.
        (Seen::Models(models), Seen::Catalogue(to)) => {
            let between = toward(dialect, models, &dialect.schema(to), wishes)?;
            Ok(Between { operations: reversed(&between.operations), ..between })
        }
    }
}

/// From a database to what is wanted.
fn toward<D: Dialect>(
    dialect: &D,
    desired: &Schema,
    current: &Schema,
    wishes: &Wishes,
) -> Result<Between, Vec<Refusal>> {
    let (found, renames, valueless) = answered(dialect, desired, current, wishes);
    if !found.refusals.is_empty() {
        return Err(found.refusals);
    }
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
pub(crate) fn script(
    from: &Seen<Catalogue>,
    to: &Seen<Catalogue>,
    between: &Between,
) -> Result<Script, scratch::Error> {
    let operations = between.operations.clone();
    match (from, to) {
        (Seen::Models(_), Seen::Models(_)) => Ok(Script::default()),
        (Seen::Catalogue(from), _) => written(from, operations).map(|migration| migration.up),
        (Seen::Models(_), Seen::Catalogue(to)) => {
            written(to, reversed(&operations)).map(|migration| migration.down)
        }
    }
}

fn written(catalogue: &Catalogue, operations: Vec<Operation>) -> Result<Migration, scratch::Error> {
    let mut part = excerpt::of(catalogue, &operations)?;
    migration::write(&Sqlite, &mut part.database, operations, &Sqlite.schema(catalogue))
}
