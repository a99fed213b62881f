//! A server of a test's own, for what no shared one must suffer: kill, full disks, settings.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::run::signal;
use super::server::{Engine, Recipe, Session, administered, demanded, free_port, unprivileged};

/// Runs until it is dropped.
pub struct Private {
    pub engine: Engine,
    folder: PathBuf,
    recipe: Recipe,
    /// What it is told beside.
    settings: String,
    /// It, and who ends it should this process end without a word.
    running: Mutex<Option<[Child; 2]>>,
}

impl Private {
    /// Makes and starts one with these settings; `None` where none is installed, and nobody demands it.
    pub fn start(engine: Engine, settings: &str) -> Option<Self> {
        Self::within(engine, folder(), settings)
    }

    /// The same in a folder that is there, in which settings may name files; it is removed at the end.
    pub fn within(engine: Engine, folder: PathBuf, settings: &str) -> Option<Self> {
        let recipe = demanded(&format!("{engine:?} server"), Recipe::of(engine, &folder, free_port()))?;
        let server =
            Self { engine, folder, recipe, settings: settings.to_owned(), running: Mutex::default() };
        if let Some(user) = server.user() {
            let files = fs::read_dir(&server.folder).unwrap().flatten().map(|file| file.path());
            for path in files.chain([server.folder.clone()]) {
                std::os::unix::fs::chown(path, Some(user), Some(user)).unwrap();
            }
        }
        let made = server.shell(&server.recipe.install).status().unwrap();
        assert!(made.success(), "{}", server.log());
        server.run();
        Some(server)
    }

    /// A standby of this one, which nobody can write to.
    pub fn standby(&self) -> Self {
        let folder = folder();
        let recipe = Recipe::of(self.engine, &folder, free_port()).unwrap();
        let copy =
            Self { engine: self.engine, folder, recipe, settings: String::new(), running: Mutex::default() };
        if let Some(user) = copy.user() {
            std::os::unix::fs::chown(&copy.folder, Some(user), Some(user)).unwrap();
        }
        let (url, data) = (self.url(), copy.folder.join("data"));
        let made = copy
            .shell(&format!("pg_basebackup -c fast -R -X stream -d {url} -D {}", data.display()))
            .status()
            .unwrap();
        assert!(made.success(), "{}", copy.log());
        copy.run();
        copy
    }

    /// Of the server, without a database.
    pub fn url(&self) -> &str {
        &self.recipe.url
    }

    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    pub fn administrator(&self) -> Session {
        Session::open(self.engine, &administered(self.engine, self.url())).unwrap()
    }

    /// Starts it, and waits until it answers.
    pub fn run(&self) {
        self.launch();
        let deadline = Instant::now() + Duration::from_secs(60);
        while Session::open(self.engine, &administered(self.engine, self.url())).is_err() {
            assert!(Instant::now() < deadline, "the private server does not answer: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Starts it.
    pub fn launch(&self) {
        let server = self.shell(&format!("exec {} {}", self.recipe.serve, self.settings)).spawn().unwrap();
        let end = format!("read -r _; kill -KILL {}; rm -rf {}", server.id(), self.folder.display());
        let mut guard = self.shell(&end);
        let guard = guard.stdin(Stdio::piped()).spawn().unwrap();
        *self.running.lock().unwrap() = Some([server, guard]);
    }

    /// As if somebody had pulled the plug: neither it nor what it started has a last word.
    pub fn kill(&self) {
        let Some([mut server, mut guard]) = self.running.lock().unwrap().take() else { return };
        // Stopped, it starts nothing new while its children are looked for.
        signal("STOP", &[server.id()]);
        let mut all = children(server.id());
        all.push(server.id());
        signal("KILL", &all);
        server.wait().unwrap();
        while all.iter().any(|process| is_running(*process)) {
            std::thread::sleep(Duration::from_millis(2));
        }
        guard.kill().unwrap();
        guard.wait().unwrap();
    }

    /// As a machine does that is shut down: whatever is under way is cut short, but nothing is lost.
    pub fn stop(&self) {
        let Some([mut server, mut guard]) = self.running.lock().unwrap().take() else { return };
        let fast = if self.engine == Engine::Postgres { "INT" } else { "TERM" };
        signal(fast, &[server.id()]);
        server.wait().unwrap();
        guard.kill().unwrap();
        guard.wait().unwrap();
    }

    fn user(&self) -> Option<u32> {
        unprivileged("postgres").filter(|_| self.engine == Engine::Postgres)
    }

    fn shell(&self, script: &str) -> Command {
        let log = fs::OpenOptions::new().append(true).create(true).open(self.folder.join("log")).unwrap();
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(script).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        // MariaDB starts by removing what looks like its own temporary files. In a folder that it shares these are
        // another server's, which then falls over.
        shell.env("TMPDIR", &self.folder);
        if let Some(user) = self.user() {
            shell.uid(user).gid(user).current_dir(&self.folder);
        }
        shell
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

/// A new one.
pub fn folder() -> PathBuf {
    tempfile::Builder::new().prefix("cargo-schema-private-").tempdir().unwrap().keep()
}

impl Drop for Private {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn children(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| status(*id).is_some_and(|(_, of)| of == parent)).collect()
}

/// Its state and its parent.
fn status(process: u32) -> Option<(char, u32)> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

/// One that nobody has asked for its end does nothing any more.
fn is_running(process: u32) -> bool {
    status(process).is_some_and(|(state, _)| state != 'Z')
}
