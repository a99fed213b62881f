//! What an earlier run learnt, so that only files that changed are read again. Of a build script, the revisions
//! themselves are in the blob that it wrote; beside it lies an index with the size and times of every file. What the
//! command keeps is in `memory`.
//!
//! The trust is Cargo's own: a file whose size and times are the same is the same. Nothing is believed of a file
//! that says it was modified within the last seconds, that is a symbolic link, or that gave a finding; nor is anything
//! believed of a blob or an index that another build of this crate, or another configuration, has written.

#[cfg(feature = "command")]
pub(crate) mod memory;
#[cfg(test)]
mod tests;

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use schema_runtime::blob;
use schema_runtime::dialect::Dialect;
use schema_runtime::revision::Revision;

use super::folder::Migration;
use crate::config::Config;

/// Size, times of the last changes, and which file it is, of one file; zeros when there is none.
const STAMP: usize = 48;
/// The one that is not always read comes last.
const FILES: [&str; 3] = ["up.sql", "metadata.toml", "down.sql"];
/// The stamps of a migration's files, and a flag.
const ENTRY: usize = FILES.len() * STAMP + 1;

/// File systems count in up to two seconds: a file that is younger may change without its times changing.
const SETTLED: i64 = 3;

const FOLLOWS: u8 = 1;
const NAMES_PARENTS: u8 = 2;
const NOTHING: u8 = 0;

/// The stamps of a migration's files.
pub(crate) type Stamps = [u8; FILES.len() * STAMP];

/// What was learnt about one migration.
pub(crate) struct Learnt {
    /// `None` when it must be read again.
    pub(crate) stamps: Option<Stamps>,
    pub(crate) follows: bool,
}

/// Where a run keeps what it learnt, and under which conditions it counts.
pub(crate) struct Store {
    pub(crate) blob: PathBuf,
    index: PathBuf,
    key: Vec<u8>,
}

/// What is known; both lists are sorted by folder.
pub(crate) struct Cache {
    revisions: Vec<Revision>,
    entries: &'static [u8],
    /// How many of a migration's files are looked at.
    files: usize,
    /// A folder with fewer migrations is read sooner than remembered.
    worth: usize,
}

impl Default for Cache {
    fn default() -> Self {
        Self { revisions: Vec::new(), entries: &[], files: FILES.len(), worth: 0 }
    }
}

impl Store {
    /// Beside this blob.
    pub(crate) fn new(blob: PathBuf, config: &Config, dialect: Dialect) -> Self {
        let index = blob.with_extension("index");
        Self { blob, index, key: key(config, dialect) }
    }

    /// What is known: nothing, when anything is odd.
    pub(crate) fn load(&self) -> Cache {
        self.read().unwrap_or_default()
    }

    fn read(&self) -> Option<Cache> {
        // The script ends before long, and so does what it leaks.
        let index: &'static [u8] = fs::read(&self.index).ok()?.leak();
        let (of_blob, entries) = index.strip_prefix(&*self.key)?.split_first_chunk::<STAMP>()?;
        if stamp(&self.blob)? != *of_blob {
            return None;
        }
        let (_, mut revisions) = blob::decode(fs::read(&self.blob).ok()?.leak()).ok()?;
        revisions.sort_by(|a, b| a.folder.cmp(&b.folder));
        let is_whole = entries.len() == revisions.len() * ENTRY;
        is_whole.then(|| Cache { revisions, entries, ..Cache::default() })
    }

    /// Must come before the blob is written, so that no index outlives its blob.
    pub(crate) fn forget(&self) {
        drop(fs::remove_file(&self.index));
    }

    /// Must come after the blob was written; what was learnt is in the order of the folders. Failing to remember
    /// costs time, and nothing else.
    pub(crate) fn remember(&self, learnt: &[Learnt]) {
        let Some(of_blob) = stamp(&self.blob) else { return };
        let mut bytes = Vec::with_capacity(self.key.len() + STAMP + learnt.len() * ENTRY);
        bytes.extend_from_slice(&self.key);
        bytes.extend_from_slice(&of_blob);
        for Learnt { stamps, follows } in learnt {
            bytes.extend_from_slice(&stamps.unwrap_or([0; FILES.len() * STAMP]));
            bytes.push(match (stamps, follows) {
                (None, _) => NOTHING,
                (Some(_), true) => FOLLOWS,
                (Some(_), false) => NAMES_PARENTS,
            });
        }
        drop(fs::write(&self.index, bytes));
    }
}

