//! From literals: two schemas and answers in; operations, questions and refusals out.

use std::collections::BTreeMap;

use schema_build::config::Unmodelled;
use schema_build::schema::{
    Check, Column, ColumnType, EnumType, EnumValue, ForeignKey, Index, IndexItem, Knowledge, Options,
    PrimaryKey, Schema, Table, Unique,
};
use schema_runtime::dialect::Dialect;

use super::{Answers, Difference, Kept, Question, Refusal, Subject, difference};
use crate::dialect::sqlite::Sqlite;
use crate::operation::{Operation, Part};
use crate::render::difference::{detected, operation};

fn sql(ty: &str) -> ColumnType {
    ColumnType::Sql(ty.to_owned())
}

fn column(name: &str, ty: &str) -> Column {
    Column {
        name: name.to_owned(),
        ty: sql(ty),
        is_nullable: true,
        default: None,
        generated: None,
        identity: None,
        collation: None,
        comment: None,
        values: None,
        backfill: None,
        was: None,
        place: None,
    }
}

/// A table with a key `id` and these columns.
fn table(columns: &[Column]) -> Table {
    let mut all = vec![Column { is_nullable: false, ..column("id", "INTEGER") }];
    all.extend(columns.to_vec());
    Table {
        columns: all,
        primary_key: Some(PrimaryKey { name: None, columns: vec!["id".to_owned()] }),
        uniques: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        foreign_keys: Vec::new(),
        comment: None,
        options: Options::default(),
        knowledge: Knowledge::Whole,
        was: None,
        place: None,
    }
}

fn schema(tables: &[(&str, Table)]) -> Schema {
    let tables = tables.iter().map(|(name, table)| ((*name).to_owned(), table.clone())).collect();
    Schema { dialect: Dialect::Sqlite, tables, enums: BTreeMap::new(), views: BTreeMap::new() }
}

/// One table before and after, under the name `users`.
fn users(before: Table, after: Table, answers: &Answers) -> Difference {
    difference(&Sqlite, &schema(&[("users", after)]), &schema(&[("users", before)]), answers)
}

/// What is detected, as people read it; nothing may be left to decide.
fn told(found: &Difference) -> Vec<String> {
    assert_eq!((&found.questions, &found.refusals), (&vec![], &vec![]));
    found.operations.iter().map(detected).collect()
}

#[track_caller]
fn check(before: Table, after: Table, expected: &[&str]) {
    assert_eq!(told(&users(before, after, &Answers::default())), expected);
}

fn unique(name: Option<&str>, columns: &[&str]) -> Unique {
    let columns = columns.iter().map(|column| (*column).to_owned()).collect();
    Unique { name: name.map(str::to_owned), columns, was: None, is_constraint: false }
}

fn index(name: Option<&str>, columns: &[&str]) -> Index {
    let item =
        |name: &&str| IndexItem::Column { name: (*name).to_owned(), is_descending: false, collation: None };
    Index {
        name: name.map(str::to_owned),
        items: columns.iter().map(item).collect(),
        is_unique: false,
        condition: None,
        method: None,
        include: Vec::new(),
        was: None,
    }
}

fn key(name: Option<&str>, references: &[&str]) -> ForeignKey {
    ForeignKey {
        name: name.map(str::to_owned),
        columns: vec!["owner".to_owned()],
        table: "users".to_owned(),
        references: references.iter().map(|column| (*column).to_owned()).collect(),
        on_delete: Default::default(),
        on_update: Default::default(),
        deferrable: Default::default(),
    }
}

fn answers(renames: &[(&str, &str)], drops: &[&str]) -> Answers {
    Answers {
        renames: renames.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect(),
        drops: drops.iter().map(|drop| (*drop).to_owned()).collect(),
        ..Answers::default()
    }
}

