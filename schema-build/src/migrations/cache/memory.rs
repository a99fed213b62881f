//! What a run of the command learnt, so that the next one opens no script where nothing is pending: names and
//! checksums, by whose help an edited script is still noticed. No SQL is kept, so that none can run but what is read.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{Duration, SystemTime};

use schema_runtime::blob;
use schema_runtime::dialect::Dialect;
use schema_runtime::revision::{Revision, Script};

use super::{Cache, ENTRY, Look, key};
use crate::checksum::checksum;
use crate::config::Config;
use crate::migrations::folder::{self, Folder, Migration};

/// Fewer migrations are read within milliseconds.
const WORTH: usize = 500;

/// The way up and the metadata: nobody who only looks whether something is pending reads a way down.
const LOOKED_AT: usize = 2;

/// What nobody has written for so long belongs to a folder that is gone, or is soon learnt again.
const OLD: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Where one migrations folder is remembered.
pub(crate) struct Memory {
    file: PathBuf,
    key: Vec<u8>,
}

impl Memory {
    /// In a folder for all of them, which need not be there.
    pub(crate) fn new(folder: &Path, config: &Config, dialect: Dialect) -> Self {
        let name = checksum(&format!("'{dialect} {}'", config.migrations.display()), Dialect::Sqlite);
        Self { file: folder.join(name).with_extension("known"), key: key(config, dialect) }
    }

    /// What is known of a folder in which nothing was touched since.
    pub(crate) fn recall(&self, config: &Config, dialect: Dialect) -> Option<Vec<Migration>> {
        let (revisions, entries) = self.read()?;
        let cache = Cache { revisions, entries, ..Self::nothing() };
        let names = folder::names(config, dialect)?;
        let at: HashMap<&str, usize> =
            cache.revisions.iter().enumerate().map(|(at, it)| (&*it.folder, at)).collect();
        let folder = Place::open(&config.migrations)?;
        // One thread: another one is at the database meanwhile.
        let is_same = |name: &String| {
            let stamps = cache.stamps_by(|file| folder.look(name, file))?;
            cache.known(*at.get(&**name)?, &stamps)
        };
        let is_whole = names.len() == at.len() && names.iter().all(|name| is_same(name).is_some());
        is_whole.then(|| cache.into_migrations())
    }

    /// What is known at first.
    pub(crate) fn nothing() -> Cache {
        Cache { files: LOOKED_AT, worth: WORTH, ..Cache::default() }
    }

    fn read(&self) -> Option<(Vec<Revision>, &'static [u8])> {
        // Used until the command ends, which it soon does.
        let bytes: &'static [u8] = fs::read(&self.file).ok()?.leak();
        let (count, rest) = bytes.strip_prefix(&*self.key)?.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*count)).ok()?.checked_mul(ENTRY)?;
        let (entries, revisions) = rest.split_at_checked(length)?;
        let (_, revisions) = blob::decode(revisions).ok()?;
        (revisions.len() * ENTRY == length).then_some((revisions, entries))
    }

    /// Keeps what was learnt of a folder in which all is well. Failing to remember costs time, and nothing else.
    pub(crate) fn keep(&self, folder: &Folder, dialect: Dialect) {
        let is_sound = folder.findings.is_empty() && folder.learnt.len() == folder.migrations.len();
        if is_sound && !folder.learnt.is_empty() {
            drop(self.write(&self.bytes(folder, dialect)));
        }
    }

    fn bytes(&self, folder: &Folder, dialect: Dialect) -> Vec<u8> {
        let revisions: Vec<Revision> = folder.migrations.iter().map(without_sql).collect();
        let count = u32::try_from(revisions.len()).expect("a folder holds fewer than 4 milliards");
        let mut bytes = self.key.clone();
        bytes.extend_from_slice(&count.to_le_bytes());
        folder.learnt.iter().for_each(|learnt| learnt.write(&mut bytes));
        bytes.extend_from_slice(&blob::encode(&revisions, dialect));
        bytes
    }

    /// At once, so that no reader meets half of it, nor the halves of two writers.
    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = self.file.parent().expect("a file in a folder");
        fs::create_dir_all(folder)?;
        forget_old(folder);
        let beside = self.file.with_extension(process::id().to_string());
        let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, &self.file));
        written.inspect_err(|_| drop(fs::remove_file(&beside)))
    }
}

fn without_sql(migration: &Migration) -> Revision {
    let it = &migration.revision;
    let up = Script { checksum: it.up.checksum.clone(), mode: it.up.mode, ..Script::default() };
    Revision {
        id: it.id.clone(),
        version: it.version.clone(),
        folder: it.folder.clone(),
        message: it.message.clone(),
        created: it.created.clone(),
        parents: it.parents.clone(),
        depends_on: it.depends_on.clone(),
        labels: it.labels.clone(),
        irreversible: it.irreversible.clone(),
        up,
        down: None,
    }
}

fn forget_old(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let age = |written| SystemTime::now().duration_since(written).ok();
        let is_old = entry.metadata().and_then(|found| found.modified()).map(age);
        if is_old.is_ok_and(|age| age.is_some_and(|age| age > OLD)) {
            drop(fs::remove_file(entry.path()));
        }
    }
}

/// A folder whose files are looked at. From an open one, the system finds them sooner.
#[cfg(unix)]
struct Place(rustix::fd::OwnedFd);

#[cfg(unix)]
impl Place {
    fn open(folder: &Path) -> Option<Self> {
        use rustix::fs::{Mode, OFlags};
        rustix::fs::open(folder, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok().map(Self)
    }

    fn look(&self, name: &str, file: &str) -> io::Result<Look> {
        use rustix::fs::{AtFlags, FileType};
        let found = rustix::fs::statat(&self.0, [name, "/", file].concat(), AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(Look {
            is_file: FileType::from_raw_mode(found.st_mode) == FileType::RegularFile,
            modified: (found.st_mtime, i64::try_from(found.st_mtime_nsec).unwrap_or_default()),
            changed: (found.st_ctime, i64::try_from(found.st_ctime_nsec).unwrap_or_default()),
            size: u64::try_from(found.st_size).unwrap_or_default(),
        })
    }
}

#[cfg(not(unix))]
struct Place(PathBuf);

#[cfg(not(unix))]
impl Place {
    fn open(folder: &Path) -> Option<Self> {
        Some(Self(folder.to_owned()))
    }

    fn look(&self, name: &str, file: &str) -> io::Result<Look> {
        fs::symlink_metadata(self.0.join(name).join(file)).map(|found| Look::of(&found))
    }
}
