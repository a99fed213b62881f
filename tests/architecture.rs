//! The arrows of ARCHITECTURE.md, read from the manifests and the `use` lines: schema-derive, schema-runtime,
//! schema-build, cargo-schema, each used by those after it and by nobody before it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{Run, cargo, checkout};

/// In the order of the arrows.
const CRATES: [&str; 4] = ["schema-derive", "schema-runtime", "schema-build", "cargo-schema"];

/// Crates that speak to databases or terminals.
const HEAVY: [&str; 8] = [
    "diesel",
    "diesel_migrations",
    "libsqlite3_sys",
    "clap",
    "anstream",
    "anstyle",
    "cargo_metadata",
    "tempfile",
];

/// The one file where SQLite's backup API needs it.
const UNSAFE: &str = "cargo-schema/src/database/backup.rs";

#[test]
fn a_crate_depends_only_on_crates_before_it() {
    for (place, name) in CRATES.iter().enumerate() {
        let allowed = &CRATES[..place];
        for dependency in dependencies(name) {
            let is_ours = CRATES.contains(&dependency.as_str());
            assert!(!is_ours || allowed.contains(&dependency.as_str()), "{name} depends on {dependency}");
        }
    }
}

#[test]
fn the_derive_depends_on_nothing() {
    assert_eq!(dependencies("schema-derive"), Vec::<String>::new());
}

#[test]
fn the_runtime_is_pure_until_an_engine_is_asked_for() {
    let manifest = manifest("schema-runtime");
    for (name, dependency) in manifest["dependencies"].as_table().unwrap().iter() {
        let is_optional = dependency.get("optional").is_some_and(|optional| optional.as_bool() == Some(true));
        assert!(is_optional || name == "schema-derive", "schema-runtime always compiles {name}");
    }
    assert!(manifest["features"]["default"].as_array().unwrap().is_empty(), "an engine is on by default");
}

#[test]
fn the_pure_half_uses_no_crate_and_no_engine() {
    let is_pure = |path: &&PathBuf| !path.to_string_lossy().contains("/engine/");
    for path in sources("schema-runtime").iter().filter(is_pure) {
        let is_root = path.ends_with("src/lib.rs");
        for (line, root) in roots(path) {
            let is_door = is_root && line.starts_with("pub use ");
            let is_inside = ["std", "crate", "super", "self"].contains(&root.as_str())
                || root.starts_with(char::is_uppercase);
            assert!(is_inside || is_door || is_own_module(path, &root), "{}: {line}", path.display());
        }
        let names_engine = code(path).lines().any(|line| line.contains("engine::"));
        assert!(is_root || !names_engine, "{} uses the engine", path.display());
    }
}

#[test]
fn the_build_half_knows_no_database_and_no_terminal() {
    let heavy: Vec<String> = HEAVY.iter().map(|name| (*name).to_owned()).collect();
    for dependency in dependencies("schema-build") {
        assert!(!heavy.contains(&dependency.replace('-', "_")), "schema-build depends on {dependency}");
    }
    for path in sources("schema-build") {
        let code = code(&path);
        let names = |word: &str| code.contains(&format!("{word}::"));
        assert!(!names("schema_runtime::engine"), "{} uses the engine", path.display());
    }
}

#[test]
fn every_crate_is_published_with_its_licences() {
    for (name, licence) in
        CRATES.iter().flat_map(|name| ["LICENSE-MIT", "LICENSE-APACHE"].map(|file| (name, file)))
    {
        let text = |path: PathBuf| {
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        assert_eq!(text(checkout().join(name).join(licence)), text(checkout().join(licence)));
        assert_eq!(
            manifest(name)["package"]["readme"]["workspace"].as_bool(),
            Some(true),
            "{name} has no readme"
        );
    }
}

#[test]
fn unsafe_code_is_in_one_file() {
    for path in CRATES.iter().flat_map(|name| sources(name)) {
        let is_there =
            code(&path).split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe");
        assert!(!is_there || path.ends_with(UNSAFE), "{} is unsafe", path.display());
    }
    for name in &CRATES[..3] {
        let root = fs::read_to_string(checkout().join(name).join("src/lib.rs")).unwrap();
        assert!(root.contains("#![forbid(unsafe_code)]"), "{name} does not forbid unsafe code");
    }
    let workspace = fs::read_to_string(checkout().join("Cargo.toml")).unwrap();
    assert!(workspace.contains("unsafe_code = \"deny\""), "the workspace does not deny unsafe code");
}

#[test]
fn help_readme_and_code_agree_on_exit_codes() {
    let help = Run::schema(checkout(), "--help").ok().stdout;
    let readme = fs::read_to_string(checkout().join("README.md")).unwrap().to_lowercase();
    let code = fs::read_to_string(checkout().join("cargo-schema/src/exit.rs")).unwrap().to_lowercase();
    let codes = listed(&help);
    assert_eq!(
        codes.iter().map(|(number, _)| *number).collect::<Vec<_>>(),
        [0, 1, 2, 3, 4, 5, 130, 143],
        "{help}"
    );
    for (number, words) in codes {
        let row = format!("| {number} | {words} |");
        assert!(readme.contains(&row), "README.md lacks the row {row}");
        assert!(code.contains(&words), "exit.rs does not say of exit code {number}: {words}");
    }
}

/// Lines such as `  3  could not finish`.
fn listed(help: &str) -> Vec<(u8, String)> {
    let section =
        help.to_lowercase().rsplit_once("exit codes").map_or(String::new(), |(_, end)| end.to_owned());
    let line = |line: &str| {
        let (number, words) = line.trim().split_once(char::is_whitespace)?;
        Some((number.parse().ok()?, words.trim().to_owned()))
    };
    section.lines().filter_map(line).collect()
}

fn manifest(name: &str) -> toml_edit::DocumentMut {
    fs::read_to_string(checkout().join(name).join("Cargo.toml")).unwrap().parse().unwrap()
}

/// What a crate needs to be built, tests aside.
fn dependencies(name: &str) -> Vec<String> {
    let manifest = manifest(name);
    let table =
        |kind: &str| manifest.get(kind).and_then(|table| table.as_table()).cloned().unwrap_or_default();
    ["dependencies", "build-dependencies"]
        .into_iter()
        .flat_map(|kind| table(kind).iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>())
        .collect()
}

fn sources(name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&checkout().join(name).join("src"), &mut found);
    assert!(!found.is_empty());
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// A file without its comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Each `use` line with the first word of its path.
fn roots(path: &Path) -> Vec<(String, String)> {
    let root = |line: &str| {
        let line = line.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
        let path = line.trim_start_matches("pub ").strip_prefix("use ")?;
        let root: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        Some((line.to_owned(), root))
    };
    code(path).lines().filter_map(root).collect()
}

/// Whether a path begins with a module declared in the same file.
fn is_own_module(path: &Path, root: &str) -> bool {
    code(path).lines().any(|line| line.trim().trim_start_matches("pub ").starts_with(&format!("mod {root}")))
}

#[test]
fn the_fixtures_are_locked_to_what_the_crates_need() {
    let output = cargo(&checkout().join("fixtures")).words("tree --locked --quiet").output();
    assert!(output.code == 0, "run `cargo update --workspace` in fixtures/\n{}", output.story());
}
