//! A private copy of a fixture, outside every Cargo workspace and every `.env`.
//!
//! Its path is the same on every run, so that Cargo finds the artefacts of the last one and the target folder
//! does not grow without end; a lock on the path keeps two test runs apart.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::Location;
use std::path::{Path, PathBuf};

use super::{Database, Run};

/// A folder with a project in it; removed at the end of a test that passed.
pub struct Sandbox {
    home: PathBuf,
    _lock: File,
}

/// The checkout these tests were compiled in.
pub fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("cargo-schema lies in the workspace")
}

impl Sandbox {
    /// An empty folder.
    #[track_caller]
    pub fn empty() -> Self {
        Self::new("empty")
    }

    /// A copy of `fixtures/NAME`.
    #[track_caller]
    pub fn of(fixture: &str) -> Self {
        let sandbox = Self::new(fixture);
        sandbox.add(fixture);
        sandbox
    }

    /// The project of `fixtures/broken/KIND`.
    #[track_caller]
    pub fn broken(kind: &str) -> Self {
        let sandbox = Self::new(kind);
        sandbox.add("skeleton");
        fs::remove_dir_all(sandbox.path("migrations")).unwrap();
        sandbox.add(&format!("broken/{kind}"));
        sandbox
    }

    #[track_caller]
    fn new(name: &str) -> Self {
        let (home, lock) = reserve(name, Location::caller());
        if home.exists() {
            fs::remove_dir_all(&home).unwrap();
        }
        fs::create_dir_all(home.join("project")).unwrap();
        Self { home, _lock: lock }
    }

    /// Copies a fixture over what is there.
    pub fn add(&self, fixture: &str) {
        copy(&checkout().join("fixtures").join(fixture), &self.root());
        if self.path("Cargo.toml").exists() {
            fs::copy(checkout().join("fixtures/Cargo.lock"), self.path("Cargo.lock")).unwrap();
        }
    }

    /// Where the project is.
    pub fn root(&self) -> PathBuf {
        self.home.join("project")
    }

    /// A place beside the project that is not part of it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.home.join(name)
    }

    /// A path in the project.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root().join(relative)
    }

    /// Writes a file and the folders it needs.
    pub fn write(&self, relative: &str, content: impl AsRef<[u8]>) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Reads a file.
    #[track_caller]
    pub fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    /// Replaces a text that must be there.
    #[track_caller]
    pub fn replace(&self, relative: &str, from: &str, to: &str) {
        let text = self.read(relative);
        assert!(text.contains(from), "{relative} holds no {from:?}:\n{text}");
        self.write(relative, text.replace(from, to));
    }

    /// Writes the files of a migration. `metadata.toml` is left out when empty, `down.sql` when `None`.
    pub fn migration(&self, folder: &str, metadata: &str, up: &str, down: Option<&str>) {
        self.write(&format!("migrations/{folder}/up.sql"), up);
        if let Some(down) = down {
            self.write(&format!("migrations/{folder}/down.sql"), down);
        }
        if !metadata.is_empty() {
            self.write(&format!("migrations/{folder}/metadata.toml"), metadata);
        }
    }

    /// The names of the migration folders, sorted.
    pub fn migrations(&self) -> Vec<String> {
        let mut folders: Vec<String> = fs::read_dir(self.path("migrations"))
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        folders.sort();
        folders
    }

    /// Every file of the project with its content.
    pub fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        let mut tree = BTreeMap::new();
        visit(&self.root(), &mut |path| {
            let name = path.strip_prefix(self.root()).unwrap().to_string_lossy().into_owned();
            let content = if path.is_dir() { Vec::new() } else { fs::read(path).unwrap_or_default() };
            tree.insert(name, content);
        });
        tree
    }

    /// Fails when `act` creates, changes or removes a file of the project, the databases in it included.
    #[track_caller]
    pub fn untouched<T>(&self, act: impl FnOnce() -> T) -> T {
        let before = self.tree();
        let result = act();
        let after = self.tree();
        let changed: Vec<&String> =
            before.keys().chain(after.keys()).filter(|name| before.get(*name) != after.get(*name)).collect();
        assert!(changed.is_empty(), "changed: {changed:?}");
        result
    }

    /// `cargo schema WORDS`, to be run in the project.
    pub fn schema(&self, words: &str) -> Run {
        Run::schema(&self.root(), words)
    }

    /// The connection a test looks through.
    pub fn database(&self, relative: &str) -> Database {
        Database::open(&self.path(relative))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return eprintln!("left for you to look at: {}", self.root().display());
        }
        // A test that took rights away may have left a folder that cannot be removed; the next run tries again.
        drop(fs::remove_dir_all(&self.home));
    }
}

/// The first path for this line of this test that nobody uses.
fn reserve(name: &str, place: &Location<'_>) -> (PathBuf, File) {
    let mut hasher = DefaultHasher::new();
    checkout().hash(&mut hasher);
    let base = std::env::temp_dir().join(format!("cargo-schema-{:08x}", hasher.finish() as u32));
    fs::create_dir_all(&base).unwrap();
    let file = Path::new(place.file()).file_stem().unwrap().to_string_lossy();
    (1..)
        .find_map(|number| {
            let id = format!("{file}-{}-{}-{number}", place.line(), name.replace('/', "-"));
            let lock = File::create(base.join(format!("{id}.lock"))).unwrap();
            lock.try_lock().ok().map(|()| (base.join(id), lock))
        })
        .expect("numbers do not end")
}

/// Copies a folder, links as links, and points path dependencies at the checkout.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.unwrap();
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().unwrap().is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source).unwrap(), target).unwrap();
        } else if source.is_dir() {
            copy(&source, &target);
        } else if entry.file_name() == "Cargo.toml" {
            fs::write(target, repoint(&fs::read_to_string(source).unwrap())).unwrap();
        } else if entry.file_name() != "Cargo.lock" && entry.file_name() != "target" {
            fs::copy(source, target).unwrap();
        }
    }
}

/// `path = "../../schema-build"` means the checkout's, wherever the copy lies.
fn repoint(manifest: &str) -> String {
    let root = format!("path = \"{}/", checkout().display());
    manifest.replace("path = \"../../../", &root).replace("path = \"../../", &root)
}

fn visit(folder: &Path, see: &mut impl FnMut(&Path)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        see(&path);
        if path.is_dir() && !path.is_symlink() {
            visit(&path, see);
        }
    }
}
