//! The cases of `fixtures/models`: models before and after, and the SQL that leads from the one to the other on each
//! engine. Every case is written, compared with what is expected, proven up and down with rows on a real database, and
//! then generating again finds nothing. `BLESS=1` writes what is expected, which is then read; `SCHEMA_CASE=part` tries
//! those alone whose name has this part.

mod bed;
mod case;
mod models;
mod story;

use bed::{Bed, OfMysql, OfPostgres, OfSqlite};
use story::Story;

use crate::dialect::{Dialect as _, mysql, postgres};

#[test]
fn cases_on_sqlite() {
    walk(&OfSqlite);
}

#[test]
fn cases_on_postgres() {
    let Some(server) = postgres::testing::Server::found() else { return };
    walk(&OfPostgres(server));
}

#[test]
fn cases_on_mysql() {
    let Some(server) = mysql::testing::Server::found() else { return };
    walk(&OfMysql(server));
}

/// Every case on one engine, on one database after the other.
fn walk<B: Bed>(bed: &B) {
    let engine = bed.ways().engine();
    let mut complaints = Vec::new();
    let mut spare = None;
    for case in case::all().iter().filter(|case| case.is_for(engine)) {
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            Story::begin(bed, case, spare.take()).map(|story| story.told())
        }));
        let outcome = match told {
            Ok(Ok((outcome, database))) => {
                spare = Some(database);
                case.check(engine, &outcome)
            }
            Ok(Err(complaint)) => Err(complaint),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                Err(text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned())
            }
        };
        complaints.extend(outcome.err().map(|complaint| format!("{} on {engine}: {complaint}", case.name)));
    }
    assert!(complaints.is_empty(), "{} cases\n\n{}", complaints.len(), complaints.join("\n\n"));
}

#[test]
fn there_are_enough_cases_and_each_says_what_it_shows() {
    let cases = case::all();
    assert!(cases.len() >= 120 || std::env::var_os("SCHEMA_CASE").is_some(), "{} cases", cases.len());
    for case in &cases {
        assert!(case.shows().ends_with('.'), "{}: the first line of after.rs says what it shows", case.name);
    }
}

/// The page that says what is found names cases that are there, and no case is without a purpose.
#[test]
fn the_page_about_what_is_found_names_the_cases() {
    let page = include_str!("../../../../autogenerate.md");
    let words = page.split('`').skip(1).step_by(2);
    let named: Vec<&str> = words.filter(|word| word.contains('-') && !word.contains(' ')).collect();
    let cases: Vec<String> = case::all().into_iter().map(|case| case.name).collect();
    let missing: Vec<&&str> = named.iter().filter(|name| !cases.iter().any(|case| case == **name)).collect();
    assert!(missing.is_empty() || std::env::var_os("SCHEMA_CASE").is_some(), "no such cases: {missing:?}");
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| change"));
    for row in rows.filter(|row| !row.contains("out of reach") && !row.starts_with("| kept |")) {
        assert!(row.contains('`'), "a row without a case: {row}");
    }
}
