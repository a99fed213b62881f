//! A history of hundreds of migrations is remembered between runs, so that `upgrade` opens none of them where nothing
//! is pending. Whatever is remembered, what it says and does is what it says and does without.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::harness::{Database, Run, Sandbox};

/// As many as are worth it.
const REVISIONS: usize = 500;

struct Bed(Sandbox);

impl Bed {
    /// With everything applied, and remembered.
    fn new() -> Self {
        let bed = Self(Sandbox::empty());
        (1..=REVISIONS)
            .for_each(|number| bed.revision(number, &format!("CREATE TABLE t{number} (x INTEGER);\n")));
        bed.settle();
        bed.upgrade().ok();
        bed.upgrade().ok();
        bed
    }

    fn revision(&self, number: usize, up: &str) {
        let down = format!("DROP TABLE t{number};\n");
        self.0.migration(&format!("{number:04}_step"), "", up, Some(&down));
    }

    /// Makes all files look as if nobody had touched them for a while: what is younger proves nothing.
    fn settle(&self) {
        for number in 1..=REVISIONS {
            let path = self.0.path(format!("migrations/{number:04}_step/up.sql"));
            let file = File::options().append(true).open(path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(100)).unwrap();
        }
    }

    fn upgrade(&self) -> Run {
        self.0.schema("upgrade --migrations migrations --database-url sqlite:app.db")
    }

    /// The file that all is kept in; another one after each run that had to read the scripts.
    fn memory(&self) -> (PathBuf, u64) {
        let folder = self.0.beside("cache/cargo-schema");
        let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let file = files.next().expect("a memory");
        assert_eq!(files.next(), None, "one is enough");
        let inode = fs::metadata(&file).unwrap().ino();
        (file, inode)
    }

    fn tables(&self) -> usize {
        let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 't%'";
        Database::open(&self.0.path("app.db")).rows(tables).len()
    }
}

#[test]
fn nothing_pending_is_told_without_reading_a_script() {
    let bed = Bed::new();
    let before = bed.memory();
    bed.upgrade().ok().says("nothing is pending; the database is at 0500 (head)");
    assert_eq!(bed.memory(), before, "the scripts were read again");
    bed.upgrade().arg("--dry-run").ok().says("nothing is pending");
    assert_eq!(bed.memory(), before, "the scripts were read again");
}

#[test]
fn an_edited_script_is_refused_and_a_restored_one_is_not() {
    let bed = Bed::new();
    bed.0.replace("migrations/0123_step/up.sql", "INTEGER", "BIGINT_");
    bed.settle();
    let refused = bed.upgrade().exits(1).says("0123").says("restore the file");
    bed.upgrade().exits(1).says(refused.stderr.lines().next().unwrap());
    bed.0.replace("migrations/0123_step/up.sql", "BIGINT_", "INTEGER");
    bed.settle();
    bed.upgrade().ok().says("nothing is pending");
}

#[test]
fn what_is_new_runs_as_it_is_written() {
    let bed = Bed::new();
    bed.revision(REVISIONS + 1, "CREATE TABLE t501 (x INTEGER);\n");
    bed.upgrade().ok().says("0501");
    assert_eq!(bed.tables(), REVISIONS + 1);
    // What another database lacks is read, however well it is known.
    let empty = bed.0.path("other.db");
    drop(Database::open(&empty).rows("CREATE TABLE mine (x INTEGER)"));
    bed.0.schema("upgrade --migrations migrations --database-url sqlite:other.db").ok();
    let made = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE TABLE t%(x INTEGER)'";
    assert_eq!(Database::open(&empty).rows(made).len(), REVISIONS + 1);
}

#[test]
fn what_is_new_and_broken_is_refused() {
    let bed = Bed::new();
    bed.revision(REVISIONS + 1, "CREATE TABLE t501 (x TEXT DEFAULT 'x);\n");
    bed.upgrade().exits(1).says("migrations/0501_step/up.sql:1:");
    bed.revision(REVISIONS + 1, "CREATE TABLE t501 (x INTEGER);\n");
    bed.0.write("migrations/0501_step/down.sql", "DROP TABLE 't501;\n");
    bed.upgrade().exits(1).says("migrations/0501_step/down.sql:1:");
    assert_eq!(bed.tables(), REVISIONS);
}

#[test]
fn what_has_to_be_put_right_is_put_right_by_what_was_read() {
    let bed = Bed::new();
    let metadata = "run_in_transaction = true\nrevision = \"aaaaaaaa0501\"\nparents = [\"0500\"]\n";
    bed.0.migration("0501_step", metadata, "CREATE TABLE t501 (x INTEGER);\n", None);
    bed.upgrade().ok();
    fs::copy(bed.0.path("app.db"), bed.0.path("other.db")).unwrap();
    fs::rename(bed.0.path("migrations/0501_step"), bed.0.path("migrations/0601_step")).unwrap();
    for file in ["up.sql", "metadata.toml"] {
        let file = File::options().append(true).open(bed.0.path("migrations/0601_step").join(file)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(100)).unwrap();
    }
    bed.upgrade().ok().says("nothing is pending");
    bed.upgrade().ok().says("nothing is pending");
    let before = bed.memory();
    // The other database has the revision under the version that it had.
    bed.0.schema("upgrade --migrations migrations --database-url sqlite:other.db").ok();
    assert_ne!(bed.memory(), before, "something was written by hearsay");
    let versions = Database::open(&bed.0.path("other.db")).versions();
    assert!(versions.contains(&"0601".to_owned()) && !versions.contains(&"0501".to_owned()), "{versions:?}");
}

#[test]
fn a_memory_that_is_wrong_accuses_nobody() {
    let bed = Bed::new();
    let (file, _) = bed.memory();
    let bytes = fs::read(&file).unwrap();
    let checksum = bytes.windows(2).rposition(|bytes| bytes == b"1-").expect("a checksum");
    let mut wrong = bytes.clone();
    wrong[checksum + 2] ^= 1;
    fs::write(&file, wrong).unwrap();
    bed.upgrade().ok().says("nothing is pending");
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    bed.upgrade().ok().says("nothing is pending");
}

#[test]
fn where_nothing_can_be_kept_nothing_is_lost() {
    let bed = Bed(Sandbox::empty());
    (1..=REVISIONS)
        .for_each(|number| bed.revision(number, &format!("CREATE TABLE t{number} (x INTEGER);\n")));
    fs::write(bed.0.beside("cache"), "a file").unwrap();
    bed.upgrade().ok();
    bed.upgrade().ok().says("nothing is pending").lacks("cache");
    assert_eq!(bed.tables(), REVISIONS);
}
