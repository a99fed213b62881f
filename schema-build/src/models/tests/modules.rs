//! The crate's modules, as the compiler follows them.

use std::fs;

use schema_runtime::dialect::Dialect::Sqlite;

use super::{MANIFEST, messages, project};
use crate::config::Config;
use crate::models::read;
use crate::scratch::Scratch;

/// A model of one column, as a file's text.
fn model(name: &str) -> String {
    format!("#[derive(Schema)] #[diesel(table_name = {name})] struct Row {{ id: i32 }}\n")
}

/// The tables of a crate, whose files are its modules with a table named like `TABLE` in each.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    check_with(MANIFEST, files, expected);
}

#[track_caller]
fn check_with(manifest: &str, files: &[(&str, &str)], expected: &[&str]) {
    let texts: Vec<(&str, String)> = files
        .iter()
        .map(|(path, text)| {
            let parts: Vec<String> = text
                .split('@')
                .enumerate()
                .map(|(index, part)| if index % 2 == 1 { model(part) } else { part.to_string() })
                .collect();
            (*path, parts.concat())
        })
        .collect();
    let mut all = vec![("Cargo.toml", manifest)];
    all.extend(texts.iter().map(|(path, text)| (*path, text.as_str())));
    let models = project(Sqlite, &all);
    assert_eq!(messages(&models), Vec::<&str>::new());
    let tables: Vec<&String> = models.schema.tables.keys().collect();
    assert_eq!(tables, expected);
}

#[test]
fn files_and_folders_and_inline_modules() {
    check(
        &[
            ("src/lib.rs", "mod a; pub mod b; pub(crate) mod c { pub mod d; mod e { @inner@ } } @root@"),
            ("src/a.rs", "mod x; @a@"),
            ("src/a/x.rs", "mod deep; @ax@"),
            ("src/a/x/deep/mod.rs", "mod er; @axdeep@"),
            ("src/a/x/deep/er.rs", "@axdeeper@"),
            ("src/b/mod.rs", "mod y; @b@"),
            ("src/b/y.rs", "@bnexty@"),
            ("src/c/d.rs", "@cd@"),
            ("src/not_a_module.rs", "@never@"),
        ],
        &["a", "ax", "axdeep", "axdeeper", "b", "bnexty", "cd", "inner", "root"],
    );
}

#[test]
fn paths_are_relative_to_what_rustc_says() {
    check(
        &[
            (
                "src/lib.rs",
                "#[path = \"odd/name.rs\"] mod a; mod b; #[path = \"in\"] mod c { #[path = \"d.rs\"] mod d; mod e; }",
            ),
            ("src/odd/name.rs", "mod beside; @odd@"),
            ("src/odd/beside.rs", "@beside@"),
            ("src/b.rs", "#[path = \"other.rs\"] mod x; mod y { #[path = \"z.rs\"] mod z; }"),
            ("src/other.rs", "@other@"),
            ("src/b/y/z.rs", "@z@"),
            ("src/in/d.rs", "@d@"),
            ("src/in/e.rs", "@e@"),
        ],
        &["beside", "d", "e", "odd", "other", "z"],
    );
}

#[test]
fn raw_names_and_included_files() {
    check(
        &[
            (
                "src/lib.rs",
                "mod r#type; include!(\"more.rs\"); include!(concat!(env!(\"OUT_DIR\"), \"/x.rs\"));",
            ),
            ("src/type.rs", "@raw@"),
            ("src/more.rs", "@more@"),
        ],
        &["more", "raw"],
    );
}

