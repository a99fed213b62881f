//! SQLite files and databases on servers, by a file of URLs.

use super::{ORDERS, USERS, history, revision};
use crate::harness::{Engine, Run, Sandbox, Served};

const TENANTS: &str = "\u{feff}# all of them\r\n\r\na.db\r\n  b.db\r\nfile:c.db\n";

fn three() -> Sandbox {
    let sandbox = Sandbox::empty();
    history(&sandbox);
    sandbox.write("tenants.txt", TENANTS);
    sandbox
}

fn schema(sandbox: &Sandbox, words: &str) -> Run {
    sandbox.schema(&format!("{words} --migrations migrations --each tenants.txt"))
}

/// Has `orders` in one of them already, so that the second revision fails there.
fn broken(file: &str) -> Sandbox {
    let sandbox = three();
    sandbox.database(file).run("CREATE TABLE orders (id INTEGER)");
    sandbox
}

#[track_caller]
fn versions(sandbox: &Sandbox) -> Vec<usize> {
    let applied = |file| match sandbox.path(file).exists() {
        true if sandbox.database(file).tables().iter().any(|table| table.starts_with("__")) => {
            sandbox.database(file).versions().len()
        }
        _ => 0,
    };
    ["a.db", "b.db", "c.db"].map(applied).to_vec()
}

#[test]
fn files_go_up_and_down_together() {
    let sandbox = three();
    sandbox.untouched(|| {
        let list = schema(&sandbox, "list").ok();
        list.prints("pending  a.db       base  2 revisions").prints("pending  file:c.db");
        schema(&sandbox, "upgrade --dry-run").ok().prints("rolled back");
    });
    schema(&sandbox, "upgrade")
        .ok()
        .says("Done a.db: 2 revisions in")
        .prints("done  b.db")
        .says("3 databases in")
        .says(": 3 done");
    assert_eq!(versions(&sandbox), [2, 2, 2]);
    schema(&sandbox, "upgrade").ok().prints("nothing to do  a.db").says(": 3 nothing to do").lacks("Next");
    schema(&sandbox, "list").ok().prints("current  b.db       1f0e9d8c7b6a");
    schema(&sandbox, &format!("revert {USERS}")).ok().prints("now at 0a1b2c3d4e5f");
    assert_eq!(versions(&sandbox), [1, 1, 1]);
}

#[test]
fn the_list_may_come_from_another_program() {
    let sandbox = three();
    let command = format!(
        "cat tenants.txt | {} upgrade --migrations migrations --each -",
        env!("CARGO_BIN_EXE_cargo-schema")
    );
    Run::new("sh".as_ref(), &sandbox.root()).arg("-c").arg(command).ok().says(": 3 done");
    assert_eq!(versions(&sandbox), [2, 2, 2]);
    Run::new("sh".as_ref(), &sandbox.root())
        .arg("-c")
        .arg(format!(
            "echo foo:bar | {} list --migrations migrations --each -",
            env!("CARGO_BIN_EXE_cargo-schema")
        ))
        .exits(2)
        .says("<stdin>:1:1");
}

#[test]
fn one_that_fails_does_not_keep_the_others() {
    let sandbox = broken("b.db");
    schema(&sandbox, "upgrade")
        .exits(3)
        .says("Failed b.db: could not apply revision `1f0e9d8c7b6a`")
        .says("_orders/up.sql:1:")
        .says("= note: in `b.db`")
        .says("2 done, 1 failed")
        .says("run it again: it goes on with what is missing")
        .prints("failed  b.db")
        .prints("table orders already exists");
    assert_eq!(versions(&sandbox), [2, 1, 2]);
    sandbox.database("b.db").run("DROP TABLE orders");
    schema(&sandbox, "upgrade").ok().says("1 done, 2 nothing to do");
    assert_eq!(versions(&sandbox), [2, 2, 2]);
}

#[test]
fn failures_of_one_kind_are_drawn_once() {
    let sandbox = broken("a.db");
    for file in ["b.db", "c.db"] {
        sandbox.database(file).run("CREATE TABLE orders (id INTEGER)");
    }
    let output = schema(&sandbox, "upgrade").exits(3).says("`a.db`, `b.db` and `file:c.db`");
    assert_eq!(output.stderr.matches("error: ").count(), 1, "{}", output.story());
    assert_eq!(output.stdout.lines().count(), 3, "{}", output.story());
}

#[test]
fn the_canary_goes_first_and_alone() {
    let sandbox = broken("a.db");
    schema(&sandbox, "upgrade --canary 1")
        .exits(3)
        .says("Canary a.db")
        .says("a canary failed: no other was begun")
        .says("1 failed, 2 not started")
        .prints("not started  b.db");
    assert_eq!(versions(&sandbox), [1, 0, 0]);
    assert!(!sandbox.path("b.db").exists() && !sandbox.path("c.db").exists());
    sandbox.database("a.db").run("DROP TABLE orders");
    schema(&sandbox, "upgrade --canary 1").ok().says("Canary a.db").says(": 3 done");
}

#[test]
fn who_has_nothing_to_do_is_no_canary() {
    let sandbox = broken("b.db");
    sandbox.schema("upgrade --migrations migrations --database-url a.db").ok();
    schema(&sandbox, "upgrade --canary 1")
        .exits(3)
        .says("Canary b.db")
        .says("1 nothing to do, 1 failed, 1 not started");
    assert_eq!(versions(&sandbox), [2, 1, 0]);
    sandbox.database("b.db").run("DROP TABLE orders");
    schema(&sandbox, "upgrade --canary 2").ok().says("Canary b.db and file:c.db");
    schema(&sandbox, "upgrade --canary 2").ok().lacks("Canary").says(": 3 nothing to do");
}

