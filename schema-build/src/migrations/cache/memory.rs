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

use super::{Cache, Look, STAMP, Stamps, key};
use crate::checksum::checksum;
use crate::config::Config;
use crate::migrations::folder;

/// Fewer migrations are read within milliseconds.
const WORTH: usize = 500;

/// The way up and the metadata: nobody who only looks whether something is pending reads a way down.
const LOOKED_AT: usize = 2;

/// Their stamps.
const KEPT: usize = LOOKED_AT * STAMP;
type Kept = [u8; KEPT];

/// What nobody has written for so long belongs to a folder that is gone, or is soon learnt again.
const OLD: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// How the files are called: whole ones, and what became none.
const KNOWN: &str = "known";
const UNFINISHED: &str = "unfinished";

/// Where one migrations folder is remembered.
pub(crate) struct Memory {
    file: PathBuf,
    key: Vec<u8>,
}

/// The stamps of the files of each migration, by the name of its folder.
pub(crate) type Seen = HashMap<String, Stamps>;

impl Memory {
    /// In a folder for all of them, which need not be there.
    pub(crate) fn new(folder: &Path, config: &Config, dialect: Dialect) -> Self {
        let name = checksum(&format!("'{dialect} {}'", config.migrations.display()), Dialect::Sqlite);
        Self { file: folder.join(name).with_extension(KNOWN), key: key(config, dialect) }
    }

    /// Who remembers nothing, and takes the stamps of what is worth it.
    pub(crate) fn nothing() -> Cache {
        Cache { files: LOOKED_AT, worth: WORTH, ..Cache::default() }
    }

    /// The revisions of a folder in which nothing was touched since, in the order of their history.
    pub(crate) fn recall(&self, config: &Config, dialect: Dialect) -> Option<Vec<Revision>> {
        let (revisions, stamps) = self.read()?;
        let names = folder::names(config, dialect)?;
        let known: HashMap<&str, &Kept> =
            revisions.iter().map(|revision| &*revision.folder).zip(stamps.as_chunks().0).collect();
        let (cache, mut folder) = (Self::nothing(), Place::open(&config.migrations)?);
        // One thread: another one is at the database meanwhile.
        let is_same = |name: &String| {
            let stamps = cache.stamps_by(|file| folder.look(name, file));
            stamps.is_some_and(|stamps| known.get(&**name).is_some_and(|known| stamps.starts_with(*known)))
        };
        (names.len() == revisions.len() && names.iter().all(is_same)).then_some(revisions)
    }

    fn read(&self) -> Option<(Vec<Revision>, &'static [u8])> {
        // Used until the command ends, which it soon does.
        let bytes: &'static [u8] = fs::read(&self.file).ok()?.leak();
        let (told, rest) = bytes.strip_prefix(&*self.key)?.split_first_chunk()?;
        if u64::from_le_bytes(*told) != digest(rest) {
            return None;
        }
        let (count, rest) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*count)).ok()?.checked_mul(KEPT)?;
        let (stamps, revisions) = rest.split_at_checked(length)?;
        let (_, revisions) = blob::decode(revisions).ok()?;
        (revisions.len() * KEPT == length).then_some((revisions, stamps))
    }

    /// Keeps a sound history. Failing to remember costs time, and nothing else.
    pub(crate) fn keep(&self, revisions: &[Revision], seen: &Seen, dialect: Dialect) {
        drop(self.bytes(revisions, seen, dialect).map(|bytes| self.write(&bytes)));
    }

    fn bytes(&self, revisions: &[Revision], seen: &Seen, dialect: Dialect) -> Option<Vec<u8>> {
        let mut known = u32::try_from(revisions.len()).ok()?.to_le_bytes().to_vec();
        for revision in revisions {
            known.extend_from_slice(&seen.get(&*revision.folder)?[..KEPT]);
        }
        let revisions: Vec<Revision> = revisions.iter().map(without_sql).collect();
        known.extend_from_slice(&blob::encode(&revisions, dialect));
        Some([&*self.key, &digest(&known).to_le_bytes(), &known].concat())
    }

    /// At once, so that no reader meets half of it, nor the halves of two writers.
    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = self.file.parent().expect("a file in a folder");
        fs::create_dir_all(folder)?;
        forget_old(folder);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let beside = self.file.with_extension(format!("{}-{now}.{UNFINISHED}", process::id()));
        let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, &self.file));
        written.inspect_err(|_| drop(fs::remove_file(&beside)))
    }
}

fn without_sql(it: &Revision) -> Revision {
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

/// Tells a file that was damaged, or not written to its end, from a whole one.
fn digest(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let add = |digest: u64, word: u64| (digest.rotate_left(5) ^ word).wrapping_mul(0xf135_7aea_2e62_a9c5);
    let digest = words.iter().fold(0, |digest, word| add(digest, u64::from_le_bytes(*word)));
    rest.iter().fold(add(digest, bytes.len() as u64), |digest, byte| add(digest, u64::from(*byte)))
}

fn forget_old(folder: &Path) {
    let is_ours = |path: &Path| path.extension().is_some_and(|it| it == KNOWN || it == UNFINISHED);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let age = |written| SystemTime::now().duration_since(written).ok();
        let age = entry.metadata().and_then(|found| found.modified()).map(age).ok().flatten();
        if is_ours(&entry.path()) && age.is_some_and(|age| age > OLD) {
            drop(fs::remove_file(entry.path()));
        }
    }
}

/// A folder whose files are looked at. From an open one, the system finds them sooner.
#[cfg(target_os = "linux")]
struct Place {
    folder: rustix::fd::OwnedFd,
    path: String,
}

#[cfg(target_os = "linux")]
impl Place {
    fn open(folder: &Path) -> Option<Self> {
        use rustix::fs::{Mode, OFlags};
        let folder = rustix::fs::open(folder, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()?;
        Some(Self { folder, path: String::new() })
    }

    fn look(&mut self, name: &str, file: &str) -> io::Result<Look> {
        use rustix::fs::{AtFlags, FileType};
        self.path.clear();
        self.path.extend([name, "/", file]);
        let found = rustix::fs::statat(&self.folder, &*self.path, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(Look {
            is_file: FileType::from_raw_mode(found.st_mode) == FileType::RegularFile,
            modified: (found.st_mtime, i64::try_from(found.st_mtime_nsec).unwrap_or_default()),
            changed: (found.st_ctime, i64::try_from(found.st_ctime_nsec).unwrap_or_default()),
            size: u64::try_from(found.st_size).unwrap_or_default(),
            identity: (found.st_dev, found.st_ino),
        })
    }
}

#[cfg(not(target_os = "linux"))]
struct Place(PathBuf);

#[cfg(not(target_os = "linux"))]
impl Place {
    fn open(folder: &Path) -> Option<Self> {
        Some(Self(folder.to_owned()))
    }

    fn look(&mut self, name: &str, file: &str) -> io::Result<Look> {
        fs::symlink_metadata(self.0.join(name).join(file)).map(|found| Look::of(&found))
    }
}