#[test]
fn order_synonyms_and_case_are_no_difference() {
    let before = table(&[
        column("Name", "varchar"),
        Column { default: Some("(1)".to_owned()), ..column("on_it", "BOOL") },
    ]);
    let mut after = table(&[
        Column { default: Some("TRUE".to_owned()), ..column("on_it", "BOOLEAN") },
        column("name", "TEXT"),
    ]);
    after.columns.rotate_left(1);
    check(before, after, &[]);
}

#[test]
fn a_key_without_not_null_is_no_difference() {
    let mut before = table(&[]);
    before.columns[0].is_nullable = true;
    check(before, table(&[]), &[]);
}

#[test]
fn columns_come_go_and_change() {
    let before = table(&[column("age", "INTEGER"), column("nick", "BLOB")]);
    let after = table(&[
        Column { is_nullable: false, default: Some("0".to_owned()), ..column("age", "BIGINT") },
        column("phone", "TEXT"),
    ]);
    check(
        before,
        after,
        &[
            "changed column `users.age` (Integer -> Bigint, null -> not null, default 0)",
            "added column `users.phone` (Text, null)",
            "removed column `users.nick`",
        ],
    );
}

#[test]
fn lengths_are_detected_when_they_come_and_when_they_go() {
    let with = || table(&[column("name", "VARCHAR(20)")]);
    let without = || table(&[column("name", "VARCHAR")]);
    check(with(), without(), &["changed column `users.name` (Varchar(20) -> Varchar)"]);
    check(without(), with(), &["changed column `users.name` (Varchar -> Varchar(20))"]);
}

#[test]
fn what_has_no_name_matches_any_name() {
    let mut before = table(&[column("email", "TEXT")]);
    before.uniques.push(unique(Some("sqlite_made_this"), &["email"]));
    before.indexes.push(index(Some("old_hands"), &["email", "id"]));
    before.checks.push(Check { name: Some("c".to_owned()), expression: "email <> ''".to_owned() });
    let mut after = table(&[column("email", "TEXT")]);
    after.uniques.push(unique(None, &["email"]));
    after.indexes.push(index(None, &["email", "id"]));
    after.checks.push(Check { name: None, expression: "(EMAIL != '')".to_owned() });
    check(before, after, &[]);
}

#[test]
fn a_name_makes_the_same_definition_a_rename() {
    let mut before = table(&[column("email", "TEXT")]);
    before.indexes.push(index(Some("old"), &["email"]));
    let mut after = table(&[column("email", "TEXT")]);
    after.indexes.push(index(Some("new"), &["email"]));
    check(before, after, &["renamed index `old` -> `new` on users"]);
}

#[test]
fn an_unnamed_and_a_named_one_share_two_of_the_same() {
    let mut before = table(&[column("email", "TEXT")]);
    before.indexes.extend([index(Some("a"), &["email"]), index(Some("b"), &["email"])]);
    let mut after = table(&[column("email", "TEXT")]);
    after.indexes.extend([index(None, &["email"]), index(Some("b"), &["email"])]);
    check(before, after, &[]);
}

#[test]
fn what_a_struct_does_not_say_is_removed() {
    let mut before = table(&[column("email", "TEXT")]);
    before.uniques.push(unique(Some("u"), &["email"]));
    before.indexes.push(index(Some("i"), &["email"]));
    before.checks.push(Check { name: None, expression: "email <> ''".to_owned() });
    check(
        before,
        table(&[column("email", "TEXT")]),
        &[
            "removed unique key `u` on users(email)",
            "removed check on users (email <> '')",
            "removed index `i` on users(email)",
        ],
    );
}

