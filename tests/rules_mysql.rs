//! What rules say of MySQL and MariaDB, asked of the server: each example of `cargo schema explain --format json` runs
//! on it, statement by statement, as the runner sends them.

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Value};
use schema_build::statement::lex;
use schema_runtime::dialect::Dialect;
use tokio::runtime::Runtime;

use crate::harness::{Engine, Served};
use crate::rules::{Example, examples};

/// A session that tells the numbers of errors.
pub struct Talk {
    runtime: Runtime,
    open: Conn,
    database: String,
}

impl Talk {
    /// In a database that is empty.
    pub fn new(served: &Served) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let url = served.url();
        let database = url.rsplit('/').next().unwrap().to_owned();
        let open = runtime.block_on(Conn::from_url(&url)).unwrap();
        let mut talk = Self { runtime, open, database };
        let database = talk.database.clone();
        talk.run(&format!("DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database} CHARACTER SET utf8mb4; USE {database};"))
            .unwrap();
        talk
    }

    /// Every statement of a script; the first error, as `1265 Data truncated`.
    pub fn run(&mut self, sql: &str) -> Result<(), String> {
        lex(sql, Dialect::Mysql)
            .statements
            .iter()
            .try_for_each(|it| self.say(&sql[it.start as usize..it.end as usize]))
    }

    fn say(&mut self, statement: &str) -> Result<(), String> {
        let answer = self.runtime.block_on(self.open.query_drop(statement));
        answer.map_err(|error| match error {
            mysql_async::Error::Server(error) => format!("{} {}", error.code, error.message),
            other => other.to_string(),
        })
    }

    /// The first column of each row.
    pub fn rows(&mut self, query: &str) -> Result<Vec<String>, String> {
        let rows: Result<Vec<mysql_async::Row>, _> = self.runtime.block_on(self.open.query(query));
        let first = |row: mysql_async::Row| match row.as_ref(0) {
            Some(Value::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
            other => format!("{other:?}"),
        };
        rows.map(|rows| rows.into_iter().map(first).collect()).map_err(|error| error.to_string())
    }

    /// What a query counts, in this database, whichever the script went to.
    fn number(&mut self, query: &str) -> Option<i64> {
        let line = self.rows(&format!("SELECT CAST(({query}) AS SIGNED)")).ok()?;
        line.first()?.parse().ok()
    }

    /// The numbers under which InnoDB keeps a table, or all; a table that is written anew gets others.
    pub fn files(&mut self, table: &str) -> Vec<String> {
        let database = self.database.clone();
        self.rows(&format!(
            "SELECT TABLE_ID FROM information_schema.INNODB_SYS_TABLES
             WHERE NAME LIKE '{database}/{table}' OR NAME LIKE '{database}/{table}#%' ORDER BY 1"
        ))
        .unwrap()
    }
}

#[test]
fn mariadb_does_what_rules_say() {
    let Some(database) = Served::new(Engine::Mysql) else { return };
    let examples = examples("mysql");
    let own: Vec<&Example> = examples.iter().filter(|example| example.is_own).collect();
    assert!(own.len() > 150, "{}", own.len());
    let wrong: Vec<String> = own.iter().filter_map(|example| contradiction(&database, example)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), own.len(), wrong.join("\n"));
}

/// How the server disagrees with an example.
pub fn contradiction(database: &Served, example: &Example) -> Option<String> {
    let mut talk = Talk::new(database);
    let answer = talk.run(&example.before).map_err(|error| format!("what is before it fails: {error}"));
    let answer = answer.and_then(|()| tried(&mut talk, example));
    answer.err().map(|reason| {
        format!("{} ({} {:?}): {reason}\n    {}", example.rule, example.claim, example.of, example.sql)
    })
}

fn tried(talk: &mut Talk, example: &Example) -> Result<(), String> {
    let of = |position: usize| example.of.get(position).map_or("", String::as_str);
    match example.claim.as_str() {
        "fails" => fails(talk, example, of(0)),
        "rewrites" => {
            let before = talk.files(of(0));
            talk.run(&example.sql)?;
            differs(&before, &talk.files(of(0)))
        }
        "locks" => {
            refuses_others(talk, example)?;
            talk.run(&example.sql)
        }
        "breaks" => {
            talk.run(&format!("START TRANSACTION; {}; ROLLBACK", of(0)))
                .map_err(|error| format!("it did not work before: {error}"))?;
            talk.run(&example.sql)?;
            talk.run(of(0)).err().map(|_| ()).ok_or_else(|| "it still works".to_owned())
        }
        "loses" | "spoils" => {
            let before = talk.number(of(0));
            talk.run(&example.sql)?;
            worse(example.claim == "loses", before, talk.number(of(0)))
        }
        _ => talk.run(&example.sql),
    }
}

fn fails(talk: &mut Talk, example: &Example, code: &str) -> Result<(), String> {
    match talk.run(&example.sql) {
        Err(error) if error.starts_with(code) => Ok(()),
        Err(error) => Err(error),
        Ok(()) => Err("it runs".to_owned()),
    }
}

/// The last statement is refused where it is told to let others write.
fn refuses_others(talk: &mut Talk, example: &Example) -> Result<(), String> {
    let statement = example.sql.trim_end().trim_end_matches(';');
    match talk.run(&format!("{statement}, LOCK=NONE")) {
        Err(error) if ["1845", "1846"].iter().any(|code| error.starts_with(code)) => Ok(()),
        Err(error) => Err(format!("with LOCK=NONE: {error}")),
        Ok(()) => Err("others can write meanwhile".to_owned()),
    }
}

fn differs(before: &[String], after: &[String]) -> Result<(), String> {
    if before == after { Err(format!("the table is in the same file: {after:?}")) } else { Ok(()) }
}

/// Less than before, or no answer any more; for what is spoilt, true before and not after.
fn worse(is_loss: bool, before: Option<i64>, after: Option<i64>) -> Result<(), String> {
    let is_worse = match (before, after) {
        (Some(before), Some(after)) if is_loss => after < before,
        (before, after) => before.unwrap_or(1) > 0 && after.unwrap_or(0) == 0,
    };
    if is_worse { Ok(()) } else { Err(format!("it was {before:?} and is {after:?}")) }
}
