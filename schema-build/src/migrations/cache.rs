//! What an earlier run of the build script learnt, so that only files that changed are read again. The revisions
//! themselves are in the blob that the run wrote; beside it lies an index with the size and times of every file.
//!
//! The trust is Cargo's own: a file whose size and times are the same is the same. Nothing is believed of a file
//! that was touched within the last seconds, that is a symbolic link, or that gave a finding; nor is anything
//! believed of a blob or an index that another build of this crate, or another configuration, has written.

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

/// Size, and times of the last changes, of one file; zeros when there is none.
const STAMP: usize = 32;
const FILES: [&str; 3] = ["up.sql", "down.sql", "metadata.toml"];
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
#[derive(Default)]
pub(crate) struct Cache {
    revisions: Vec<Revision>,
    entries: Vec<u8>,
}

impl Store {
    /// Beside this blob.
    pub(crate) fn new(blob: PathBuf, config: &Config, dialect: Dialect) -> Self {
        let index = blob.with_extension("index");
        // Another build of this crate may read files otherwise, and then the script is another one, too.
        let script = env::current_exe().ok().and_then(|path| stamp(&path)).unwrap_or_default();
        let key = format!(
            "schema-build {} {dialect} {} {script:?}\n",
            env!("CARGO_PKG_VERSION"),
            config.migrations.display()
        );
        Self { blob, index, key: key.into_bytes() }
    }

    /// What is known: nothing, when anything is odd.
    pub(crate) fn load(&self) -> Cache {
        self.read().unwrap_or_default()
    }

    fn read(&self) -> Option<Cache> {
        let index = fs::read(&self.index).ok()?;
        let (of_blob, entries) = index.strip_prefix(&*self.key)?.split_first_chunk::<STAMP>()?;
        if stamp(&self.blob)? != *of_blob {
            return None;
        }
        // The script ends before long, and so does the leak; the texts are used until then.
        let (_, mut revisions) = blob::decode(fs::read(&self.blob).ok()?.leak()).ok()?;
        revisions.sort_by(|a, b| a.folder.cmp(&b.folder));
        (entries.len() == revisions.len() * ENTRY).then(|| Cache { revisions, entries: entries.to_vec() })
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

impl Cache {
    /// The migration of this name, if its files are still those that were read.
    pub(crate) fn get(&self, name: &str, stamps: &Stamps) -> Option<Migration> {
        let at = self.revisions.binary_search_by(|revision| (*revision.folder).cmp(name)).ok()?;
        let (flag, known) = self.entries[at * ENTRY..(at + 1) * ENTRY].split_last()?;
        if known != stamps || *flag == NOTHING {
            return None;
        }
        Some(Migration { revision: self.revisions[at].clone(), follows: *flag == FOLLOWS })
    }
}

/// The stamps of a migration's files, to be taken before they are read; `None` when they prove nothing.
pub(crate) fn stamps(folder: &Path) -> Option<Stamps> {
    let mut stamps = [0; FILES.len() * STAMP];
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    for (file, place) in FILES.iter().zip(stamps.chunks_exact_mut(STAMP)) {
        match fs::symlink_metadata(folder.join(file)) {
            Ok(found) if found.is_file() && modified(&found)? + SETTLED <= i64::try_from(now).ok()? => {
                place.copy_from_slice(&stamp_of(&found)?);
            }
            Ok(_) => return None,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => return None,
        }
    }
    Some(stamps)
}

fn stamp(path: &Path) -> Option<[u8; STAMP]> {
    stamp_of(&fs::metadata(path).ok()?)
}

#[cfg(unix)]
fn modified(found: &fs::Metadata) -> Option<i64> {
    Some(std::os::unix::fs::MetadataExt::mtime(found))
}

/// With the time of the last change of the inode, which no tool can set back.
#[cfg(unix)]
fn stamp_of(found: &fs::Metadata) -> Option<[u8; STAMP]> {
    use std::os::unix::fs::MetadataExt;
    let mut stamp = [0; STAMP];
    stamp[..8].copy_from_slice(&found.mtime().to_le_bytes());
    stamp[8..16].copy_from_slice(&found.ctime().to_le_bytes());
    stamp[16..20].copy_from_slice(&u32::try_from(found.mtime_nsec()).ok()?.to_le_bytes());
    stamp[20..24].copy_from_slice(&u32::try_from(found.ctime_nsec()).ok()?.to_le_bytes());
    // An empty file is not a missing one.
    stamp[24..].copy_from_slice(&(found.len() + 1).to_le_bytes());
    Some(stamp)
}

#[cfg(not(unix))]
fn modified(found: &fs::Metadata) -> Option<i64> {
    let modified = found.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(modified.as_secs()).ok()
}

#[cfg(not(unix))]
fn stamp_of(found: &fs::Metadata) -> Option<[u8; STAMP]> {
    let modified = found.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let mut stamp = [0; STAMP];
    stamp[..16].copy_from_slice(&modified.as_nanos().to_le_bytes());
    stamp[24..].copy_from_slice(&(found.len() + 1).to_le_bytes());
    Some(stamp)
}
