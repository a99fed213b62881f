//! Random pairs of schemas: up gives exactly the one, down exactly the other, no row is lost, and generating again
//! finds nothing.

use std::io::Write as _;

use schema_build::schema::Schema;

use super::random::{Maker, OfMysql, OfPostgres, OfSqlite, Random, Words};
use super::{changes_on, migration_on, prove_on, schema_on};
use crate::dialect::{Dialect, Excerpt};
use crate::dialect::{mysql, postgres};
use crate::difference::{Answers, Refusal, Subject, difference};
use crate::generate::migration::write_all;
use crate::generate::migration::{Migration, write};
use crate::generate::offline::paper;
use crate::generate::prove::{self, Disproof};
use crate::generate::steps::Steps;
use crate::operation::apply;

/// Seeds are counted from one; `SCHEMA_SEED=17` tries one, `SCHEMA_PAIRS=5000` more of them, and both together so many
/// from there on.
fn seeds(usual: u64) -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match (number("SCHEMA_SEED"), number("SCHEMA_PAIRS")) {
        (Some(seed), pairs) => seed..seed + pairs.unwrap_or(1),
        (None, pairs) => 1..1 + pairs.unwrap_or(usual),
    }
}

#[test]
fn random_schemas_migrate_up_and_down() {
    pairs(&OfSqlite, 400);
}

#[test]
fn random_schemas_migrate_up_and_down_on_postgres() {
    let Some(server) = postgres::testing::Server::found() else { return };
    pairs(&OfPostgres(server), 200);
}

#[test]
fn random_schemas_migrate_up_and_down_on_mysql() {
    let Some(server) = mysql::testing::Server::found() else { return };
    pairs(&OfMysql(server), 200);
}

fn pairs<W: Words>(words: &W, usual: u64) {
    let mut rowless = Vec::new();
    let mut spare = words.database("");
    for seed in seeds(usual) {
        let (rows, used) = pair(words, seed, spare);
        spare = used;
        if let Rows::None(why) = rows {
            rowless.push(format!("seed {seed}: {why}"));
        }
    }
    let (count, reasons) = (rowless.len(), rowless.join("\n"));
    assert!(count * 3 < seeds(usual).count().max(6), "{count} pairs had no row at all\n{reasons}");
}

/// Whether a pair was proven with rows.
enum Rows {
    Some,
    None(String),
}

/// Says which seed it was, whatever fails.
struct Trying(u64);

impl Drop for Trying {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = writeln!(std::io::stderr(), "seed {}", self.0);
        }
    }
}

type Database<W> = <<W as Words>::Ways as Dialect>::Database;

/// One pair; says whether there were rows, and gives the database back.
fn pair<W: Words>(words: &W, seed: u64, spare: Database<W>) -> (Rows, Database<W>) {
    let ways = words.ways();
    let _trying = Trying(seed);
    let mut maker = Maker { random: Random::new(seed), words };
    let drawn = maker.schema();
    let old = words.dressed(&drawn);
    let mut there = words.another(spare, "");
    let creation = migration_on(ways, &mut there, &old, &Answers::default());
    let context = || format!("seed {seed}\n{}", creation.up.text());
    prove_on(ways, &mut there, &creation, &old, &Answers::default(), 0)
        .unwrap_or_else(|error| panic!("{error:#?}\n{}", context()));
    let tables: Vec<String> = old.tables.keys().cloned().collect();
    let (extras, pinned) = words.extras(&mut maker, &tables);
    let sql = format!("{}{extras}", creation.up.text());
    let mut there = words.another(there, &sql);

    let context = || format!("seed {seed}\n{sql}");
    let mut drawn = maker.changed(&drawn, &pinned);
    let (new, answers) = answered(words, &mut there, &mut drawn);
    let there_before = schema_on(ways, &mut there);
    let step = migration_or_panic(ways, &mut there, &new, &answers, &context);
    foreseen(words, &mut there, (&there_before, &new), &step, extras.is_empty());
    apart(ways, &mut there, (&new, &answers), &step, &context);
    let context = || format!("{}\n-- UP\n{}\n-- DOWN\n{}", context(), step.up.text(), step.down.text());
    match prove_on(ways, &mut there, &step, &new, &answers, 3) {
        Ok(0) => (Rows::None(format!("nothing to fill, or not to be filled\n{}", step.up.text())), there),
        Ok(_) => (Rows::Some, there),
        Err(Disproof::Failed(error)) if error.is_about_rows => {
            let mut there = words.another(there, &sql);
            prove_on(ways, &mut there, &step, &new, &answers, 0)
                .unwrap_or_else(|error| panic!("{error:#?}\n{}", context()));
            (Rows::None(error.to_string()), there)
        }
        Err(error) => panic!("{error:#?}\n{}", context()),
    }
}

