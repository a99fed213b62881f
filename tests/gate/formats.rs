//! The formats that other programs read, held against what is published of them.

use serde_json::Value;

use super::{git, revision};
use crate::harness::{Run, Sandbox, checkout};

/// A project, below the root of a repository, with findings that have everything that findings can have.
fn everything() -> Sandbox {
    let sandbox = Sandbox::empty();
    revision(
        &sandbox,
        1,
        "CREATE TABLE users (id bigint PRIMARY KEY, \"a,b:c%\" int);\n",
        "DROP TABLE users;\n",
    );
    let up = "-- schema:allow(drop-column) no\nSELECT 1;\nDROP\n  TABLE users;\n";
    revision(&sandbox, 2, up, "SELECT 1;\n");
    sandbox.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[package.metadata.schema]\ndialect = \"postgres\"\n\n[workspace]\n",
    );
    sandbox.write("src/lib.rs", "");
    sandbox
}

#[track_caller]
fn validate(schema: &str, document: &Value) {
    let text = std::fs::read_to_string(checkout().join(schema)).unwrap();
    // As published, the pattern of a language has a bracket too many, which no strict reader of patterns takes.
    let text = text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    let schema: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
}

#[test]
fn json_is_what_its_schema_says() {
    let schema = "cargo-schema/findings.schema.json";
    let document = everything().schema("check --format json").exits(1).json();
    let findings = document["findings"].as_array().unwrap();
    assert!(findings.iter().any(|it| it["fix"].is_object()), "{document:#}");
    assert!(findings.iter().any(|it| it["end_line"].as_u64() > it["line"].as_u64()), "{document:#}");
    validate(schema, &document);
    let sandbox = Sandbox::of("skeleton");
    validate(schema, &sandbox.schema("check --format json").output().json());
    validate(schema, &sandbox.schema("check --database --database-url app.db --format json").output().json());
    validate(schema, &Sandbox::broken("cycle").schema("check --format json").exits(1).json());
    let broken = std::panic::catch_unwind(|| validate(schema, &serde_json::json!({ "findings": [] })));
    assert!(broken.is_err(), "the schema takes anything");
}

#[test]
fn sarif_is_what_its_schema_says() {
    let schema = "tests/schemas/sarif-2.1.0.json";
    let log = everything().schema("check --format sarif").exits(1).json();
    assert!(log["runs"][0]["results"].as_array().unwrap().iter().any(|it| it["fixes"].is_array()), "{log:#}");
    validate(schema, &log);
    validate(schema, &Sandbox::of("skeleton").schema("check --format sarif").output().json());
    validate(schema, &Sandbox::broken("cycle").schema("check --format sarif").exits(1).json());
    let workspace = Sandbox::of("workspace");
    validate(schema, &workspace.schema("check --workspace --format sarif").output().json());
}

/// `NAME=VALUE` of an annotation, undone, and its message.
fn annotation(line: &str) -> (Vec<(String, String)>, String) {
    let plain = |text: &str| {
        text.replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%0A", "\n")
            .replace("%0D", "\r")
            .replace("%25", "%")
    };
    let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (_, properties) = head.split_once(' ').unwrap();
    let pairs = properties.split(',').map(|pair| pair.split_once('=').unwrap());
    (pairs.map(|(name, value)| (name.to_owned(), plain(value))).collect(), plain(message))
}

#[test]
fn annotations_are_what_github_asks_for() {
    let sandbox = everything();
    let output = sandbox.schema("check --format github").exits(1);
    let annotations: Vec<_> = output.stdout.lines().map(annotation).collect();
    let get = |pairs: &[(String, String)], name: &str| {
        pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
    };
    let (pairs, message) =
        annotations.iter().find(|(pairs, _)| get(pairs, "title").as_deref() == Some("drop-table")).unwrap();
    assert_eq!(get(pairs, "file").unwrap(), "migrations/2026-11-20-1002-000000000002_step/up.sql");
    assert_eq!((get(pairs, "line").unwrap(), get(pairs, "endLine").unwrap()), ("3".into(), "4".into()));
    assert_eq!(get(pairs, "col"), None, "columns are for one line");
    assert!(message.contains("`cargo schema explain drop-table`"), "{message}");
    let known = ["file", "line", "endLine", "col", "endColumn", "title"];
    assert!(annotations.iter().flat_map(|(pairs, _)| pairs).all(|(name, _)| known.contains(&name.as_str())));
}

