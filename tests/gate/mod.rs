//! `check` as a gate: live databases, formats that others read, everything wrong at once, and teams with Git.

mod clones;
mod databases;
mod everything;
mod formats;
mod odd;
mod speed;
mod teams;

use crate::harness::{Output, Run, Sandbox};

/// The rules of what is found, in alphabetical order.
#[track_caller]
fn rules(output: &Output) -> Vec<String> {
    let document = output.json();
    let findings = document["findings"].as_array().unwrap().clone();
    let mut rules: Vec<String> =
        findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect();
    rules.sort();
    rules
}

/// Runs Git in the project.
#[track_caller]
fn git(sandbox: &Sandbox, words: &str) -> Output {
    Run::new("git".as_ref(), &sandbox.root())
        .words("-c user.name=me -c user.email=me@example.org -c init.defaultBranch=main")
        .words(words)
        .ok()
}

/// A revision of a plain history, with its parent.
fn revision(sandbox: &Sandbox, number: usize, up: &str, down: &str) {
    let parent = match number {
        1 => String::new(),
        _ => format!("\"00000000000{}\"", number - 1),
    };
    let metadata =
        format!("run_in_transaction = true\nrevision = \"00000000000{number}\"\nparents = [{parent}]\n");
    let folder = format!("2026-11-20-100{number}-00000000000{number}_step");
    sandbox.migration(&folder, &metadata, up, Some(down));
}
