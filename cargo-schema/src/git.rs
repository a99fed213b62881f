//! What Git remembers: the text of a file at some commit. Runs `git`; changes nothing.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output};

use crate::exit::Exit;
use crate::failure::{self, Failure};

/// The text of `folder/name` at a commit; `None` when it did not exist there.
pub(crate) fn file_at(folder: &Path, reference: &str, name: &str) -> Result<Option<String>, Failure> {
    commit(folder, reference)?;
    let object = format!("{reference}:./{name}");
    let shown = run(folder, &["show", "--end-of-options", &object])?;
    Ok(shown.status.success().then(|| String::from_utf8_lossy(&shown.stdout).into_owned()))
}

/// What a folder held at a commit: names, none where there was no such folder.
pub(crate) fn names_at(folder: &Path, reference: &str) -> Result<Vec<String>, Failure> {
    commit(folder, reference)?;
    let listed = run(folder, &["ls-tree", "-z", "--name-only", "--end-of-options", reference])?;
    let names = String::from_utf8_lossy(&listed.stdout);
    Ok(names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

/// The first of the usual names of the shared branch that exists.
pub(crate) fn upstream(folder: &Path) -> Option<&'static str> {
    let exists = |name: &&str| commit(folder, name).is_ok();
    ["origin/HEAD", "origin/main", "origin/master", "main", "master"].into_iter().find(exists)
}

/// Fails when it is no commit.
fn commit(folder: &Path, reference: &str) -> Result<(), Failure> {
    let inside = run(folder, &["rev-parse", "--is-inside-work-tree"])?;
    if !inside.status.success() {
        let message = format!("`{}` is not in a Git repository", folder.display());
        return Err(Failure::new(Exit::Failed, "git", message).note(last_line(&inside.stderr)));
    }
    let object = format!("{reference}^{{commit}}");
    let found = run(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &object])?;
    match found.status.success() {
        true => Ok(()),
        false => Err(Failure::usage(format!("Git knows no commit `{reference}`"))
            .help(how_to_fetch(folder, reference))),
    }
}

fn how_to_fetch(folder: &Path, reference: &str) -> String {
    let shallow = run(folder, &["rev-parse", "--is-shallow-repository"]);
    let is_shallow = shallow.is_ok_and(|it| it.stdout.starts_with(b"true"));
    match (is_shallow, reference.strip_prefix("origin/")) {
        (true, _) => "this clone is shallow: `git fetch --unshallow` fetches the rest, `fetch-depth: 0` or \
                      `GIT_DEPTH: 0` does so on a CI runner; a branch that it lacks has to be fetched by its name"
            .to_owned(),
        (false, Some(branch)) => format!("fetch it first: `git fetch origin {branch}`"),
        (false, None) => "`git branch --all` and `git tag` list what there is".to_owned(),
    }
}

/// Looks for the repository that the folder is in. A hook in a linked worktree or a submodule is told another top of the
/// tree, against which paths would be read.
fn run(folder: &Path, arguments: &[&str]) -> Result<Output, Failure> {
    let mut git = Command::new("git");
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX"] {
        git.env_remove(variable);
    }
    git.arg("-C").arg(folder).args(arguments).output().map_err(|error| {
        let failure = Failure::new(Exit::Failed, "git", "could not run `git`").note(failure::reason(&error));
        if error.kind() == ErrorKind::NotFound {
            return failure.help("`--base` asks Git what was released; install it or leave the flag out");
        }
        failure
    })
}

fn last_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).lines().last().unwrap_or_default().to_owned()
}
