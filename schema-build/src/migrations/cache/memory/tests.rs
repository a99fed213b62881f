//! A command that remembers must say what one says that does not, and must never take a script for unchanged that is
//! not.

use std::fs::File;

use super::*;
use crate::rule::Purpose;
use crate::scratch::Scratch;
use crate::validate::{Validated, recall, validate_and_remember, validate_for};

/// Just as many old migrations as are remembered.
fn project() -> Scratch {
    let scratch = Scratch::new();
    for number in 0..WORTH {
        let name = format!("{number:04}_m");
        scratch.write(&format!("migrations/{name}/up.sql"), format!("SELECT {number};"));
        scratch.write(&format!("migrations/{name}/down.sql"), "-- nothing\n");
    }
    scratch.write(
        "migrations/0007_m/metadata.toml",
        "run_in_transaction = true\nmessage = \"seven\"\nlabels = [\"x\"]\n",
    );
    settle(&scratch);
    scratch
}

/// Makes all migrations look as if nobody had touched them for a while.
fn settle(scratch: &Scratch) {
    for folder in fs::read_dir(scratch.path().join("migrations")).expect("a folder").flatten() {
        for file in fs::read_dir(folder.path()).expect("a folder").flatten() {
            let file = File::options().append(true).open(file.path()).expect("a file");
            file.set_modified(SystemTime::now() - Duration::from_secs(100)).expect("a time");
        }
    }
}

/// Two scripts of one size, written at one moment as far as the file system can tell.
#[cfg(unix)]
fn twins(scratch: &Scratch) {
    use std::os::unix::fs::MetadataExt;
    let past = SystemTime::now() - Duration::from_secs(100);
    let changed = |name: &str| {
        let path = scratch.path().join("migrations").join(name).join("up.sql");
        let file = File::options().append(true).open(path).expect("a file");
        file.set_modified(past).expect("a time");
        let found = file.metadata().expect("a file");
        (found.ctime(), found.ctime_nsec(), found.len())
    };
    while changed("0101_m") != changed("0102_m") {}
}

#[cfg(unix)]
#[test]
fn folders_that_change_their_names_are_noticed() {
    let scratch = project();
    twins(&scratch);
    remember(&scratch);
    assert!(recalled(&scratch).is_some());
    let migrations = scratch.path().join("migrations");
    for (from, to) in [("0101_m", "x"), ("0102_m", "0101_m"), ("x", "0102_m")] {
        fs::rename(migrations.join(from), migrations.join(to)).expect("a folder");
    }
    assert!(recalled(&scratch).is_none());
}

fn config(scratch: &Scratch) -> Config {
    Config::standalone(&scratch.path().join("migrations"), Some(Dialect::Sqlite))
}

fn recalled(scratch: &Scratch) -> Option<Validated> {
    recall(&config(scratch), Dialect::Sqlite, &scratch.path().join("memories"))
}

fn remember(scratch: &Scratch) -> Validated {
    validate_and_remember(&config(scratch), Dialect::Sqlite, &scratch.path().join("memories"))
}

/// The one file that all is kept in.
fn file(scratch: &Scratch) -> PathBuf {
    Memory::new(&scratch.path().join("memories"), &config(scratch), Dialect::Sqlite).file
}

/// All but the texts.
fn known(validated: &Validated) -> Vec<Revision> {
    validated.revisions().iter().map(without_sql).collect()
}

#[test]
fn what_did_not_change_is_known_without_its_sql() {
    let scratch = project();
    assert!(recalled(&scratch).is_none());
    let read = remember(&scratch);
    let recalled = recalled(&scratch).expect("nothing was touched");
    assert_eq!(known(&recalled), known(&read));
    assert!(
        recalled.revisions().iter().all(|revision| revision.up.text.is_empty() && revision.down.is_none())
    );
    assert_eq!(recalled.revisions()[7].labels, ["x"]);
    let kept = fs::read(file(&scratch)).expect("a file");
    assert!(!kept.windows(6).any(|bytes| bytes == b"SELECT"), "SQL is kept");
    let others = fs::read_dir(scratch.path().join("memories")).expect("a folder").count();
    assert_eq!(others, 1, "something was left beside it");
}

type Change = fn(&Scratch);

