//! When Cargo runs the build script again: when the migrations or the configuration change, and only then.

use std::fs;

use crate::harness::Sandbox;

const THIRD: &str = "2026-11-20-0915-4f1c2a9b7d03_add_tax";
const METADATA: &str = "run_in_transaction = true\nrevision = \"4f1c2a9b7d03\"\nparents = [\"1f0e9d8c7b6a\"]\nmessage = \"add tax\"\n";

/// A project that is built already.
#[track_caller]
fn built() -> Sandbox {
    let sandbox = Sandbox::of("skeleton");
    sandbox.build().ok();
    sandbox.build().ok().did_nothing();
    sandbox
}

#[track_caller]
fn rebuilds(sandbox: &Sandbox) {
    let build = sandbox.build().ok();
    assert!(build.ran_build_script, "the build script did not run\n{}", build.output.story());
    assert!(build.compiled.contains(&"skeleton".to_owned()), "{:?}", build.compiled);
    assert!(!build.compiled.contains(&"build_script_build".to_owned()), "{:?}", build.compiled);
    sandbox.build().ok().did_nothing();
}

#[test]
fn nothing_changed_compiles_nothing() {
    built();
}

#[test]
fn a_new_migration_rebuilds() {
    let sandbox = built();
    sandbox.migration(THIRD, METADATA, "CREATE TABLE tax (id INTEGER PRIMARY KEY);", Some("DROP TABLE tax;"));
    rebuilds(&sandbox);
    sandbox.app("skeleton").ok().prints("head 4f1c2a9b7d03");
}

#[test]
fn an_edited_migration_rebuilds() {
    let sandbox = built();
    let up = format!("migrations/{}/up.sql", sandbox.migrations()[1]);
    sandbox.replace(&up, "orders", "purchases");
    rebuilds(&sandbox);
}

#[test]
fn edited_metadata_rebuild() {
    let sandbox = built();
    let metadata = format!("migrations/{}/metadata.toml", sandbox.migrations()[1]);
    sandbox.replace(&metadata, "add orders", "add many orders");
    rebuilds(&sandbox);
    sandbox.app("skeleton").ok().prints("1f0e9d8c7b6a add many orders");
}

#[test]
fn a_deleted_migration_rebuilds() {
    let sandbox = built();
    fs::remove_dir_all(sandbox.path("migrations").join(&sandbox.migrations()[1])).unwrap();
    rebuilds(&sandbox);
    sandbox.app("skeleton").ok().prints("head 0a1b2c3d4e5f").lacks("add orders");
}

#[test]
fn a_deleted_down_rebuilds() {
    let sandbox = built();
    fs::remove_file(sandbox.path("migrations").join(&sandbox.migrations()[1]).join("down.sql")).unwrap();
    rebuilds(&sandbox);
}

#[test]
fn an_edited_lock_file_rebuilds() {
    let sandbox = built();
    sandbox.write("migrations/schema.lock", "[revisions]\n");
    let build = sandbox.build();
    assert!(build.ran_build_script, "the build script did not run\n{}", build.output.story());
}

#[test]
fn changed_configuration_runs_the_build_script() {
    let sandbox = built();
    sandbox.replace("Cargo.toml", "dialect = \"sqlite\"", "dialect = \"sqlite\"\nmigrations = \"elsewhere\"");
    fs::rename(sandbox.path("migrations"), sandbox.path("elsewhere")).unwrap();
    assert!(sandbox.build().ok().ran_build_script);
    sandbox.build().ok().did_nothing();
}

#[test]
fn an_unrelated_edit_does_not_run_the_build_script() {
    let sandbox = built();
    sandbox.write("notes.txt", "nothing to do with it");
    sandbox.write("src/notes.txt", "nor this");
    sandbox.build().ok().did_nothing();
    let main = sandbox.read("src/main.rs");
    sandbox.write("src/main.rs", format!("{main}\n// an afterthought\n"));
    let build = sandbox.build().ok();
    assert_eq!(build.compiled, ["skeleton"]);
    assert!(!build.ran_build_script, "the build script ran\n{}", build.output.story());
}

#[test]
fn a_broken_history_fails_again_until_it_is_mended() {
    let sandbox = built();
    let up = format!("migrations/{}/up.sql", sandbox.migrations()[1]);
    let sql = sandbox.read(&up);
    sandbox.write(&up, "");
    let first = sandbox.build().fails().said_by("skeleton");
    assert_eq!(sandbox.build().fails().said_by("skeleton"), first);
    sandbox.write(&up, sql);
    sandbox.build().ok();
}

