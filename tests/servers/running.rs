//! What changes a database.

use super::{Bed, IDS};
use crate::harness::Engine;

cases!(
    it_goes_up_and_down_and_up_again,
    a_dry_run_leaves_nothing,
    marks_are_made_without_running,
    everything_can_be_reverted_and_run_again,
    eight_at_once_run_each_revision_once,
    who_waits_in_vain_says_so,
    a_copy_brings_everything_back,
    the_printed_script_does_the_same,
    a_killed_run_is_completed_by_the_next,
    documents_are_the_same,
    targets_lead_where_they_say,
    reset_asks_first,
    the_printed_script_runs_in_the_client_of_the_engine,
);

fn it_goes_up_and_down_and_up_again(bed: &Bed) {
    bed.schema("upgrade +2").ok().says("2 revisions");
    bed.schema("current").ok().prints(IDS[1]);
    bed.schema("list").ok().prints("applied  0a1b2c3d4e5f").prints("pending  4f1c2a9b7d03");
    bed.schema("upgrade").ok().says("the database is at 4f1c2a9b7d03 (head)");
    assert_eq!(bed.rows("stock", "FROM users"), ["7"]);
    assert_eq!(bed.rows("name", "FROM users"), ["it's; me"]);
    bed.schema("upgrade").ok().says("nothing is pending");
    bed.schema("current --check-heads").ok();
    bed.schema("revert").ok().says("the database is at 1f0e9d8c7b6a");
    bed.schema("current --check-heads").exits(1);
    bed.schema("revert base").ok();
    assert_eq!(bed.tables(), ["__diesel_schema_migrations", "__schema_ledger"]);
    bed.schema("upgrade").ok();
    assert_eq!(bed.versions().len(), 3);
    bed.schema("history").ok().prints(IDS[2]);
}

fn a_dry_run_leaves_nothing(bed: &Bed) {
    if bed.engine() == Engine::Mysql {
        // It cannot roll back what it did.
        bed.schema("upgrade --dry-run").exits(1).says("commits each change of the schema by itself");
        assert_eq!(bed.tables(), Vec::<String>::new());
        return;
    }
    bed.schema("upgrade +1").ok();
    bed.schema("upgrade --dry-run").ok().says("dry run of 2 revisions");
    bed.schema("revert --dry-run").ok().says("nothing was changed");
    assert_eq!(bed.schema("upgrade --dry-run --format json").ok().json()["dry_run"], true);
    assert_eq!(bed.versions().len(), 1);
    assert!(!bed.tables().contains(&"orders".to_owned()));
}

fn marks_are_made_without_running(bed: &Bed) {
    bed.schema("stamp 1f0e").ok().says("marked 2 revisions");
    let list = bed.schema("list --format json").ok().json();
    assert_eq!(list["revisions"][0]["is_stamped"], true);
    assert_eq!(bed.versions().len(), 2);
    assert!(!bed.tables().contains(&"users".to_owned()));
    bed.schema("stamp base").ok();
    assert_eq!(bed.versions(), Vec::<String>::new());
}

fn everything_can_be_reverted_and_run_again(bed: &Bed) {
    bed.schema("upgrade").ok();
    bed.run("UPDATE users SET stock = 8");
    bed.schema("reset --yes").ok();
    assert_eq!(bed.rows("stock", "FROM users"), ["7"]);
    assert_eq!(bed.ledger().len(), 9);
}

