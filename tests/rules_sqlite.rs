//! What rules and the corpus say of SQLite, asked of the SQLite that the command brings.

use std::path::Path;

use schema_build::statement::lex;
use schema_runtime::dialect::Dialect;

use crate::harness::Database;
use crate::rules::{Example, differs, examples, is_less};

#[test]
fn sqlite_does_what_rules_say() {
    let examples: Vec<Example> = examples("sqlite").into_iter().filter(|it| it.is_own).collect();
    assert!(examples.len() > 100, "{}", examples.len());
    let wrong: Vec<String> = examples.iter().filter_map(contradiction).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), examples.len(), wrong.join("\n"));
}

pub fn contradiction(example: &Example) -> Option<String> {
    let answer = prepared(example).and_then(|mut database| match example.claim.as_str() {
        "fails" => refused(&mut database, example),
        _ => tried(&mut database, example),
    });
    answer.err().map(|reason| {
        format!("{} ({} {:?}): {reason}\n    {}", example.rule, example.claim, example.of, example.sql)
    })
}

/// A database with what an earlier revision did.
fn prepared(example: &Example) -> Result<Database, String> {
    let mut database = Database::open(Path::new(":memory:"));
    database.try_run(&example.before).map_err(|error| format!("what is before it fails: {error}"))?;
    Ok(database)
}

fn refused(database: &mut Database, example: &Example) -> Result<(), String> {
    let Err(refusal) = run(database, example) else { return Err("it runs".to_owned()) };
    if refusal.contains(&example.of[0]) { Ok(()) } else { Err(refusal) }
}

fn tried(database: &mut Database, example: &Example) -> Result<(), String> {
    let of = example.of.first().map_or("", String::as_str);
    let first = (example.claim == "breaks").then(|| database.try_run(&format!("BEGIN; {of}; ROLLBACK")));
    let number = |database: &mut Database| database.try_rows(&format!("SELECT CAST(({of}) AS TEXT)"));
    let before = if of.is_empty() { None } else { number(database).ok() };
    run(database, example).map_err(|error| format!("it fails: {error}"))?;
    match example.claim.as_str() {
        "loses" => is_less(before, number(database).ok()),
        "spoils" => differs(before, number(database).ok(), "the answer is the same"),
        "breaks" => {
            first.unwrap().map_err(|error| format!("it did not work before: {error}"))?;
            database.try_run(of).err().map(|_| ()).ok_or_else(|| "it still works".to_owned())
        }
        "runs" | "quiet" => Ok(()),
        claim => Err(format!("nobody can ask SQLite whether it {claim}")),
    }
}

/// As the runner does: in a transaction, with foreign keys off where a table is rebuilt; or statement by statement.
fn run(database: &mut Database, example: &Example) -> Result<(), String> {
    let lexed = lex(&example.sql, Dialect::Sqlite);
    if example.is_transactional {
        database.try_run(if lexed.rebuilds { "PRAGMA foreign_keys = OFF; BEGIN" } else { "BEGIN" })?;
    }
    lexed
        .statements
        .iter()
        .try_for_each(|it| database.try_run(&example.sql[it.start as usize..it.end as usize]))?;
    if example.is_transactional {
        database.try_run("COMMIT; PRAGMA foreign_keys = ON")?;
    }
    Ok(())
}

/// It runs; every table that was there has no fewer rows and columns, no index or trigger is missing, every view can be
/// read, and no key points nowhere.
pub fn harmless(example: &Example, is_fresh: bool) -> Result<(), String> {
    let mut database = prepared(example)?;
    let before = inventory(&mut database)?;
    run(&mut database, example)?;
    let after = inventory(&mut database)?;
    let is_kept =
        |(name, count): &&(String, i64)| after.iter().any(|(other, now)| other == name && now >= count);
    if let Some((name, count)) = before.iter().find(|it| !is_kept(it)).filter(|_| !is_fresh) {
        return Err(format!("{name} was {count}: {after:?}"));
    }
    for view in database.rows("SELECT name FROM sqlite_master WHERE type = 'view'") {
        database.try_rows(&format!("SELECT * FROM \"{view}\""))?;
    }
    let broken = database.try_rows("PRAGMA foreign_key_check")?;
    if broken.is_empty() { Ok(()) } else { Err(format!("keys point nowhere: {broken:?}")) }
}

/// How much there is of what.
fn inventory(database: &mut Database) -> Result<Vec<(String, i64)>, String> {
    let mut found = vec![
        ("indexes".to_owned(), "index"),
        ("triggers".to_owned(), "trigger"),
        ("views".to_owned(), "view"),
    ]
    .into_iter()
    .map(|(name, kind)| {
        (name, number(database, &format!("SELECT count(*) FROM sqlite_master WHERE type = '{kind}'")))
    })
    .collect::<Vec<_>>();
    for table in database.tables() {
        let rows = number(database, &format!("SELECT count(*) FROM \"{table}\""));
        let columns = number(database, &format!("SELECT count(*) FROM pragma_table_xinfo('{table}')"));
        found.push((format!("rows of {table}"), rows));
        found.push((format!("columns of {table}"), columns));
    }
    Ok(found)
}

fn number(database: &mut Database, sql: &str) -> i64 {
    database.rows(sql).first().and_then(|row| row.parse().ok()).unwrap_or(-1)
}
