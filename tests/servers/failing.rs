//! Statements that fail, and revisions that stop half way: shown where they stand, and followed by what to do.

use super::{Bed, IDS, OUTSIDE, ids};
use crate::harness::Engine;

cases!(
    a_failing_statement_is_shown_where_it_stands,
    a_failing_statement_is_data,
    a_failing_way_down_is_shown_in_down_sql,
    a_commit_that_is_refused_is_no_statement_that_failed,
    all_or_nothing_when_asked,
    one_transaction_for_each_when_asked,
    what_stopped_half_way_goes_on_once_it_is_mended,
    a_person_says_what_became_of_a_revision,
    what_was_not_interrupted_is_not_resolved,
    a_half_reverted_revision_is_not_listed_as_applied,
    a_signal_stops_it_and_says_where_it_is,
);

fn a_failing_statement_is_shown_where_it_stands(bed: &Bed) {
    let up = "CREATE TABLE extra (id INTEGER);\n\nINSERT INTO extra\n  SELECT nope FROM users;\n";
    bed.revision(3, up, "DROP TABLE extra;\n");
    let output = bed.schema("upgrade").exits(3).says("9b7d034f1c03").says("step/up.sql:4:10").says("nope");
    assert_eq!(bed.versions().len(), 3);
    // MySQL commits DDL by itself: the first statement stays, and the next run goes on after it.
    let is_kept = bed.engine() == Engine::Mysql;
    assert_eq!(bed.tables().contains(&"extra".to_owned()), is_kept);
    if !is_kept {
        output.says("rolled back");
    }
    bed.revision(3, &up.replace("nope", "id"), "DROP TABLE extra;\n");
    bed.schema("upgrade").ok().says("1 revision in");
    assert_eq!(bed.rows("id", "FROM extra"), ["1"]);
}

fn a_failing_statement_is_data(bed: &Bed) {
    bed.revision(3, "INSERT INTO orders VALUES (1);\n\n  INSERT INTO nowhere VALUES (1);\n", "SELECT 1;\n");
    let document = bed.schema("upgrade --format json").exits(3).json();
    let finding = &document["error"]["findings"][0];
    assert_eq!(document["error"]["exit_code"], 3);
    assert_eq!(finding["file"], format!("{}/up.sql", bed.folder(3)));
    assert_eq!((finding["line"].as_u64(), finding["column"].as_u64()), (Some(3), Some(15)), "{finding}");
    // On MySQL each statement is committed with the row that says so.
    let kept: &[&str] = if bed.engine() == Engine::Mysql { &["1"] } else { &[] };
    assert_eq!(bed.rows("id", "FROM orders"), kept);
    let said = bed.rows("error", "FROM __schema_ledger WHERE outcome <> 'done' AND error IS NOT NULL");
    assert!(said.len() == 1 && said[0].contains("nowhere"), "{said:?}");
}

fn a_failing_way_down_is_shown_in_down_sql(bed: &Bed) {
    bed.schema("upgrade").ok();
    let down = format!("{}/down.sql", bed.folder(2));
    bed.sandbox.write(&down, "DELETE FROM users;\nDROP TABLE no_such_table;\n");
    bed.schema("revert").exits(3).says(&format!("{down}:2:")).says("no_such_table").says("4f1c2a9b7d03");
    // On MySQL the first statement stays, and the next run goes on after it.
    let kept: &[&str] = if bed.engine() == Engine::Mysql { &[] } else { &["7"] };
    assert_eq!((bed.versions().len(), bed.rows("stock", "FROM users")), (3, to_strings(kept)));
    bed.sandbox.write(&down, "DELETE FROM users;\nALTER TABLE users DROP COLUMN stock;\n");
    bed.schema("revert").ok();
    bed.at(&[IDS[1]]);
}

fn a_commit_that_is_refused_is_no_statement_that_failed(bed: &Bed) {
    bed.schema("upgrade").ok();
    let up = "CREATE TABLE items (id INTEGER PRIMARY KEY, owner INTEGER, CONSTRAINT items_owner FOREIGN KEY (owner) \
              REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO items VALUES (1, 77);\nINSERT INTO orders VALUES (1);\n";
    let output = if bed.engine() == Engine::Mysql {
        // It checks each row at once, and knows no word for anything else.
        bed.revision(3, &up.replace(" DEFERRABLE INITIALLY DEFERRED", ""), "DROP TABLE items;\n");
        bed.schema("upgrade").exits(3).says("step/up.sql:2:1").says("items_owner")
    } else {
        bed.revision(3, up, "DROP TABLE items;\n");
        bed.schema("upgrade").exits(3).says("refused at the commit").lacks("up.sql:").says("was rolled back")
    };
    // SQLite does not say which.
    if bed.engine() != Engine::Sqlite {
        output.says("items_owner");
    }
    assert_eq!((bed.versions().len(), bed.rows("id", "FROM orders")), (3, Vec::new()));
    let mended = up.replace("77", "1").replace(" DEFERRABLE INITIALLY DEFERRED", "");
    bed.revision(3, &mended, "DROP TABLE items;\n");
    bed.schema("upgrade").ok();
    assert_eq!(bed.rows("id", "FROM orders"), ["1"]);
}

