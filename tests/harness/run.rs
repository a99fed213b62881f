//! Running a program in a sandbox with a clean environment, and looking at what it said.

use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::Sandbox;

/// Sends these processes a signal (`INT`, `KILL`), by the word that every shell has: the program of that name is not
/// everywhere. Whether all were there.
pub fn signal(name: &str, processes: &[u32]) -> bool {
    let ids: Vec<String> = processes.iter().map(u32::to_string).collect();
    let word = format!("kill -s {name} {}", ids.join(" "));
    Command::new("sh").args(["-c", &word]).stderr(Stdio::null()).status().unwrap().success()
}

/// A program about to be run.
pub struct Run {
    command: Command,
    folder: PathBuf,
}

/// What a program answered.
pub struct Output {
    /// The exit code; 128 + the signal when it was killed.
    pub code: i32,
    /// Data.
    pub stdout: String,
    /// What people see.
    pub stderr: String,
    story: String,
}

impl Run {
    /// `cargo schema WORDS` in a folder, the way Cargo would start it.
    pub fn schema(folder: &Path, words: &str) -> Self {
        let run = Self::new(Path::new(env!("CARGO_BIN_EXE_cargo-schema")), folder).arg("schema").words(words);
        // What it remembers goes with the test, and not into somebody's home.
        run.env("XDG_CACHE_HOME", folder.with_file_name("cache"))
    }

    /// Any program. Nothing of the test run's own environment that could change its answer reaches it.
    pub fn new(program: &Path, folder: &Path) -> Self {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            let is_cargos = name.starts_with("CARGO") && name != "CARGO_HOME";
            if is_cargos
                || ["DATABASE_URL", "RUN_MIGRATIONS", "RUST_BACKTRACE", "EDITOR", "VISUAL"].contains(&&*name)
            {
                command.env_remove(&*name);
            }
        }
        command.current_dir(folder);
        Self { command, folder: folder.to_owned() }
    }

    /// One argument.
    pub fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Arguments as typed in a shell: blanks part them, double quotes keep them together.
    pub fn words(mut self, words: &str) -> Self {
        self.command.args(split(words));
        self
    }

    /// A variable.
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Another folder.
    pub fn within(mut self, folder: impl AsRef<Path>) -> Self {
        self.folder = self.folder.join(folder);
        self.command.current_dir(&self.folder);
        self
    }

    /// As a user to whom file permissions apply: root ignores them.
    pub fn without_power(mut self, sandbox: &Sandbox) -> Self {
        if !is_root() {
            return self;
        }
        let program = sandbox.beside("unprivileged");
        // Copied by another process: a file that any thread of ours may have inherited open cannot be executed.
        let copied = Command::new("cp").arg(self.command.get_program()).arg(&program).status().unwrap();
        assert!(copied.success());
        let mut command = Command::new(program);
        command
            .args(self.command.get_args())
            .current_dir(&self.folder)
            .env("HOME", "/")
            .uid(65534)
            .gid(65534);
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        self.command = command;
        self
    }

    /// Starts it and leaves it alone.
    pub fn spawn(mut self) -> Child {
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.spawn().unwrap()
    }

    /// Runs it to its end, whatever that is.
    pub fn output(self) -> Output {
        let (shown, folder) = (shown(&self.command), self.folder.clone());
        Output::of(self.spawn(), &shown, &folder)
    }

    /// Runs it and expects success.
    #[track_caller]
    pub fn ok(self) -> Output {
        self.exits(0)
    }

    /// Runs it and expects this exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Output {
        let output = self.output();
        assert!(output.code == code, "expected exit code {code}\n{}", output.story);
        assert!(!output.stderr.contains("panicked at"), "it panicked\n{}", output.story);
        output
    }
}

impl Output {
    /// Waits for a process.
    pub fn of(child: Child, command: &str, folder: &Path) -> Self {
        let output = child.wait_with_output().unwrap();
        let code = output.status.code().unwrap_or_else(|| 128 + output.status.signal().unwrap_or(0));
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let story = tell(command, folder, code, &stdout, &stderr);
        Self { code, stdout, stderr, story }
    }

    /// Expects this on stderr, where people look.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "stderr lacks {text:?}\n{}", self.story);
        self
    }

    /// Expects this on stdout, where programs look.
    #[track_caller]
    pub fn prints(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "stdout lacks {text:?}\n{}", self.story);
        self
    }

    /// Expects this nowhere.
    #[track_caller]
    pub fn lacks(self, text: &str) -> Self {
        assert!(
            !self.stderr.contains(text) && !self.stdout.contains(text),
            "{text:?} was said\n{}",
            self.story
        );
        self
    }

    /// Stdout as one JSON document.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not JSON: {error}\n{}", self.story))
    }

    /// All there is to know, for a failing test.
    pub fn story(&self) -> &str {
        &self.story
    }
}

fn tell(command: &str, folder: &Path, code: i32, stdout: &str, stderr: &str) -> String {
    let mut story = format!("$ {command}\nexit code {code}\n");
    let _ = write!(story, "--- stdout\n{stdout}\n--- stderr\n{stderr}\n--- {}\n", folder.display());
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let _ = writeln!(story, "{}", entry.file_name().to_string_lossy());
    }
    story
}

fn shown(command: &Command) -> String {
    let program =
        Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

/// Parts a line the way a shell does, as far as tests need it: blanks and double quotes.
pub fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('"').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
