use super::super::act::{ActionKind, Transaction};
use super::*;

fn acts(sql: &str) -> Vec<Act> {
    match read(sql, 0) {
        Reading::Acts(acts) => acts.into_iter().map(|placed| placed.act).collect(),
        Reading::Unreadable(_, problem) => panic!("{problem}: {sql}"),
    }
}

#[test]
fn whatever_sqlite_reads_is_read() {
    for sql in include_str!("readable.sql").split("\n\n") {
        assert_eq!(acts(sql).len(), 1, "{sql}");
    }
}

#[test]
fn a_table_is_read_with_the_places_of_its_parts() {
    let sql = "CREATE TABLE \"Order Items\" (\n  [Id] INT PRIMARY KEY DESC,\n  n TEXT DEFAULT ('a'), -- ,\n  \
               UNIQUE (n, id) ON CONFLICT REPLACE\n) STRICT";
    let [Act::CreateTable(create)] = &acts(sql)[..] else { panic!() };
    assert_eq!(create.table.name, "order items");
    assert_eq!(create.options, ["strict", "on conflict replace"]);
    assert_eq!(&sql[create.columns[0].span.clone()], "[Id] INT PRIMARY KEY DESC");
    assert_eq!(create.columns[0].words, ["primary key desc"]);
    assert!(create.columns[1].default.as_ref().is_some_and(|default| default.is_literal));
    assert_eq!(&sql[create.constraints[0].span.clone()], "UNIQUE (n, id) ON CONFLICT REPLACE");
}

#[test]
fn tables_are_found_wherever_they_stand() {
    let sql = "CREATE VIEW v AS WITH a AS (SELECT * FROM b), k (n) AS (VALUES (1)) SELECT c.x, (SELECT 1 FROM d) FROM a, k, json_each(c.y) AS l, e AS f JOIN (g JOIN main.h) \
               ON f.x IS DISTINCT FROM c.x WHERE y IN (SELECT z FROM \"I j\")";
    let [Act::CreateView(view)] = &acts(sql)[..] else { panic!() };
    let names: Vec<String> = view.tables.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["b", "d", "e", "g", "main.h", "i j"]);
}

#[test]
fn a_trigger_is_read_with_its_statements() {
    let sql =
        "CREATE TRIGGER t AFTER UPDATE OF a ON x BEGIN UPDATE OR IGNORE y SET b = new.c; DELETE FROM z; END";
    let [Act::CreateTrigger(trigger)] = &acts(sql)[..] else { panic!() };
    assert_eq!(trigger.writes.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["y", "z"]);
    for column in ["a", "b", "c"] {
        assert!(trigger.expr.columns.iter().any(|it| it == column), "{column}: {:?}", trigger.expr.columns);
    }
}

#[test]
fn a_copy_is_told_from_rows_that_are_written_down() {
    let [Act::Insert(rows)] = &acts("REPLACE INTO t VALUES (1, 'x')")[..] else { panic!() };
    assert!(rows.copy.is_none() && rows.conflict.as_deref() == Some("replace"));
    let [Act::Insert(insert)] = &acts("INSERT INTO t (a, b) SELECT a, lower(c) FROM u WHERE true")[..] else {
        panic!()
    };
    let copy = insert.copy.as_ref().expect("a copy");
    assert_eq!((copy.from[0].name.as_str(), copy.targets.len(), copy.is_filtered), ("u", 2, false));
}

#[test]
fn what_another_engine_alters_is_told_from_a_slip() {
    assert!(matches!(&acts("ALTER TABLE t ALTER COLUMN a TYPE text")[..], [Act::Alter(_)]));
    let Reading::Unreadable(span, problem) = read("CREATE\nTABEL t (a)", 10) else { panic!() };
    assert_eq!((span, problem.as_str()), (17..22, "near \"TABEL\": syntax error"));
}

#[test]
fn pragmas_and_transactions_are_known() {
    let [Act::Set(set)] = &acts("PRAGMA main.Foreign_Keys(OFF)")[..] else { panic!() };
    assert_eq!((set.name.as_str(), set.value.as_deref()), ("foreign_keys", Some("off")));
    assert!(matches!(acts("END TRANSACTION")[..], [Act::Transaction(Transaction::Commit)]));
    let [Act::AlterTable(alter)] = &acts("ALTER TABLE t RENAME a TO \"B c\"")[..] else { panic!() };
    assert!(
        matches!(&alter.actions[0].kind, ActionKind::RenameColumn { from, to } if from == "a" && to == "b c")
    );
}
