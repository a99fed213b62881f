//! What is refused before anything is opened.

use super::history;
use crate::harness::Sandbox;

fn listed(lines: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    history(&sandbox);
    sandbox.write("tenants.txt", lines);
    sandbox
}

#[test]
fn bad_lines_are_told_all_at_once_and_nothing_runs() {
    let sandbox = listed(
        "a.db\noracle://scott:tiger@db/x\n# postgres://u:s3cret@h/x\n\nb.db\na.db\npostgres://u:s3cret@h/x\n",
    );
    sandbox.untouched(|| {
        sandbox
            .schema("upgrade --migrations migrations --each tenants.txt")
            .exits(2)
            .says("tenants.txt:2:1")
            .says("nothing is known by `oracle:`")
            .says("tenants.txt:6:1")
            .says("line 1 names this database already")
            .says("tenants.txt:7:1")
            .says("this is a postgres database, not sqlite")
            .lacks("tiger")
            .lacks("s3cret");
    });
}

#[test]
fn a_list_without_a_database_is_no_success() {
    for lines in ["", "# a.db\n\n"] {
        let sandbox = listed(lines);
        sandbox
            .schema("upgrade --migrations migrations --each tenants.txt")
            .exits(2)
            .says("`tenants.txt` names no database");
    }
    listed("").schema("upgrade --migrations migrations --each nowhere.txt").exits(2).says("nowhere.txt");
}

#[test]
fn flags_that_contradict_each_other_are_refused() {
    let sandbox = listed("a.db\n");
    let refused = |words: &str, why: &str| {
        sandbox.untouched(|| sandbox.schema(&format!("{words} --migrations migrations")).exits(2).says(why));
    };
    refused("upgrade --each tenants.txt --schemas t", "cannot be used with");
    refused("upgrade --each tenants.txt --database-url c.db", "so does `--database-url`");
    refused("upgrade --each tenants.txt --backup", "`--backup` is for one database at a time");
    refused("upgrade --each tenants.txt --sql", "cannot be used with");
    refused("upgrade --each tenants.txt --jobs 0", "0 is not in");
    refused("upgrade --each tenants.txt --canary 0", "0 is not in");
    refused("upgrade --each tenants.txt --max-failures 0", "0 is not in");
    refused("upgrade --each tenants.txt nowhere", "nowhere");
    refused("upgrade --canary 1 --database-url c.db", "--each");
    refused("revert --jobs 2 --database-url c.db", "--each");
    refused("list --jobs 2 --database-url c.db", "--each");
    refused("upgrade --schemas t --database-url c.db", "`--schemas` is for PostgreSQL");
    refused("upgrade --each tenants.txt --unfinished tenants.txt", "is no report of a run on many databases");
}

#[test]
fn several_packages_have_several_histories() {
    let sandbox = Sandbox::of("workspace");
    sandbox.write("tenants.txt", "a.db\n");
    sandbox.schema("upgrade --workspace --each tenants.txt").exits(2).says("`--workspace` names several");
}