/// Files that lie still for a while are not read again by the build script, which must not show.
mod settled {
    use std::fs::{self, File};
    use std::time::{Duration, SystemTime};

    use super::{THIRD, built, rebuilds};
    use crate::harness::Sandbox;

    /// A project whose build script has remembered its files.
    fn remembered() -> Sandbox {
        let sandbox = built();
        let up = format!("migrations/{}/up.sql", sandbox.migrations()[1]);
        sandbox.replace(&up, "CREATE TABLE orders", "CREATE TABLE orders ");
        for folder in sandbox.migrations() {
            for file in
                ["up.sql", "down.sql", "metadata.toml"].map(|name| format!("migrations/{folder}/{name}"))
            {
                if file != up {
                    age(&sandbox, &file);
                }
            }
        }
        rebuilds(&sandbox);
        age(&sandbox, &up);
        sandbox.build().ok().did_nothing();
        sandbox
    }

    fn age(sandbox: &Sandbox, file: &str) {
        let hour_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        File::options().write(true).open(sandbox.path(file)).unwrap().set_modified(hour_ago).unwrap();
    }

    #[test]
    fn an_edit_beside_them_is_seen() {
        let sandbox = remembered();
        let metadata = format!("migrations/{}/metadata.toml", sandbox.migrations()[0]);
        sandbox.replace(&metadata, "create users", "create people");
        rebuilds(&sandbox);
        sandbox.app("skeleton").ok().prints("0a1b2c3d4e5f create people").prints("1f0e9d8c7b6a add orders");
    }

    #[test]
    fn a_file_of_the_same_size_and_age_in_its_place_is_seen() {
        let sandbox = remembered();
        let metadata = format!("migrations/{}/metadata.toml", sandbox.migrations()[0]);
        let text = sandbox.read(&metadata).replace("create users", "update users");
        sandbox.write("other.toml", text);
        age(&sandbox, "other.toml");
        fs::rename(sandbox.path("other.toml"), sandbox.path(&metadata)).unwrap();
        rebuilds(&sandbox);
        sandbox.app("skeleton").ok().prints("0a1b2c3d4e5f update users");
    }

    #[test]
    fn new_renamed_and_deleted_folders_are_seen() {
        let sandbox = remembered();
        let second = sandbox.path("migrations").join(&sandbox.migrations()[1]);
        let metadata = fs::read_to_string(second.join("metadata.toml")).unwrap();
        fs::rename(&second, sandbox.path("migrations").join(THIRD)).unwrap();
        sandbox.write(
            &format!("migrations/{THIRD}/metadata.toml"),
            metadata.replace("1f0e9d8c7b6a", "4f1c2a9b7d03").replace("add orders", "add tax"),
        );
        rebuilds(&sandbox);
        sandbox.app("skeleton").ok().prints("head 4f1c2a9b7d03").lacks("1f0e9d8c7b6a");
        fs::remove_dir_all(sandbox.path("migrations").join(THIRD)).unwrap();
        rebuilds(&sandbox);
        sandbox.app("skeleton").ok().prints("head 0a1b2c3d4e5f").lacks("4f1c2a9b7d03");
    }

    #[test]
    fn a_broken_one_beside_them_is_seen_every_time() {
        let sandbox = remembered();
        sandbox.migration(THIRD, "", "", None);
        let said = sandbox.build().fails().said_by("skeleton");
        assert!(said.contains("`up.sql` is empty"), "{said}");
        assert_eq!(sandbox.build().fails().said_by("skeleton"), said);
        fs::remove_dir_all(sandbox.path("migrations").join(THIRD)).unwrap();
        sandbox.build().ok();
        sandbox.app("skeleton").ok().prints("head 1f0e9d8c7b6a");
    }

    /// The configuration says how files are read.
    #[test]
    fn another_dialect_reads_them_anew() {
        let sandbox = remembered();
        sandbox.replace("Cargo.toml", "dialect = \"sqlite\"", "dialect = \"postgres\"");
        assert!(sandbox.build().ok().ran_build_script);
        sandbox.app("skeleton").ok().prints("1f0e9d8c7b6a add orders");
    }
}