fn to_strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn all_or_nothing_when_asked(bed: &Bed) {
    bed.revision(3, "INSERT INTO nowhere VALUES (1);\n", "SELECT 1;\n");
    if bed.engine() == Engine::Mysql {
        // It cannot roll back what it did.
        bed.schema("upgrade --transaction all").exits(1).says("commits each change of the schema by itself");
        assert_eq!(bed.tables(), Vec::<String>::new());
        return;
    }
    bed.schema("upgrade --transaction all").exits(3).says("rolled back");
    assert!(!bed.tables_there().contains(&"users".to_owned()));
    bed.revision(3, "INSERT INTO orders VALUES (1);\n", "DELETE FROM orders;\n");
    bed.schema("upgrade --transaction all").ok();
    bed.schema("revert base --transaction all").ok();
    bed.at(&[]);
}

fn one_transaction_for_each_when_asked(bed: &Bed) {
    bed.revision(3, "INSERT INTO nowhere VALUES (1);\n", "SELECT 1;\n");
    bed.schema("upgrade --transaction revision").exits(3).says("nowhere");
    bed.at(&[IDS[2]]);
    bed.schema("revert base --transaction revision").ok();
    bed.at(&[]);
}

fn what_stopped_half_way_goes_on_once_it_is_mended(bed: &Bed) {
    let up =
        "CREATE TABLE one (id INTEGER);\nCREATE TABLE one (id INTEGER);\nCREATE TABLE two (id INTEGER);\n";
    bed.outside(up, "DROP TABLE one; DROP TABLE two;");
    bed.schema("upgrade").exits(3).says("_step/up.sql:2:").says("one").says("statement 1");
    let mended = up.replacen(";\nCREATE TABLE one", ";\nCREATE TABLE half", 1);
    bed.outside(&mended, "DROP TABLE one; DROP TABLE half; DROP TABLE two;");
    bed.schema("upgrade").ok();
    let tables = bed.tables();
    assert!(["one", "half", "two"].iter().all(|name| tables.contains(&(*name).to_owned())), "{tables:?}");
    bed.schema("revert").ok();
    assert!(!bed.tables().contains(&"half".to_owned()));
}

fn a_person_says_what_became_of_a_revision(bed: &Bed) {
    bed.outside("CREATE TABLE one (id INTEGER);\nCREATE TABLE one (id INTEGER);\n", "DROP TABLE one;");
    bed.schema("upgrade").exits(3);
    let document = bed.schema("resolve 5e6f --reverted --format json").ok().json();
    assert_eq!(ids(&document["revisions"]), [OUTSIDE]);
    bed.at(&[IDS[2]]);
    bed.run("DROP TABLE one");
    bed.schema("upgrade").exits(3);
    bed.schema("resolve 5e6f --applied").ok();
    bed.at(&[OUTSIDE]);
    bed.schema("revert").ok();
    assert!(!bed.tables().contains(&"one".to_owned()));
}

fn what_was_not_interrupted_is_not_resolved(bed: &Bed) {
    bed.schema("upgrade").ok();
    bed.schema("resolve 4f1c --applied").exits(1);
    bed.schema("resolve 4f1c").exits(2).says("--applied");
    bed.at(&[IDS[2]]);
}

fn a_half_reverted_revision_is_not_listed_as_applied(bed: &Bed) {
    bed.outside("CREATE TABLE one (id INTEGER);\n", "DROP TABLE one;\nDROP TABLE missing;\n");
    bed.schema("upgrade").ok();
    bed.schema("revert").exits(3);
    bed.schema("list").ok().prints("interrupted  5e6f7a8b9c0d");
    bed.schema("show 5e6f").ok().prints("interrupted");
}

fn a_signal_stops_it_and_says_where_it_is(bed: &Bed) {
    let forever = match bed.engine() {
        Engine::Postgres => "SELECT pg_sleep(60);\n",
        Engine::Mysql => "SELECT sleep(60);\n",
        Engine::Sqlite => {
            "CREATE TABLE forever AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c;\n"
        }
    };
    bed.revision(3, forever, "SELECT 1;\n");
    bed.schema("upgrade +3").ok();
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let output = stopped(bed, signal);
        assert_eq!(output.code, code, "{}", output.story());
        let last = output.stderr.lines().last().unwrap();
        assert!(last.starts_with("interrupted:") && last.contains(IDS[2]), "{}", output.stderr);
        bed.at(&[IDS[2]]);
    }
    bed.revision(3, "INSERT INTO orders VALUES (1);\n", "DELETE FROM orders;\n");
    bed.schema("upgrade --wait 5s").ok();
    assert_eq!(bed.rows("id", "FROM orders"), ["1"]);
}

/// Starts an upgrade that takes long, and sends the signal once it is under way.
fn stopped(bed: &Bed, signal: &str) -> crate::harness::Output {
    use std::io::{BufRead, BufReader, Read};
    let mut child = bed.schema("upgrade --wait 5s").spawn();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("Applying") {
        assert!(lines.read_line(&mut said).unwrap() > 0, "it did not begin:\n{said}");
    }
    assert!(crate::harness::signal(signal, &[child.id()]));
    lines.read_to_string(&mut said).unwrap();
    let mut output = crate::harness::Output::of(child, "upgrade", &bed.sandbox.root());
    output.stderr = said;
    output
}
