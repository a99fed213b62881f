//! Where a crate begins, and which of its features are on: what `Cargo.toml` says, and where Cargo looks when it
//! says nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::cfg::Cfg;
use crate::config::Config;

/// How deep a folder of models is read; a link to a folder above would have no end.
const DEEPEST: usize = 8;

/// What `Cargo.toml` says about the sources.
pub(super) struct Roots {
    /// Files to begin with, in this order, each with its own modules.
    pub(super) files: Vec<PathBuf>,
    /// Files that are written from the models, and may not be there yet.
    pub(super) written: Vec<PathBuf>,
    /// What is on.
    pub(super) cfg: Cfg,
}

impl Roots {
    /// The configured paths, or the roots of all the package's targets; then the files with `table!` blocks.
    pub(super) fn of(config: &Config) -> Self {
        let text = fs::read_to_string(config.root.join("Cargo.toml")).unwrap_or_default();
        let manifest = DeTable::parse(&text).map(toml::Spanned::into_inner).unwrap_or_default();
        let mut files = match config.models.as_slice() {
            [] => targets(&config.root, &manifest),
            models => models.iter().flat_map(|path| configured(path)).collect(),
        };
        files.extend(config.tables.iter().filter(|path| path.is_file()).cloned());
        Self { files, written: config.tables.clone(), cfg: Cfg { features: default_features(&manifest) } }
    }
}

/// A file stands for itself and its modules, a folder for its module or, when it is none, for all its files.
fn configured(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_path_buf()];
    }
    let modules = [path.join("mod.rs"), path.with_extension("rs")];
    match modules.into_iter().find(|module| module.is_file()) {
        Some(module) => vec![module],
        None => rust_files(path, DEEPEST),
    }
}

fn targets(root: &Path, manifest: &DeTable<'_>) -> Vec<PathBuf> {
    let mut files =
        vec![root.join(path_in(manifest.get("lib").map(|lib| lib.get_ref())).unwrap_or("src/lib.rs"))];
    files.push(root.join("src/main.rs"));
    if let Some(DeValue::Array(bins)) = manifest.get("bin").map(|bins| bins.get_ref()) {
        files.extend(bins.iter().filter_map(|bin| path_in(Some(bin.get_ref()))).map(|path| root.join(path)));
    }
    files.extend(binaries(&root.join("src/bin")));
    files.retain(|file| file.is_file());
    files
}

fn path_in<'t>(table: Option<&'t DeValue<'_>>) -> Option<&'t str> {
    table?.get("path")?.get_ref().as_str()
}

/// Cargo's own rule: `src/bin/*.rs` and `src/bin/*/main.rs`.
fn binaries(folder: &Path) -> Vec<PathBuf> {
    let (folders, mut files) = entries(folder);
    files.extend(folders.iter().map(|folder| folder.join("main.rs")).filter(|main| main.is_file()));
    files
}

/// Every `*.rs` below a folder, in order.
fn rust_files(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let (folders, mut files) = entries(folder);
    if depth > 0 {
        files.extend(folders.iter().flat_map(|folder| rust_files(folder, depth - 1)));
    }
    files
}

/// Folders and `*.rs` files, each in order of their names.
fn entries(folder: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return Default::default() };
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort_unstable();
    let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    (folders, files.into_iter().filter(is_rust).collect())
}

/// `default`, and what it leads to.
fn default_features(manifest: &DeTable<'_>) -> BTreeSet<String> {
    let mut on = BTreeSet::new();
    let mut waiting = vec!["default"];
    let features = manifest.get("features").map(|features| features.get_ref());
    while let Some(feature) = waiting.pop() {
        if on.insert(feature.to_string())
            && let Some(DeValue::Array(needs)) =
                features.and_then(|all| all.get(feature)).map(|f| f.get_ref())
        {
            waiting.extend(needs.iter().filter_map(|need| need.get_ref().as_str()));
        }
    }
    on
}
