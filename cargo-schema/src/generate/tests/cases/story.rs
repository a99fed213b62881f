//! One case on one engine, from its models to what `generate` would write or say.

use std::path::Path;

use schema_build::schema::Schema;
use schema_runtime::dialect::Dialect as Engine;

use super::bed::{Bed, Database};
use super::case::{Case, Outcome};
use super::models::{self, Layout};
use crate::dialect::script::Script;
use crate::dialect::{Dialect, Excerpt};
use crate::difference::{Answers, Difference};
use crate::failure::Failure;
use crate::generate::automatic::{disproved, refuse, unmodelled, unwritten, wanted};
use crate::generate::migration::{Migration, write_all};
use crate::generate::prove::{self, Disproof};
use crate::generate::steps::Steps;
use crate::generate::tests::{changes_on, migration_on};
use crate::operation::Operation;

/// A case whose history ran on a database.
pub(super) struct Story<'a, B: Bed> {
    bed: &'a B,
    case: &'a Case,
    /// What makes the database.
    history: String,
    there: Option<Database<B>>,
}

/// What is to be done, and what that was made of.
struct Plan {
    operations: Vec<Operation>,
    current: Schema,
    desired: Schema,
    answers: Answers,
    tables_file: String,
}

type Catalogue<B> = <<B as Bed>::Ways as Dialect>::Catalogue;

/// The flag that builds indexes beside the writes.
const BESIDE: &str = "--concurrently";

/// Rows in every table while a migration is proven.
const ROWS: usize = 3;

impl<'a, B: Bed> Story<'a, B> {
    pub(super) fn begin(bed: &'a B, case: &'a Case, spare: Option<Database<B>>) -> Result<Self, String> {
        let (ways, engine) = (bed.ways(), bed.ways().engine());
        let mut there = bed.database(spare);
        let mut history = String::new();
        if let Some(before) = case.input(engine, "before.rs") {
            let schema = wanted(&models::read(&before, engine, Layout::OneFile)?);
            history = migration_on(ways, &mut there, &schema, &Answers::default()).up.text();
        }
        history.push_str(&case.input(engine, "before.sql").unwrap_or_default());
        ways.run(&mut there, &history, false).map_err(|error| format!("before: {error}\n{history}"))?;
        Ok(Self { bed, case, history, there: Some(there) })
    }

