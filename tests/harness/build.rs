//! Real Cargo builds of a sandbox, into one target folder for all of them, so that Diesel is compiled once.
//!
//! To Cargo, two copies of one fixture are one package: they share a place in the target folder, and what one
//! builds, the other finds stale. So a sandbox has the target folder to itself from its first build until it goes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{Output, Run, Sandbox, checkout};

/// What a build did.
pub struct Build {
    /// What Cargo answered.
    pub output: Output,
    /// The crates that rustc was started for, build scripts as `build_script_build`.
    pub compiled: Vec<String>,
    /// Whether a build script was started.
    pub ran_build_script: bool,
}

impl Sandbox {
    /// `cargo build`, with everything it started.
    pub fn build(&self) -> Build {
        self.build_in("")
    }

    /// `cargo build` in a folder of the project.
    pub fn build_in(&self, folder: &str) -> Build {
        self.session.get_or_init(|| hold(&target().join("tests.lock")));
        let output = self.cargo("build -v").within(folder).output();
        self.fetch_binaries();
        Build::of(output)
    }

    /// Cargo in the project, offline where it can be.
    pub fn cargo(&self, words: &str) -> Run {
        cargo(&self.root()).words(words)
    }

    /// A binary that was built here.
    pub fn app(&self, name: &str) -> Run {
        Run::new(&self.beside("bin").join(name), &self.root())
    }

    fn fetch_binaries(&self) {
        fs::create_dir_all(self.beside("bin")).unwrap();
        for name in ["adopted", "billing", "catalog", "library", "merged", "shop", "skeleton"] {
            let copy = self.beside("bin").join(name);
            // A running binary cannot be written to, but its name can be given to another.
            drop(fs::remove_file(&copy));
            drop(
                fs::hard_link(target().join("debug").join(name), &copy)
                    .or_else(|_| fs::copy(target().join("debug").join(name), &copy).map(drop)),
            );
        }
    }
}

impl Build {
    fn of(output: Output) -> Self {
        let running = || output.stderr.lines().filter_map(|line| line.trim_start().strip_prefix("Running `"));
        let compiled = running()
            .filter_map(|line| Some(line.split("--crate-name ").nth(1)?.split(' ').next()?.to_owned()));
        let compiled = compiled.collect();
        let ran_build_script = running().any(|line| line.ends_with("/build-script-build`"));
        Self { output, compiled, ran_build_script }
    }

    /// Expects that it was built.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(self.output.code == 0, "the build failed\n{}", self.output.story());
        self
    }

    /// Expects that it was refused.
    #[track_caller]
    pub fn fails(self) -> Self {
        assert!(self.output.code == 101, "the build did not fail\n{}", self.output.story());
        self
    }

    /// Expects that nothing was compiled and no build script run.
    #[track_caller]
    pub fn did_nothing(&self) {
        assert!(
            self.compiled.is_empty() && !self.ran_build_script,
            "something was built\n{}",
            self.output.story()
        );
    }

    /// The lines that a package's build script had Cargo print.
    pub fn said_by(&self, package: &str) -> String {
        let mark = format!(": {package}@0.1.0: ");
        self.output
            .stderr
            .lines()
            .filter(|line| line.contains(&mark))
            .map(|line| format!("{line}\n"))
            .collect()
    }
}

/// Cargo in any folder, offline where it can be, building into the shared target folder.
pub fn cargo(folder: &Path) -> Run {
    let cargo = PathBuf::from(env!("CARGO"));
    let run = Run::new(&cargo, folder)
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TERM_COLOR", "never");
    if is_offline() { run.env("CARGO_NET_OFFLINE", "true") } else { run }
}

/// The target folder of all fixtures.
fn target() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is target/tmp").join("fixtures");
    fs::create_dir_all(&target).unwrap();
    target
}

/// Whether all that fixtures need has been downloaded, which on most machines it has, with the workspace's own.
fn is_offline() -> bool {
    static OFFLINE: OnceLock<bool> = OnceLock::new();
    *OFFLINE.get_or_init(|| {
        let fetch = |mode| {
            Run::new(Path::new(env!("CARGO")), &checkout().join("fixtures"))
                .words("fetch --quiet --locked --target")
                .arg(host())
                .words(mode)
                .output()
                .code
                == 0
        };
        fetch("--offline") || fetch("")
    })
}

fn host() -> String {
    let output = Run::new(Path::new("rustc"), checkout()).arg("-vV").ok();
    output
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("rustc tells its host")
        .to_owned()
}

fn hold(path: &Path) -> File {
    let lock = File::create(path).unwrap();
    lock.lock().unwrap();
    lock
}