#[test]
fn conditions_decide() {
    check_with(
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n[features]\ndefault = [\"lite\"]\nlite = [\"small\"]\nsmall = []\nbig = []\n",
        &[
            ("src/lib.rs", "#[cfg(test)] mod tests; #[cfg(feature = \"small\")] mod small; #[cfg(feature = \"big\")] mod big;
              #[cfg_attr(feature = \"lite\", path = \"lite.rs\")] mod any; #[cfg(windows)] mod windows; #[cfg(not(feature = \"lite\"))] @no@"),
            ("src/tests.rs", "@tests@"),
            ("src/small.rs", "@small@"),
            ("src/big.rs", "@big@"),
            ("src/lite.rs", "#![cfg(not(test))] mod off; @lite@"),
            ("src/off.rs", "#![cfg(test)] @off@"),
        ],
        &["lite", "small"],
    );
}

#[test]
fn library_and_binaries_are_one_crate_and_files_are_read_once() {
    check(
        &[
            ("src/lib.rs", "mod shared; @lib@"),
            ("src/main.rs", "mod shared; @main@"),
            ("src/bin/tool.rs", "#[path = \"../shared.rs\"] mod shared; mod help; @tool@"),
            ("src/bin/help.rs", ""),
            ("src/bin/other/main.rs", "mod more; @other@"),
            ("src/bin/other/more.rs", "@more@"),
            ("src/shared.rs", "#[path = \"lib.rs\"] mod around; @shared@"),
        ],
        &["lib", "main", "more", "other", "shared", "tool"],
    );
}

#[test]
fn roots_as_the_manifest_says_them() {
    check_with(
        &format!("{MANIFEST}[lib]\npath = \"code/core.rs\"\n[[bin]]\nname = \"x\"\npath = \"code/run.rs\"\n"),
        &[("code/core.rs", "@core@"), ("code/run.rs", "@run@"), ("src/lib.rs", "@never@")],
        &["core", "run"],
    );
    let models = |paths: &str| format!("{MANIFEST}[package.metadata.schema]\nmodels = {paths}\n");
    let files = [
        ("src/lib.rs", "mod models; mod other;"),
        ("src/other.rs", "@other@"),
        ("src/models.rs", "mod user;"),
        ("src/models/user.rs", "@user@"),
        ("src/models/loose.rs", "@loose@"),
        ("src/schema.rs", "diesel::table! { block (id) { id -> Integer, } }"),
    ];
    check_with(&models("\"src/models\""), &files, &["block", "user"]);
    check_with(&models("[\"src/models/loose.rs\", \"src/other.rs\"]"), &files, &["block", "loose", "other"]);
    let loose = [("src/lib.rs", ""), ("src/rows/a.rs", "@a@"), ("src/rows/in/b.rs", "@b@")];
    check_with(&models("\"src/rows\""), &loose, &["a", "b"]);
}

#[test]
fn items_that_are_no_models_hide_none() {
    check(
        &[(
            "src/lib.rs",
            "use a::{b, c}; const X: fn() = { struct Y { } ; f }; impl<const N: usize> F<{ N }> for X { }
             macro_rules! m { () => { mod nothing; } } m! { struct Z; } #[derive(Debug, Schema2)] struct A { x: i32 = 3 }
             fn f() -> [u8; { 3 }] { mod inside; unknown syntax here !!! } thread_local!(static Q: u8 = 1); @found@
             #[derive(other::Schema)] struct Other { nothing: Known } static S: &str = \"mod x;\"; // mod y;
             extern \"C\" { fn x(); } #[derive(schema_runtime::Schema)] struct Last { id: i32 } union U { a: u8 }",
        )],
        &["found", "lasts"],
    );
}

#[test]
fn a_missing_file_is_shown_where_it_is_named() {
    let models = project(
        Sqlite,
        &[("Cargo.toml", MANIFEST), ("src/lib.rs", "mod a;\nmod b { mod c; }\n#[path = \"x.rs\"] mod d;")],
    );
    let found: Vec<String> = models
        .findings
        .iter()
        .map(|finding| {
            let excerpt =
                finding.place.as_ref().and_then(|place| place.excerpt.as_ref()).expect("an excerpt");
            format!("{}:{} {} {:?}", excerpt.line, excerpt.column, finding.message, finding.notes)
        })
        .collect();
    assert_eq!(
        found,
        [
            "1:5 the file of module `a` is missing [Help(\"create `src/a.rs` or `src/a/mod.rs`\")]",
            "2:13 the file of module `c` is missing [Help(\"create `src/b/c.rs` or `src/b/c/mod.rs`\")]",
            "3:22 the file of module `d` is missing [Help(\"create `src/x.rs`\")]",
        ]
    );
}

#[test]
fn files_that_are_no_text_and_links_that_turn_in_circles() {
    let scratch = Scratch::new();
    scratch.write("Cargo.toml", MANIFEST);
    scratch.write("src/lib.rs", "mod a; mod b; mod c; mod d;");
    scratch.write("src/a.rs", b"// ok\n\xff\xfe");
    scratch.write("src/b.rs", "\0\0 Schema");
    fs::create_dir_all(scratch.path().join("src/c")).expect("a folder");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(scratch.path().join("src"), scratch.path().join("src/c/again"))
            .expect("a link");
        std::os::unix::fs::symlink("d.rs", scratch.path().join("src/d.rs")).expect("a link");
    }
    scratch.write("src/c/mod.rs", "#[path = \"again/lib.rs\"] mod around;");
    let (config, _) = Config::load(scratch.path(), None).expect("a configuration");
    let models = read(&config, Sqlite);
    let found = messages(&models);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.contains(&"`src/a.rs` is not UTF-8"), "{found:?}");
    assert!(found.contains(&"`src/b.rs` cannot be read as Rust"), "{found:?}");
    assert!(found.contains(&"the file of module `d` is missing"), "{found:?}");
}

#[test]
fn what_was_read_is_told() {
    let models = project(Sqlite, &[("Cargo.toml", MANIFEST), ("src/lib.rs", "mod a;"), ("src/a.rs", "")]);
    let names: Vec<_> = models.files.iter().filter_map(|file| file.file_name()).collect();
    assert_eq!(names, ["lib.rs", "a.rs"]);
    assert!(models.is_empty() && !models.are_whole() && models.sources.is_empty());
}

#[test]
fn files_that_lead_to_models_are_told_from_the_rest() {
    let files = [
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a.rs", "mod c; mod d;"),
        ("src/a/c.rs", "#[derive(Schema)] struct User { id: i32 }"),
        ("src/a/d.rs", "fn nothing() {}"),
        ("src/b.rs", "mod x { fn nothing() {} }"),
    ];
    let models = project(Sqlite, &files);
    let names: Vec<_> = models.sources.iter().filter_map(|file| file.file_name()).collect();
    assert_eq!(names, ["c.rs", "a.rs", "lib.rs"]);
}
