//! Workspaces, second databases, and no Cargo at all.

use std::fs;

use super::{ids, json, shop};
use crate::harness::{Run, Sandbox};

#[test]
fn a_package_has_its_own_migrations_and_database() {
    let sandbox = Sandbox::of("workspace");
    sandbox.schema("upgrade -p catalog").ok();
    assert_eq!(
        sandbox.database("catalog/catalog.db").tables().iter().filter(|name| !name.starts_with("__")).count(),
        2
    );
    assert!(!sandbox.path("billing/billing.db").exists());
    sandbox.schema("upgrade").within("billing").ok();
    assert_eq!(sandbox.database("billing/billing.db").versions().len(), 1);
    sandbox.schema("current --manifest-path catalog/Cargo.toml").ok().prints("create shelves");
}

#[test]
fn a_package_may_have_a_second_database() {
    let sandbox = Sandbox::of("workspace");
    sandbox.schema("upgrade -p billing --target audit").ok();
    let mut audit = sandbox.database("billing/audit.db");
    assert!(audit.tables().contains(&"entries".to_owned()));
    assert!(!sandbox.path("billing/billing.db").exists());
    sandbox.schema("heads -p billing --target audit").ok().prints("create entries");
}

#[test]
fn all_packages_at_once() {
    let sandbox = Sandbox::of("workspace");
    sandbox.schema("upgrade --workspace").ok().says("catalog").says("billing");
    assert!(sandbox.path("catalog/catalog.db").exists() && sandbox.path("billing/billing.db").exists());
    sandbox.schema("current --check-heads --workspace").ok();
    sandbox.schema("revert -p catalog").ok();
    sandbox.schema("current --check-heads --workspace").exits(1).says("catalog");
    let lines = sandbox.schema("heads --workspace --format json").ok().stdout;
    let packages: Vec<String> = serde_json::Deserializer::from_str(&lines)
        .into_iter::<serde_json::Value>()
        .map(|document| document.unwrap()["package"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(packages, ["billing", "catalog"]);
    let screen = sandbox.schema("--workspace").ok().stderr;
    assert_eq!(screen.matches("Package").count(), 2, "{screen}");
}

#[test]
fn what_belongs_to_a_package_stands_below_its_name() {
    let sandbox = Sandbox::of("workspace");
    let line = format!("'{}' schema list --workspace 2>&1", env!("CARGO_BIN_EXE_cargo-schema"));
    let said = Run::new("sh".as_ref(), &sandbox.root()).arg("-c").arg(line).ok().stdout;
    let places = ["Package billing", "create invoices", "Package catalog", "create products"]
        .map(|text| said.find(text).unwrap_or_else(|| panic!("{text} is missing:\n{said}")));
    assert!(places.is_sorted(), "{said}");
}

#[test]
fn findings_name_files_as_they_are_found_from_here() {
    let sandbox = Sandbox::of("workspace");
    sandbox.schema("generate --empty broken -p catalog").ok();
    let up = fs::read_dir(sandbox.path("catalog/migrations")).unwrap();
    let up = up
        .map(|entry| entry.unwrap().path().join("up.sql"))
        .find(|path| path.to_string_lossy().contains("_broken"));
    fs::write(up.unwrap(), "CREATE TABEL t (id INTEGER);\n").unwrap();
    let check = |words: &str| sandbox.schema(&format!("check -p catalog {words}")).exits(1);
    for said in ["  --> catalog/migrations/schema.lock", "  --> catalog/migrations/2"] {
        check("").says(said).lacks("--> migrations").lacks("catalog/catalog");
    }
    check("--format github").prints("file=catalog/migrations/2").lacks("catalog/catalog");
    check("--format json").prints("\"file\":\"catalog/migrations/schema.lock\"").lacks("catalog/catalog");
    sandbox.schema("check").within("catalog").exits(1).says("  --> migrations/schema.lock");
}

#[test]
fn both_packages_build() {
    let sandbox = Sandbox::of("workspace");
    sandbox.build().ok();
    sandbox
        .app("billing")
        .ok()
        .prints("head 2a9b7d034f1c")
        .prints("create entries")
        .prints("head of audit 7d034f1c2a9b");
    sandbox.app("catalog").ok().prints("head 1f0e9d8c7b6a");
}

#[test]
fn without_cargo_a_folder_and_a_url_suffice() {
    let sandbox = shop(0);
    fs::remove_file(sandbox.path("Cargo.toml")).unwrap();
    let here = "--migrations migrations --database-url app.db";
    let nowhere =
        |words: &str| Run::schema(&sandbox.root(), &format!("{words} {here}")).env("PATH", "/nowhere");
    nowhere("upgrade --wait 30s").ok();
    nowhere("list").ok();
    nowhere("current --check-heads").ok();
    nowhere("check").ok();
    nowhere("revert base").ok();
    assert_eq!(ids(&json(&sandbox, &format!("heads {here}"))["heads"]), ["4f1c2a9b7d03"]);
}

#[test]
fn from_a_folder_below_the_project() {
    let sandbox = shop(0);
    sandbox.schema("upgrade --database-url ../app.db").within("src").ok();
    assert_eq!(sandbox.database("app.db").versions().len(), 3);
}
