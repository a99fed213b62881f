//! Manners: what goes where, how much of it, in which colour.

use super::{json, shop};
use crate::harness::{Run, Sandbox};

const DB: &str = "--database-url app.db";

#[test]
fn quiet_says_nothing_but_errors_and_data() {
    let sandbox = shop(0);
    let output = sandbox.schema(&format!("upgrade -q {DB}")).ok();
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", ""));
    sandbox.schema(&format!("list -q {DB}")).ok().prints("applied");
    sandbox.schema(&format!("upgrade -q nowhere {DB}")).exits(2).says("nowhere");
}

#[test]
fn people_are_spoken_to_on_stderr_and_programs_on_stdout() {
    let sandbox = shop(0);
    assert_eq!(sandbox.schema(&format!("upgrade {DB}")).ok().stdout, "");
    let document = sandbox.schema(&format!("upgrade --format json {DB}")).ok();
    document.json();
    let error = sandbox.schema(&format!("upgrade nowhere --format json {DB}")).exits(2).json();
    assert_eq!((&error["command"], &error["error"]["exit_code"]), (&"upgrade".into(), &2.into()));
    let error = sandbox.schema(&format!("upgrad --format json {DB}")).exits(2).json();
    assert!(error["command"].is_null());
}

#[test]
fn colour_on_a_terminal_or_when_asked() {
    let sandbox = shop(0);
    sandbox.schema(&format!("list {DB}")).ok().lacks("\u{1b}[");
    assert!(sandbox.schema(&format!("upgrade --color always {DB}")).ok().stderr.contains("\u{1b}["));
    sandbox.schema(&format!("upgrade --color always {DB}")).env("NO_COLOR", "1").ok();
    sandbox.schema(&format!("upgrade --color never {DB}")).ok().lacks("\u{1b}[");
}

#[test]
fn both_spellings_behave_alike() {
    let sandbox = shop(1);
    let program = env!("CARGO_BIN_EXE_cargo-schema");
    let bare = Run::new(program.as_ref(), &sandbox.root()).words(&format!("list {DB}")).ok();
    assert_eq!(bare.stdout, sandbox.schema(&format!("list {DB}")).ok().stdout);
}

#[test]
fn help_names_every_verb_and_every_verb_has_help() {
    let sandbox = Sandbox::empty();
    let help = sandbox.schema("--help").ok().stdout;
    let verbs = [
        "init",
        "generate",
        "list",
        "upgrade",
        "revert",
        "current",
        "heads",
        "branches",
        "show",
        "history",
        "stamp",
        "merge",
        "rebase",
        "sql",
        "check",
        "lock",
        "resolve",
        "unlock",
        "reset",
        "dump",
        "restore",
        "edit",
        "explain",
        "diff",
        "squash",
        "graph",
        "completions",
        "man",
    ];
    for verb in verbs {
        assert!(
            help.lines().any(|line| line.trim_start().starts_with(&format!("{verb} "))),
            "{verb} is not in\n{help}"
        );
        sandbox.schema(&format!("{verb} --help")).ok().prints("Usage: cargo schema").prints(verb);
    }
    sandbox.schema("--version").ok().prints(env!("CARGO_PKG_VERSION"));
}

#[test]
fn completions_and_manual_pages() {
    let sandbox = Sandbox::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        sandbox.schema(&format!("completions {shell}")).ok().prints("upgrade");
    }
    sandbox.schema("man").ok().prints(".TH");
    sandbox.schema("completions tcsh").exits(2);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = shop(3);
    let program = env!("CARGO_BIN_EXE_cargo-schema");
    let line = format!("'{program}' schema history {DB}; echo $? >&2");
    let output = Run::new("sh".as_ref(), &sandbox.root()).arg("-c").arg(format!("{{ {line}; }} | true")).ok();
    output.lacks("panicked");
}

#[test]
fn every_document_says_its_version_and_its_verb() {
    let sandbox = shop(2);
    let lines = [
        "list",
        "current",
        "heads",
        "branches",
        "history",
        "show head",
        "sql",
        "check",
        "explain",
        "diff base base",
        "graph",
        "init",
        "lock",
        "generate --empty more",
        "merge",
        "rebase",
        "upgrade",
        "revert",
        "stamp head",
        "reset --yes --allow-empty-down",
        "dump copy.db",
        "restore copy.db --yes",
        "unlock",
    ];
    for line in lines {
        let verb = line.split(' ').next().unwrap();
        assert_eq!(json(&sandbox, &format!("{line} {DB}"))["command"], verb);
    }
}
