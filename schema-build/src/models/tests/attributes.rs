//! Every word of `#[schema(..)]`, and the names and keys that Diesel's own words decide.

use schema_runtime::dialect::Dialect::{Mysql, Postgres, Sqlite};

use super::{check, describe, models};

#[test]
fn the_example_of_the_manual() {
    check(
        Sqlite,
        r#"
        #[derive(Queryable, Selectable, schema_runtime::Schema)]
        #[diesel(table_name = crate::schema::products)]
        #[schema(index(sku, desc(stock), name = "products_sku_idx"), check("stock >= 0", name = "stock_positive"))]
        pub struct Product {
            pub id: i32,
            #[schema(unique, max_length = 64)]
            pub sku: String,
            #[schema(references = users, on_delete = "cascade")]
            pub owner_id: i32,
            #[schema(default = "0", backfill = "0")]
            pub stock: i32,
            #[schema(was = "colour")]
            pub color: Option<String>,
            pub preferences: Option<serde_json::Value>,
        }
        #[derive(Schema)]
        struct User { id: i32 }
        "#,
        "
table products Whole
  id INTEGER
  sku VARCHAR(64)
  owner_id INTEGER
  stock INTEGER default=0 backfill=0
  color TEXT null was=colour
  preferences JSON null
  key (id)
  unique (sku)
  index products_sku_idx (sku, stock desc)
  check stock_positive stock >= 0
  foreign key (owner_id) -> users on delete Cascade
table users Whole
  id INTEGER
  key (id)",
    );
}

#[test]
fn every_word_of_a_field() {
    check(
        Postgres,
        r#"
        #[derive(Schema)]
        #[diesel(table_name = t)]
        struct T {
            #[schema(primary_key, identity = "always")] number: i64,
            #[schema(identity)] other: i32,
            #[schema(unique, index)] #[schema(default = "now()")] at: chrono::NaiveDateTime,
            #[schema(default = 0)] zero: i32,
            #[schema(default = -1.5)] minus: f64,
            #[schema(default = true, backfill = false)] flag: bool,
            #[schema(sql_type = "NUMERIC(10,2)")] price: BigDecimal,
            #[schema(generated = "price * 2")] twice: f64,
            #[schema(generated = "price * 3", virtual)] thrice: f64,
            #[schema(collate = "C", comment = "a text")] text: String,
            #[schema(references = t(at), on_update = "set null", deferrable)] a: Option<NaiveDateTime>,
            #[schema(references = crate::schema::t, on_delete = "restrict", deferrable = "deferred")] b: i64,
            #[schema(skip)] not_here: Vec<Whatever>,
            #[schema(sql_name = "strange name", index)] plain: String,
        }
        "#,
        "
table t Whole
  number BIGINT identity=Always
  other INTEGER identity=ByDefault
  at TIMESTAMP default=now()
  zero INTEGER default=0
  minus DOUBLE PRECISION default=-1.5
  flag BOOLEAN default=true backfill=false
  price NUMERIC(10,2)
  twice DOUBLE PRECISION generated=price * 2 stored=true
  thrice DOUBLE PRECISION generated=price * 3 stored=false
  text TEXT collate=C comment=a text
  a TIMESTAMP null
  b BIGINT
  strange name TEXT
  key (number)
  unique (at)
  index (at)
  index (strange name)
  foreign key (a) -> t(at) on update SetNull Immediate
  foreign key (b) -> t on delete Restrict Deferred",
    );
}

#[test]
fn every_word_of_a_struct() {
    check(
        Postgres,
        r#"
        #[derive(Schema)]
        #[schema(primary_key(a, b), was = "old", comment = "a table")]
        #[schema(index(a, desc(b), "lower(c) text_pattern_ops", name = "i", unique, where = "a > 0", method = "btree", include(d), was = "j"))]
        #[schema(index(c, d), index(d, unique), unique(c, d, name = "u", was = "v"), check("a > b"), check("b > 0", name = "k"))]
        #[schema(foreign_key(a, b, references = things(b, a), on_delete = "no action", on_update = "cascade", name = "f", deferrable))]
        struct Thing { a: i32, b: i32, c: String, d: i32 }
        "#,
        "
table things Whole (was old) 'a table'
  a INTEGER
  b INTEGER
  c TEXT
  d INTEGER
  key (a, b)
  unique u (c, d) (was v)
  unique index (d)
  unique index i (a, b desc, 'lower(c) text_pattern_ops') where a > 0 using btree include d (was j)
  index (c, d)
  check a > b
  check k b > 0
  foreign key f (a, b) -> things(b, a) on update Cascade Immediate",
    );
}

