//! `diesel.toml`: where Diesel keeps its migrations and its `table!` blocks. Honoured where our configuration is
//! silent; what is wrong in it is a warning that says what was used instead.

use std::fs;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::Raw;
use super::manifest::Manifests;
use crate::document::{Document, Located};
use crate::finding::Finding;

/// What Diesel's file adds.
#[derive(Default)]
pub(super) struct Diesel {
    pub(super) raw: Raw,
    /// The file, where there is one.
    pub(super) file: Option<PathBuf>,
}

const RULE: &str = "diesel-configuration";

/// Reads the package's `diesel.toml`, or else its workspace's, for what `ours` does not say.
pub(super) fn read(manifests: &Manifests, ours: &Raw) -> (Diesel, Vec<Finding>) {
    let folders = [Some(&manifests.package), manifests.workspace.as_ref()];
    let root = manifests.package.path.parent().unwrap_or(Path::new(""));
    for folder in folders.into_iter().flatten().filter_map(|manifest| manifest.path.parent()) {
        let file = folder.join("diesel.toml");
        let text = match fs::read(&file) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) => continue,
        };
        let shown = file.strip_prefix(root).unwrap_or(&file);
        let mut document = Document::new(shown, &text, RULE);
        let raw = read_file(&mut document, folder, ours);
        let findings = document.findings.into_iter().map(|finding| Finding { severity: SEVERITY, ..finding });
        return (Diesel { raw, file: Some(file.clone()) }, findings.collect());
    }
    (Diesel::default(), Vec::new())
}

const SEVERITY: crate::finding::Severity = crate::finding::Severity::Warning;

fn read_file<'t>(document: &mut Document<'t>, folder: &Path, ours: &Raw) -> Raw {
    let table = document.table();
    if let Some(finding) = document.findings.pop() {
        document.findings.push(finding.note("Cargo.toml and the defaults are used instead"));
        return Raw::default();
    }
    let mut raw = Raw::default();
    if ours.migrations.is_none() {
        raw.migrations = migrations(document, &table, folder);
    }
    if ours.tables.is_none() {
        let files: Vec<PathBuf> =
            schema_files(&table).into_iter().map(|path| folder.join(path.value)).collect();
        raw.tables = (!files.is_empty()).then_some(files);
    }
    raw
}

/// Diesel itself takes a `migrations` folder beside its file for granted.
fn migrations<'t>(document: &mut Document<'t>, table: &DeTable<'t>, folder: &Path) -> Option<PathBuf> {
    let beside = folder.join("migrations");
    let beside = beside.is_dir().then_some(beside);
    let Some(path) = string(table.get("migrations_directory"), "dir") else { return beside };
    let named = folder.join(&path.value);
    if named.is_dir() {
        return Some(named);
    }
    let finding = Finding::warning(RULE, format!("the migrations folder `{}` does not exist", path.value))
        .note("`migrations` is used instead");
    document.push(finding, path.bytes, "");
    beside
}

/// `[print_schema] file`, or the `file` of each `[print_schema.NAME]`.
fn schema_files(table: &DeTable<'_>) -> Vec<Located<String>> {
    let section = table.get("print_schema");
    if let Some(file) = string(section, "file") {
        return vec![file];
    }
    match section.map(Spanned::get_ref) {
        Some(DeValue::Table(named)) => {
            named.values().filter_map(|value| string(Some(value), "file")).collect()
        }
        _ => Vec::new(),
    }
}

fn string(section: Option<&Spanned<DeValue<'_>>>, key: &str) -> Option<Located<String>> {
    let DeValue::Table(section) = section?.get_ref() else { return None };
    let value = section.get(key)?;
    Some(Located { value: value.get_ref().as_str()?.to_string(), bytes: value.span() })
}
