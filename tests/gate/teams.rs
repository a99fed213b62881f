//! What the README gives to teams: workflows and a hook, which run here as far as they can without their host.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use yaml_rust2::{Yaml, YamlLoader};

use super::git;
use crate::harness::{Output, Run, Sandbox, checkout};

/// The fenced block of the README that begins with this line.
#[track_caller]
fn block(language: &str, first: &str) -> String {
    let text = fs::read_to_string(checkout().join("README.md")).unwrap();
    let start = format!("\n```{language}\n{first}\n");
    let (_, block) = text.split_once(&start).unwrap_or_else(|| panic!("the README lacks {first}"));
    block.split_once("\n```").unwrap().0.to_owned()
}

fn yaml(first: &str) -> Yaml {
    YamlLoader::load_from_str(&block("yaml", first)).unwrap().remove(0)
}

/// A line of a script, with the command on the path.
fn shell(sandbox: &Sandbox, line: &str) -> Run {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_cargo-schema"));
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(
        std::iter::once(program.parent().unwrap().to_owned()).chain(std::env::split_paths(&path)),
    );
    Run::new("bash".as_ref(), &sandbox.root()).arg("-ec").arg(line).env("PATH", path.unwrap())
}

/// A repository of a team: what is released is on `main`, with a lock file, and a branch has a new revision.
fn repository(up: &str) -> Sandbox {
    let sandbox = Sandbox::of("quickstart");
    sandbox.schema("lock").ok();
    git(&sandbox, "init -q");
    git(&sandbox, "add -A");
    git(&sandbox, "commit -qm released");
    git(&sandbox, "update-ref refs/remotes/origin/main HEAD");
    git(&sandbox, "checkout -qb change");
    sandbox.schema("generate --empty \"a change\" --rev-id abcdefabcdef").ok();
    let folder = sandbox.migrations().into_iter().find(|name| name.contains("abcdefabcdef")).unwrap();
    sandbox.write(&format!("migrations/{folder}/up.sql"), up);
    sandbox.write(&format!("migrations/{folder}/down.sql"), "SELECT 1;\n");
    sandbox.schema("lock").ok();
    sandbox
}

fn commit(sandbox: &Sandbox) -> Output {
    shell(sandbox, "git add -A && git -c user.name=me -c user.email=me@example.org commit -qm change")
        .output()
}

const GOOD: &str = "SELECT 1;\n";
const BAD: &str = "SELECT FROM nothing_that_is;\n";

#[test]
fn the_workflow_for_github_finds_what_is_wrong() {
    let workflow = yaml("# .github/workflows/schema.yml");
    let steps = workflow["jobs"]["schema"]["steps"].as_vec().unwrap();
    let checkout = steps.iter().find(|step| step["uses"].as_str().is_some_and(|it| it.contains("checkout")));
    assert_eq!(checkout.unwrap()["with"]["fetch-depth"].as_i64(), Some(0), "--base needs what is released");
    let run = steps.iter().filter_map(|step| step["run"].as_str()).find(|it| it.contains("check")).unwrap();
    let line = run.replace("${{ github.base_ref }}", "main");
    shell(&repository(GOOD), &line).ok();
    let output = shell(&repository(BAD), &line).exits(1);
    output.prints("::error file=migrations/").prints("title=failing-up::");
}

#[test]
fn the_job_for_gitlab_finds_what_is_wrong() {
    let job = &yaml("# .gitlab-ci.yml")["schema"];
    assert_eq!(job["variables"]["GIT_DEPTH"].as_i64(), Some(0));
    let report = job["artifacts"]["reports"]["junit"].as_str().unwrap();
    let script = job["script"].as_vec().unwrap();
    let line = script.iter().filter_map(Yaml::as_str).find(|line| line.contains("check")).unwrap();
    let check = |sandbox: &Sandbox| {
        shell(sandbox, line).env("CI_MERGE_REQUEST_DIFF_BASE_SHA", "origin/main").output()
    };
    let (good, bad) = (repository(GOOD), repository(BAD));
    assert_eq!(check(&good).code, 0, "{}", check(&good).story());
    assert_eq!(check(&bad).code, 1, "{}", check(&bad).story());
    assert!(bad.read(report).contains("<testcase classname=\"failing-up\""), "{}", bad.read(report));
}

#[test]
fn the_hook_refuses_a_commit_with_a_bad_migration() {
    let hook = block("bash", "# .git/hooks/pre-commit");
    let installed = |sandbox: &Sandbox| {
        let path = sandbox.path(".git/hooks/pre-commit");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{hook}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    let (good, bad) = (repository(GOOD), repository(GOOD));
    let folder = bad.migrations().into_iter().find(|name| name.contains("abcdefabcdef")).unwrap();
    let conflict = "<<<<<<< HEAD\nSELECT 1;\n=======\nSELECT 2;\n>>>>>>> b\n";
    bad.write(&format!("migrations/{folder}/up.sql"), conflict);
    installed(&good);
    installed(&bad);
    let output = commit(&good);
    assert_eq!(output.code, 0, "{}", output.story());
    let output = commit(&bad);
    assert_ne!(output.code, 0, "{}", output.story());
    let output = output.says("error[merge-conflict]");
    assert_eq!(git(&bad, "log --format=%s").stdout.trim(), "released", "{}", output.story());
    // What is about other files is nobody's business.
    git(&bad, "reset -q");
    bad.write("notes.txt", "a note");
    let output =
        shell(&bad, "git add notes.txt && git -c user.name=me -c user.email=a@b commit -qm note").output();
    assert_eq!(output.code, 0, "{}", output.story());
}
