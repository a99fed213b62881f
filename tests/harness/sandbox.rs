//! A private copy of a fixture, outside every Cargo workspace and every `.env`.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Database, Run};

/// A folder with a project in it; removed at the end of a test that passed.
pub struct Sandbox {
    home: TempDir,
    /// Held from the first build on: see `build`.
    pub(super) session: OnceCell<File>,
}

/// The checkout these tests were compiled in.
pub fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("cargo-schema lies in the workspace")
}

impl Sandbox {
    /// An empty folder.
    pub fn empty() -> Self {
        Self::new()
    }

    /// A copy of `fixtures/NAME`.
    pub fn of(fixture: &str) -> Self {
        let sandbox = Self::new();
        sandbox.add(fixture);
        sandbox
    }

    /// The project of `fixtures/broken/KIND`.
    pub fn broken(kind: &str) -> Self {
        let sandbox = Self::new();
        sandbox.add("skeleton");
        fs::remove_dir_all(sandbox.path("migrations")).unwrap();
        sandbox.add(&format!("broken/{kind}"));
        sandbox
    }

    fn new() -> Self {
        let home = tempfile::Builder::new().prefix("cargo-schema-").tempdir().unwrap();
        // Some tests look at it as another user.
        fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(home.path().join("project")).unwrap();
        Self { home, session: OnceCell::new() }
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
        self.home.path().join("project")
    }

    /// A place beside the project that is not part of it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
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
            self.home.disable_cleanup(true);
            eprintln!("left for you to look at: {}", self.root().display());
        }
    }
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
