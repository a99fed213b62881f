//! Whole folders, broken in every way, and what is said about them.

use super::*;
use crate::finding::{Heading, Severity};
use crate::scratch::Scratch;

/// A project whose migrations folder holds these files.
fn project(files: &[(&str, &str)]) -> Scratch {
    let scratch = Scratch::new();
    scratch.write("migrations/README", "");
    files.iter().for_each(|(path, text)| scratch.write(&format!("migrations/{path}"), text));
    scratch
}

fn config(scratch: &Scratch) -> Config {
    Config {
        root: scratch.path().to_path_buf(),
        ..Config::standalone(&scratch.path().join("migrations"), None)
    }
}

fn judged(scratch: &Scratch, purpose: Purpose) -> Validated {
    validate_for(&config(scratch), Dialect::Sqlite, purpose)
}

fn ours(id: &str, parents: &str) -> String {
    format!("run_in_transaction = true\nrevision = \"{id}\"\nparents = [{parents}]\n")
}

/// Migrations `id` with parents, named so that they sort as given.
fn linked(revisions: &[(&str, &str)]) -> Scratch {
    let scratch = project(&[]);
    for (at, (id, rest)) in revisions.iter().enumerate() {
        let folder = format!("migrations/{:04}-{id}_m", at + 1);
        scratch.write(&format!("{folder}/up.sql"), "-- nothing\n");
        scratch.write(&format!("{folder}/down.sql"), "-- nothing\n");
        scratch.write(&format!("{folder}/metadata.toml"), ours(id, rest));
    }
    scratch
}

fn rules(validated: &Validated) -> Vec<&'static str> {
    validated.findings.iter().map(|finding| finding.rule).collect()
}

