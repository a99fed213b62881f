//! The build script's work on real folders; that Cargo understands it is tested with real projects.

use std::fs;

use super::*;
use crate::scratch::Scratch;

fn project(files: &[(&str, &str)]) -> Scratch {
    let scratch = Scratch::new();
    scratch.write("out/x", "");
    scratch
        .write("Cargo.toml", "[package]\nname = \"shop\"\n[package.metadata.schema]\ndialect = \"sqlite\"\n");
    files.iter().for_each(|(path, text)| scratch.write(path, text));
    scratch
}

fn embedded(scratch: &Scratch) -> Vec<String> {
    embed_into(scratch.path(), &scratch.path().join("out"), None)
}

#[test]
fn a_good_history_is_written_and_watched() {
    let scratch = project(&[("migrations/1_a/up.sql", "SELECT 1"), ("migrations/1_a/down.sql", "")]);
    let root = scratch.path().display().to_string();
    assert_eq!(
        embedded(&scratch),
        [
            format!("cargo::rerun-if-changed={root}/Cargo.toml"),
            format!("cargo::rerun-if-changed={root}/migrations"),
        ]
    );
    let bytes = fs::read(scratch.path().join("out/schema_history.bin")).expect("a blob").leak();
    let (_, revisions) = schema_runtime::blob::decode(bytes).expect("a good blob");
    assert_eq!(revisions[0].up.text, "SELECT 1");
    let code = fs::read_to_string(scratch.path().join("out/schema_history.rs")).expect("code");
    assert!(code.contains("pub const HEAD: &str = \"1\";"), "{code}");
}

#[test]
fn what_would_not_change_is_not_touched() {
    let scratch = project(&[("migrations/1_a/up.sql", "SELECT 1")]);
    let times = || {
        embedded(&scratch);
        ["history.bin", "history.rs", "migrations.rs"].map(|file| {
            let path = scratch.path().join(format!("out/schema_{file}"));
            fs::metadata(path).and_then(|found| found.modified()).expect("a time")
        })
    };
    let first = times();
    assert_eq!(times(), first);
}

#[test]
fn a_broken_history_is_told_line_by_line_and_nothing_is_written() {
    let scratch = project(&[("migrations/1_a\nb/up.sql", ""), ("migrations/2_b/x", "")]);
    let directives = embedded(&scratch);
    let errors: Vec<&String> = directives.iter().filter(|line| line.starts_with("cargo::error=")).collect();
    assert_eq!(
        errors,
        [
            "cargo::error=`up.sql` is empty",
            "cargo::error=  --> migrations/1_a\u{240a}b/up.sql",
            "cargo::error=   = help: write it; a comment is enough for a revision that does nothing",
            "cargo::error=the migration has no `up.sql`",
            "cargo::error=  --> migrations/2_b",
            "cargo::error=   = help: write it, or remove the folder; a comment is enough for a revision that does nothing",
        ]
    );
    assert!(directives.iter().all(|line| !line.contains('\n') && line.starts_with("cargo::")));
    assert!(!scratch.path().join("out/schema_history.bin").exists());
}

#[test]
fn many_warnings_of_one_kind_are_counted() {
    let scratch = project(&[]);
    for at in 0..8 {
        scratch.write(&format!("migrations/{at}_a/up.sql"), "SELECT 1");
    }
    let directives = embedded(&scratch);
    let shown = directives.iter().filter(|line| line.ends_with("has no `down.sql`")).count();
    assert_eq!(shown, WARNINGS);
    let last = directives.last().expect("a directive");
    assert_eq!(last, "cargo::warning=and 3 more of `missing-down`; `cargo schema check` shows them all");
}

#[test]
fn a_wrong_configuration_fails_the_build() {
    let scratch = project(&[("Cargo.toml", "[package]\n[package.metadata.schema]\nx = 1\n")]);
    assert_eq!(embedded(&scratch)[0], "cargo::error=`x` is no key of [package.metadata.schema]");
}

#[test]
fn a_missing_folder_is_not_watched_and_says_what_to_do() {
    let directives = embedded(&project(&[]));
    assert!(directives.iter().any(|line| line == "cargo::error=there is no migrations folder `migrations`"));
    assert!(directives.iter().any(|line| line.contains("`cargo schema init`")));
    assert!(directives.iter().all(|line| !line.ends_with("/migrations")));
}

#[test]
fn a_second_database_has_files_of_its_own() {
    let scratch = project(&[("audit/1_a/up.sql", "SELECT 1")]);
    scratch.write(
        "Cargo.toml",
        "[package]\n[package.metadata.schema.target.audit]\nmigrations = \"audit\"\ndialect = \"sqlite\"\n",
    );
    embed_into(scratch.path(), &scratch.path().join("out"), Some("audit"));
    assert!(scratch.path().join("out/schema_audit_history.bin").exists());
}

#[test]
fn diesels_own_form_is_written_when_a_manifest_mentions_it() {
    let scratch = project(&[
        ("migrations/1_a/up.sql", "SELECT 1"),
        ("migrations/1_a/down.sql", "SELECT 2"),
        ("migrations/2_b/up.sql", "VACUUM"),
        ("migrations/2_b/metadata.toml", "run_in_transaction = false"),
        (
            "Cargo.toml",
            "[package]\n[dependencies]\nschema-runtime = { features = [\"diesel_migrations\"] }\n",
        ),
    ]);
    embedded(&scratch);
    let code = fs::read_to_string(scratch.path().join("out/schema_migrations.rs")).expect("code");
    assert!(code.contains(
        "new(r#\"SELECT 1\"#, Some(r#\"SELECT 2\"#), __diesel_migrations::EmbeddedName::new(\"1_a\")"
    ));
    assert!(code.contains("TomlMetadataWrapper::new(false)"));
}
