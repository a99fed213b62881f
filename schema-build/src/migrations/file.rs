//! One file of a migration, from disk to text, or the finding that says why not. Nothing here knows what the text
//! means.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::finding::Finding;

/// No migration is larger on purpose.
const SIZE_LIMIT: u64 = 64 << 20;

/// What all files of a migrations folder have in common.
pub(crate) struct Files<'c> {
    /// Paths are shown relative to this.
    pub(crate) root: &'c Path,
    /// The migrations folder, which no symbolic link may leave.
    pub(crate) migrations: &'c Path,
}

impl Files<'_> {
    pub(crate) fn shown(&self, path: &Path) -> PathBuf {
        path.strip_prefix(self.root).unwrap_or(path).to_path_buf()
    }

    /// A finding in a file, as it is shown.
    pub(crate) fn shown_in(&self, mut finding: Finding) -> Finding {
        if let Some(place) = &mut finding.place {
            place.path = self.shown(&place.path);
        }
        finding
    }

    /// The text of a file; `None` when there is none.
    pub(crate) fn read(&self, path: &Path) -> Result<Option<String>, Finding> {
        match fs::symlink_metadata(path) {
            Ok(found) => self.read_found(path, &found).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.unreadable(path, &error)),
        }
    }

    fn read_found(&self, path: &Path, found: &Metadata) -> Result<String, Finding> {
        let target = if found.is_symlink() { Some(self.follow(path)?) } else { None };
        let found = target.as_ref().unwrap_or(found);
        if !found.is_file() {
            let kind = if found.is_dir() { "a folder" } else { "no regular file" };
            return Err(self.finding("unreadable-file", path, &format!("is {kind}")));
        }
        if found.len() > SIZE_LIMIT {
            let size = format!("has {} MiB, and the limit is 64 MiB", found.len() >> 20);
            let finding = self.finding("file-too-large", path, &size);
            return Err(finding.help("load large amounts of data with a program, not with a migration"));
        }
        let bytes = contents(path, found.len()).map_err(|error| self.unreadable(path, &error))?;
        self.text(path, bytes)
    }

    fn text(&self, path: &Path, bytes: Vec<u8>) -> Result<String, Finding> {
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            let finding = self.finding("not-utf-8", path, "is UTF-16");
            return Err(finding.help("save it as UTF-8"));
        }
        if bytes.contains(&0) {
            let finding = self.finding("binary-file", path, "is no text: it holds NUL bytes");
            return Err(finding.help("write SQL into it, as UTF-8"));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes());
            let message = format!("`{}` is not UTF-8", file_name(path));
            let finding = Finding::error("not-utf-8", message).help("save it as UTF-8");
            finding.at(
                self.shown(path),
                &text,
                valid..valid + 3,
                format!("byte {valid} is part of no character"),
            )
        })?;
        match conflict(&text) {
            None => Ok(text),
            Some(start) => Err(Finding::error("merge-conflict", format!("`{}` has a merge conflict", file_name(path)))
                .at(self.shown(path), &text, start..start + 7, "")
                .help("keep what is right of both sides, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`")),
        }
    }

    /// What a symbolic link leads to, which must be inside the migrations folder.
    pub(crate) fn follow(&self, path: &Path) -> Result<Metadata, Finding> {
        let target = fs::canonicalize(path).map_err(|error| self.unreadable(path, &error))?;
        let home =
            fs::canonicalize(self.migrations).map_err(|error| self.unreadable(self.migrations, &error))?;
        if target.starts_with(&home) {
            return fs::metadata(&target).map_err(|error| self.unreadable(path, &error));
        }
        Err(self
            .finding("outside-link", path, "is a symbolic link that leaves the migrations folder")
            .note(format!("it leads to `{}`", target.display()))
            .help("copy what it leads to: a history must not change with files elsewhere"))
    }

    pub(crate) fn unreadable(&self, path: &Path, error: &io::Error) -> Finding {
        self.finding("unreadable-file", path, "cannot be read").note(reason(error))
    }

    fn finding(&self, rule: &'static str, path: &Path, what: &str) -> Finding {
        Finding::error(rule, format!("`{}` {what}", file_name(path))).in_file(self.shown(path))
    }
}

/// Like `fs::read`, for a file whose size is known: one system call instead of three.
fn contents(path: &Path, size: u64) -> io::Result<Vec<u8>> {
    let size = usize::try_from(size).map_err(io::Error::other)?;
    let mut bytes = vec![0; size + 1];
    let mut file = File::open(path)?;
    let mut filled = 0;
    loop {
        match file.read(&mut bytes[filled..])? {
            0 => break,
            read => filled += read,
        }
        if filled == size {
            break;
        }
        if filled == bytes.len() {
            bytes.resize(2 * filled, 0);
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// What the system says, without its number and as a clause.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let clause = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = clause.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Where the first of the three markers of a merge conflict stands, when all three are there.
pub(crate) fn conflict(text: &str) -> Option<usize> {
    // Looking for one byte is fast even in an unoptimised build script.
    if !text.as_bytes().contains(&b'<') {
        return None;
    }
    let ours = line_that_starts(text, 0, "<<<<<<< ")?;
    let middle = line_that_starts(text, ours, "=======")?;
    line_that_starts(text, middle, ">>>>>>> ").map(|_| ours)
}

fn line_that_starts(text: &str, from: usize, marker: &str) -> Option<usize> {
    let is_line_start = |at: &usize| *at == 0 || text.as_bytes()[at - 1] == b'\n';
    text[from..].match_indices(marker).map(|(at, _)| from + at).find(is_line_start)
}
