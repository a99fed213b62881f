//! The file of `table!` blocks, written from structs. That it compiles with Diesel is tested in `tests/`.

use std::path::Path;

use schema_runtime::dialect::Dialect::{self, Mysql, Postgres, Sqlite};

use super::{MANIFEST, describe, messages, models, project};
use crate::models::is_ours;

#[track_caller]
fn check(dialect: Dialect, source: &str, expected: &str) {
    let models = models(dialect, source);
    assert_eq!(messages(&models), Vec::<&str>::new());
    let text = models.tables_file(Path::new("src/schema.rs"));
    let (header, rest) = text.split_once('\n').expect("a header");
    assert!(is_ours(header), "{header}");
    assert_eq!(rest.trim(), expected.trim());
}

#[test]
fn tables_joins_and_queries_over_both() {
    check(
        Sqlite,
        r#"
        #[derive(Schema)] struct User { id: i32, #[schema(max_length = 9)] name: Option<String>, r#type: Vec<u8> }
        #[derive(Schema)] struct Post { #[schema(sql_name = "Nr")] id: i64, #[schema(references = users)] user_id: Option<i32>,
            #[schema(references = posts)] parent: i64, #[schema(references = twos)] a: i32, #[schema(references = twos)] b: i32 }
        #[derive(Schema)] #[schema(sql_name = "two s")] struct Two { id: i32, #[schema(references = posts)] small: i32 }
        "#,
        r#"
diesel::table! {
    posts (id) {
        #[sql_name = "Nr"]
        id -> BigInt,
        user_id -> Nullable<Integer>,
        parent -> BigInt,
        a -> Integer,
        b -> Integer,
    }
}

diesel::table! {
    #[sql_name = "two s"]
    twos (id) {
        id -> Integer,
        small -> Integer,
    }
}

diesel::table! {
    users (id) {
        id -> Integer,
        name -> Nullable<Text>,
        r#type -> Binary,
    }
}

diesel::joinable!(posts -> users (user_id));

diesel::allow_tables_to_appear_in_same_query!(posts, twos, users);"#,
    );
}

#[test]
fn types_of_its_own_and_lengths_and_schemas() {
    let source = r#"
        #[derive(Schema)] enum Mood { Happy }
        #[derive(Schema)] #[diesel(sql_type = crate::schema::sql_types::TemperType)] enum Temper { Bad }
        #[derive(Schema)] #[diesel(sql_type = crate::types::Elsewhere)] enum Other { Bad }
        #[derive(Schema)] #[diesel(table_name = crate::schema::audit::logs)] #[schema(schema = "audit")]
        struct Log { id: i32, mood: Mood, moods: Vec<Option<Mood>>, temper: Option<Temper>, other: Other,
            #[schema(sql_type = "audit.\"Odd\"")] odd: Odd, #[schema(max_length = 5)] short: String, at: DateTime<Utc>,
            #[schema(references = users)] user_id: i32 }
        #[derive(Schema)] struct User { id: i32 }
        "#;
    check(
        Postgres,
        source,
        r#"
pub mod sql_types {
    #[derive(diesel::query_builder::QueryId, Clone, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "mood"))]
    pub struct Mood;

    #[derive(diesel::query_builder::QueryId, Clone, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "Odd", schema = "audit"))]
    pub struct Odd;

    #[derive(diesel::query_builder::QueryId, Clone, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "temper"))]
    pub struct TemperType;
}

diesel::table! {
    users (id) {
        id -> Integer,
    }
}

pub mod audit {
    diesel::table! {
        use diesel::sql_types::*;
        use super::super::sql_types::Mood;
        use super::super::sql_types::Odd;
        use super::super::sql_types::TemperType;

        audit.logs (id) {
            id -> Integer,
            mood -> Mood,
            moods -> Array<Nullable<Mood>>,
            temper -> Nullable<TemperType>,
            other -> crate::types::Elsewhere,
            odd -> Odd,
            #[max_length = 5]
            short -> Varchar,
            at -> Timestamptz,
            user_id -> Integer,
        }
    }
}

diesel::joinable!(audit::logs -> users (user_id));

use audit::logs as audit_logs;

diesel::allow_tables_to_appear_in_same_query!(audit_logs, users);"#,
    );
}

#[test]
fn an_enum_is_a_text_on_sqlite_and_an_enum_on_mysql() {
    let source =
        "#[derive(Schema)] enum Mood { Happy } #[derive(Schema)] struct User { id: i32, mood: Mood }";
    check(
        Sqlite,
        source,
        "diesel::table! {\n    users (id) {\n        id -> Integer,\n        mood -> Text,\n    }\n}",
    );
    check(
        Mysql,
        source,
        "pub mod sql_types {
    #[derive(diesel::query_builder::QueryId, Clone, diesel::sql_types::SqlType)]
    #[diesel(mysql_type(name = \"Enum\"))]
    pub struct Mood;
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Mood;

    users (id) {
        id -> Integer,
        mood -> Mood,
    }
}",
    );
}

