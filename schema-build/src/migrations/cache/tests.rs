//! A build script that remembers must say and write exactly what one says and writes that does not.

use std::fs::File;
use std::time::Duration;

use super::*;
use crate::embed::embed_into;
use crate::scratch::Scratch;

/// Three old migrations in a package with a build folder.
fn project() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("out/x", "");
    scratch.write("Cargo.toml", "[package]\n[package.metadata.schema]\ndialect = \"sqlite\"\n");
    for name in ["1_a", "2_b", "3_c"] {
        scratch.write(&format!("migrations/{name}/up.sql"), format!("SELECT '{name}';"));
        scratch.write(&format!("migrations/{name}/down.sql"), "-- nothing\n");
        settle(&scratch, name);
    }
    scratch
}

/// Makes a migration look as if nobody had touched it for a while.
fn settle(scratch: &Scratch, name: &str) {
    for file in FILES {
        let path = scratch.path().join("migrations").join(name).join(file);
        if let Ok(file) = File::options().append(true).open(path) {
            file.set_modified(SystemTime::now() - Duration::from_secs(100)).expect("a time");
        }
    }
}

fn store(scratch: &Scratch) -> Store {
    let (config, _) = Config::load(scratch.path(), None).expect("a good configuration");
    Store::new(scratch.path().join("out/schema_history.bin"), &config, Dialect::Sqlite)
}

/// The names of the migrations that need not be read.
fn known(scratch: &Scratch) -> Vec<&'static str> {
    let cache = store(scratch).load();
    let is_known = |name: &&str| {
        let stamps = cache.stamps(&scratch.path().join("migrations").join(name));
        stamps.and_then(|stamps| cache.get(name, &stamps)).is_some()
    };
    ["1_a", "2_b", "3_c"].into_iter().filter(is_known).collect()
}

fn embed(scratch: &Scratch) -> Vec<String> {
    embed_into(scratch.path(), &scratch.path().join("out"), None)
}

/// Runs a script that remembers and one that does not, and compares all they do.
#[track_caller]
fn agree(scratch: &Scratch) {
    let fresh = scratch.path().join("fresh");
    drop(fs::remove_dir_all(&fresh));
    fs::create_dir(&fresh).expect("a folder");
    assert_eq!(embed(scratch), embed_into(scratch.path(), &fresh, None));
    for file in ["schema_history.bin", "schema_history.rs"] {
        let read = |out: &str| fs::read(scratch.path().join(out).join(file)).ok();
        assert!(read("fresh").is_none_or(|fresh| read("out") == Some(fresh)), "{file} differs");
    }
}

#[test]
fn what_did_not_change_is_not_read_again() {
    let scratch = project();
    assert_eq!(known(&scratch), [] as [&str; 0]);
    embed(&scratch);
    assert_eq!(known(&scratch), ["1_a", "2_b", "3_c"]);
    agree(&scratch);
}

type Change = fn(&Scratch);

#[test]
fn every_kind_of_change_is_noticed() {
    let changes: [(&str, Change); 8] = [
        ("edited", |it| it.write("migrations/2_b/up.sql", "SELECT 'edited';")),
        ("edited to the same size", |it| it.write("migrations/2_b/up.sql", "SELECT '2_B';")),
        ("metadata came", |it| it.write("migrations/2_b/metadata.toml", "run_in_transaction = false\n")),
        ("down went", |it| fs::remove_file(it.path().join("migrations/2_b/down.sql")).expect("a file")),
        ("removed", |it| fs::remove_dir_all(it.path().join("migrations/2_b")).expect("a folder")),
        ("renamed", |it| {
            let migrations = it.path().join("migrations");
            fs::rename(migrations.join("2_b"), migrations.join("9_b")).expect("a folder");
        }),
        ("added", |it| it.write("migrations/2_bb/up.sql", "SELECT 1")),
        ("broken", |it| it.write("migrations/2_b/up.sql", "SELECT '")),
    ];
    for (what, change) in changes {
        let scratch = project();
        embed(&scratch);
        change(&scratch);
        for name in ["1_a", "2_b", "2_bb", "3_c", "9_b"] {
            settle(&scratch, name);
        }
        println!("{what}");
        agree(&scratch);
        agree(&scratch);
    }
}

#[cfg(unix)]
#[test]
fn a_time_that_was_set_back_deceives_nobody() {
    let scratch = project();
    embed(&scratch);
    let path = scratch.path().join("migrations/2_b/up.sql");
    let modified = fs::metadata(&path).and_then(|found| found.modified()).expect("a time");
    scratch.write("migrations/2_b/up.sql", "SELECT '2_B';");
    File::options().append(true).open(&path).and_then(|file| file.set_modified(modified)).expect("a time");
    assert_eq!(known(&scratch), ["1_a", "3_c"]);
    agree(&scratch);
}

#[test]
fn a_file_that_was_just_written_is_read_again() {
    let scratch = project();
    scratch.write("migrations/2_b/up.sql", "SELECT 2;");
    embed(&scratch);
    assert_eq!(known(&scratch), ["1_a", "3_c"]);
}

#[test]
fn a_migration_with_a_warning_is_read_again_so_that_it_warns_again() {
    let scratch = project();
    scratch.write("migrations/2_b/metadata.toml", "run_in_transaction = true\nteam = \"db\"\n");
    settle(&scratch, "2_b");
    let first = embed(&scratch);
    assert!(first.iter().any(|line| line.contains("`team` is no key")), "{first:?}");
    assert_eq!(embed(&scratch), first);
    assert_eq!(known(&scratch), ["1_a", "3_c"]);
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_is_read_again() {
    let scratch = project();
    fs::remove_file(scratch.path().join("migrations/3_c/up.sql")).expect("a file");
    std::os::unix::fs::symlink("../1_a/up.sql", scratch.path().join("migrations/3_c/up.sql"))
        .expect("a link");
    embed(&scratch);
    assert_eq!(known(&scratch), ["1_a", "2_b"]);
}

#[test]
fn rubbish_is_ignored() {
    let scratch = project();
    embed(&scratch);
    let index = scratch.path().join("out/schema_history.index");
    let good = fs::read(&index).expect("an index");
    for rubbish in [&b""[..], b"\n", &good[..good.len() - 1], &[&good[..], b"x"].concat()] {
        fs::write(&index, rubbish).expect("a file");
        assert_eq!(known(&scratch), [] as [&str; 0]);
    }
    fs::write(&index, &good).expect("a file");
    assert_eq!(known(&scratch).len(), 3);
    scratch.write("out/schema_history.bin", "rubbish");
    assert_eq!(known(&scratch), [] as [&str; 0]);
    agree(&scratch);
}

#[test]
fn another_dialect_or_folder_starts_anew() {
    let scratch = project();
    embed(&scratch);
    for (key, value) in [("dialect", "postgres"), ("migrations", "./migrations")] {
        scratch.write("Cargo.toml", format!("[package]\n[package.metadata.schema]\n{key} = \"{value}\"\n"));
        let (config, _) = Config::load(scratch.path(), None).expect("a good configuration");
        let dialect = config.dialect.unwrap_or(Dialect::Sqlite);
        let store = Store::new(scratch.path().join("out/schema_history.bin"), &config, dialect);
        assert!(store.load().revisions.is_empty(), "{key}");
    }
}
