//! Histories that fork and meet.

use super::{Bed, IDS, ids};

const FORK: &str = "7d034f1c2a9b";
const AUDIT: &str = "6c6f67676564";
const INVOICES: &str = "2a9b7d034f1c";

cases!(
    labels_name_branches,
    reverting_takes_with_it_what_depends_on_it,
    a_merge_is_run_and_reverted,
    two_heads_can_be_run,
    a_pending_revision_of_another_branch_is_run,
    a_pending_revision_under_an_applied_one,
    what_was_applied_before_a_rebase_is_applied_after_it,
    a_half_done_revision_of_another_branch_can_be_forgotten,
);

/// A second child of the second revision.
fn fork(bed: &Bed) {
    let metadata = format!("run_in_transaction = true\nparents = [\"{}\"]", IDS[1]);
    bed.step(FORK, &metadata, "CREATE TABLE tax (id INTEGER PRIMARY KEY);\n", Some("DROP TABLE tax;\n"));
}

fn labels_name_branches(bed: &Bed) {
    bed.merged();
    bed.schema("upgrade audit@base+1").ok();
    bed.at(&[AUDIT]);
    bed.schema("upgrade billing@+1").ok();
    bed.schema("upgrade 2a9b").ok();
    bed.at(&[AUDIT, INVOICES]);
    bed.schema("revert -1").exits(2).says(AUDIT).says(INVOICES).says("LABEL@");
    bed.schema("revert billing@-1").ok();
    bed.at(&[IDS[0], AUDIT]);
    bed.schema("revert shop@base").ok();
    bed.at(&[AUDIT]);
    bed.schema("upgrade heads").ok();
    bed.at(&[IDS[2]]);
}

fn reverting_takes_with_it_what_depends_on_it(bed: &Bed) {
    bed.merged();
    bed.schema("upgrade 616263646566").ok();
    let document = bed.schema("revert 0a1b --allow-empty-down --format json").ok().json();
    assert_eq!(ids(&document["revisions"]), ["616263646566", IDS[1]]);
    bed.at(&[IDS[0], AUDIT]);
}

fn a_merge_is_run_and_reverted(bed: &Bed) {
    bed.merged();
    bed.schema("upgrade").ok().says("7 revisions");
    assert_eq!(bed.versions().len(), 7);
    bed.schema("upgrade").ok().says("nothing is pending");
    bed.schema("revert base --allow-empty-down").ok();
    assert_eq!(bed.versions(), Vec::<String>::new());
}

fn two_heads_can_be_run(bed: &Bed) {
    fork(bed);
    bed.schema("upgrade head").exits(2).says(IDS[2]).says(FORK);
    assert_eq!(bed.tables_there(), Vec::<String>::new());
    bed.schema("upgrade").ok();
    bed.at(&[IDS[2], FORK]);
    bed.schema(&format!("revert {FORK}@-1")).ok();
    bed.at(&[IDS[2]]);
    assert!(!bed.tables().contains(&"tax".to_owned()));
}

fn a_pending_revision_of_another_branch_is_run(bed: &Bed) {
    bed.schema("upgrade").ok();
    fork(bed);
    bed.schema("upgrade").ok().says("1 revision in");
    bed.at(&[IDS[2], FORK]);
}

fn a_pending_revision_under_an_applied_one(bed: &Bed) {
    bed.schema("upgrade +2").ok();
    bed.run("DELETE FROM __diesel_schema_migrations WHERE version LIKE '%0a1b2c3d4e5f'; DROP TABLE users");
    bed.schema("upgrade").exits(1).says("stamp").says("--out-of-order");
    assert_eq!(bed.versions().len(), 1);
    bed.schema("upgrade --out-of-order").ok().says("2 revisions");
    assert_eq!(bed.rows("stock", "FROM users"), ["7"]);
}

fn what_was_applied_before_a_rebase_is_applied_after_it(bed: &Bed) {
    fork(bed);
    bed.schema("upgrade 4f1c").ok();
    bed.schema(&format!("rebase 4f1c --onto {FORK}")).ok();
    bed.schema("upgrade --out-of-order").ok();
    let versions = bed.versions();
    assert!(versions.len() == 4 && versions.iter().any(|version| version.ends_with(IDS[2])), "{versions:?}");
    assert_eq!(bed.rows("stock", "FROM users"), ["7"]);
}

fn a_half_done_revision_of_another_branch_can_be_forgotten(bed: &Bed) {
    bed.schema("upgrade +2").ok();
    bed.outside("CREATE TABLE one (id INTEGER);\nCREATE TABLE one (id INTEGER);\n", "DROP TABLE one;");
    bed.schema("upgrade").exits(3);
    bed.schema("revert").exits(5);
    std::fs::remove_dir_all(bed.sandbox.path(bed.folder(3))).unwrap();
    bed.schema("revert").exits(5).says("stamp current --purge").lacks("resolve");
    bed.schema("stamp current --purge").ok();
    bed.schema("revert").ok();
    bed.at(&[IDS[1]]);
}
