//! What is wrong with a model: everything at once, each thing at the word that is wrong.

use schema_runtime::dialect::Dialect::{self, Mysql, Postgres, Sqlite};

use super::{check_findings, messages, models};

#[test]
fn a_finding_shows_the_attribute_and_what_to_do() {
    check_findings(
        Sqlite,
        "#[derive(Schema)]
pub struct Product {
    pub id: i32,
    #[schema(uniqe, max_length = 64)]
    pub sku: String,
    pub amount: u32,
    pub owner: Person,
}",
        "
error[bad-model-attribute]: a field has no attribute `uniqe`
  --> src/lib.rs:4:14
   |
 4 |     #[schema(uniqe, max_length = 64)]
   |              ^^^^^ not known
   |
   = help: did you mean `unique`?
error[unknown-model-type]: SQLite has no type for `u32`
  --> src/lib.rs:6:17
   |
 6 |     pub amount: u32,
   |                 ^^^ no type of this engine holds it exactly
   |
   = help: say the type: `#[schema(sql_type = \"..\")]`
error[unknown-model-type]: the type of `owner` is not known
  --> src/lib.rs:7:16
   |
 7 |     pub owner: Person,
   |                ^^^^^^ neither known nor an enum that derives `Schema`
   |
   = help: say the type: `#[schema(sql_type = \"..\")]`",
    );
}

#[test]
fn positions_count_characters_behind_marks_and_carriage_returns() {
    check_findings(
        Sqlite,
        "\u{feff}#!/usr/bin/env run\r\n/* ä */ #[derive(Schema)] #[schema(öko)]\r\nstruct Ä { id: i32 }\r\n",
        "
error[bad-model-attribute]: a struct has no attribute `öko`
  --> src/lib.rs:2:36
   |
 2 | /* ä */ #[derive(Schema)] #[schema(öko)]
   |                                    ^^^ not known
   |
   = help: there are `charset`, `check`, `comment`, `engine`, `foreign_key`, `index`, `primary_key`, `schema`, `sql_name`, `strict`, `unique`, `was` and `without_rowid`",
    );
}

/// Words on the struct, words on the field `a`, and the messages.
fn check_words(dialect: Dialect, cases: &[(&str, &str, &[&str])]) {
    for (on_struct, on_field, expected) in cases {
        let source = format!(
            "#[derive(Schema)] {on_struct} struct User {{ id: i32, {on_field} a: i32, b: i32, c: Option<i32>, text: String }}"
        );
        let models = models(dialect, &source);
        assert_eq!(messages(&models), *expected, "{on_struct} {on_field} on {dialect}");
        let shown =
            models.findings.iter().all(|f| f.place.as_ref().is_some_and(|place| place.excerpt.is_some()));
        assert!(shown, "every finding has a place");
    }
}

#[test]
fn words_that_have_another_form() {
    check_words(
        Postgres,
        &[
            ("", "#[schema(unique = true)]", &["`unique` takes no value"]),
            ("", "#[schema(index(b))]", &["`index` takes no value"]),
            ("", "#[schema(default)]", &["`default` needs a string"]),
            ("", "#[schema(default = now)]", &["`default` needs a string"]),
            ("", "#[schema(default = \"  \")]", &["`default` is empty"]),
            ("", "#[schema(was(b))]", &["`was` needs a string"]),
            ("", "#[schema(max_length = \"9\")]", &["`max_length` needs a number from 1 on"]),
            ("", "#[schema(max_length = 0)]", &["`max_length` needs a number from 1 on"]),
            ("", "#[schema(max_length = -1)]", &["`max_length` needs a number from 1 on"]),
            ("", "#[schema(max_length = 99999999999)]", &["`max_length` needs a number from 1 on"]),
            ("", "#[schema(references)]", &["`references` needs a table"]),
            ("", "#[schema(references(users))]", &["`references` needs a table"]),
            ("", "#[schema(references = users())]", &["`users` needs columns"]),
            ("", "#[schema(references = 1)]", &["`references` needs a table"]),
            (
                "",
                "#[schema(references = users, on_delete = \"casade\")]",
                &["`on_delete` cannot be `casade`"],
            ),
            (
                "",
                "#[schema(references = users, deferrable = \"never\")]",
                &["`deferrable` cannot be `never`"],
            ),
            ("", "#[schema(identity = \"sometimes\")]", &["`identity` cannot be `sometimes`"]),
            ("", "#[schema(unique, index, unique)]", &["`unique` is said twice"]),
            ("", "#[schema(\"text\")]", &["a field has words, not this"]),
            ("", "#[schema(where = \"a\")]", &["a field has no attribute `where`"]),
            ("", "#[schema]", &["an attribute cannot be read"]),
            ("", "#[schema = 1]", &["an attribute cannot be read"]),
            ("", "#[schema(unique index)]", &["an attribute cannot be read"]),
            (
                "",
                "#[schema(default = [1], nonsense)]",
                &["an attribute cannot be read", "a field has no attribute `nonsense`"],
            ),
            ("", "#[schema(default = 'x')]", &["an attribute cannot be read"]),
            ("#[schema(index)]", "", &["`index` needs brackets"]),
            ("#[schema(index())]", "", &["`index` names no column"]),
            ("#[schema(index(name = \"x\"))]", "", &["`index` names no column"]),
            ("#[schema(index(a, nam = \"x\"))]", "", &["an index has no attribute `nam`"]),
            ("#[schema(index(a, name = \"x\", name = \"y\"))]", "", &["`name` is said twice"]),
            ("#[schema(index(a, where = 1))]", "", &["`where` needs a string"]),
            ("#[schema(unique(\"lower(text)\"))]", "", &["a UNIQUE constraint has columns alone"]),
            ("#[schema(check)]", "", &["`check` needs brackets"]),
            ("#[schema(check(name = \"x\"))]", "", &["a check needs a condition"]),
            ("#[schema(check(\"a\", \"b\"))]", "", &["`check` is said twice"]),
            ("#[schema(foreign_key(a, b))]", "", &["a foreign key needs `references`"]),
            ("#[schema(foreign_key(references = users))]", "", &["`foreign_key` names no column"]),
            ("#[schema(primary_key)]", "", &["`primary_key` needs columns"]),
            ("#[schema(primary_key())]", "", &["`primary_key` needs columns"]),
        ],
    );
}