/// Under which conditions something that was written counts.
fn key(config: &Config, dialect: Dialect) -> Vec<u8> {
    // Another build of this crate may read files otherwise, and then the program is another one, too.
    let program = env::current_exe().ok().and_then(|path| stamp(&path)).unwrap_or([0; STAMP]);
    let (version, folder) = (env!("CARGO_PKG_VERSION"), config.migrations.display());
    format!("schema-build {version} {dialect} {folder} {program:?}\n").into_bytes()
}

impl Cache {
    /// Whether anything is to be remembered of a folder with so many migrations.
    pub(crate) fn is_worth(&self, migrations: usize) -> bool {
        migrations >= self.worth
    }

    /// The migration of this name, if its files are still those that were read.
    pub(crate) fn get(&self, name: &str, stamps: &Stamps) -> Option<Migration> {
        let at = self.revisions.binary_search_by(|revision| (*revision.folder).cmp(name)).ok()?;
        let (flag, known) = self.entries[at * ENTRY..(at + 1) * ENTRY].split_last()?;
        let is_same = known == stamps && *flag != NOTHING;
        is_same.then(|| Migration { revision: self.revisions[at].clone(), follows: *flag == FOLLOWS })
    }

    /// The stamps of a migration's files, to be taken before they are read; `None` when they prove nothing.
    pub(crate) fn stamps(&self, folder: &Path) -> Option<Stamps> {
        self.stamps_by(|file| fs::symlink_metadata(folder.join(file)).map(|found| Look::of(&found)))
    }

    fn stamps_by(&self, mut look: impl FnMut(&str) -> io::Result<Look>) -> Option<Stamps> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
        let youngest = i64::try_from(now).ok()? - SETTLED;
        let mut stamps = [0; FILES.len() * STAMP];
        for (file, place) in FILES[..self.files].iter().zip(stamps.chunks_exact_mut(STAMP)) {
            match look(file) {
                Ok(found) if found.is_file && found.modified.0 <= youngest => {
                    place.copy_from_slice(&found.stamp());
                }
                Ok(_) => return None,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => return None,
            }
        }
        Some(stamps)
    }
}

fn stamp(path: &Path) -> Option<[u8; STAMP]> {
    fs::metadata(path).ok().map(|found| Look::of(&found).stamp())
}

/// What tells a file from what it was: times are seconds and nanoseconds.
struct Look {
    is_file: bool,
    modified: (i64, i64),
    /// Of the inode, which no tool can set back.
    changed: (i64, i64),
    size: u64,
    /// Device and number: folders that change their names leave the times of their files alone.
    identity: (u64, u64),
}

impl Look {
    #[cfg(unix)]
    fn of(found: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            is_file: found.is_file(),
            modified: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
            size: found.len(),
            identity: (found.dev(), found.ino()),
        }
    }

    #[cfg(not(unix))]
    fn of(found: &fs::Metadata) -> Self {
        let since = found.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        // Without a time it is of this moment, and proves nothing.
        let modified =
            since.map_or((i64::MAX, 0), |time| (time.as_secs() as i64, i64::from(time.subsec_nanos())));
        Self { is_file: found.is_file(), modified, changed: (0, 0), size: found.len(), identity: (0, 0) }
    }

    fn stamp(&self) -> [u8; STAMP] {
        let mut stamp = [0; STAMP];
        let nanoseconds = |time: (i64, i64)| u32::try_from(time.1).unwrap_or_default().to_le_bytes();
        stamp[..8].copy_from_slice(&self.modified.0.to_le_bytes());
        stamp[8..16].copy_from_slice(&self.changed.0.to_le_bytes());
        stamp[16..20].copy_from_slice(&nanoseconds(self.modified));
        stamp[20..24].copy_from_slice(&nanoseconds(self.changed));
        // An empty file is not a missing one.
        stamp[24..32].copy_from_slice(&(self.size + 1).to_le_bytes());
        stamp[32..40].copy_from_slice(&self.identity.0.to_le_bytes());
        stamp[40..].copy_from_slice(&self.identity.1.to_le_bytes());
        stamp
    }
}
