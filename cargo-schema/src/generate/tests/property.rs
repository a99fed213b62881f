//! Random pairs of schemas: up gives exactly the one, down exactly the other, no row is lost, and generating again
//! finds nothing.

use diesel::SqliteConnection;
use schema_build::schema::Schema;

use super::random::Random;
use super::{changes, database, migration, prove};
use crate::dialect::Dialect as _;
use crate::dialect::sqlite::name::quoted;
use crate::dialect::sqlite::{Sqlite, excerpt};
use crate::difference::{Answers, Refusal, Subject, difference};
use crate::generate::migration::{Migration, write};
use crate::generate::prove::Disproof;

/// Seeds are counted from one; `SCHEMA_SEED=17` tries one, `SCHEMA_PAIRS=5000` more of them.
fn seeds() -> std::ops::RangeInclusive<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match number("SCHEMA_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=number("SCHEMA_PAIRS").unwrap_or(400),
    }
}

#[test]
fn random_schemas_migrate_up_and_down() {
    let mut rowless = 0;
    for seed in seeds() {
        rowless += usize::from(pair(seed) == 0);
    }
    assert!(rowless * 3 < seeds().count().max(6), "{rowless} pairs had no row at all");
}

/// One pair; gives the number of rows that were there.
fn pair(seed: u64) -> usize {
    let mut random = Random::new(seed);
    let old = random.schema();
    let mut there = database("");
    let creation = migration(&mut there, &old, &Answers::default());
    let context = || format!("seed {seed}\n{}", creation.up.text());
    prove(&mut there, &creation, &old, &Answers::default(), 0)
        .unwrap_or_else(|error| panic!("{error:#?}\n{}", context()));
    let (extras, pinned) = extras(&mut random, &old);
    let sql = format!("{}{extras}", creation.up.text());
    let mut there = database(&sql);

    let context = || format!("seed {seed}\n{sql}");
    let mut new = random.edited(&old, &pinned);
    let answers = answered(&mut there, &mut new);
    let step = migration_or_panic(&mut there, &new, &answers, &context);
    let context = || format!("{}\n-- UP\n{}\n-- DOWN\n{}", context(), step.up.text(), step.down.text());
    match prove(&mut there, &step, &new, &answers, 3) {
        Ok(rows) => rows,
        Err(Disproof::Failed(error)) if error.is_about_rows => {
            let mut there = database(&sql);
            prove(&mut there, &step, &new, &answers, 0)
                .unwrap_or_else(|error| panic!("{error:#?}\n{}", context()))
        }
        Err(error) => panic!("{error:#?}\n{}", context()),
    }
}

/// Written on the part of the database that it touches, as `generate` does; proven on all of it.
fn migration_or_panic(
    there: &mut SqliteConnection,
    new: &Schema,
    answers: &Answers,
    context: &dyn Fn() -> String,
) -> Migration {
    let catalogue = Sqlite.introspect(there).expect("a catalogue");
    let current = catalogue.schema();
    let found = difference(&Sqlite, new, &current, answers);
    let decided = (&found.questions, &found.refusals);
    assert_eq!(decided, (&vec![], &vec![]), "{}", context());
    let mut part = excerpt::of(&catalogue, &found.operations)
        .unwrap_or_else(|error| panic!("{error}\n{:#?}\n{}", found.operations, context()));
    write(&Sqlite, &mut part.database, found.operations.clone(), &current)
        .unwrap_or_else(|error| panic!("{error}\n{:#?}\n{}", found.operations, context()))
}

/// Views and triggers, which no model can say, and the tables that they mention.
fn extras(random: &mut Random, schema: &Schema) -> (String, Vec<String>) {
    let names: Vec<String> = schema.tables.keys().cloned().collect();
    let (mut sql, mut pinned) = (String::new(), Vec::new());
    if random.one_in(2) {
        let table = random.pick(&names);
        sql += &format!("CREATE VIEW counted AS SELECT count(*) AS n FROM {};\n", quoted(table));
        sql += "CREATE VIEW counted_again AS SELECT n + 1 AS m FROM counted;\n";
        pinned.push(table.clone());
    }
    if random.one_in(2) {
        let (table, other) = (random.pick(&names), random.pick(&names));
        sql += &format!(
            "CREATE TRIGGER watch AFTER DELETE ON {} BEGIN SELECT count(*) FROM {}; END;\n",
            quoted(table),
            quoted(other)
        );
        pinned.push(other.clone());
    }
    (sql, pinned)
}

/// What a person would answer: nothing was renamed that does not say so, and new columns get a value.
fn answered(there: &mut SqliteConnection, new: &mut Schema) -> Answers {
    let mut answers = Answers::default();
    loop {
        let found = changes(there, new, &answers);
        if found.questions.is_empty() && found.refusals.is_empty() {
            return answers;
        }
        for question in found.questions {
            let prefix = match question.subject {
                Subject::Table => String::new(),
                Subject::Column(table) => format!("{table}."),
                Subject::Value(ty) => format!("{ty}."),
            };
            answers.drops.extend(question.gone.iter().map(|gone| format!("{prefix}{gone}")));
        }
        answers.drops.dedup();
        for refusal in found.refusals {
            match refusal {
                Refusal::NoValue { table, column, .. } => {
                    let table = new.tables.get_mut(&table).expect("a table");
                    let column =
                        table.columns.iter_mut().find(|other| other.name == column).expect("a column");
                    let values = column
                        .values
                        .as_ref()
                        .map(|ty| format!("'{}'", ty.values[0].name.replace('\'', "''")));
                    column.backfill = Some(values.unwrap_or("'7'".to_owned()));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
