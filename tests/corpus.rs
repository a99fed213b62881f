//! Dangers and their harmless look-alikes: what the engine does with each is measured, and `cargo schema check` has to
//! tell them apart. The cases are in `corpus/<engine>.sql`, which says how they are written.

use std::fmt::Write as _;

use crate::harness::{Engine, Sandbox, Served, Session, checkout};
use crate::rules::{Example, contradiction, empty};
use crate::rules_mysql::Talk;

/// One case.
struct Case {
    /// What an engine does; what is harmless is `quiet`.
    example: Example,
    /// The line that must be found; none where nothing must be.
    line: Option<usize>,
    /// Nothing is released yet.
    is_fresh: bool,
}

fn cases(engine: &str) -> Vec<Case> {
    let path = checkout().join("tests/corpus").join(engine).with_extension("sql");
    let text = std::fs::read_to_string(path).unwrap();
    text.split("\n=== ").skip(1).map(case).collect()
}

fn case(text: &str) -> Case {
    let (heading, rest) = text.split_once('\n').unwrap();
    let (kind, words) = heading.split_once(' ').unwrap();
    let (before, after) = rest.split_once("---").unwrap();
    let (mode, sql) = after.split_once('\n').unwrap();
    let (rule, claim) = words.split_once(": ").unwrap_or((words, "quiet"));
    let (claim, of) = claim.split_once(' ').unwrap_or((claim, ""));
    let of = match (claim, of.split_once(' ')) {
        ("locks", Some((mode, table))) => vec![mode.to_owned(), table.to_owned()],
        _ => vec![of.to_owned()],
    };
    let line = sql.lines().position(|line| line.ends_with("--!")).map(|line| line + 1);
    assert_eq!(line.is_some(), kind == "hazard", "{heading}");
    let example = Example {
        rule: rule.to_owned(),
        before: before.trim().to_owned(),
        sql: sql.trim_end().replace("--!", ""),
        is_transactional: mode.trim() != "outside",
        claim: claim.to_owned(),
        of,
        is_own: true,
    };
    Case { example, line, is_fresh: mode.trim() == "fresh" }
}

/// The lines of the second of two revisions in which something is found, with the rule.
fn found(case: &Case, engine: &str) -> Vec<(usize, String)> {
    let sandbox = Sandbox::empty();
    let folder = |name: &str, sql: &str, is_transactional: bool| {
        sandbox.write(&format!("migrations/{name}/up.sql"), format!("{sql}\n"));
        sandbox.write(&format!("migrations/{name}/down.sql"), "SELECT 1;\n");
        let metadata = format!("run_in_transaction = {is_transactional}\n");
        sandbox.write(&format!("migrations/{name}/metadata.toml"), metadata);
    };
    let before = if case.example.before.is_empty() { "SELECT 1;" } else { &case.example.before };
    let words = format!(
        "--migrations migrations --database-url {engine}://localhost/none check --format json -A lock-out-of-date"
    );
    folder("0001_before", before, true);
    let mut words = words;
    if case.is_fresh {
        sandbox.write("migrations/schema.lock", "version = 1\n");
        git(&sandbox);
        words += " --base HEAD";
    }
    folder("0002_now", &case.example.sql, case.example.is_transactional);
    let answer = sandbox.schema(&words).output().json();
    let findings = answer["findings"].as_array().unwrap().iter();
    let here = findings
        .filter(|finding| finding["file"].as_str().is_some_and(|file| file.contains("0002_now/up.sql")));
    here.map(|it| (it["line"].as_u64().unwrap_or(0) as usize, it["rule"].as_str().unwrap().to_owned()))
        .collect()
}

pub fn git(sandbox: &Sandbox) {
    for words in ["init -q", "add -A", "-c user.name=a -c user.email=a@b commit -qm a"] {
        let mut git = std::process::Command::new("git");
        assert!(
            git.args(words.split(' ')).current_dir(sandbox.root()).status().unwrap().success(),
            "git {words}"
        );
    }
}

/// What is not found on its line, and what is found where nothing is.
fn mistakes(cases: &[Case], engine: &str) -> (Vec<String>, Vec<String>) {
    let (mut missed, mut alarms) = (Vec::new(), Vec::new());
    for case in cases {
        let found = found(case, engine);
        let text = || format!("{}: {found:?}\n    {}", case.example.rule, case.example.sql.trim());
        match case.line {
            Some(line) if !found.iter().any(|(at, _)| *at == line) => missed.push(text()),
            None if !found.is_empty() => alarms.push(text()),
            _ => {}
        }
    }
    (missed, alarms)
}