#[test]
fn what_a_block_cannot_say_is_left_alone() {
    let mut before = table(&[
        Column {
            default: Some("''".to_owned()),
            collation: Some("NOCASE".to_owned()),
            ..column("email", "TEXT")
        },
        column("extra", "TEXT"),
    ]);
    before.uniques.push(unique(Some("u"), &["email"]));
    before.options.is_strict = true;
    let block = Table {
        knowledge: Knowledge::Columns,
        ..table(&[Column {
            ty: ColumnType::Diesel { name: "Text".to_owned(), max_length: None },
            ..column("email", "")
        }])
    };
    let found = users(before.clone(), block.clone(), &Answers::default());
    assert_eq!(told(&found), [""; 0]);
    assert_eq!(found.kept, [Kept::Column { table: "users".to_owned(), column: "extra".to_owned() }]);
    let found = users(before, block, &answers(&[], &["users.extra"]));
    assert_eq!(told(&found), ["removed column `users.extra`"]);
}

#[test]
fn dropping_what_a_block_does_not_name_takes_along_what_mentions_it() {
    let mut before = table(&[column("extra", "TEXT")]);
    before.uniques.push(unique(Some("u"), &["extra"]));
    before.checks.push(Check { name: None, expression: "extra <> ''".to_owned() });
    let block = Table { knowledge: Knowledge::Columns, ..table(&[]) };
    let found = users(before, block, &answers(&[], &["users.extra"]));
    assert_eq!(
        told(&found),
        [
            "removed unique key `u` on users(extra)",
            "removed check on users (extra <> '')",
            "removed column `users.extra`"
        ]
    );
}

#[test]
fn a_column_that_may_be_renamed_is_asked_about() {
    let (before, after) = (table(&[column("colour", "TEXT")]), table(&[column("color", "VARCHAR(9)")]));
    let found = users(before.clone(), after.clone(), &Answers::default());
    let question = Question {
        subject: Subject::Column("users".to_owned()),
        gone: vec!["colour".to_owned()],
        new: "color".to_owned(),
        detail: Some("Text".to_owned()),
        place: None,
        may_stay: false,
    };
    assert_eq!(found.questions, [question]);
    let renamed = [
        "renamed column `users.colour` -> `users.color`",
        "changed column `users.color` (Text -> Varchar(9))",
    ];
    for to in ["color", "users.color"] {
        assert_eq!(
            told(&users(before.clone(), after.clone(), &answers(&[("users.colour", to)], &[]))),
            renamed
        );
    }
    let dropped = told(&users(before, after, &answers(&[], &["users.colour"])));
    assert_eq!(dropped, ["added column `users.color` (Varchar(9), null)", "removed column `users.colour`"]);
}

#[test]
fn another_type_is_no_rename() {
    check(
        table(&[column("colour", "TEXT")]),
        table(&[column("color", "INTEGER")]),
        &["added column `users.color` (Integer, null)", "removed column `users.colour`"],
    );
}

#[test]
fn was_renames_and_then_is_silent() {
    let color = Column { was: Some("colour".to_owned()), ..column("color", "TEXT") };
    check(
        table(&[column("colour", "TEXT")]),
        table(std::slice::from_ref(&color)),
        &["renamed column `users.colour` -> `users.color`"],
    );
    check(table(&[column("color", "TEXT")]), table(&[color]), &[]);
}

#[test]
fn a_rename_takes_keys_indexes_and_checks_along() {
    let mut before = table(&[column("colour", "TEXT")]);
    before.uniques.push(unique(Some("u"), &["colour"]));
    before.indexes.push(index(Some("i"), &["colour", "id"]));
    before.checks.push(Check { name: None, expression: "\"colour\" <> 'colour'".to_owned() });
    let mut after = table(&[Column { was: Some("colour".to_owned()), ..column("color", "TEXT") }]);
    after.uniques.push(unique(None, &["color"]));
    after.indexes.push(index(None, &["color", "id"]));
    after.checks.push(Check { name: None, expression: "color <> 'colour'".to_owned() });
    check(before, after, &["renamed column `users.colour` -> `users.color`"]);
}

