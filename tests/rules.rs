//! What rules say of an engine, asked of that engine: each example of `cargo schema explain --format json` runs on it.

use serde_json::Value;

use crate::harness::{Engine, Run, Sandbox, Served, Session, checkout};

/// One example, and what is claimed of it.
pub struct Example {
    pub rule: String,
    pub before: String,
    pub sql: String,
    pub is_transactional: bool,
    pub claim: String,
    pub of: Vec<String>,
    /// The rule is for one engine alone.
    pub is_own: bool,
}

pub fn examples(engine: &str) -> Vec<Example> {
    let output = Run::schema(checkout(), "explain --format json").ok();
    let document: Value = output.json();
    let rules = document["rules"].as_array().unwrap();
    let of_engine =
        |rule: &&Value| rule["family"] == "safety" && (rule["engine"].is_null() || rule["engine"] == engine);
    rules.iter().filter(of_engine).flat_map(of_rule).collect()
}

fn of_rule(rule: &Value) -> Vec<Example> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let example = |example: &Value| Example {
        rule: text(&rule["rule"]),
        before: text(&example["before"]),
        sql: text(&example["sql"]),
        is_transactional: example["run_in_transaction"].as_bool().unwrap(),
        claim: text(&example["claim"]),
        of: example["of"].as_array().unwrap().iter().map(text).collect(),
        is_own: !rule["engine"].is_null(),
    };
    rule["examples"].as_array().unwrap().iter().map(example).collect()
}

#[test]
fn postgres_does_what_rules_say() {
    let Some(database) = Served::new(Engine::Postgres) else { return };
    let examples = examples("postgres");
    assert!(examples.len() > 150, "{}", examples.len());
    let wrong: Vec<String> =
        examples.iter().filter_map(|example| contradiction(&database, example)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), examples.len(), wrong.join("\n"));
}

pub fn contradiction(database: &Served, example: &Example) -> Option<String> {
    let mut session = database.session();
    empty(&mut session);
    let answer = prepared(&mut session, example).and_then(|()| match example.claim.as_str() {
        "fails" => refused(&database.url(), example),
        _ => tried(&mut session, example),
    });
    answer.err().map(|reason| {
        format!("{} ({} {:?}): {reason}\n    {}", example.rule, example.claim, example.of, example.sql)
    })
}

pub fn empty(session: &mut Session) {
    session
        .run(
            "SET client_min_messages = 'error';
             DO $$ DECLARE it text; BEGIN
               FOR it IN SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
                 EXECUTE 'DROP SCHEMA ' || it || ' CASCADE';
               END LOOP;
               FOR it IN SELECT quote_ident(pubname) FROM pg_publication LOOP EXECUTE 'DROP PUBLICATION ' || it; END LOOP;
             END $$;
             CREATE SCHEMA public;",
        )
        .unwrap();
}

fn prepared(session: &mut Session, example: &Example) -> Result<(), String> {
    session.run(&example.before).map_err(|error| format!("what is before it fails: {error}"))
}

/// Runs the example as the runner does, and says how the engine disagrees.
fn tried(session: &mut Session, example: &Example) -> Result<(), String> {
    let of = |position: usize| example.of.get(position).map_or("", String::as_str);
    let first = match example.claim.as_str() {
        "breaks" => Some(session.run(&format!("BEGIN; {}; ROLLBACK", of(0)))),
        _ => None,
    };
    let number = |session: &mut Session| session.try_rows(&format!("SELECT ({})::text AS line", of(0)));
    let before = match example.claim.as_str() {
        "loses" | "spoils" => number(session).ok(),
        "rewrites" => Some(vec![file_of(session, of(0))]),
        _ => None,
    };
    run(session, example).map_err(|error| format!("it fails: {error}"))?;
    match example.claim.as_str() {
        "locks" => has_lock(session, of(0), of(1)),
        "rewrites" => differs(before, Some(vec![file_of(session, of(0))]), "the table is in the same file"),
        "loses" => is_less(before, number(session).ok()),
        "spoils" => differs(before, number(session).ok(), "the answer is the same"),
        "breaks" => {
            first.unwrap().map_err(|error| format!("it did not work before: {error}"))?;
            session.run(of(0)).err().map(|_| ()).ok_or_else(|| "it still works".to_owned())
        }
        _ => Ok(()),
    }
}

/// Runs the example over a driver that tells SQLSTATEs.
fn refused(url: &str, example: &Example) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let sql =
            if example.is_transactional { format!("BEGIN; {}", example.sql) } else { example.sql.clone() };
        client.batch_execute(&sql).await
    });
    let Err(error) = answer else { return Err("it runs".to_owned()) };
    let refusal = error.as_db_error().map(|error| format!("{} {}", error.code().code(), error.message()));
    let refusal = refusal.unwrap_or_else(|| error.to_string());
    if refusal.contains(&example.of[0]) { Ok(()) } else { Err(refusal) }
}

