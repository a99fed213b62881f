//! Changes to files that happen as a whole or not at all: each is done by a rename, and what was done is undone
//! when a later one fails. Knows nothing of migrations; the only room of the authoring verbs that writes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// What was done so far, and how to undo it.
#[derive(Default)]
pub(crate) struct Changes {
    done: Vec<Done>,
}

enum Done {
    CreatedFolder(PathBuf),
    PlacedFolder(PathBuf),
    Wrote { path: PathBuf, before: Option<Vec<u8>> },
    Renamed { from: PathBuf, to: PathBuf },
}

/// Runs changes; undoes them all when one fails, or what was made of them turns out wrong.
pub(crate) fn all_or_nothing<T>(work: impl FnOnce(&mut Changes) -> Result<T, Failure>) -> Result<T, Failure> {
    let mut changes = Changes::default();
    work(&mut changes).map_err(|failure| failure.note(aftermath(&changes.undo())))
}

fn aftermath(left: &[PathBuf]) -> String {
    if left.is_empty() {
        return "nothing was changed".to_owned();
    }
    let left: Vec<String> = left.iter().map(|path| format!("`{}`", path.display())).collect();
    format!("what was changed and could not be put back: {}", left.join(", "))
}

impl Changes {
    /// Creates a folder and the folders above it, unless it is there.
    pub(crate) fn create_folder(&mut self, path: &Path) -> Result<(), Failure> {
        if path.is_dir() {
            return Ok(());
        }
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            self.create_folder(parent)?;
        }
        attempt("could not create", path, fs::create_dir(path))?;
        self.done.push(Done::CreatedFolder(path.to_owned()));
        Ok(())
    }

    /// Makes a folder with these files, complete from the moment it can be seen.
    pub(crate) fn place_folder(&mut self, path: &Path, files: &[(&str, String)]) -> Result<(), Failure> {
        if path.symlink_metadata().is_ok() {
            // A rename would replace an empty folder in silence.
            return attempt("could not create", path, Err(io::ErrorKind::AlreadyExists.into()));
        }
        let hidden = hidden_beside(path);
        let placed = fill(&hidden, files).and_then(|()| fs::rename(&hidden, path));
        if placed.is_err() {
            // Half a hidden folder is all that can be left, and it is nobody's.
            let _ = fs::remove_dir_all(&hidden);
        }
        attempt("could not create", path, placed)?;
        self.done.push(Done::PlacedFolder(path.to_owned()));
        Ok(())
    }

    /// Writes a file, whole or not at all. A link keeps pointing to it, and its permissions stay.
    pub(crate) fn write(&mut self, path: &Path, text: &str) -> Result<(), Failure> {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let before = match fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return attempt("could not read", &path, Err(error)),
        };
        attempt("could not write", &path, replace(&path, text.as_bytes()))?;
        self.done.push(Done::Wrote { path, before });
        Ok(())
    }

    /// Renames a file or folder; refuses to replace one.
    pub(crate) fn rename(&mut self, from: &Path, to: &Path) -> Result<(), Failure> {
        // On a file system that ignores case, the new name may be the old one.
        if to.symlink_metadata().is_ok() && fs::canonicalize(to).ok() != fs::canonicalize(from).ok() {
            return attempt("could not create", to, Err(io::ErrorKind::AlreadyExists.into()));
        }
        attempt("could not rename", from, fs::rename(from, to))?;
        self.done.push(Done::Renamed { from: from.to_owned(), to: to.to_owned() });
        Ok(())
    }

    /// Undoes everything, last first; returns what could not be undone.
    fn undo(self) -> Vec<PathBuf> {
        self.done.into_iter().rev().filter_map(|done| done.undo().err()).collect()
    }
}

impl Done {
    fn undo(self) -> Result<(), PathBuf> {
        let (undone, path) = match self {
            Self::CreatedFolder(path) => (fs::remove_dir(&path), path),
            Self::PlacedFolder(path) => (fs::remove_dir_all(&path), path),
            Self::Wrote { path, before: None } => (fs::remove_file(&path), path),
            Self::Wrote { path, before: Some(bytes) } => (replace(&path, &bytes), path),
            Self::Renamed { from, to } => (fs::rename(&to, &from), to),
        };
        undone.map_err(|_| path)
    }
}