#[test]
fn tables_are_asked_about_when_they_are_alike() {
    let old = schema(&[("people", table(&[column("a", "TEXT"), column("b", "TEXT")]))]);
    let new = schema(&[("persons", table(&[column("a", "TEXT"), column("c", "TEXT")]))]);
    let found = difference(&Sqlite, &new, &old, &Answers::default());
    assert_eq!(found.questions[0].gone, ["people"]);
    let found = difference(&Sqlite, &new, &old, &answers(&[("people", "persons"), ("persons.b", "c")], &[]));
    assert_eq!(
        told(&found),
        ["renamed table `people` -> `persons`", "renamed column `persons.b` -> `persons.c`"]
    );
    let found = difference(&Sqlite, &new, &old, &answers(&[], &["people"]));
    assert_eq!(told(&found), ["added table `persons`", "removed table `people`"]);
    let unlike =
        schema(&[("persons", table(&[column("x", "TEXT"), column("c", "TEXT"), column("d", "TEXT")]))]);
    assert_eq!(difference(&Sqlite, &unlike, &old, &Answers::default()).questions, []);
}

#[test]
fn keys_follow_what_they_point_to() {
    let mut orders = table(&[column("owner", "INTEGER")]);
    orders.foreign_keys.push(key(None, &["id"]));
    let old = schema(&[("orders", orders.clone()), ("users", table(&[]))]);
    let mut after = table(&[]);
    after.was = Some("users".to_owned());
    after.columns[0] =
        Column { name: "key".to_owned(), was: Some("id".to_owned()), ..after.columns[0].clone() };
    after.primary_key = Some(PrimaryKey { name: None, columns: vec!["key".to_owned()] });
    orders.foreign_keys[0].table = "people".to_owned();
    orders.foreign_keys[0].references = Vec::new();
    let new = schema(&[("orders", orders), ("people", after)]);
    let found = difference(&Sqlite, &new, &old, &Answers::default());
    assert_eq!(
        told(&found),
        ["renamed table `users` -> `people`", "renamed column `people.id` -> `people.key`"]
    );
}

#[test]
fn a_new_column_that_may_not_be_null_needs_a_value() {
    let phone = Column { is_nullable: false, ..column("phone", "TEXT") };
    let found = users(table(&[]), table(std::slice::from_ref(&phone)), &Answers::default());
    assert_eq!(
        found.refusals,
        [Refusal::NoValue { table: "users".to_owned(), column: "phone".to_owned(), place: None }]
    );
    let expected = ["added column `users.phone` (Text, not null)"];
    let filled = Column { backfill: Some("''".to_owned()), ..phone.clone() };
    assert_eq!(told(&users(table(&[]), table(&[filled]), &Answers::default())), expected);
    let empty = Answers { assume_empty: vec!["Users".to_owned()], ..Answers::default() };
    assert_eq!(told(&users(table(&[]), table(&[phone]), &empty)), expected);
}

#[test]
fn tables_that_no_model_names_go_when_all_models_are_structs() {
    let old = || schema(&[("carts", table(&[])), ("users", table(&[]))]);
    let structs = schema(&[("users", table(&[]))]);
    let blocks = schema(&[("users", Table { knowledge: Knowledge::Columns, ..table(&[]) })]);
    let with = |unmodelled| Answers { unmodelled, ..Answers::default() };
    let gone = ["removed table `carts`"];
    assert_eq!(told(&difference(&Sqlite, &structs, &old(), &with(None))), gone);
    assert_eq!(told(&difference(&Sqlite, &structs, &old(), &with(Some(Unmodelled::Keep)))), [""; 0]);
    assert_eq!(told(&difference(&Sqlite, &blocks, &old(), &with(Some(Unmodelled::Drop)))), gone);
    assert_eq!(told(&difference(&Sqlite, &blocks, &old(), &answers(&[], &["carts"]))), gone);
    let found = difference(&Sqlite, &blocks, &old(), &with(None));
    assert_eq!((told(&found), found.kept), (vec![], vec![Kept::Table("carts".to_owned())]));
}