#[test]
fn paths_start_where_code_hosts_look() {
    let sandbox = Sandbox::of("workspace");
    git(&sandbox, "init -q");
    let folder = std::fs::read_dir(sandbox.path("billing/migrations")).unwrap().map(|it| it.unwrap().path());
    let down = folder.map(|path| path.join("down.sql")).find(|path| path.exists()).unwrap();
    std::fs::remove_file(&down).unwrap();
    let expected = down.parent().unwrap().strip_prefix(sandbox.root()).unwrap().to_str().unwrap().to_owned();
    let inside = |run: Run| run.words("check --format github").output();
    let program = |folder: &str| Run::schema(&sandbox.root(), "").within(folder);
    for output in [
        sandbox.schema("check --workspace --format github").output(),
        sandbox.schema("check -p billing --format github").output(),
        inside(program("billing")),
        inside(program("billing/src")),
    ] {
        assert!(output.stdout.contains(&format!("file={expected}")), "{}", output.story());
    }
    // People and scripts click on what they see from where they are.
    sandbox.schema("check --workspace").output().says(&format!("--> {expected}"));
}

#[test]
fn junit_is_well_formed() {
    let text = everything().schema("check --format junit").exits(1).stdout;
    let names = well_formed(&text);
    assert_eq!(names.first().map(String::as_str), Some("testsuites"));
    assert!(names.iter().filter(|name| *name == "failure").count() > 0, "{text}");
    let text = Sandbox::of("workspace").schema("check --workspace --format junit").output().stdout;
    assert_eq!(well_formed(&text).iter().filter(|name| *name == "testsuites").count(), 1);
    assert!(std::panic::catch_unwind(|| well_formed("<a><b></a></b>")).is_err());
}

/// The names of the elements of an XML document, which is read as strictly as the tests need: every element is
/// closed in its turn, attributes are quoted, `<` and `&` stand for nothing but themselves.
#[track_caller]
fn well_formed(text: &str) -> Vec<String> {
    let mut rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap_or(text);
    let (mut open, mut names): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    while let Some(at) = rest.find('<') {
        entities(&rest[..at]);
        assert!(!open.is_empty() || rest[..at].trim().is_empty(), "text outside of the document: {rest}");
        let end = at + rest[at..].find('>').expect("a tag ends");
        let tag = &rest[at + 1..end];
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop().as_deref(), Some(name), "closed out of turn"),
            None => {
                let name = tag.split([' ', '/']).next().unwrap().to_owned();
                attributes(tag[name.len()..].trim_end_matches('/'));
                names.push(name.clone());
                if !tag.ends_with('/') {
                    open.push(name);
                }
            }
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "left open: {open:?} {rest}");
    names
}

#[track_caller]
fn attributes(text: &str) {
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, value) = rest.split_once("=\"").unwrap_or_else(|| panic!("no attribute: {rest}"));
        assert!(name.chars().all(|letter| letter.is_ascii_alphabetic()), "{name}");
        let (value, behind) = value.split_once('"').unwrap();
        assert!(!value.contains('<'));
        entities(value);
        rest = behind.trim_start();
    }
}

#[track_caller]
fn entities(text: &str) {
    for part in text.split('&').skip(1) {
        let (entity, _) = part.split_once(';').unwrap_or_else(|| panic!("a bare `&`: {text}"));
        assert!(["amp", "lt", "gt", "quot", "#10"].contains(&entity), "&{entity};");
    }
    let is_bad = |letter: char| letter < ' ' && !"\t\n\r".contains(letter);
    assert!(!text.contains(is_bad), "{text:?}");
}