/// In a transaction that stays open, or statement by statement.
pub fn run(session: &mut Session, example: &Example) -> Result<(), String> {
    if example.is_transactional {
        session.run("BEGIN")?;
        return session.run(&example.sql);
    }
    let statements =
        schema_build::statement::lex(&example.sql, schema_runtime::dialect::Dialect::Postgres).statements;
    statements.iter().try_for_each(|it| session.run(&example.sql[it.start as usize..it.end as usize]))
}

fn file_of(session: &mut Session, table: &str) -> String {
    session.rows(&format!("SELECT pg_relation_filenode('{table}')::text AS line")).join("")
}

fn has_lock(session: &mut Session, mode: &str, table: &str) -> Result<(), String> {
    let query = format!(
        "SELECT mode AS line FROM pg_locks WHERE pid = pg_backend_pid() AND relation = '{table}'::regclass"
    );
    let modes = session.rows(&query);
    if modes.iter().any(|it| it == mode) { Ok(()) } else { Err(format!("the locks are {modes:?}")) }
}

fn differs(before: Option<Vec<String>>, after: Option<Vec<String>>, same: &str) -> Result<(), String> {
    if before == after { Err(same.to_owned()) } else { Ok(()) }
}

/// Less than before, or no answer at all any more; where there was none before, less than one.
fn is_less(before: Option<Vec<String>>, after: Option<Vec<String>>) -> Result<(), String> {
    let number = |lines: Option<Vec<String>>| lines.and_then(|lines| lines.first()?.parse::<i64>().ok());
    let (before, after) = (number(before).unwrap_or(1), number(after));
    match after {
        Some(after) if after >= before => Err(format!("it was {before} and is {after}")),
        _ => Ok(()),
    }
}

const CHECK: &str = "--migrations migrations --database-url postgres://localhost/none check --only safety";

fn revision(sandbox: &Sandbox, name: &str, up: &str, is_transactional: bool) {
    sandbox.write(&format!("migrations/{name}/up.sql"), up);
    sandbox.write(&format!("migrations/{name}/down.sql"), "SELECT 1;\n");
    let metadata = format!("run_in_transaction = {is_transactional}\n");
    sandbox.write(&format!("migrations/{name}/metadata.toml"), metadata);
}

#[test]
fn a_comment_that_allows_nothing_goes_and_nothing_else() {
    let sandbox = Sandbox::empty();
    let kept = "-- schema:allow(truncate-table, drop-table) two rules\nSELECT 1; -- a note\n";
    let text = format!(
        "-- schema:allow(drop-table) nobody reads it\nCREATE TABLE a (id bigint PRIMARY KEY);\n{kept}"
    );
    revision(&sandbox, "0001_a", &text, true);
    sandbox.schema(&format!("{CHECK} --fix")).ok().says("1 finding in 1 file");
    let left = sandbox.read("migrations/0001_a/up.sql");
    assert_eq!(left, format!("CREATE TABLE a (id bigint PRIMARY KEY);\n{kept}"));
    sandbox.untouched(|| sandbox.schema(&format!("{CHECK} --fix")).ok().lacks("Fixed"));
}

#[test]
fn an_index_is_built_concurrently_where_nobody_has_built_it_yet() {
    let sandbox = Sandbox::empty();
    let index = "CREATE INDEX i ON a (n);\n";
    revision(&sandbox, "0001_a", "CREATE TABLE a (n int);\n", true);
    sandbox.schema("--migrations migrations --database-url postgres://localhost/none lock").ok();
    crate::corpus::git(&sandbox);
    revision(&sandbox, "0002_i", index, false);
    sandbox.untouched(|| sandbox.schema(&format!("{CHECK} --fix")).ok().says("index-not-concurrent"));
    let mended = sandbox.schema(&format!("{CHECK} --fix --base HEAD")).ok();
    mended.says("1 finding in 1 file").lacks("index-not-concurrent");
    assert_eq!(sandbox.read("migrations/0002_i/up.sql"), "CREATE INDEX CONCURRENTLY i ON a (n);\n");
}

#[test]
fn check_writes_what_test_reports_are_drawn_from() {
    let sandbox = Sandbox::empty();
    revision(&sandbox, "0001_a", "CREATE TABLE a (n int);\n", true);
    revision(&sandbox, "0002_b", "DROP TABLE a;\n", true);
    let output = sandbox.schema(&format!("{CHECK} --format junit")).exits(1);
    assert!(output.stdout.contains("classname=\"drop-table\""), "{}", output.stdout);
    sandbox.schema("--migrations migrations list --format junit").exits(2).says("junit");
}