#[test]
fn words_that_contradict_each_other() {
    check_words(
        Postgres,
        &[
            ("#[schema(index(a, z))]", "", &["`users` has no column `z`"]),
            ("#[schema(index(a, desc(aa)))]", "", &["`users` has no column `aa`"]),
            ("#[schema(index(a, include(z)))]", "", &["`users` has no column `z`"]),
            ("#[schema(unique(a, z, y))]", "", &["`users` has no column `z`", "`users` has no column `y`"]),
            ("#[schema(unique(a, a))]", "", &["the column `a` is named twice"]),
            ("#[schema(unique(a))]", "#[schema(unique)]", &["`a` is unique twice"]),
            ("#[schema(index(a), index(a))]", "", &["this index is there twice"]),
            ("#[schema(primary_key(b))]", "#[schema(primary_key)]", &["`users` has two primary keys"]),
            ("#[schema(primary_key(z))]", "", &["`users` has no column `z`"]),
            ("#[schema(primary_key(c))]", "", &["a column of the primary key is never NULL"]),
            ("", "#[schema(generated = \"1\", default = 1)]", &["a generated column has no default"]),
            ("", "#[schema(generated = \"1\", identity)]", &["a generated column has no identity"]),
            ("", "#[schema(generated = \"1\", backfill = 1)]", &["a generated column needs no `backfill`"]),
            ("", "#[schema(identity, default = 1)]", &["a column with an identity has no default"]),
            ("", "#[schema(virtual)]", &["`virtual` means nothing without `generated`"]),
            ("", "#[schema(on_delete = \"cascade\")]", &["`on_delete` means nothing without `references`"]),
            ("", "#[schema(deferrable)]", &["`deferrable` means nothing without `references`"]),
            ("", "#[schema(max_length = 3)]", &["`max_length` is not for this type"]),
            (
                "",
                "#[schema(sql_type = \"TEXT\", max_length = 3)]",
                &["`sql_type` and `max_length` both say the type"],
            ),
            ("", "#[schema(identity, sql_type = \"TEXT\")]", &["only an integer can have an identity"]),
            ("", "#[schema(references = usrs)]", &["there is no table `usrs`"]),
            ("", "#[schema(references = users(z))]", &["`users` has no column `z`"]),
            (
                "",
                "#[schema(references = users(b))]",
                &["`b` of `users` is neither its primary key nor unique"],
            ),
            (
                "",
                "#[schema(references = users, on_delete = \"set null\")]",
                &["`set null` on `a`, which is never NULL"],
            ),
            (
                "#[schema(foreign_key(a, b, references = users))]",
                "",
                &["the columns of a foreign key to `users` do not match: 2 here, 1 there"],
            ),
            (
                "#[schema(index(a, name = \"x\"), index(b, name = \"x\"))]",
                "",
                &["the index `x` is described twice"],
            ),
        ],
    );
}