#[test]
fn a_block_for_a_view_changes_nothing() {
    let mut old = schema(&[]);
    old.views.insert("Adults".to_owned(), "CREATE VIEW Adults AS SELECT 1".to_owned());
    let blocks = schema(&[("adults", Table { knowledge: Knowledge::Columns, ..table(&[]) })]);
    assert_eq!(told(&difference(&Sqlite, &blocks, &old, &Answers::default())), [""; 0]);
}

#[test]
fn enum_values_come_go_and_are_renamed() {
    let values = |names: &[(&str, Option<&str>)]| {
        let value = |(name, was): &(&str, Option<&str>)| EnumValue {
            was: was.map(str::to_owned),
            ..EnumValue::named(*name)
        };
        Some(EnumType { name: "mood".to_owned(), values: names.iter().map(value).collect(), was: None })
    };
    let mut before = table(&[column("mood", "TEXT")]);
    before.checks.push(Check { name: None, expression: "mood IN ('happy', 'sad')".to_owned() });
    let with =
        |names: &[(&str, Option<&str>)]| table(&[Column { values: values(names), ..column("mood", "TEXT") }]);
    check(before.clone(), with(&[("happy", None), ("sad", None)]), &[]);
    check(before.clone(), with(&[("sad", None), ("happy", None)]), &[]);
    check(
        before.clone(),
        with(&[("happy", None), ("sad", None), ("odd", None)]),
        &["changed column `users.mood` (values happy, sad -> happy, sad, odd)"],
    );
    let found =
        users(before.clone(), with(&[("happy", None), ("unhappy", Some("sad"))]), &Answers::default());
    let [Operation::AlterColumn { recode, .. }] = found.operations.as_slice() else { panic!("one change") };
    assert_eq!(recode, &[("sad".to_owned(), "unhappy".to_owned())]);
    let renamed = with(&[("happy", None), ("unhappy", None)]);
    let found = users(before.clone(), renamed.clone(), &Answers::default());
    assert_eq!(
        (&found.questions[0].gone, &found.questions[0].new),
        (&vec!["sad".to_owned()], &"unhappy".to_owned())
    );
    assert_eq!(
        users(before.clone(), renamed.clone(), &answers(&[("mood.sad", "unhappy")], &[])).questions,
        []
    );
    assert_eq!(users(before, renamed, &answers(&[], &["mood.sad"])).questions, []);
}

#[test]
fn an_answer_that_nobody_asked_for_is_refused() {
    let found = users(table(&[]), table(&[]), &answers(&[("users.a", "b")], &["carts"]));
    let texts = ["--rename users.a=b", "--drop carts"]
        .map(|answer| Refusal::Unanswerable { answer: answer.to_owned() });
    assert_eq!(found.refusals, texts);
}

#[test]
fn every_operation_knows_its_way_back() {
    let part = Part::Unique(unique(Some("u"), &["id"]));
    let users = || "users".to_owned();
    let both =
        |recode: &[(&str, &str)]| recode.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let operations = [
        Operation::CreateTable { name: users(), table: table(&[]) },
        Operation::AddColumn { table: users(), column: column("a", "TEXT") },
        Operation::AlterColumn {
            table: users(),
            from: column("a", "TEXT"),
            to: column("a", "BLOB"),
            recode: both(&[("x", "y")]),
        },
        Operation::RenameColumn { table: users(), from: "a".to_owned(), to: "b".to_owned() },
        Operation::AddPart { table: users(), part },
    ];
    for operation in operations {
        assert_ne!(operation.reverse(), operation);
        assert_eq!(operation.reverse().reverse(), operation);
    }
}

#[test]
fn operations_are_worded_for_people() {
    let added = Operation::AddColumn { table: "users".to_owned(), column: column("phone", "TEXT") };
    assert_eq!(operation(&added), ("added", "column `users.phone` (Text, null)".to_owned()));
}
