//! What PostgreSQL's statements are read as.

use super::super::act::{Act, ActionKind};
use super::super::part::ConstraintKind;
use super::super::{Placed, Reading};

fn acts(sql: &str) -> Vec<Placed> {
    match super::read(sql, 0) {
        Reading::Acts(acts) => acts,
        Reading::Unreadable(span, message) => panic!("{message} at {span:?}"),
    }
}

fn actions(sql: &str) -> Vec<(ActionKind, String)> {
    let Some(Placed { act: Act::AlterTable(alter), .. }) = acts(sql).into_iter().next() else {
        panic!("{sql}")
    };
    alter.actions.into_iter().map(|action| (action.kind, sql[action.span].to_owned())).collect()
}

#[test]
fn names_are_folded_and_qualified() {
    let sql = "ALTER TABLE ONLY \"App\".Users RENAME TO \"Old \"\"Users\"";
    let Act::Rename(rename) = &acts(sql)[0].act else { panic!() };
    assert_eq!(rename.from.to_string(), "App.users");
    assert_eq!(rename.to, "Old \"Users");
    assert_eq!(&sql[rename.from.span.clone()], "\"App\".Users");
}

#[test]
fn every_change_of_a_table_has_its_own_place() {
    let sql = "ALTER TABLE t\n  ADD COLUMN n numeric(10, 2) DEFAULT random() NOT NULL,\n  DROP COLUMN IF EXISTS a CASCADE";
    let found = actions(sql);
    assert_eq!(found[1].1, "DROP COLUMN IF EXISTS a CASCADE");
    let ActionKind::AddColumn { column, .. } = &found[0].0 else { panic!() };
    let ty = column.ty.as_ref().expect("a type");
    assert_eq!((ty.name.as_str(), ty.arguments.as_slice()), ("numeric", [10, 2].as_slice()));
    assert_eq!(column.default.as_ref().expect("a default").calls, ["random"]);
    assert!(column.not_null);
}

#[test]
fn types_have_one_name() {
    let sql = "CREATE TABLE t (a int4, b timestamptz(3), c character varying (7)[], d serial, e \"Mood\", f timestamp)";
    let Act::CreateTable(create) = &acts(sql)[0].act else { panic!() };
    let types: Vec<String> = create
        .columns
        .iter()
        .filter_map(|column| column.ty.as_ref())
        .map(|ty| format!("{} {:?} {} {}", ty.name, ty.arguments, ty.dimensions, ty.is_serial))
        .collect();
    assert_eq!(
        types,
        [
            "integer [] 0 false",
            "timestamp with time zone [3] 0 false",
            "character varying [7] 1 false",
            "integer [] 0 true",
            "Mood [] 0 false",
            "timestamp without time zone [] 0 false",
        ]
    );
}

#[test]
fn constraints_know_their_columns_and_whether_rows_are_looked_at() {
    let found = actions(
        "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES s.o (x, y) NOT VALID, ADD CHECK (a IS NOT NULL AND (b) NOTNULL)",
    );
    let ActionKind::AddConstraint(key) = &found[0].0 else { panic!() };
    let ConstraintKind::ForeignKey(foreign) = &key.kind else { panic!() };
    assert!(key.is_not_valid);
    assert_eq!(
        (foreign.columns.join(","), foreign.table.to_string(), foreign.references.join(",")),
        ("a,b".into(), "s.o".into(), "x,y".into())
    );
    let ActionKind::AddConstraint(check) = &found[1].0 else { panic!() };
    let ConstraintKind::Check(expr) = &check.kind else { panic!() };
    assert_eq!(expr.proves_not_null, ["a", "b"]);
}

#[test]
fn statements_inside_a_block_have_their_own_place() {
    let sql =
        "DO $$ BEGIN\n  IF true THEN ALTER TABLE t DROP COLUMN a; END IF;\n  EXECUTE 'DROP TABLE u';\nEND $$";
    let found = acts(sql);
    let texts: Vec<&str> = found.iter().map(|placed| &sql[placed.span.clone()]).collect();
    assert_eq!(texts, ["ALTER TABLE t DROP COLUMN a", "EXECUTE 'DROP TABLE u'"]);
    assert!(matches!(&found[1].act, Act::Drop(drop) if drop.names[0].name == "u"));
}

#[test]
fn what_cannot_be_read_says_where() {
    let Reading::Unreadable(span, _) = super::read("ALTER TABLE t FROBNICATE", 100) else { panic!() };
    assert!(span.start >= 100 && span.end <= 124, "{span:?}");
}