#[test]
fn words_that_an_engine_has_no_place_for() {
    check_words(
        Sqlite,
        &[
            ("#[schema(engine = \"InnoDB\")]", "", &["SQLite has no `engine`"]),
            ("#[schema(charset = \"utf8\")]", "", &["SQLite has no `charset`"]),
            ("#[schema(schema = \"audit\")]", "", &["SQLite has no `schema`"]),
            ("#[schema(index(a, method = \"gin\"))]", "", &["SQLite has no `method`"]),
            ("#[schema(index(a, include(b)))]", "", &["SQLite has no `include`"]),
            ("", "#[schema(identity)]", &["SQLite numbers nothing but a primary key of one column"]),
            (
                "#[schema(strict)]",
                "#[schema(sql_type = \"NUMERIC\")]",
                &["a STRICT table has no type `NUMERIC`"],
            ),
            (
                "#[schema(without_rowid)]",
                "#[schema(primary_key, identity)]",
                &["a table without rowids cannot number `a`"],
            ),
            ("#[schema(comment = \"fine\")]", "#[schema(comment = \"fine\")]", &[]),
        ],
    );
    check_words(
        Postgres,
        &[
            ("#[schema(strict)]", "", &["PostgreSQL has no `strict`"]),
            ("#[schema(without_rowid)]", "", &["PostgreSQL has no `without_rowid`"]),
            ("#[schema(engine = \"InnoDB\")]", "", &["PostgreSQL has no `engine`"]),
        ],
    );
    check_words(
        Mysql,
        &[
            ("#[schema(strict)]", "", &["MySQL has no `strict`"]),
            ("#[schema(index(a, where = \"a > 0\"))]", "", &["MySQL has no `where`"]),
            ("#[schema(index(a, include(b)))]", "", &["MySQL has no `include`"]),
            ("#[schema(index(a, method = \"gin\"))]", "", &["MySQL has no index method `gin`"]),
            ("#[schema(index(text, method = \"fulltext\"))]", "", &[]),
            ("#[schema(index(text))]", "", &["MySQL cannot index `text`, a text of any length"]),
            ("#[schema(unique(text))]", "", &["MySQL cannot index `text`, a text of any length"]),
            ("#[schema(index(\"text(20)\"))]", "", &[]),
            ("", "#[schema(references = users, deferrable)]", &["MySQL has no `deferrable`"]),
            (
                "",
                "#[schema(references = users, on_delete = \"set default\")]",
                &["MySQL has no `set default`"],
            ),
            ("", "#[schema(identity)]", &["MySQL numbers nothing but the first column of a key"]),
            ("", "#[schema(identity, unique)]", &[]),
        ],
    );
}

#[test]
fn whole_models_that_are_wrong() {
    for (source, expected) in [
        ("#[derive(Schema)] struct User { name: String }", &["`users` has no primary key"][..]),
        ("#[derive(Schema)] struct User;", &["the struct `User` has no columns"]),
        ("#[derive(Schema)] struct User(i32);", &["this field has no name"]),
        (
            "#[derive(Schema)] struct User { id: i32, #[diesel(embed)] more: More }",
            &["this field is no column"],
        ),
        ("#[derive(Schema)] struct User { id: i32, #[diesel(embed)] #[schema(skip)] more: More }", &[]),
        ("#[derive(Schema)] struct User { id: i32, ID: i32 }", &["the column `ID` is described twice"]),
        (
            "#[derive(Schema)] struct User { id: i32 } mod m { #[derive(Schema)] struct User { id: i32 } }",
            &["the table `users` is described twice"],
        ),
        ("#[derive(Schema)] enum Mood {}", &["the enum `Mood` has no values"]),
        (
            "#[derive(Schema)] enum Mood { A(i32), B { c: i32 } }",
            &[
                "the variant `A` has fields, and a value in a database has none",
                "the variant `B` has fields, and a value in a database has none",
            ],
        ),
        (
            "#[derive(Schema)] enum Mood { A, #[schema(name = \"a\")] B }",
            &["the value `a` is described twice"],
        ),
        ("#[derive(Schema)] enum Mood { #[schema(skip)] A }", &["a variant has no attribute `skip`"]),
        ("#[derive(Schema)] #[schema(nam = \"x\")] enum Mood { A }", &["an enum has no attribute `nam`"]),
        (
            "#[derive(Schema)] enum Mood { A } mod m { #[derive(Schema)] enum Mood { A } }",
            &["the enum `Mood` is described twice"],
        ),
        (
            "#[derive(Schema)] enum Mood { A } #[derive(Schema)] #[schema(name = \"mood\")] enum Temper { A }",
            &["the type `mood` is described twice"],
        ),
        ("#[derive(Schema)] struct User { id: i32, a: }", &["a model cannot be read as Rust"]),
        ("#[derive(Schema)] struct User { id: i32, a: i32 ", &["`src/lib.rs` cannot be read as Rust"]),
        ("table! { users { id -> } }", &["a `table!` block cannot be read"]),
        (
            "fn broken( { } #[derive(Schema)] struct User { id: i32 }",
            &["`src/lib.rs` cannot be read as Rust"],
        ),
    ] {
        let models = models(Sqlite, source);
        assert_eq!(messages(&models), expected, "{source}");
    }
}

#[test]
fn one_table_has_one_name_whatever_its_case() {
    let source = "#[derive(Schema)] struct User { id: i32 } #[derive(Schema)] #[diesel(table_name = Users)] struct B { id: i32 }";
    assert_eq!(messages(&models(Sqlite, source)), ["the table `Users` is described twice"]);
    assert!(messages(&models(Postgres, source)).is_empty());
}

#[test]
fn unknown_tables_are_no_mistake_where_blocks_are_partial() {
    let source = "#[derive(Schema)] struct User { id: i32, #[schema(references = others)] a: i32 }
        diesel::table! { things (id) { id -> Integer } }";
    assert!(messages(&models(Sqlite, source)).is_empty());
}
