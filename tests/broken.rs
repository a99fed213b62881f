//! One project per broken history: `cargo build` refuses it with every finding, and takes it once it is mended.
//! What it says stands in `fixtures/broken/KIND/expected.txt`, blessed by `BLESS=1` and then read.

use std::fs;
use std::path::{Path, PathBuf};

use schema_build::config::Level;
use schema_build::rule::{Purpose, RULES};

use crate::harness::{Sandbox, blessing, checkout};

/// Defects that no file in a repository can show: they are made in `bad_input`.
const MADE: [&str; 3] = ["unreadable-file", "unreadable-name", "file-too-large"];

/// The folders, each named after its rule; `RULE.VARIANT` is another way to break it.
fn kinds() -> Vec<String> {
    let folder = fs::read_dir(checkout().join("fixtures/broken")).unwrap();
    let mut kinds: Vec<String> =
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    kinds.sort();
    kinds
}

/// The rule that a folder is named after; none for the one that breaks many.
fn rule_of(kind: &str) -> Option<&str> {
    kind.split('.').next().filter(|rule| *rule != "several-at-once")
}

#[test]
fn every_rule_that_fails_a_build_has_a_project_that_breaks_it() {
    let kinds = kinds();
    assert!(kinds.len() >= 16, "only {kinds:?}");
    let denied = RULES.iter().filter(|rule| rule.level(Purpose::Build) == Level::Deny).map(|rule| rule.id);
    for rule in denied.filter(|rule| !MADE.contains(rule)) {
        assert!(kinds.iter().any(|kind| rule_of(kind) == Some(rule)), "fixtures/broken/{rule} is missing");
    }
}

#[test]
fn every_broken_history_fails_the_build_with_every_finding() {
    let mut wrong = Vec::new();
    for kind in kinds() {
        let sandbox = Sandbox::broken(&kind);
        let root = sandbox.root().canonicalize().unwrap().display().to_string();
        let said = sandbox.build().fails().said_by("skeleton").replace(&root, "[project]");
        let path = checkout().join("fixtures/broken").join(&kind).join("expected.txt");
        if blessing() {
            fs::write(&path, &said).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        let helps =
            said.lines().filter(|line| line.contains(": = help: ") || line.contains("  = help: ")).count();
        if said != expected || helps < headlines(&said) {
            wrong.push(format!("=== {kind}\n--- expected\n{expected}--- said\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_mended_history_builds() {
    for kind in kinds() {
        let sandbox = Sandbox::broken(&kind);
        mend(&sandbox, &kind);
        assert_eq!(sandbox.build().ok().said_by("skeleton"), "", "{kind}");
        sandbox.app("skeleton").ok().prints("head ");
    }
}

/// The build script and the command come through one door: what one refuses, the other does, in the same words.
#[test]
fn the_check_finds_what_the_build_finds() {
    for kind in kinds() {
        let sandbox = Sandbox::broken(&kind);
        let check = sandbox.untouched(|| sandbox.schema("check --format json").output());
        assert!([1, 2].contains(&check.code), "{kind}\n{}", check.story());
        let document = check.json();
        let findings = document["findings"].as_array().or(document["error"]["findings"].as_array()).unwrap();
        let expected =
            fs::read_to_string(checkout().join("fixtures/broken").join(&kind).join("expected.txt")).unwrap();
        for finding in findings.iter().filter(|finding| finding["severity"] == "error") {
            let message = finding["message"].as_str().unwrap();
            assert!(expected.contains(message), "{kind}: the build does not say {message}");
        }
        let rule = rule_of(&kind);
        let finds_it = findings.iter().any(|finding| rule.is_none_or(|rule| finding["rule"] == rule));
        assert!(finds_it, "{kind}\n{}", check.story());
        let errors = findings.iter().filter(|finding| finding["severity"] == "error").count();
        assert_eq!(errors, headlines(&expected), "{kind}\n{}", check.story());
    }
}

/// Findings begin at the margin; what belongs to them is indented.
fn headlines(said: &str) -> usize {
    said.lines()
        .filter_map(|line| line.strip_prefix("error: skeleton@0.1.0: "))
        .filter(|text| !text.starts_with(' ') && !text.is_empty())
        .count()
}

/// Puts the mended migrations in the place of the broken ones; an empty file says that one goes.
fn mend(sandbox: &Sandbox, kind: &str) {
    let mended = sandbox.root().join("mended");
    assert!(mended.exists(), "fixtures/broken/{kind} has nothing mended");
    let folders: Vec<PathBuf> = fs::read_dir(mended.join("migrations"))
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    for folder in folders {
        let broken = sandbox.path("migrations").join(folder.file_name().unwrap());
        remove(&broken);
        if fs::metadata(&folder).unwrap().len() > 0 {
            fs::create_dir_all(sandbox.path("migrations")).unwrap();
            fs::rename(&folder, &broken).unwrap();
        }
    }
    if mended.join("Cargo.toml").exists() {
        fs::rename(mended.join("Cargo.toml"), sandbox.path("Cargo.toml")).unwrap();
    }
    fs::remove_dir_all(mended).unwrap();
}

fn remove(path: &Path) {
    if path.is_dir() {
        fs::remove_dir_all(path).unwrap();
    } else if path.exists() {
        fs::remove_file(path).unwrap();
    }
}