const MIXED: &str = "pub mod sql_types {
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = \"mood\"))]
    pub struct Mood;
}
diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Mood;

    things (id) {
        id -> Integer, // as somebody wrote it
        user_id -> Integer,
        mood -> Mood,
    }
}
diesel::table! { users (id) { id -> Integer, } }
diesel::table!(plain (id) { id -> Integer, });
diesel::joinable!(things -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(things, users,);
";

/// What is written, then what is written when that is read again.
fn written(structs: &str, tables: &str) -> (String, String) {
    let write = |tables: &str| {
        let files = [("Cargo.toml", MANIFEST), ("src/lib.rs", structs), ("src/schema.rs", tables)];
        let models = project(Postgres, &files);
        assert_eq!(messages(&models), Vec::<&str>::new());
        models.tables_file(Path::new("src/schema.rs"))
    };
    let once = write(tables);
    let twice = write(&once);
    (once, twice)
}

#[test]
fn what_no_struct_describes_is_kept() {
    let structs = "mod schema; #[derive(Schema)] struct User { id: i32, name: String }";
    let (once, twice) = written(structs, MIXED);
    assert_eq!(once, twice);
    for part in [
        "pub struct Mood;",
        "        id -> Integer, // as somebody wrote it\n",
        "diesel::table!(plain (id) { id -> Integer, });\n",
        "diesel::joinable!(things -> users (user_id));\n",
        "diesel::allow_tables_to_appear_in_same_query!(plain, things, users);\n",
    ] {
        assert_eq!(once.matches(part).count(), 1, "{part}\n{once}");
    }
    assert_eq!(once.matches("users (id)").count(), 1, "{once}");
}

#[test]
fn what_was_written_from_a_struct_does_not_outlive_it() {
    let two =
        "mod schema; #[derive(Schema)] struct User { id: i32 } #[derive(Schema)] struct Cart { id: i32 }";
    let (once, _) = written(two, MIXED);
    let one = "mod schema; #[derive(Schema)] struct User { id: i32 }";
    let models =
        project(Postgres, &[("Cargo.toml", MANIFEST), ("src/lib.rs", one), ("src/schema.rs", &once)]);
    let tables: Vec<&String> = models.schema.tables.keys().collect();
    assert_eq!(tables, ["plain", "things", "users"]);
    assert!(describe(&models.schema).contains("table users Whole"));
}

#[test]
fn only_empty_files_and_our_own_are_ours() {
    assert!(is_ours("") && is_ours(" \n"));
    assert!(!is_ours("// @generated automatically by Diesel CLI.\n"));
    let models = models(Sqlite, "");
    assert!(is_ours(&models.tables_file(Path::new("src/schema.rs"))));
    assert!(is_ours(&models.tables_file(Path::new("src/schema.rs")).replace('\n', "\r\n")));
}
