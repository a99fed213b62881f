//! `--base` and `--changed-since` wherever a working copy can be: below the top of a repository, in a linked working
//! tree, in a submodule, in a clone that has one commit alone. Git tells hooks where its own top is, which is not ours.

use std::path::{Path, PathBuf};

use super::{git, rules};
use crate::harness::{Run, Sandbox};

const CHECK: &str = "check --format json --only safety,integrity --migrations migrations -A lock-out-of-date \
                     --database-url postgres://localhost/none";

/// Commits a revision of a project in a subfolder.
fn commit(sandbox: &Sandbox, folder: &str, number: usize, up: &str) {
    sandbox.write(&format!("{folder}/migrations/000{number}_step/up.sql"), up);
    sandbox.write(&format!("{folder}/migrations/000{number}_step/down.sql"), "SELECT 1;\n");
    git(sandbox, "add -A");
    git(sandbox, &format!("commit -qm step{number}"));
}

/// A repository of several projects, in one of which a table is made, and then dropped.
fn repository() -> Sandbox {
    let sandbox = Sandbox::empty();
    git(&sandbox, "init -q");
    commit(&sandbox, "apps/shop", 1, "CREATE TABLE users (id bigint PRIMARY KEY);\n");
    commit(&sandbox, "apps/shop", 2, "DROP TABLE users;\n");
    sandbox
}

/// What is new since the first commit drops a table that others use; what the last commit has is nobody's business.
fn tells_new_from_old(folder: &Path, git_dir: Option<PathBuf>) {
    let check = |words: &str| {
        let run = Run::schema(folder, &format!("{CHECK} {words}"));
        match &git_dir {
            Some(path) => run.env("GIT_DIR", path).env("GIT_PREFIX", "apps/shop/"),
            None => run,
        }
    };
    for flag in ["--base", "--changed-since"] {
        assert_eq!(
            rules(&check(&format!("{flag} HEAD~1")).exits(1)),
            ["base-without-lock", "drop-table"],
            "{flag}"
        );
        assert_eq!(rules(&check(&format!("{flag} HEAD")).ok()), ["base-without-lock"], "{flag}");
    }
}

#[test]
fn a_project_below_the_top_of_its_repository_is_compared_with_itself() {
    let sandbox = repository();
    // Another project has a folder of the same name at the top.
    sandbox.write("migrations/0001_other/up.sql", "SELECT 1;\n");
    tells_new_from_old(&sandbox.path("apps/shop"), None);
}

#[test]
fn a_hook_in_a_linked_working_tree_sees_the_same() {
    let sandbox = repository();
    git(&sandbox, "worktree add -q linked -b linked");
    let folder = sandbox.path("linked/apps/shop");
    tells_new_from_old(&folder, None);
    tells_new_from_old(&folder, Some(sandbox.path(".git/worktrees/linked")));
}

#[test]
fn a_hook_in_a_submodule_sees_the_same() {
    let (inner, outer) = (repository(), Sandbox::empty());
    git(&outer, "init -q");
    let url = inner.root().display().to_string();
    git(&outer, &format!("-c protocol.file.allow=always submodule add -q {url} part"));
    let folder = outer.path("part/apps/shop");
    tells_new_from_old(&folder, None);
    tells_new_from_old(&folder, Some(outer.path(".git/modules/part")));
}

#[test]
fn a_shallow_clone_says_what_it_lacks() {
    let (whole, place) = (repository(), Sandbox::empty());
    git(&place, "init -q");
    git(&place, &format!("clone -q --depth 1 file://{} shallow", whole.root().display()));
    let folder = place.path("shallow/apps/shop");
    let check = |words: &str| Run::schema(&folder, &format!("{CHECK} {words}"));
    check("--base HEAD~1").exits(2).prints("Git knows no commit `HEAD~1`").prints("git fetch --unshallow");
    check("--changed-since origin/other").exits(2).prints("git fetch --unshallow");
    assert_eq!(rules(&check("--base HEAD").ok()), ["base-without-lock"]);
    let whole = Run::schema(&whole.path("apps/shop"), &format!("{CHECK} --base origin/other"));
    whole.exits(2).prints("fetch it first: `git fetch origin other`").lacks("shallow");
}