fn text(validated: &Validated) -> String {
    let lines = validated.findings.iter().flat_map(|finding| finding.plain_lines(Heading::Bare));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_diesel_folder_is_a_history_as_it_is() {
    let scratch = project(&[
        ("2024-01-02-000000_two/up.sql", "SELECT 2;"),
        ("2024-01-02-000000_two/down.sql", "SELECT 2;"),
        ("20240101000000_one/up.sql", "SELECT 1;\nSELECT 11"),
        ("20240101000000_one/down.sql", ""),
        (".hidden/x", ""),
        ("templates/up.sql", ""),
        (".diesel_lock", ""),
    ]);
    let validated = judged(&scratch, Purpose::Check);
    assert_eq!(text(&validated), "");
    let history = validated.history.expect("a sound history");
    let ids: Vec<&str> = history.revisions().iter().map(|it| &*it.id).collect();
    assert_eq!(ids, ["20240101000000", "20240102000000"]);
    assert_eq!(history.revision(1).parents, ["20240101000000"]);
    assert_eq!(history.revision(0).message, "one");
    assert_eq!(history.revision(0).up.statements.len(), 2);
    assert!(!history.revision(0).is_revertible() && history.revision(1).is_revertible());
}

#[test]
fn a_migration_without_parents_follows_the_one_before_it_even_in_a_mixed_folder() {
    let scratch = linked(&[("aaaa", ""), ("bbbb", "\"aaaa\"")]);
    scratch.write("migrations/9000_diesel/up.sql", "SELECT 1");
    scratch.write("migrations/9000_diesel/down.sql", "");
    let history = judged(&scratch, Purpose::Check).history.expect("a sound history");
    assert_eq!(history.revision(2).parents, ["bbbb"]);
}

#[test]
fn a_missing_parent_is_shown_where_it_is_named() {
    let scratch = linked(&[("4f1c2a9b7d03", ""), ("9b7d034f1c2a", "\"4f1c2a9b7d04\"")]);
    let validated = judged(&scratch, Purpose::Build);
    assert!(validated.history.is_none());
    assert_eq!(validated.revisions().len(), 2);
    assert_eq!(
        text(&validated),
        "\
revision `9b7d034f1c2a` has a parent that does not exist
  --> migrations/0002-9b7d034f1c2a_m/metadata.toml:3:12
   |
 3 | parents = [\"4f1c2a9b7d04\"]
   |            ^^^^^^^^^^^^^^ no migration has this id
   |
   = help: the nearest is `4f1c2a9b7d03` (m)"
    );
}

#[test]
fn several_heads_are_listed_and_are_no_reason_not_to_run() {
    let scratch = linked(&[("aaaa", ""), ("bbbb", "\"aaaa\""), ("cccc", "\"aaaa\"")]);
    let validated = judged(&scratch, Purpose::Build);
    assert_eq!(
        text(&validated),
        "\
the history has two heads
  --> migrations/
   = note: `bbbb` m, by 0002-bbbb_m
   = note: `cccc` m, by 0003-cccc_m
   = help: `cargo schema rebase` puts yours after theirs; `cargo schema merge -m \"join\"` joins them"
    );
    assert!(validated.has_errors() && validated.history.is_some());
    assert_eq!(rules(&judged(&scratch, Purpose::Run)), [] as [&str; 0]);
}

#[test]
fn several_heads_are_seen_beside_other_defects() {
    let scratch = linked(&[("aaaa", ""), ("bbbb", "\"aaaa\""), ("cccc", "\"aaaa\", \"aaaa\"")]);
    assert_eq!(rules(&judged(&scratch, Purpose::Build)), ["repeated-parent", "multiple-heads"]);
}

#[test]
fn every_defect_of_the_graph_is_shown_in_its_file() {
    for (revisions, rule, place) in [
        (
            &[("aaaa", ""), ("bad id", "\"aaaa\"")][..],
            "invalid-id",
            "migrations/0002-bad id_m/metadata.toml:2:12",
        ),
        (&[("aaaa", ""), ("aaaa", "")][..], "duplicate-id", "migrations/0002-aaaa_m/metadata.toml:2:12"),
        (&[("aaaa", "\"aaaa\"")][..], "own-parent", "migrations/0001-aaaa_m/metadata.toml:3:12"),
        (
            &[("aaaa", "\"bbbb\""), ("bbbb", "\"aaaa\"")][..],
            "cycle",
            "migrations/0001-aaaa_m/metadata.toml:3:12",
        ),
        (
            &[("aaaa", "]\ndepends_on = [\"zzzz\"")][..],
            "missing-dependency",
            "migrations/0001-aaaa_m/metadata.toml:4:15",
        ),
        (
            &[("aaaa", "]\ndepends_on = [\"aaaa\"")][..],
            "own-dependency",
            "migrations/0001-aaaa_m/metadata.toml:4:15",
        ),
        (
            &[("aaaab", ""), ("aaaac", "\"aaaab\""), ("b", "\"aaaac\"]\ndepends_on = [\"aaaa\"")][..],
            "ambiguous-dependency",
            "migrations/0003-b_m/metadata.toml:4:15",
        ),
        (
            &[("aaaa", "]\nlabels = [\"a b\"")][..],
            "invalid-label",
            "migrations/0001-aaaa_m/metadata.toml:4:11",
        ),
        (
            &[("aaaa", "]\nlabels = [\"aaaa\"")][..],
            "label-is-id",
            "migrations/0001-aaaa_m/metadata.toml:4:11",
        ),
        (
            &[("aaaa", "]\nlabels = [\"x\""), ("bbbb", "\"aaaa\"]\nlabels = [\"x\"")][..],
            "duplicate-label",
            "migrations/0002-bbbb_m/metadata.toml:4:11",
        ),
    ] {
        let validated = judged(&linked(revisions), Purpose::Run);
        assert_eq!(rules(&validated), [rule], "{}", text(&validated));
        assert!(text(&validated).contains(&format!("--> {place}\n")), "{}", text(&validated));
        assert!(validated.history.is_none());
    }
}

#[test]
fn two_diesel_folders_of_one_version_are_one_finding() {
    let scratch = project(&[("0001_a/up.sql", "SELECT 1"), ("0001_b/up.sql", "SELECT 1")]);
    let validated = judged(&scratch, Purpose::Run);
    assert_eq!(rules(&validated), ["duplicate-id"]);
    assert!(text(&validated).contains("   = note: `0001` a, by 0001_a\n   = note: `0001` b, by 0001_b\n"));
}

#[test]
fn two_ids_of_one_version_are_refused() {
    let scratch = linked(&[("aaaa", "")]);
    scratch.write("migrations/0001aaaa_x/up.sql", "SELECT 1");
    assert_eq!(rules(&judged(&scratch, Purpose::Run)), ["duplicate-version"]);
}

#[test]
fn a_version_that_diesel_cannot_hold_is_refused() {
    let scratch = project(&[]);
    scratch.write(&format!("migrations/{}_x/up.sql", "1".repeat(51)), "SELECT 1");
    assert_eq!(rules(&judged(&scratch, Purpose::Run)), ["version-too-long"]);
}

#[test]
fn everything_that_is_wrong_in_files_is_found_at_once() {
    let scratch = project(&[
        ("01_missing/down.sql", ""),
        ("02_empty/up.sql", ""),
        ("03_comment/up.sql", "-- nothing to do\n"),
        ("04_conflict/up.sql", "SELECT 1;\n<<<<<<< HEAD\nSELECT 2;\n=======\nSELECT 3;\n>>>>>>> theirs\n"),
        ("05_open/up.sql", "SELECT 'x;\n"),
        ("06_commit/up.sql", "CREATE TABLE a (b);\nCOMMIT;\nBEGIN;\n"),
        ("07_vacuum/up.sql", "VACUUM;\nSELECT 1;\nVACUUM;\n"),
        ("08_metadata/up.sql", "SELECT 1"),
        ("08_metadata/metadata.toml", "revision = \n"),
        ("09_case/up.sql", "SELECT 1"),
        ("09_CASE/up.sql", "SELECT 1"),
        ("10_upper/UP.SQL", "SELECT 1"),
        ("11_nested/sqlite/up.sql", "SELECT 1"),
    ]);
    scratch.write("migrations/12_latin/up.sql", b"SELECT 1;\nSELECT '\xe4';\n");
    scratch.write("migrations/13_binary/up.sql", b"SQLite format 3\0");
    scratch.write("migrations/14_utf16/up.sql", b"\xff\xfeS\0E\0");
    scratch.write("migrations/15_folder/up.sql/x", "");
    let validated = judged(&scratch, Purpose::Run);
    let text = text(&validated);
    for expected in [
        "the migration has no `up.sql`\n  --> migrations/01_missing\n",
        "`up.sql` is empty\n  --> migrations/02_empty/up.sql\n",
        "`up.sql` has a merge conflict\n  --> migrations/04_conflict/up.sql:2:1\n",
        "`up.sql` cannot be cut into statements\n  --> migrations/05_open/up.sql:1:8\n",
        "`COMMIT` interferes with the transaction that the script runs in\n  --> migrations/06_commit/up.sql:2:1\n",
        "`BEGIN` interferes with the transaction that the script runs in\n  --> migrations/06_commit/up.sql:3:1\n",
        "`VACUUM` cannot run in a transaction\n  --> migrations/07_vacuum/up.sql:1:1\n",
        "`VACUUM` cannot run in a transaction\n  --> migrations/07_vacuum/up.sql:3:1\n",
        "`metadata.toml` is not valid TOML\n  --> migrations/08_metadata/metadata.toml:1:",
        "`09_CASE` and `09_case` differ only in case\n",
        "= help: rename `UP.SQL` to `up.sql`",
        "= help: `migrations = \"migrations/11_nested\"` in",
        "`up.sql` is not UTF-8\n  --> migrations/12_latin/up.sql:2:9\n",
        "`up.sql` is no text: it holds NUL bytes\n  --> migrations/13_binary/up.sql\n",
        "`up.sql` is UTF-16\n",
        "`up.sql` is a folder\n",
    ] {
        assert!(text.contains(expected), "{expected}\n----\n{text}");
    }
    assert!(!text.contains("03_comment"), "{text}");
    assert!(validated.findings.iter().all(|finding| finding.severity == Severity::Error));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_refused_and_one_inside_is_not() {
    use std::os::unix::fs::symlink;
    let scratch = project(&[("1_real/up.sql", "SELECT 1")]);
    let migrations = scratch.path().join("migrations");
    scratch.write("elsewhere/up.sql", "SELECT 1");
    symlink("../elsewhere", migrations.join("2_folder")).expect("a link");
    std::fs::create_dir(migrations.join("3_file")).expect("a folder");
    symlink("../../elsewhere/up.sql", migrations.join("3_file/up.sql")).expect("a link");
    std::fs::create_dir(migrations.join("4_inside")).expect("a folder");
    symlink("../1_real/up.sql", migrations.join("4_inside/up.sql")).expect("a link");
    std::fs::create_dir(migrations.join("5_dangling")).expect("a folder");
    symlink("nowhere", migrations.join("5_dangling/up.sql")).expect("a link");
    let validated = judged(&scratch, Purpose::Run);
    assert_eq!(
        rules(&validated),
        ["outside-link", "outside-link", "unreadable-file"],
        "{}",
        text(&validated)
    );
    assert!(!text(&validated).contains("4_inside"));
}

#[test]
fn a_script_that_begins_a_transaction_itself_is_in_one_until_it_ends_it() {
    let outside = "run_in_transaction = false\n";
    let scratch = project(&[
        ("1_inside/up.sql", "SELECT 1;\nBEGIN;\nVACUUM;\nVACUUM;\nCOMMIT;\n"),
        ("1_inside/metadata.toml", outside),
        ("2_behind/up.sql", "begin immediate;\nSAVEPOINT a;\nROLLBACK TO a;\nCOMMIT;\nVACUUM;\n"),
        ("2_behind/metadata.toml", outside),
        ("3_partial/up.sql", "BEGIN;\nSAVEPOINT a;\nROLLBACK TO a;\nVACUUM;\nEND;\n"),
        ("3_partial/metadata.toml", outside),
    ]);
    let validated = judged(&scratch, Purpose::Run);
    assert_eq!(rules(&validated), ["needs-no-transaction"; 3]);
    let text = text(&validated);
    assert!(text.contains("1_inside/up.sql:3") && text.contains("1_inside/up.sql:4"), "{text}");
    assert!(text.contains("3_partial/up.sql:4"), "{text}");
    assert!(text.contains("cannot run in the transaction that the script begins before it"), "{text}");
}

#[test]
fn modes_follow_metadata_and_what_the_script_does() {
    let rebuild = "CREATE TABLE new_a (b);\nDROP TABLE a;\nALTER TABLE new_a RENAME TO a;\n";
    let scratch = project(&[
        ("1_plain/up.sql", "SELECT 1"),
        ("2_outside/up.sql", "VACUUM"),
        ("2_outside/metadata.toml", "run_in_transaction = false\n"),
        ("3_rebuild/up.sql", rebuild),
        ("4_keys/up.sql", "SELECT 1"),
        ("4_keys/metadata.toml", "run_in_transaction = true\nforeign_keys = false\n"),
    ]);
    let validated = judged(&scratch, Purpose::Run);
    assert_eq!(text(&validated), "");
    use schema_runtime::revision::Mode::{ForeignKeysOff, Joined, Outside};
    let modes: Vec<_> = validated.revisions().iter().map(|it| it.up.mode).collect();
    assert_eq!(modes, [Joined, Outside, ForeignKeysOff, ForeignKeysOff]);
}

#[test]
fn a_missing_folder_says_how_to_make_one() {
    let scratch = Scratch::new();
    let validated = judged(&scratch, Purpose::Build);
    assert_eq!(rules(&validated), ["no-migrations"]);
    assert!(text(&validated).contains("there is no migrations folder `migrations`"));
    scratch.write("migrations", "");
    assert!(text(&judged(&scratch, Purpose::Build)).contains("`migrations` is a file"));
}

#[test]
fn an_empty_folder_is_an_empty_history() {
    let validated = judged(&project(&[]), Purpose::Check);
    assert_eq!(text(&validated), "");
    assert!(validated.history.expect("a history").is_empty());
}

#[test]
fn what_may_be_wrong_is_a_warning() {
    let scratch = linked(&[("cccc", "\"bbbb\""), ("bbbb", "")]);
    std::fs::remove_file(scratch.path().join("migrations/0002-bbbb_m/down.sql")).expect("a file");
    let validated = judged(&scratch, Purpose::Build);
    assert_eq!(rules(&validated), ["disordered", "missing-down"], "{}", text(&validated));
    assert!(!validated.has_errors() && validated.history.is_some());
}

#[test]
fn names_that_diesel_reads_otherwise_are_for_check_to_say() {
    let scratch = project(&[
        ("20260101_0900_aaaa_x/up.sql", "-- x"),
        ("20260101_0900_aaaa_x/down.sql", "-- x"),
        ("20260101_0900_aaaa_x/metadata.toml", &ours("aaaa", "")),
    ]);
    assert_eq!(rules(&judged(&scratch, Purpose::Build)), [] as [&str; 0]);
    let validated = judged(&scratch, Purpose::Check);
    assert_eq!(rules(&validated), ["diesel-name"]);
    assert!(
        text(&validated)
            .contains("`20260101_0900_aaaa_x` is `20260101` to Diesel, and `202601010900aaaa` here")
    );
}

#[test]
fn the_lock_file_notices_edits_but_no_comments() {
    let scratch = linked(&[("aaaa", ""), ("bbbb", "\"aaaa\"")]);
    let up = "migrations/0001-aaaa_m/up.sql";
    scratch.write(up, "CREATE TABLE a (b TEXT);\n");
    let lock = crate::lockfile::LockFile::of(judged(&scratch, Purpose::Run).revisions());
    scratch.write("migrations/schema.lock", lock.render());
    scratch.write(up, "-- a comment\r\nCREATE TABLE a (b   TEXT);\r\n");
    assert_eq!(rules(&judged(&scratch, Purpose::Check)), [] as [&str; 0]);

    scratch.write(up, "CREATE TABLE a (b TEXT NOT NULL);\n");
    let built = judged(&scratch, Purpose::Build);
    assert_eq!((rules(&built), built.has_errors()), (vec!["edited-revision"], false));
    assert!(text(&built).contains(&format!("--> {up}\n")));
    assert!(judged(&scratch, Purpose::Check).has_errors());
    assert_eq!(rules(&judged(&scratch, Purpose::Run)), [] as [&str; 0]);
}

#[test]
fn what_the_lock_file_lacks_is_for_check_and_what_it_has_too_much_for_all() {
    let scratch = linked(&[("aaaa", ""), ("bbbb", "\"aaaa\"")]);
    let revisions = judged(&scratch, Purpose::Run).revisions().to_vec();
    scratch.write("migrations/schema.lock", crate::lockfile::LockFile::of(&revisions[..1]).render());
    assert_eq!(rules(&judged(&scratch, Purpose::Build)), [] as [&str; 0]);
    assert_eq!(rules(&judged(&scratch, Purpose::Check)), ["lock-out-of-date"]);

    scratch.write("migrations/schema.lock", crate::lockfile::LockFile::of(&revisions).render());
    std::fs::remove_dir_all(scratch.path().join("migrations/0002-bbbb_m")).expect("a folder");
    let validated = judged(&scratch, Purpose::Build);
    assert_eq!(rules(&validated), ["removed-revision"]);
    assert!(text(&validated).contains("--> migrations/schema.lock:6:11\n"), "{}", text(&validated));
}

#[test]
fn rubbish_in_the_lock_file_is_no_reason_not_to_run() {
    let scratch = linked(&[("aaaa", "")]);
    for rubbish in [&b"revisions = 3"[..], b"\xff", b"<<<<<<< a\n=======\n>>>>>>> b\n"] {
        scratch.write("migrations/schema.lock", rubbish);
        let built = judged(&scratch, Purpose::Build);
        assert_eq!((rules(&built), built.has_errors()), (vec!["bad-lock-file"], true));
        assert!(!judged(&scratch, Purpose::Run).has_errors());
    }
}

#[test]
fn many_folders_are_read_in_their_order() {
    let scratch = project(&[]);
    for at in 0..300 {
        scratch.write(&format!("migrations/{at:04}_m/up.sql"), format!("SELECT {at};"));
    }
    let validated = judged(&scratch, Purpose::Run);
    assert_eq!(text(&validated), "");
    let ids: Vec<String> = validated.revisions().iter().map(|it| it.id.to_string()).collect();
    assert_eq!(ids, (0..300).map(|at| format!("{at:04}")).collect::<Vec<_>>());
}

#[test]
fn every_rule_that_is_reported_is_in_the_table() {
    for file in [
        "validate/defects.rs",
        "validate/shape.rs",
        "validate/lock.rs",
        "migrations/folder.rs",
        "migrations/file.rs",
        "migrations/script.rs",
        "migrations/metadata.rs",
    ] {
        let source =
            std::fs::read_to_string(format!("{}/src/{file}", env!("CARGO_MANIFEST_DIR"))).expect("source");
        for kind in ["Finding::error(\"", "Finding::warning(\"", "self.finding(\"", ".finding(\""] {
            for (at, _) in source.match_indices(kind) {
                let id = source[at + kind.len()..].split('"').next().expect("a rule");
                assert!(rule::rule(id).is_some(), "{file}: {id}");
            }
        }
    }
}