#[test]
fn nobody_begins_after_so_many_failures() {
    let sandbox = broken("a.db");
    sandbox.database("b.db").run("CREATE TABLE orders (id INTEGER)");
    schema(&sandbox, "upgrade --jobs 1 --max-failures 1")
        .exits(3)
        .says("`--max-failures` was reached")
        .says("1 failed, 2 not started");
    assert_eq!(versions(&sandbox), [1, 0, 0]);
    schema(&sandbox, "upgrade --jobs 1 --max-failures 2").exits(3).says("2 failed, 1 not started");
    assert_eq!(versions(&sandbox), [1, 1, 0]);
    schema(&sandbox, "upgrade --jobs 1 --max-failures 3").exits(3).says("1 done, 2 failed");
}

#[test]
fn the_exit_code_is_the_highest_of_all() {
    let sandbox = broken("b.db");
    let mut other = sandbox.database("a.db");
    other.run("BEGIN IMMEDIATE;");
    let output = schema(&sandbox, "upgrade --wait 0 --format json").exits(4);
    other.run("COMMIT;");
    let document = output.json();
    let exit = |index: usize| document["databases"][index]["error"]["exit_code"].as_u64();
    assert_eq!((exit(0), exit(1), exit(2)), (Some(4), Some(3), None), "{document}");
    assert_eq!(document["exit_code"], 4);
}

#[test]
fn a_report_leads_back_to_those_that_were_left() {
    let sandbox = broken("a.db");
    let document = schema(&sandbox, "upgrade --jobs 1 --max-failures 1 --format json").exits(3).json();
    assert_eq!((&document["version"], &document["command"]), (&1.into(), &"upgrade".into()));
    assert_eq!((&document["failed"], &document["not_started"]), (&1.into(), &2.into()));
    assert_eq!(document["stopped_by"], "max-failures");
    let outcomes: Vec<&str> = document["databases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["failed", "not-started", "not-started"]);
    let error = &document["databases"][0]["error"];
    assert_eq!(error["code"], "statement-failed", "{error}");
    sandbox.write("report.json", document.to_string());
    sandbox.database("a.db").run("DROP TABLE orders");
    sandbox.write("tenants.txt", format!("d.db\n{TENANTS}").replace("file:c.db", "# gone"));
    let again = schema(&sandbox, "upgrade --unfinished report.json --format json").ok().json();
    let names: Vec<&str> =
        again["databases"].as_array().unwrap().iter().map(|one| one["database"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.db", "b.db"]);
    assert_eq!((&again["done"], &again["databases"][1]["now_at"][0]), (&2.into(), &ORDERS.into()));
    assert!(!sandbox.path("d.db").exists() && !sandbox.path("c.db").exists());
    sandbox.write("report.json", again.to_string());
    schema(&sandbox, "upgrade --unfinished report.json").ok().says("nothing is unfinished");
}

#[test]
fn steps_are_not_taken_twice_by_running_it_again() {
    let sandbox = three();
    schema(&sandbox, "upgrade").ok();
    sandbox.database("b.db").run("DROP TABLE orders");
    schema(&sandbox, "revert").exits(3).says("the same steps again would take the others further");
    assert_eq!(versions(&sandbox), [1, 2, 1]);
    schema(&sandbox, &format!("revert {USERS}")).exits(3).says("run it again");
}

#[test]
fn passwords_stay_in_the_list() {
    let Some(served) = Served::new(Engine::Postgres) else { return };
    let sandbox = Sandbox::empty();
    history(&sandbox);
    let url = served.url().replace("postgres@", "postgres:s3cret@");
    sandbox.write("tenants.txt", format!("{url}\n{url}_is_not_there\n"));
    let output = schema(&sandbox, "upgrade --format json").exits(3).lacks("s3cret");
    let document = output.json();
    assert_eq!((&document["done"], &document["failed"]), (&1.into(), &1.into()), "{document}");
    sandbox.write("report.json", document.to_string());
    schema(&sandbox, "upgrade --unfinished report.json").exits(3).lacks("s3cret").says("1 database in");
    schema(&sandbox, "list").exits(3).lacks("s3cret").prints("failed").prints("there is no database");
}

#[test]
fn mysql_databases_each_keep_what_ran() {
    let (Some(one), Some(two)) = (Served::new(Engine::Mysql), Served::new(Engine::Mysql)) else { return };
    let sandbox = Sandbox::empty();
    history(&sandbox);
    let up = "CREATE TABLE orders (id INTEGER PRIMARY KEY);\nINSERT INTO orders SELECT id FROM extra;\n";
    revision(&sandbox, 1, ORDERS, Some(USERS), up);
    sandbox.write("tenants.txt", format!("{}\n{}\n", one.url(), two.url()));
    one.session().run("CREATE TABLE extra (id INTEGER PRIMARY KEY)").unwrap();
    schema(&sandbox, "upgrade").exits(3).says("1 done, 1 failed").prints("extra");
    two.session().run("CREATE TABLE extra (id INTEGER PRIMARY KEY)").unwrap();
    schema(&sandbox, "upgrade").ok().says("1 done, 1 nothing to do");
    schema(&sandbox, "list").ok().prints("current");
}