#[test]
fn table_options_of_the_engines() {
    check(
        Sqlite,
        "#[derive(Schema)] #[schema(strict, without_rowid, comment = \"nobody keeps this\")]
         struct Key { #[schema(primary_key, comment = \"nor this\")] name: String, big: i64, at: NaiveDateTime, real: f32 }",
        "
table keys Whole strict without rowid
  name TEXT
  big INTEGER
  at TEXT
  real REAL
  key (name)",
    );
    check(
        Mysql,
        "#[derive(Schema)] #[schema(engine = \"InnoDB\", charset = \"utf8mb4\", comment = \"kept\")]
         struct Key { #[schema(identity)] id: u64, #[schema(unique, max_length = 20)] name: String }",
        "
table keys Whole engine InnoDB charset utf8mb4 'kept'
  id BIGINT UNSIGNED identity=ByDefault
  name VARCHAR(20)
  key (id)
  unique (name)",
    );
}

#[test]
fn an_identity_is_the_engines_own_kind() {
    let source = "#[derive(Schema)] struct User { #[schema(identity = \"always\")] id: i64 }";
    check(Sqlite, source, "table users Whole\n  id INTEGER identity=ByDefault\n  key (id)");
    check(Mysql, source, "table users Whole\n  id BIGINT identity=ByDefault\n  key (id)");
    check(Postgres, source, "table users Whole\n  id BIGINT identity=Always\n  key (id)");
    let serial = "#[derive(Schema)] struct User { #[schema(sql_type = \"BIGSERIAL\")] id: i64 }";
    check(Postgres, serial, "table users Whole\n  id BIGSERIAL\n  key (id)");
}

#[test]
fn names_and_keys_as_diesel_says_them() {
    check(
        Sqlite,
        r#"
        #[derive(Schema)]
        #[diesel(table_name = "blog_posts")]
        #[diesel(primary_key(slug, lang), check_for_backend(diesel::sqlite::Sqlite), belongs_to(User, foreign_key = x))]
        struct Post<'a> {
            slug: &'a str,
            #[diesel(column_name = lang)] language: Cow<'a, str>,
            r#type: String,
            #[diesel(column_name = "r#where")] place: Option<&'a [u8]>,
        }
        "#,
        "
table blog_posts Whole
  slug TEXT
  lang TEXT
  type TEXT
  where BLOB null
  key (slug, lang)",
    );
}

#[test]
fn columns_are_found_by_any_name_they_have() {
    check(
        Sqlite,
        r#"
        #[derive(Schema)]
        #[schema(index(field), index(column, field2), unique("odd name"))]
        struct User {
            id: i32,
            #[diesel(column_name = column)] field: i32,
            #[schema(sql_name = "odd name")] field2: i32,
        }
        "#
        .replace("unique(\"odd name\")", "unique(field2)")
        .as_str(),
        "
table users Whole
  id INTEGER
  column INTEGER
  odd name INTEGER
  key (id)
  unique (odd name)
  index (column)
  index (column, odd name)",
    );
}

#[test]
fn the_key_is_that_of_the_fields_then_of_the_struct_then_of_diesel() {
    let key = |attributes: &str, field: &str| {
        let source =
            format!("#[derive(Schema)] {attributes} struct User {{ id: i32, {field} a: i32, b: i32 }}");
        describe(&models(Sqlite, &source).schema)
            .lines()
            .find(|l| l.starts_with("  key"))
            .expect("a key")
            .to_string()
    };
    assert_eq!(key("", ""), "  key (id)");
    assert_eq!(key("#[diesel(primary_key(b))]", ""), "  key (b)");
    assert_eq!(key("#[diesel(primary_key(b))] #[schema(primary_key(b, a))]", ""), "  key (b, a)");
    assert_eq!(key("#[diesel(primary_key(b))]", "#[schema(primary_key)]"), "  key (a)");
}

#[test]
fn tables_of_another_schema_have_both_names() {
    check(
        Postgres,
        r#"
        #[derive(Schema)]
        #[diesel(table_name = crate::schema::audit::events)]
        #[schema(schema = "audit", sql_name = "Events")]
        struct Event { id: i32, #[schema(references = events)] parent: Option<i32> }
        #[derive(Schema)]
        struct User { id: i32, #[schema(references = "audit.Events")] event: i32 }
        "#,
        "
table audit.Events Whole
  id INTEGER
  parent INTEGER null
  key (id)
  foreign key (parent) -> audit.Events
table users Whole
  id INTEGER
  event INTEGER
  key (id)
  foreign key (event) -> audit.Events",
    );
}

#[test]
fn attributes_under_a_condition_count_where_it_holds() {
    check(
        Sqlite,
        r#"
        #[cfg_attr(all(), derive(Schema), schema(index(a)))]
        #[cfg_attr(test, schema(index(b)))]
        struct User {
            id: i32,
            #[cfg(not(test))] #[cfg_attr(not(test), schema(unique))] a: i32,
            #[cfg(test)] b: i32,
        }
        "#,
        "
table users Whole
  id INTEGER
  a INTEGER
  key (id)
  unique (a)
  index (a)",
    );
}

#[test]
fn an_enum_is_what_each_engine_makes_of_it() {
    let source = r#"
        #[derive(schema_runtime::Schema, Debug)]
        #[schema(was = "temper")]
        enum Mood { Happy, #[schema(was = "sad")] Unhappy, #[schema(name = "it's")] VeryOdd, #[cfg(test)] Never }
        #[derive(Schema)]
        struct User { id: i32, mood: Mood, before: Option<crate::Mood> }
        "#;
    check(
        Postgres,
        source,
        "
enum mood (was temper) [happy, unhappy (was sad), it's]
table users Whole
  id INTEGER
  mood mood
  before mood null
  key (id)",
    );
    check(
        Mysql,
        source,
        "
table users Whole
  id INT
  mood ENUM('happy','unhappy','it''s') values=mood [happy, unhappy (was sad), it's]
  before ENUM('happy','unhappy','it''s') null values=mood [happy, unhappy (was sad), it's]
  key (id)",
    );
    check(
        Sqlite,
        source,
        "
table users Whole
  id INTEGER
  mood TEXT values=mood [happy, unhappy (was sad), it's]
  before TEXT null values=mood [happy, unhappy (was sad), it's]
  key (id)",
    );
}