/// Written on the part of the database that it touches, as `generate` does; proven on all of it.
fn migration_or_panic<D: Dialect>(
    ways: &D,
    there: &mut D::Database,
    new: &Schema,
    answers: &Answers,
    context: &dyn Fn() -> String,
) -> Migration {
    let catalogue = ways.introspect(there).expect("a catalogue");
    let current = ways.schema(&catalogue);
    let mut desired = new.clone();
    let spelling = ways.spell(there, &mut desired, &current).expect("a spelling");
    let mut found = difference(ways, &desired, &current, answers);
    spelling.undo(&mut found.operations);
    let decided = (&found.questions, &found.refusals);
    assert_eq!(decided, (&vec![], &vec![]), "{}", context());
    let told = || format!("{:#?}\n{}", found.operations, context());
    let part = ways.excerpt(&catalogue, &found.operations);
    let part = part.unwrap_or_else(|error| panic!("{error}\n{}", told()));
    let migration = match part {
        Some(Excerpt { mut database, .. }) => write(ways, &mut database, found.operations.clone(), &current),
        None => write(ways, there, found.operations.clone(), &current),
    };
    migration.unwrap_or_else(|error| panic!("{error}\n{}", told()))
}

/// The same in several migrations, with indexes that are built while others write, where an engine has that.
fn apart<D: Dialect>(
    ways: &D,
    there: &mut D::Database,
    (new, answers): (&Schema, &Answers),
    step: &Migration,
    context: &dyn Fn() -> String,
) {
    let catalogue = ways.introspect(there).expect("a catalogue");
    let current = ways.schema(&catalogue);
    if !current.tables.keys().any(|table| ways.builds_beside(&catalogue, table)) {
        return;
    }
    let migrations = write_all(ways, there, step.operations.clone(), &current, Some(&catalogue))
        .unwrap_or_else(|error| panic!("apart: {error}\n{}", context()));
    let texts = || migrations.iter().map(|one| one.up.text()).collect::<Vec<_>>().join("-- NEXT\n");
    let steps = Steps::new(ways, &migrations, &current, (new.clone(), answers));
    if migrations.len() > 1 || migrations.iter().any(|one| one.share.is_outside()) {
        prove::prove(&steps.claims(), there, 0)
            .unwrap_or_else(|error| panic!("apart: {error:#?}\n{}\n-- APART\n{}", context(), texts()));
    }
}

/// Without a server the same is written, and what it leads to is known without one.
fn foreseen<W: Words>(
    words: &W,
    there: &mut Database<W>,
    (before, new): (&Schema, &Schema),
    step: &Migration,
    has_no_extras: bool,
) {
    let ways = words.ways();
    let context = |text: &str| format!("{}\n-- FORESEEN\n{text}", step.up.text());
    let paper = paper::write(ways, step.operations.clone(), before, false);
    if let Some([paper]) = paper.as_deref().ok().filter(|_| has_no_extras) {
        let (foreseen, written) = (words.plain(&paper.up.text()), words.plain(&step.up.text()));
        assert_eq!(foreseen, written, "{}", context(&paper.up.text()));
    }
    let mut after = apply::after(ways, before, &step.operations);
    // Which tells whose words they were.
    for (name, table) in &mut after.tables {
        table.was = new.tables.get(name).and_then(|new| new.was.clone());
    }
    let (mut wanted, answers) = (new.clone(), Answers::default());
    ways.spell(there, &mut after, before).expect("a spelling");
    ways.spell(there, &mut wanted, before).expect("a spelling");
    let left = difference(ways, &wanted, &after, &answers);
    assert_eq!(left.operations, vec![], "{}", context(""));
}

/// What a person would answer: nothing was renamed that does not say so, and new columns get a value.
fn answered<W: Words>(words: &W, there: &mut Database<W>, drawn: &mut Schema) -> (Schema, Answers) {
    let mut answers = Answers::default();
    loop {
        let new = words.dressed(drawn);
        let found = changes_on(words.ways(), there, &new, &answers);
        if found.questions.is_empty() && found.refusals.is_empty() {
            return (new, answers);
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
                    let table = words.drawn(&table);
                    let table = drawn.tables.get_mut(table).expect("a table");
                    let column =
                        table.columns.iter_mut().find(|other| other.name == column).expect("a column");
                    let values = column
                        .values
                        .as_ref()
                        .map(|ty| format!("'{}'", ty.values[0].name.replace('\'', "''")));
                    column.backfill = Some(values.unwrap_or_else(|| words.backfill(&column.ty)));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