    fn ways(&self) -> &'a B::Ways {
        self.bed.ways()
    }

    fn engine(&self) -> Engine {
        self.ways().engine()
    }

    /// What `generate` makes of it, and the database.
    pub(super) fn told(mut self) -> (Outcome, Database<B>) {
        let outcome = self.outcome().unwrap_or_else(Outcome::Refused);
        (outcome, self.there.expect("it is put back"))
    }

    fn outcome(&mut self) -> Result<Outcome, String> {
        let catalogue = self.ways().introspect(self.there()).expect("a catalogue");
        let plan = self.plan(&catalogue, Layout::OneFile)?;
        let other = self.plan(&catalogue, Layout::Apart)?;
        assert_eq!(plan.operations, other.operations, "the order of files decides");
        assert_eq!(plan.tables_file, other.tables_file, "the order of files decides");
        if plan.operations.is_empty() {
            return Ok(Outcome::Nothing);
        }
        let migrations = self.write(&catalogue, &plan)?;
        if !self.has_excerpts(&catalogue, &plan) {
            self.renew();
        }
        let again = self.write(&catalogue, &other)?;
        assert_eq!(texts(&migrations), texts(&again), "not the same every time");
        self.prove(&migrations, &plan)?;
        Ok(Outcome::Written(texts(&migrations)))
    }

    /// What is to be done.
    fn plan(&mut self, catalogue: &Catalogue<B>, layout: Layout) -> Result<Plan, String> {
        let ways = self.ways();
        let text = self.case.input(self.engine(), "after.rs").expect("after.rs");
        let models = models::read(&text, self.engine(), layout)?;
        let desired = wanted(&models);
        let current = ways.schema(catalogue);
        let mut answers = self.answers();
        answers.unmodelled = Some(unmodelled(ways, &desired, &current));
        let found = changes_on(ways, self.there(), &desired, &answers);
        if let Some(failure) = refuse(&found) {
            return Err(words(&failure));
        }
        let tables_file = models.tables_file(Path::new("src/schema.rs"));
        Ok(Plan { operations: placeless(found.operations), current, desired, answers, tables_file })
    }

    /// On a part of the database where the engine has that, as `generate` does.
    fn write(&mut self, catalogue: &Catalogue<B>, plan: &Plan) -> Result<Vec<Migration>, String> {
        let (ways, operations) = (self.ways(), plan.operations.clone());
        let is_beside = self.case.flags(self.engine()).iter().any(|flag| flag == BESIDE);
        let beside = is_beside.then_some(catalogue);
        let migrations = match ways.excerpt(catalogue, &operations).expect("an excerpt") {
            Some(Excerpt { mut database, .. }) => {
                write_all(ways, &mut database, operations, &plan.current, beside)
            }
            None => write_all(ways, self.there(), operations, &plan.current, beside),
        };
        migrations.map_err(|error| words(&unwritten(error)))
    }

    /// Whether what is written leaves the database itself alone, and can be written again.
    fn has_excerpts(&self, catalogue: &Catalogue<B>, plan: &Plan) -> bool {
        self.ways().excerpt(catalogue, &plan.operations).is_ok_and(|excerpt| excerpt.is_some())
    }

    /// The flags of the command line.
    fn answers(&self) -> Answers {
        let mut answers = Answers::default();
        let mut flags = self.case.flags(self.engine());
        flags.retain(|flag| flag != BESIDE);
        for flag in flags.chunks(2) {
            match (flag[0].as_str(), &flag[1]) {
                ("--rename", pair) => {
                    let (old, new) = pair.split_once('=').expect("OLD=NEW");
                    answers.renames.push((old.to_owned(), new.to_owned()));
                }
                ("--drop", name) => answers.drops.push(name.clone()),
                ("--keep", name) => answers.keeps.push(name.clone()),
                ("--assume-empty", name) => answers.assume_empty.push(name.clone()),
                other => panic!("{other:?}"),
            }
        }
        answers
    }

    /// Up and down with rows, then up for good, where nothing is left to be found.
    fn prove(&mut self, migrations: &[Migration], plan: &Plan) -> Result<(), String> {
        let ways = self.ways();
        let has_rows = self.case.has_rows(self.engine());
        let Plan { desired, answers, .. } = plan;
        let steps = Steps::new(ways, migrations, &plan.current, (desired.clone(), answers));
        match prove::prove(&steps.claims(), self.there(), ROWS) {
            Ok(proven) => {
                let touches = migrations.iter().any(|migration| migration.touches(ways, &plan.current));
                let is_proven = proven.rows > 0 || !touches;
                assert!(is_proven || !has_rows, "proven without rows");
            }
            Err(Disproof::Failed(error)) if error.is_about_rows && !has_rows => {
                self.renew();
                prove::prove(&steps.claims(), self.there(), 0)
                    .map(drop)
                    .map_err(|disproof| words(&disproved(disproof)))?;
            }
            Err(disproof) => return Err(words(&disproved(disproof))),
        }
        for migration in migrations {
            migration.run_up(ways, self.there()).unwrap_or_else(|error| panic!("{error}"));
        }
        let again = Answers { unmodelled: answers.unmodelled, ..Answers::default() };
        let found = changes_on(ways, self.there(), desired, &again);
        assert_eq!(found, Difference { kept: found.kept.clone(), ..Difference::default() }, "found again");
        Ok(())
    }

    fn there(&mut self) -> &mut Database<B> {
        self.there.as_mut().expect("it is put back")
    }

    /// The database as it was in the beginning.
    fn renew(&mut self) {
        let mut there = self.bed.database(self.there.take());
        self.ways().run(&mut there, &self.history, false).unwrap_or_else(|error| panic!("{error}"));
        self.there = Some(there);
    }
}

/// Where models are is not what they say.
fn placeless(mut operations: Vec<Operation>) -> Vec<Operation> {
    for operation in &mut operations {
        match operation {
            Operation::CreateTable { table, .. } => {
                table.place = None;
                table.columns.iter_mut().for_each(|column| column.place = None);
            }
            Operation::AddColumn { column, .. } | Operation::AlterColumn { to: column, .. } => {
                column.place = None;
            }
            _ => {}
        }
    }
    operations
}

fn texts(migrations: &[Migration]) -> Vec<(String, String)> {
    let text = |migration: &Migration, way: &Script| match migration.share.is_outside() {
        true => format!("-- run_in_transaction = false\n{}", way.text()),
        false => way.text(),
    };
    let both = |migration| (text(migration, &migration.up), text(migration, &migration.down));
    migrations.iter().map(both).collect()
}

fn words(failure: &Failure) -> String {
    models::pictures(&failure.findings)
}
