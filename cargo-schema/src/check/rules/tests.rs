//! What holds for every rule: its names agree, its examples do what they say, its page is up to date.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use schema_build::config::{Config, Level};
use schema_build::rule::{Purpose, RULES};
use schema_build::validate;
use schema_runtime::dialect::Dialect;

use super::{FOLDERS, all, of};
use crate::check::document;
use crate::check::rule::{Claim, Example, Rule};
use crate::check::safety::{self, Scope};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Compares a generated file with what it should be; `BLESS=1` writes it.
fn compare(path: &Path, expected: &str) {
    if std::env::vars().any(|(name, _)| name == "BLESS") {
        fs::write(path, expected).expect("a file of the source tree can be written");
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(found == expected, "{} is out of date: run this test with BLESS=1", path.display());
}

#[test]
fn file_and_id_share_a_name_and_every_file_is_a_rule() {
    for (folder, rules) in FOLDERS {
        let path = root("cargo-schema/src/check/rules").join(folder);
        let files: BTreeSet<String> = fs::read_dir(path)
            .expect("the folder of rules")
            .map(|entry| {
                entry.expect("an entry").file_name().to_string_lossy().trim_end_matches(".rs").to_owned()
            })
            .filter(|name| name != "mod")
            .collect();
        let ids: BTreeSet<String> = rules.iter().map(|rule| rule.id.replace('-', "_")).collect();
        assert_eq!(files, ids, "{folder}");
        assert_eq!(ids.len(), rules.len(), "{folder} names a rule twice");
    }
}

#[test]
fn ids_are_unique_among_all_rules() {
    let mut ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    for (_, rule) in all() {
        assert!(ids.insert(rule.id), "{}", rule.id);
    }
}

#[test]
fn build_scripts_know_the_names() {
    let ids: BTreeSet<&str> = all().map(|(_, rule)| rule.id).collect();
    let list: String = ids.iter().map(|id| format!("{id}\n")).collect();
    compare(&root("schema-build/src/rule/safety.txt"), &list);
}

#[test]
fn the_pages_are_up_to_date() {
    compare(&root("cargo-schema/rules.md"), &document::all());
}

#[test]
fn words_have_the_shape_that_output_needs() {
    for (_, rule) in all() {
        let id = rule.id;
        assert!(!rule.about.ends_with('.') && !rule.about.is_empty(), "{id}: about is a clause");
        assert!(rule.why.ends_with('.'), "{id}: why is made of sentences");
        assert!(!rule.instead.is_empty(), "{id}");
        let fires = rule.examples.iter().filter(|example| example.claim != Claim::Quiet).count();
        assert!(
            fires > 0 && fires < rule.examples.len(),
            "{id}: one example that fires and one that does not"
        );
    }
}

/// Ids of what is found in the second of two revisions, the first of which is released; all rules are on.
fn found(dialect: Dialect, example: &Example) -> Vec<&'static str> {
    let folder = tempfile::tempdir().expect("a folder");
    let revision = |name: &str, sql: &str, is_outside: bool| {
        let path = folder.path().join(name);
        fs::create_dir(&path).expect("a folder");
        fs::write(path.join("up.sql"), sql).expect("a file");
        fs::write(path.join("metadata.toml"), format!("run_in_transaction = {}\n", !is_outside))
            .expect("a file");
    };
    revision("0001_before", example.before, false);
    revision("0002_now", example.sql, example.is_outside);
    let mut config = Config::standalone(folder.path(), Some(dialect));
    config.lints = of(dialect).into_iter().map(|rule| (rule.id.to_owned(), Level::Warn)).collect();
    let validated = validate::validate_for(&config, dialect, Purpose::Run);
    let history = validated.history.unwrap_or_else(|| panic!("{:#?}", validated.findings));
    let safety = safety::check(
        &config,
        history.revisions(),
        dialect,
        &Scope { released: Some(vec![true, false]), ..Scope::default() },
    );
    safety.findings.iter().map(|finding| finding.rule).collect()
}

fn engines(folder: &str) -> Vec<Dialect> {
    match Dialect::from_name(folder) {
        Some(dialect) => vec![dialect],
        // Until the others have readers, what is common is shown on the one that has.
        None => vec![Dialect::Postgres],
    }
}

#[test]
fn examples_fire_and_stay_quiet_as_they_say() {
    let mut wrong = Vec::new();
    for (folder, rule) in all() {
        for dialect in engines(folder) {
            wrong.extend(rule.examples.iter().filter_map(|example| contradiction(rule, dialect, example)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn contradiction(rule: &Rule, dialect: Dialect, example: &Example) -> Option<String> {
    let found = found(dialect, example);
    let fires = found.contains(&rule.id);
    let is_unreadable = found.contains(&"unreadable-sql") && rule.id != "unreadable-sql";
    let text = || format!("{} on {dialect}: {:?} finds {found:?}", rule.id, example.sql);
    (fires == (example.claim == Claim::Quiet) || is_unreadable).then(text)
}

/// Folders of migrations of the repository.
fn fixtures() -> Vec<PathBuf> {
    let (mut folders, mut open) = (Vec::new(), vec![root("fixtures")]);
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        for path in
            entries.filter(|path| path.is_dir() && !path.ends_with("target") && !path.ends_with("broken"))
        {
            if path.ends_with("migrations") { folders.push(path) } else { open.push(path) }
        }
    }
    folders
}

/// The engine that a fixture is written for.
fn written_for(migrations: &Path) -> Dialect {
    let package = migrations.parent().expect("a package");
    let config = Config::load(package, None).ok();
    config.and_then(|(config, _)| config.dialect).unwrap_or(Dialect::Sqlite)
}

/// As long as nothing is released, nothing is dangerous. PostgreSQL's rules look at what was written for others, too.
#[test]
fn no_rule_alarms_on_the_fixtures() {
    let fixtures = fixtures();
    assert!(fixtures.len() > 3);
    for path in fixtures {
        let own = written_for(&path);
        for dialect in [own, Dialect::Postgres] {
            let config = Config::standalone(&path, Some(dialect));
            let Some(history) = validate::validate_for(&config, dialect, Purpose::Run).history else {
                continue;
            };
            let scope = Scope { released: Some(vec![false; history.len()]), ..Scope::default() };
            let mut found = safety::check(&config, history.revisions(), dialect, &scope).findings;
            // PostgreSQL does refuse a row without the number that SQLite gives to an INTEGER PRIMARY KEY.
            found.retain(|finding| own == dialect || finding.rule != "insert-refused");
            if own != dialect && found.iter().any(|finding| finding.rule == "unreadable-sql") {
                continue;
            }
            assert!(found.is_empty(), "{}: {found:#?}", path.display());
        }
    }
}