#[test]
fn whatever_is_touched_is_read_again() {
    let changes: [(&str, Change); 7] = [
        ("edited", |it| it.write("migrations/0100_m/up.sql", "SELECT 'edited';")),
        ("edited to the same size", |it| it.write("migrations/0100_m/up.sql", "SELECT 001;")),
        ("metadata came", |it| it.write("migrations/0100_m/metadata.toml", "run_in_transaction = false\n")),
        ("metadata went", |it| {
            fs::remove_file(it.path().join("migrations/0007_m/metadata.toml")).expect("a file");
        }),
        ("renamed", |it| {
            let migrations = it.path().join("migrations");
            fs::rename(migrations.join("0100_m"), migrations.join("0100_n")).expect("a folder");
        }),
        ("removed", |it| fs::remove_dir_all(it.path().join("migrations/0499_m")).expect("a folder")),
        ("added", |it| it.write("migrations/0500_m/up.sql", "SELECT 1")),
    ];
    let scratch = project();
    for (what, change) in changes {
        remember(&scratch);
        assert!(recalled(&scratch).is_some() || what == "added", "before: {what}");
        change(&scratch);
        settle(&scratch);
        assert!(recalled(&scratch).is_none(), "{what}");
        let (read, whole) =
            (remember(&scratch), validate_for(&config(&scratch), Dialect::Sqlite, Purpose::Up));
        assert_eq!(read.revisions(), whole.revisions(), "{what}");
        // Below the number that is worth it, nothing is remembered.
        if what == "removed" {
            assert!(recalled(&scratch).is_none());
            scratch.write("migrations/0499_m/up.sql", "SELECT 499;");
            settle(&scratch);
        }
    }
    assert!(recalled(&scratch).is_some());
}

#[test]
fn a_file_that_was_just_written_proves_nothing() {
    let scratch = project();
    scratch.write("migrations/0100_m/up.sql", "SELECT 1;");
    remember(&scratch);
    assert!(recalled(&scratch).is_none());
}

#[cfg(unix)]
#[test]
fn a_time_that_was_set_back_deceives_nobody() {
    let scratch = project();
    remember(&scratch);
    let path = scratch.path().join("migrations/0100_m/up.sql");
    let modified = fs::metadata(&path).and_then(|found| found.modified()).expect("a time");
    scratch.write("migrations/0100_m/up.sql", "SELECT 999;");
    File::options().append(true).open(&path).and_then(|file| file.set_modified(modified)).expect("a time");
    assert!(recalled(&scratch).is_none());
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_is_not_known() {
    let scratch = project();
    fs::remove_file(scratch.path().join("migrations/0100_m/up.sql")).expect("a file");
    let link = scratch.path().join("migrations/0100_m/up.sql");
    std::os::unix::fs::symlink("../0099_m/up.sql", link).expect("a link");
    remember(&scratch);
    assert!(recalled(&scratch).is_none());
}

#[test]
fn what_is_broken_is_not_remembered() {
    let scratch = project();
    scratch.write("migrations/0100_m/up.sql", "SELECT '");
    settle(&scratch);
    assert!(remember(&scratch).has_errors());
    assert!(!file(&scratch).exists());
    // Sound files, and still something to be said.
    scratch.write("migrations/0100_m/up.sql", "SELECT 100;");
    scratch
        .write("migrations/0100_m/metadata.toml", "run_in_transaction = true\ndepends_on = [\"nobody\"]\n");
    settle(&scratch);
    assert!(remember(&scratch).has_errors());
    assert!(recalled(&scratch).is_none());
}

#[test]
fn a_damaged_file_is_no_memory() {
    let scratch = project();
    remember(&scratch);
    let file = file(&scratch);
    let whole = fs::read(&file).expect("a file");
    for length in (0..whole.len()).step_by(997).chain(whole.len() - 9..whole.len()) {
        fs::write(&file, &whole[..length]).expect("a file");
        assert!(recalled(&scratch).is_none(), "{length}");
        let mut bytes = whole.clone();
        bytes[length] ^= 1 << (length % 8);
        fs::write(&file, bytes).expect("a file");
        assert!(recalled(&scratch).is_none(), "{length}");
    }
    fs::write(&file, b"").expect("a file");
    assert!(recalled(&scratch).is_none());
}

#[test]
fn memories_of_long_ago_are_cleared_away() {
    let scratch = project();
    let old = scratch.path().join("memories/1-0.known");
    scratch.write("memories/1-0.known", "x");
    let file = File::options().append(true).open(&old).expect("a file");
    file.set_modified(SystemTime::now() - OLD - Duration::from_secs(60)).expect("a time");
    scratch.write("memories/1-1.known", "x");
    scratch.write("memories/mine.txt", "x");
    let mine = scratch.path().join("memories/mine.txt");
    let file = File::options().append(true).open(&mine).expect("a file");
    file.set_modified(SystemTime::now() - OLD - Duration::from_secs(60)).expect("a time");
    remember(&scratch);
    assert!(!old.exists() && mine.exists() && scratch.path().join("memories/1-1.known").exists());
}
