//! Where configuration is written: the package's Cargo.toml and its workspace's. Reads both, finds the tables that
//! are ours, and hands them to `keys`. What else stands in a manifest, valid or not, is Cargo's business.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{KEYS, Raw};
use crate::document::{Document, suggestion};
use crate::finding::Finding;

/// The manifests that matter to a package.
pub(super) struct Manifests {
    pub(super) package: Manifest,
    /// `None` when the package is in no workspace, or is its root.
    pub(super) workspace: Option<Manifest>,
}

pub(super) struct Manifest {
    pub(super) path: PathBuf,
    /// As it is shown.
    shown: PathBuf,
    text: String,
}

/// What both manifests say together.
#[derive(Default)]
pub(super) struct Layers {
    pub(super) package: Raw,
    pub(super) targets: BTreeMap<String, Raw>,
}

impl Manifests {
    pub(super) fn read(root: &Path) -> Result<Self, Finding> {
        let path = root.join("Cargo.toml");
        let text = fs::read_to_string(&path).map_err(|error| {
            Finding::error(super::RULE, "`Cargo.toml` cannot be read")
                .in_file(&path)
                .note(error.to_string())
                .help("without a package, pass `--migrations DIR` and `--database-url URL`")
        })?;
        let workspace = workspace(root, &text);
        Ok(Self { package: Manifest { path, shown: "Cargo.toml".into(), text }, workspace })
    }

    /// The package's layer over the workspace's, and everything that is wrong in either.
    pub(super) fn layers(&self) -> (Layers, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut layers = Layers::default();
        for (manifest, section) in self.sections() {
            let (upper, found) = manifest.layers(section);
            findings.extend(found);
            layers.package = upper.package.over(layers.package);
            for (name, target) in upper.targets {
                let lower = layers.targets.remove(&name).unwrap_or_default();
                layers.targets.insert(name, target.over(lower));
            }
        }
        (layers, findings)
    }

    /// From the lowest layer to the highest.
    fn sections(&self) -> impl Iterator<Item = (&Manifest, &'static str)> {
        let workspace = self.workspace.as_ref().unwrap_or(&self.package);
        [(workspace, "workspace"), (&self.package, "package")].into_iter()
    }

    pub(super) fn into_files(self) -> impl Iterator<Item = PathBuf> {
        [Some(self.package), self.workspace].into_iter().flatten().map(|manifest| manifest.path)
    }
}

impl Manifest {
    fn layers(&self, section: &str) -> (Layers, Vec<Finding>) {
        let table = DeTable::parse_recoverable(&self.text).0.into_inner();
        let mut document = Document::new(&self.shown, &self.text, super::RULE);
        let mut layers = Layers::default();
        if let Some(schema) = schema_table(&mut document, &table, section) {
            let name = format!("{section}.metadata.schema");
            unknown_keys(&mut document, schema, &name, &KEYS);
            layers.package = Raw::read(&mut document, schema);
            layers.targets = targets(&mut document, schema, &name);
        }
        (layers, document.findings)
    }
}

fn schema_table<'v, 't>(
    document: &mut Document<'t>,
    table: &'v DeTable<'t>,
    section: &str,
) -> Option<&'v DeTable<'t>> {
    let schema = child(child(table, section)?, "metadata")?.get("schema")?;
    document.inner_table(&format!("{section}.metadata.schema"), schema)
}

fn targets<'t>(document: &mut Document<'t>, schema: &DeTable<'t>, section: &str) -> BTreeMap<String, Raw> {
    let mut targets = BTreeMap::new();
    let Some(table) = schema.get("target").and_then(|value| document.inner_table("target", value)) else {
        return targets;
    };
    let keys: Vec<&str> = KEYS.into_iter().filter(|key| *key != "target").collect();
    for (name, value) in table {
        let name_text = name.get_ref().to_string();
        if !is_target_name(&name_text) {
            let finding =
                Finding::error(super::RULE, format!("`{name_text}` cannot be the name of a target"))
                    .help("use letters, digits, `_` and `-`");
            document.push(finding, name.span(), "");
        }
        if let Some(table) = document.inner_table(&name_text, value) {
            unknown_keys(document, table, &format!("{section}.target.{name_text}"), &keys);
            targets.insert(name_text, Raw::read(document, table));
        }
    }
    targets
}

/// Names become parts of file names.
fn is_target_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

fn unknown_keys<'t>(document: &mut Document<'t>, table: &DeTable<'t>, section: &str, known: &[&str]) {
    for key in table.keys().filter(|key| !known.contains(&&**key.get_ref())) {
        let name: &str = key.get_ref();
        let finding = Finding::error(super::RULE, format!("`{name}` is no key of [{section}]"))
            .help(suggestion(name, known));
        document.push(finding, key.span(), "");
    }
}

fn child<'v, 't>(table: &'v DeTable<'t>, key: &str) -> Option<&'v DeTable<'t>> {
    match table.get(key).map(Spanned::get_ref) {
        Some(DeValue::Table(table)) => Some(table),
        _ => None,
    }
}

/// The manifest of the workspace, found as Cargo finds it: `package.workspace`, or the nearest one upwards.
fn workspace(root: &Path, package: &str) -> Option<Manifest> {
    let table = DeTable::parse_recoverable(package).0.into_inner();
    if table.contains_key("workspace") {
        return None;
    }
    if let Some(DeValue::String(path)) = child(&table, "package")?.get("workspace").map(Spanned::get_ref) {
        return read_workspace(root, &root.join(&**path), Path::new(&**path));
    }
    let mut up = PathBuf::new();
    for folder in root.ancestors().skip(1) {
        up.push("..");
        if let Some(workspace) = read_workspace(root, folder, &up) {
            return Some(workspace);
        }
    }
    None
}

fn read_workspace(root: &Path, folder: &Path, shown: &Path) -> Option<Manifest> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).ok()?;
    let table = DeTable::parse_recoverable(&text).0.into_inner();
    let workspace = child(&table, "workspace")?;
    let excludes = match workspace.get("exclude").map(Spanned::get_ref) {
        Some(DeValue::Array(paths)) => paths.iter().filter_map(|path| path.get_ref().as_str()).collect(),
        _ => Vec::new(),
    };
    let is_excluded = excludes.iter().any(|path| root.starts_with(folder.join(path)));
    (!is_excluded).then(|| Manifest { path, shown: shown.join("Cargo.toml"), text: text.clone() })
}