fn attempt<T>(doing: &'static str, path: &Path, result: io::Result<T>) -> Result<T, Failure> {
    result.map_err(|error| Failure::file(doing, path, &error))
}

fn fill(folder: &Path, files: &[(&str, String)]) -> io::Result<()> {
    fs::create_dir(folder)?;
    files.iter().try_for_each(|(name, text)| fs::write(folder.join(name), text))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let hidden = hidden_beside(path);
    let replaced = fs::write(&hidden, bytes)
        .and_then(|()| match fs::metadata(path) {
            Ok(metadata) => fs::set_permissions(&hidden, metadata.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| fs::rename(&hidden, path));
    if replaced.is_err() {
        let _ = fs::remove_file(&hidden);
    }
    replaced
}

/// A short name that starts with a dot, which Diesel and we ignore, on the same file system.
fn hidden_beside(path: &Path) -> PathBuf {
    path.with_file_name(format!(".schema-new-{}", std::process::id()))
}

#[cfg(test)]
mod tests {
    use schema_build::finding::Note;

    use super::*;

    fn listing(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_succeeds_stays_and_leaves_nothing_beside_it() {
        let root = tempfile::tempdir().expect("a folder");
        let at = |name: &str| root.path().join(name);
        all_or_nothing(|changes| {
            changes.create_folder(&at("a/b"))?;
            changes.place_folder(&at("a/m"), &[("up.sql", "x".to_owned())])?;
            changes.write(&at("file"), "1")?;
            changes.write(&at("file"), "2")?;
            changes.rename(&at("file"), &at("renamed"))
        })
        .expect("all of it");
        assert_eq!(listing(root.path()), ["a", "renamed"]);
        assert_eq!(listing(&at("a")), ["b", "m"]);
        assert_eq!(fs::read_to_string(at("renamed")).expect("a file"), "2");
    }

    #[test]
    fn a_failure_undoes_what_came_before() {
        let root = tempfile::tempdir().expect("a folder");
        let at = |name: &str| root.path().join(name);
        fs::write(at("old"), "old").expect("written");
        fs::write(at("other"), "other").expect("written");
        let failure = all_or_nothing(|changes| {
            changes.create_folder(&at("a/b"))?;
            changes.place_folder(&at("a/m"), &[("up.sql", "x".to_owned())])?;
            changes.write(&at("old"), "new")?;
            changes.write(&at("fresh"), "new")?;
            changes.rename(&at("other"), &at("renamed"))?;
            changes.write(&at("missing/file"), "x")
        })
        .expect_err("the folder is missing");
        assert_eq!(failure.findings[0].notes, [Note::Note("nothing was changed".to_owned())]);
        assert_eq!(listing(root.path()), ["old", "other"]);
        assert_eq!(fs::read_to_string(at("old")).expect("a file"), "old");
    }

    #[test]
    fn nothing_is_replaced_by_accident() {
        let root = tempfile::tempdir().expect("a folder");
        let at = |name: &str| root.path().join(name);
        fs::create_dir(at("empty")).expect("created");
        fs::write(at("file"), "x").expect("written");
        assert!(all_or_nothing(|changes| changes.place_folder(&at("empty"), &[])).is_err());
        assert!(all_or_nothing(|changes| changes.rename(&at("file"), &at("empty"))).is_err());
        assert_eq!(listing(root.path()), ["empty", "file"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_survive() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let root = tempfile::tempdir().expect("a folder");
        let (file, link) = (root.path().join("file"), root.path().join("link"));
        fs::write(&file, "old").expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("set");
        symlink(&file, &link).expect("linked");
        all_or_nothing(|changes| changes.write(&link, "new")).expect("written");
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).expect("a file"), "new");
        assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o640);
    }
}
