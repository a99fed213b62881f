//! Configuration as people write it: real manifests in real folders.

use std::fs;

use super::*;
use crate::finding::Heading;
use crate::scratch::Scratch;

fn package(schema: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.write("Cargo.toml", format!("[package]\nname = \"shop\"\n\n{schema}"));
    scratch
}

fn load(scratch: &Scratch) -> Config {
    let (config, warnings) = Config::load(scratch.path(), None).expect("a good configuration");
    assert_eq!(warnings, []);
    config
}

fn refused(schema: &str) -> Vec<String> {
    let findings = Config::load(package(schema).path(), None).expect_err("a bad configuration");
    findings.iter().flat_map(|finding| finding.plain_lines(Heading::Bare)).collect()
}

#[test]
fn everything_has_a_default() {
    let scratch = package("");
    let config = load(&scratch);
    assert_eq!(config.dialect, None);
    assert_eq!(config.migrations, scratch.path().join("migrations"));
    assert_eq!(config.tables, [scratch.path().join("src/schema.rs")]);
    assert_eq!(config.database_url, "env:DATABASE_URL");
    assert_eq!(config.lock_wait, Duration::from_secs(60));
    assert_eq!(config.files, [scratch.path().join("Cargo.toml")]);
}

#[test]
fn every_key_is_read() {
    let scratch = package(
        "[package.metadata.schema]\ndialect = \"postgres\"\nmigrations = \"db/m\"\nmodels = \"src/models\"\n\
         tables = [\"src/a.rs\", \"src/b.rs\"]\non-connect = [\"PRAGMA x\"]\nignore = [\"audit.*\"]\n\
         database-url = \"app.db\"\nname = \"{rev}_{slug}\"\ntransaction = \"all\"\nlock = \"table\"\n\
         lock-wait = \"5m\"\nlock-timeout = \"500ms\"\nstatement-timeout = \"1h\"\nsafety-after = \"0007\"\nconcurrent-indexes = true\n\
         [package.metadata.schema.lints]\nmissing-down = \"deny\"\nmultiple-heads = \"allow\"\n",
    );
    let config = load(&scratch);
    assert_eq!(config.dialect, Some(Dialect::Postgres));
    assert_eq!(config.migrations, scratch.path().join("db/m"));
    assert_eq!(config.models, [scratch.path().join("src/models")]);
    assert_eq!(config.tables.len(), 2);
    assert_eq!(config.on_connect, ["PRAGMA x"]);
    assert_eq!(config.ignore, ["audit.*"]);
    assert_eq!(config.database_url, "app.db");
    assert_eq!(config.name, "{rev}_{slug}");
    assert_eq!((config.transaction, config.lock), (TransactionScope::All, LockKind::Table));
    assert_eq!(config.lock_wait, Duration::from_secs(300));
    assert_eq!(config.lock_timeout, Some(Duration::from_millis(500)));
    assert_eq!(config.statement_timeout, Some(Duration::from_secs(3600)));
    assert_eq!(config.safety_after.as_deref(), Some("0007"));
    assert!(config.concurrent_indexes);
    let lints = [("missing-down".to_string(), Level::Deny), ("multiple-heads".to_string(), Level::Allow)];
    assert_eq!(config.lints, BTreeMap::from(lints));
}

#[test]
fn an_unknown_key_is_shown_with_the_one_that_was_meant() {
    assert_eq!(
        refused("[package.metadata.schema]\ndialct = \"sqlite\"\n"),
        [
            "`dialct` is no key of [package.metadata.schema]",
            "  --> Cargo.toml:5:1",
            "   |",
            " 5 | dialct = \"sqlite\"",
            "   | ^^^^^^",
            "   |",
            "   = help: did you mean `dialect`?",
        ]
    );
}

#[test]
fn wrong_values_are_all_shown_at_once() {
    let lines = refused(
        "[package.metadata.schema]\ndialect = \"oracle\"\nmigrations = 5\nname = \"{date}\"\nlock-wait = \"soon\"\n\
         transaction = \"some\"\n[package.metadata.schema.lints]\nmissing-dwn = \"deny\"\ncycle = \"allow\"\n\
         disordered = \"never\"\n",
    );
    for expected in [
        "there is no dialect `oracle`",
        "`migrations` must be a string",
        "`name` is no usable template of folder names",
        "   |        ^^^^^^^^ `{date}` is no part of a name",
        "`lock-wait` is no duration",
        "`transaction` cannot be `some`",
        "there is no rule `missing-dwn`",
        "   = help: did you mean `missing-down`?",
        "the rule `cycle` cannot be configured",
        "`disordered` cannot be `never`",
    ] {
        assert!(lines.iter().any(|line| line == expected), "{expected}\n{}", lines.join("\n"));
    }
}

#[test]
fn a_workspace_gives_defaults_and_the_package_overrides_them() {
    let scratch = Scratch::new();
    scratch.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"a\"]\n[workspace.metadata.schema]\ndialect = \"mysql\"\nmigrations = \"m\"\n\
         [workspace.metadata.schema.lints]\ndisordered = \"deny\"\n",
    );
    scratch.write(
        "crates/a/Cargo.toml",
        "[package]\nname = \"a\"\n[package.metadata.schema]\ndialect = \"sqlite\"\n",
    );
    let root = scratch.path().join("crates/a");
    let (config, _) = Config::load(&root, None).expect("a good configuration");
    assert_eq!(config.dialect, Some(Dialect::Sqlite));
    assert_eq!(config.migrations, root.join("m"));
    assert_eq!(config.lints.get("disordered"), Some(&Level::Deny));
    assert_eq!(config.files, [root.join("Cargo.toml"), scratch.path().join("Cargo.toml")]);
}

