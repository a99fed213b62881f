//! `table!` blocks as `diesel print-schema` and people write them.

use schema_runtime::dialect::Dialect::{Mysql, Postgres, Sqlite};

use super::{MANIFEST, check, describe, messages, models, project};

#[test]
fn a_block_says_columns_types_nullability_and_key() {
    check(
        Sqlite,
        r#"
        // @generated automatically by Diesel CLI.
        diesel::table! {
            use diesel::sql_types::*;
            /// A doc comment.
            users (id) {
                id -> Integer,
                /// Another one.
                #[max_length = 64]
                name -> Varchar,
                note -> Nullable<Text>,
                #[sql_name = "type"]
                type_ -> diesel::sql_types::Text,
                r#where -> Bool,
                #[cfg(test)]
                hidden -> Text,
            }
        }
        table! { posts { id -> BigInt, } }
        ::diesel::table! { #[sql_name = "odd name"] odd (a, b) { b -> Integer, #[sql_name = "A"] a -> Integer, } }
        "#,
        "
table odd name Columns
  b <Integer>
  A <Integer>
  key (A, b)
table posts Columns
  id <BigInt>
  key (id)
table users Columns
  id <Integer>
  name <Varchar 64>
  note <Text> null
  type <Text>
  where <Bool>
  key (id)",
    );
}

const CUSTOM: &str = r#"
    pub mod sql_types {
        #[derive(diesel::query_builder::QueryId, Clone, diesel::sql_types::SqlType)]
        #[diesel(postgres_type(name = "mood"), mysql_type(name = "Enum"), sqlite_type(name = "Text"))]
        pub struct Mood;
        #[derive(diesel::sql_types::SqlType)]
        #[diesel(postgres_type(name = "ts_odd", schema = "audit"))]
        pub struct TsOdd;
    }
    diesel::table! {
        use diesel::sql_types::*;
        use super::sql_types::Mood;
        use diesel_full_text_search::Tsvector;
        audit.events (id) {
            id -> Int4,
            tags -> Array<Nullable<Text>>,
            mood -> Nullable<Mood>,
            moods -> Array<Nullable<Mood>>,
            odd -> super::sql_types::TsOdd,
            words -> Tsvector,
            size -> Unsigned<BigInt>,
            span -> Range<Timestamptz>,
        }
    }"#;

#[test]
fn types_that_diesel_does_not_have_are_those_of_the_engine() {
    check(
        Postgres,
        CUSTOM,
        "
table audit.events Columns
  id <Int4>
  tags <Array<Text>>
  mood mood null
  moods mood[]
  odd audit.ts_odd
  words <Tsvector>
  size <Unsigned<BigInt>>
  span <Range<Timestamptz>>
  key (id)",
    );
    let mysql = describe(&models(Mysql, CUSTOM).schema);
    assert!(mysql.contains("  mood <Enum> null\n") && mysql.contains("  odd <TsOdd>\n"), "{mysql}");
    assert!(describe(&models(Sqlite, CUSTOM).schema).contains("  mood <Text> null\n"));
}

#[test]
fn blocks_of_one_table_add_up() {
    let files = [
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a.rs", "diesel::table! { users (id) { id -> Integer, name -> Text, } }"),
        (
            "src/b.rs",
            "diesel::table! { users (id) { id -> Integer, mail -> Nullable<Text>, name -> Integer, } }",
        ),
    ];
    let models = project(Sqlite, &files);
    assert_eq!(messages(&models), Vec::<&str>::new());
    let expected = "table users Columns\n  id <Integer>\n  name <Text>\n  mail <Text> null\n  key (id)\n";
    assert_eq!(describe(&models.schema), expected);
}

#[test]
fn a_struct_knows_better_than_a_block() {
    let source = "#[derive(Schema)] struct User { id: i32, mail: String }
        diesel::table! { users (id) { id -> Integer, name -> Text, } }
        diesel::table! { posts (id) { id -> Integer, user_id -> Integer, } }
        diesel::joinable!(posts -> users (user_id));
        diesel::allow_tables_to_appear_in_same_query!(posts, users,);";
    let models = models(Sqlite, source);
    assert!(!models.are_whole());
    assert_eq!(
        describe(&models.schema),
        "table posts Columns\n  id <Integer>\n  user_id <Integer>\n  key (id)\ntable users Whole\n  id INTEGER\n  mail TEXT\n  key (id)\n"
    );
    let joins: Vec<_> =
        models.joins.iter().map(|join| (&*join.child, &*join.parent, &*join.column)).collect();
    assert_eq!(joins, [("posts", "users", "user_id")]);
}

#[test]
fn keys_of_structs_may_point_to_tables_of_blocks() {
    let source = "#[derive(Schema)] struct Post { id: i32, #[schema(references = users)] user_id: i32 }
        diesel::table! { audit.users (id) { id -> Integer, } }";
    let text = describe(&models(Postgres, source).schema);
    assert!(text.contains("foreign key (user_id) -> audit.users\n"), "{text}");
}

#[test]
fn blocks_stand_beside_models_in_configured_files() {
    let files = [
        (
            "Cargo.toml",
            "[package]\nname = \"x\"\n[package.metadata.schema]\ntables = [\"db/one.rs\", \"db/two.rs\", \"db/none.rs\"]\n",
        ),
        ("src/lib.rs", ""),
        ("db/one.rs", "diesel::table! { one (id) { id -> Integer, } }"),
        ("db/two.rs", "diesel::table! { two (id) { id -> Integer, } }"),
    ];
    let models = project(Sqlite, &files);
    assert_eq!(messages(&models), Vec::<&str>::new());
    assert_eq!(models.schema.tables.keys().collect::<Vec<_>>(), ["one", "two"]);
}