fn told_apart(engine: &str, hazards: usize) {
    let cases = cases(engine);
    let (dangerous, harmless): (Vec<Case>, Vec<Case>) =
        cases.into_iter().partition(|case| case.line.is_some());
    assert!(
        dangerous.len() >= hazards && harmless.len() >= hazards,
        "{} and {}",
        dangerous.len(),
        harmless.len()
    );
    let (missed, _) = mistakes(&dangerous, engine);
    let (_, alarms) = mistakes(&harmless, engine);
    let mut report = String::new();
    let _ = writeln!(report, "missed {} of {}:\n{}", missed.len(), dangerous.len(), missed.join("\n"));
    let _ = writeln!(report, "alarms {} of {}:\n{}", alarms.len(), harmless.len(), alarms.join("\n"));
    assert!(missed.len() * 100 <= dangerous.len() * 3 && alarms.len() * 100 <= harmless.len(), "{report}");
}

#[test]
fn dangers_of_postgres_are_told_from_look_alikes() {
    told_apart("postgres", 120);
}

#[test]
fn postgres_does_what_the_corpus_says() {
    let Some(database) = Served::new(Engine::Postgres) else { return };
    let wrong: Vec<String> =
        cases("postgres").iter().filter_map(|case| disagreement(&database, case)).collect();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn dangers_of_mysql_are_told_from_look_alikes() {
    told_apart("mysql", 75);
}

#[test]
fn mariadb_does_what_the_corpus_says() {
    let Some(database) = Served::new(Engine::Mysql) else { return };
    let wrong: Vec<String> = cases("mysql").iter().filter_map(|case| contradicted(&database, case)).collect();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

fn contradicted(database: &Served, case: &Case) -> Option<String> {
    if case.line.is_some() {
        return crate::rules_mysql::contradiction(database, &case.example);
    }
    let mut talk = Talk::new(database);
    let answer = talk.run(&case.example.before).and_then(|()| left_alone(&mut talk, case));
    answer.err().map(|reason| format!("{}: {reason}", case.example.rule))
}

/// It runs, and InnoDB keeps every table that was there where it was, unless nothing is released yet.
fn left_alone(talk: &mut Talk, case: &Case) -> Result<(), String> {
    let before = talk.files("%");
    talk.run(&case.example.sql)?;
    let after = talk.files("%");
    match before.iter().find(|table| !after.contains(table) && !case.is_fresh) {
        Some(table) => Err(format!("{table} is not in {after:?}")),
        None => Ok(()),
    }
}

fn disagreement(database: &Served, case: &Case) -> Option<String> {
    if case.line.is_some() {
        return contradiction(database, &case.example);
    }
    let mut session = database.session();
    empty(&mut session);
    let answer = session.run(&case.example.before).and_then(|()| harmless(&mut session, case));
    answer.err().map(|reason| format!("{}: {reason}", case.example.rule))
}

/// It runs, and every table that was there is in the same file, with as many rows, unless nothing is released yet.
fn harmless(session: &mut Session, case: &Case) -> Result<(), String> {
    let before = tables(session);
    crate::rules::run(session, &case.example)?;
    let after = tables(session);
    let is_kept = |table: &&String| after.contains(*table) || case.is_fresh;
    match before.iter().find(|table| !is_kept(table)) {
        Some(table) => Err(format!("{table} is not in {after:?}")),
        None => Ok(()),
    }
}

/// Every table as `oid file`, and nothing of a table without rows.
fn tables(session: &mut Session) -> Vec<String> {
    session.rows(
        "SELECT oid || ' ' || relfilenode || ' ' || (xpath('/row/n/text()', query_to_xml(format(
             'SELECT count(*) > 0 AS n FROM ONLY %s', oid::regclass), false, true, '')))[1]::text AS line
         FROM pg_class WHERE relkind = 'r' AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
           AND relnamespace::regnamespace::text !~ '^pg_'",
    )
}

#[test]
fn a_case_says_what_it_is() {
    let case = case("hazard x: locks ShareLock \"a b\"\nA;\n--- outside\n\nB --!\nC;");
    assert_eq!(case.line, Some(2));
    assert_eq!(case.example.of, ["ShareLock", "\"a b\""]);
    assert!(!case.example.is_transactional && !case.example.sql.contains("--!"));
}