#[test]
fn a_mistake_in_the_workspace_is_shown_there() {
    let scratch = Scratch::new();
    scratch.write("Cargo.toml", "[workspace]\n[workspace.metadata.schema]\nx = 1\n");
    scratch.write("a/Cargo.toml", "[package]\nname = \"a\"\n");
    let findings = Config::load(&scratch.path().join("a"), None).expect_err("an unknown key");
    assert_eq!(findings[0].plain_lines(Heading::Bare)[1], "  --> ../Cargo.toml:3:1");
}

#[test]
fn an_excluded_package_is_not_in_the_workspace() {
    let scratch = Scratch::new();
    scratch.write("Cargo.toml", "[workspace]\nexclude = [\"a\"]\n[workspace.metadata.schema]\nx = 1\n");
    scratch.write("a/Cargo.toml", "[package]\nname = \"a\"\n");
    assert!(Config::load(&scratch.path().join("a"), None).is_ok());
}

#[test]
fn a_target_is_a_second_database() {
    let scratch = package(
        "[package.metadata.schema]\ndialect = \"sqlite\"\non-connect = [\"a\"]\n\
         [package.metadata.schema.target.audit]\nmigrations = \"audit\"\ndatabase-url = \"env:AUDIT_URL\"\n",
    );
    let (config, _) = Config::load(scratch.path(), Some("audit")).expect("a good configuration");
    assert_eq!(config.migrations, scratch.path().join("audit"));
    assert_eq!((config.database_url.as_str(), config.dialect), ("env:AUDIT_URL", Some(Dialect::Sqlite)));
    assert_eq!(config.on_connect, ["a"]);

    let findings = Config::load(scratch.path(), Some("audt")).expect_err("no such target");
    assert_eq!(findings[0].message, "there is no target `audt`");
    assert_eq!(findings[0].notes, [crate::finding::Note::Help("did you mean `audit`?".to_string())]);
}

#[test]
fn mistakes_in_a_target_count_even_when_it_is_not_chosen() {
    let lines = refused("[package.metadata.schema.target.audit]\nmigration = \"x\"\n");
    assert_eq!(lines[0], "`migration` is no key of [package.metadata.schema.target.audit]");
}

#[test]
fn diesel_toml_counts_where_our_configuration_is_silent() {
    let scratch = package("");
    scratch.write(
        "diesel.toml",
        "[print_schema]\nfile = \"src/db.rs\"\n[migrations_directory]\ndir = \"db/m\"\n",
    );
    fs::create_dir_all(scratch.path().join("db/m")).expect("a folder");
    let config = load(&scratch);
    assert_eq!(config.migrations, scratch.path().join("db/m"));
    assert_eq!(config.tables, [scratch.path().join("src/db.rs")]);
    assert_eq!(config.files.last(), Some(&scratch.path().join("diesel.toml")));
}

#[test]
fn a_diesel_toml_that_is_wrong_is_a_warning_that_says_what_was_used() {
    for (text, message, note) in [
        ("= x", "`diesel.toml` is not valid TOML", "Cargo.toml and the defaults are used instead"),
        (
            "[migrations_directory]\ndir = \"/nowhere/at/all\"",
            "the migrations folder `/nowhere/at/all` does not exist",
            "`migrations` is used instead",
        ),
    ] {
        let scratch = package("");
        scratch.write("diesel.toml", text);
        let (config, warnings) = Config::load(scratch.path(), None).expect("warnings only");
        assert_eq!(config.migrations, scratch.path().join("migrations"));
        assert_eq!(warnings.len(), 1);
        assert!(!warnings[0].is_error());
        assert_eq!(warnings[0].message, message);
        assert_eq!(warnings[0].notes, [crate::finding::Note::Note(note.to_string())]);
    }
}

#[test]
fn a_diesel_toml_that_is_not_needed_is_not_judged() {
    let scratch = package("[package.metadata.schema]\nmigrations = \"m\"\n");
    scratch.write("diesel.toml", "[migrations_directory]\ndir = \"/nowhere/at/all\"");
    assert_eq!(load(&scratch).migrations, scratch.path().join("m"));
}

#[test]
fn a_folder_without_a_manifest_is_an_error() {
    let scratch = Scratch::new();
    let findings = Config::load(scratch.path(), None).expect_err("no manifest");
    assert_eq!(findings[0].message, "`Cargo.toml` cannot be read");
}

#[test]
fn durations_have_units() {
    for (text, millis) in [("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("1h", 3_600_000), ("0", 0)] {
        assert_eq!(parse_duration(text), Some(Duration::from_millis(millis)), "{text}");
    }
    for text in ["", "5", "-1s", "1d", "s", "1.5s", "99999999999999999999s", "999999999999999999h"] {
        assert_eq!(parse_duration(text), None, "{text}");
    }
}