fn eight_at_once_run_each_revision_once(bed: &Bed) {
    let children: Vec<_> = (0..8).map(|_| bed.schema("upgrade").spawn()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(bed.ledger(), IDS);
}

fn who_waits_in_vain_says_so(bed: &Bed) {
    bed.revision(3, bed.sleep(), "DROP TABLE slow;\n");
    bed.schema("upgrade +3").ok();
    let mut child = bed.schema("upgrade").spawn();
    let held = || bed.schema("unlock").output().code == 1;
    while !held() {
        assert!(child.try_wait().unwrap().is_none(), "the run was over before anybody met it");
    }
    bed.schema("upgrade --wait 0").exits(4).says("the lock on").says("was not obtained");
    assert!(child.wait().unwrap().success());
    bed.schema("unlock --status").ok().says("nobody holds the lock");
    assert_eq!(bed.versions().len(), 4);
}

fn a_copy_brings_everything_back(bed: &Bed) {
    bed.schema("upgrade +2").ok();
    bed.schema("dump before.copy").ok().says("Saved");
    bed.schema("dump before.copy").exits(1).says("exists already");
    bed.schema("upgrade").ok();
    bed.run("CREATE TABLE later (id INTEGER)");
    bed.run("DELETE FROM users");
    bed.schema("restore before.copy").exits(2);
    bed.schema("restore before.copy --yes").ok().says("Restored");
    assert_eq!(bed.versions().len(), 2);
    assert_eq!(bed.rows("name", "FROM users"), ["it's; me"]);
    assert!(!bed.tables().contains(&"later".to_owned()), "{:?}", bed.tables());
    bed.schema("upgrade").ok().says("1 revision in");
    bed.schema("revert --backup=again.copy").ok().says("Saved");
}

fn the_printed_script_does_the_same(bed: &Bed) {
    let script = bed.schema("sql").ok().stdout;
    match &bed.served {
        // The client would split a trigger where we do not: what is run here has none.
        Some(served) => served.session().run(script.trim_end().trim_end_matches(';')).unwrap(),
        None => bed.sandbox.database("app.db").run(&script),
    }
    bed.schema("upgrade").ok().says("nothing is pending");
    assert_eq!(bed.ledger(), IDS);
    assert_eq!(bed.rows("stock", "FROM users"), ["7"]);
    bed.schema("revert base").ok();
}

fn a_killed_run_is_completed_by_the_next(bed: &Bed) {
    let up = format!(
        "CREATE TABLE n (x INTEGER);\nINSERT INTO n VALUES (1);\n{}UPDATE n SET x = x + 1;\n",
        bed.sleep()
    );
    bed.revision(3, &up, "DROP TABLE n;\n");
    for pause in [0, 20, 60, 150, 400] {
        let mut child = bed.schema("upgrade").spawn();
        std::thread::sleep(std::time::Duration::from_millis(pause));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    bed.schema("upgrade").ok();
    assert_eq!(bed.rows("x", "FROM n"), ["2"]);
    assert_eq!(bed.versions().len(), 4);
}

fn documents_are_the_same(bed: &Bed) {
    bed.schema("upgrade +1").ok();
    let list = bed.schema("list --format json").ok().json();
    let text = list.to_string();
    assert!(text.contains("\"applied\"") && text.contains(IDS[2]), "{text}");
    let up = bed.schema("upgrade --format json").ok().json();
    assert_eq!((&up["direction"], &up["is_at_heads"]), (&"up".into(), &true.into()), "{up}");
    assert_eq!(up["revisions"].as_array().unwrap().len(), 2);
    assert_eq!(bed.schema("unlock --format json").ok().json()["is_held"], false);
}

fn targets_lead_where_they_say(bed: &Bed) {
    let [users, orders, stock] = IDS;
    let steps: [(&str, &[&str]); 12] = [
        ("upgrade +2", &[orders]),
        ("revert -1", &[users]),
        ("upgrade head", &[stock]),
        ("revert 2", &[users]),
        ("upgrade 4f1c", &[stock]),
        ("revert 1f0e", &[orders]),
        ("downgrade base", &[]),
        ("upgrade base+1", &[users]),
        ("upgrade create_orders", &[orders]),
        ("upgrade", &[stock]),
        ("revert", &[orders]),
        ("revert head-2", &[users]),
    ];
    for (words, place) in steps {
        bed.schema(words).ok();
        bed.at(place);
    }
    for words in ["upgrade 7777", "upgrade +9", "revert 9", "upgrade nobody@head"] {
        bed.schema(words).exits(2);
    }
    bed.at(&[users]);
}

fn reset_asks_first(bed: &Bed) {
    bed.schema("upgrade").ok();
    bed.run("INSERT INTO users VALUES (2, 'you', 0)");
    bed.schema("reset").exits(2).says("--yes");
    assert_eq!(bed.rows("id", "FROM users ORDER BY 1"), ["1", "2"]);
    bed.schema("reset --yes").ok();
    bed.at(&[IDS[2]]);
    assert_eq!(bed.rows("id", "FROM users"), ["1"]);
}

/// What a person hands to `psql`, `mariadb` or `sqlite3`, with bodies in which there are semicolons.
fn the_printed_script_runs_in_the_client_of_the_engine(bed: &Bed) {
    let (up, down) = match bed.engine() {
        Engine::Sqlite => (
            "CREATE TRIGGER watch AFTER INSERT ON orders BEGIN UPDATE users SET stock = stock - 1; SELECT 'a;b'; END;\n",
            "DROP TRIGGER watch;\n",
        ),
        Engine::Postgres => (
            "CREATE FUNCTION less() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN UPDATE users SET stock = stock - 1; RETURN NULL; END $f$;\nCREATE TRIGGER watch AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION less();\n",
            "DROP FUNCTION less() CASCADE;\n",
        ),
        Engine::Mysql => (
            "CREATE TRIGGER watch AFTER INSERT ON orders FOR EACH ROW BEGIN UPDATE users SET stock = stock - 1; SET @a = 'a;b'; END;\n",
            "DROP TRIGGER watch;\n",
        ),
    };
    bed.revision(3, up, down);
    if !bed.client(&bed.schema("sql").ok().stdout) {
        return;
    }
    bed.schema("upgrade").ok().says("nothing is pending");
    assert_eq!(bed.ledger().len(), 4);
    bed.run("INSERT INTO orders VALUES (1)");
    assert_eq!(bed.rows("stock", "FROM users"), ["6"]);
    assert!(bed.client(&bed.schema("revert --sql head:base").ok().stdout));
    assert_eq!(bed.versions(), Vec::<String>::new());
    assert_eq!(bed.tables(), ["__diesel_schema_migrations", "__schema_ledger"]);
}
