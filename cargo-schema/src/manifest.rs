//! Edits of a Cargo.toml that keep its comments, order and line endings: text in, text out. Reading
//! configuration is schema-build's business; here it is only written.

use std::path::PathBuf;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, TomlError, Value};

/// A manifest under edit.
pub(crate) struct Manifest {
    original: String,
    document: DocumentMut,
}

/// Where Cargo finds one of our crates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A registry.
    Version(String),
    /// The folder of a crate.
    Path(PathBuf),
}

/// A crate to depend on.
pub(crate) struct Dependency<'a> {
    /// `dependencies` or `build-dependencies`.
    pub(crate) section: &'a str,
    /// The crate.
    pub(crate) name: &'a str,
    /// Where it is.
    pub(crate) source: &'a Source,
    /// What is switched on.
    pub(crate) features: &'a [&'a str],
}

/// What became of a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It was there.
    Unchanged,
    /// It was added.
    Added,
    /// It was there and lacked a feature.
    Extended,
}

/// Where the package's build script is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BuildKey {
    /// Where Cargo looks by itself.
    Default,
    /// `build = "path"`.
    Path(String),
    /// `build = false`, or a list.
    Other,
}

impl Manifest {
    /// Reads the text of a manifest.
    pub(crate) fn parse(text: String) -> Result<Self, TomlError> {
        let document = text.parse()?;
        Ok(Self { original: text, document })
    }

    /// The text with all edits, byte for byte the old one where nothing was edited.
    pub(crate) fn text(&self) -> String {
        let text = self.document.to_string();
        let text = match self.original.contains("\r\n") {
            true => text.replace("\r\n", "\n").replace('\n', "\r\n"),
            false => text,
        };
        match self.original.starts_with('\u{feff}') && !text.starts_with('\u{feff}') {
            true => format!("\u{feff}{text}"),
            false => text,
        }
    }

    /// Whether it says anything else than it did.
    pub(crate) fn is_edited(&self) -> bool {
        self.text() != self.original
    }

    /// The value of `package.build`.
    pub(crate) fn build_key(&self) -> BuildKey {
        match self.table_like(&["package"]).and_then(|package| package.get("build")) {
            None => BuildKey::Default,
            Some(item) if item.as_bool() == Some(true) => BuildKey::Default,
            Some(item) => item.as_str().map_or(BuildKey::Other, |path| BuildKey::Path(path.to_owned())),
        }
    }

    /// The features of a dependency that it asks for.
    pub(crate) fn features(&self, dependency: &str) -> Vec<&str> {
        let entry = self.table_like(&["dependencies"]).and_then(|section| section.get(dependency));
        let features = entry.and_then(|entry| entry.get("features")).and_then(Item::as_array);
        features.map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
    }

    /// Writes a key of `[package.metadata.schema]` unless it is there; says whether it did.
    pub(crate) fn configure(&mut self, key: &str, value: &str) -> bool {
        let package = self.document.as_table_mut();
        let Some(schema) = ["package", "metadata", "schema"].into_iter().try_fold(
            package as &mut dyn TableLike,
            |table, name| {
                let implicit = name != "schema";
                table.entry(name).or_insert_with(|| new_table(implicit)).as_table_like_mut()
            },
        ) else {
            return false;
        };
        let is_missing = !schema.contains_key(key);
        if is_missing {
            schema.insert(key, toml_edit::value(value));
        }
        is_missing
    }

    /// Adds a dependency, or the features that it lacks.
    pub(crate) fn depend(&mut self, dependency: &Dependency<'_>) -> Change {
        let section = self.document.entry(dependency.section).or_insert_with(|| new_table(false));
        let Some(section) = section.as_table_like_mut() else { return Change::Unchanged };
        if let Some(existing) = entry_of(section, dependency.name) {
            return extend(existing, dependency.features);
        }
        let was_sorted = section.iter().map(|(name, _)| name).is_sorted();
        section.insert(dependency.name, Item::Value(declaration(dependency)));
        if was_sorted {
            section.sort_values();
        }
        Change::Added
    }

    fn table_like(&self, path: &[&str]) -> Option<&dyn TableLike> {
        let root: &dyn TableLike = self.document.as_table();
        path.iter().try_fold(root, |table, name| table.get(name)?.as_table_like())
    }
}

/// A table that begins with an empty line, as people write them.
fn new_table(implicit: bool) -> Item {
    let mut table = Table::new();
    table.set_implicit(implicit);
    table.decor_mut().set_prefix("\n");
    Item::Table(table)
}

/// The dependency on a crate, under its own name or another.
fn entry_of<'a>(section: &'a mut dyn TableLike, name: &str) -> Option<&'a mut Item> {
    let is_package = |item: &Item| item.get("package").and_then(Item::as_str) == Some(name);
    let key = section
        .iter()
        .find(|(key, item)| (*key == name && item.get("package").is_none()) || is_package(item))
        .map(|(key, _)| key.to_owned())?;
    section.get_mut(&key)
}

fn extend(existing: &mut Item, features: &[&str]) -> Change {
    let has = |item: &Item, feature: &str| {
        item.get("features")
            .and_then(Item::as_array)
            .is_some_and(|list| list.iter().any(|value| value.as_str() == Some(feature)))
    };
    let missing: Vec<&str> = features.iter().copied().filter(|feature| !has(existing, feature)).collect();
    if missing.is_empty() {
        return Change::Unchanged;
    }
    if let Some(version) = existing.as_str().map(str::to_owned) {
        *existing = Item::Value(Value::InlineTable(InlineTable::from_iter([("version", version)])));
    }
    let list = existing
        .as_table_like_mut()
        .map(|table| table.entry("features").or_insert(toml_edit::value(Array::new())));
    match list.and_then(Item::as_array_mut) {
        Some(list) => list.extend(missing),
        None => return Change::Unchanged,
    }
    Change::Extended
}

fn declaration(dependency: &Dependency<'_>) -> Value {
    let (key, place) = match dependency.source {
        Source::Version(version) => ("version", version.clone()),
        Source::Path(path) => ("path", path.to_string_lossy().into_owned()),
    };
    if key == "version" && dependency.features.is_empty() {
        return place.into();
    }
    let mut table = InlineTable::from_iter([(key, Value::from(place))]);
    if !dependency.features.is_empty() {
        table.insert("features", Value::Array(dependency.features.iter().copied().collect()));
    }
    table.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "# my shop\n[package]\nname = \"shop\" # a name\nversion = \"0.1.0\"\n\n[dependencies]\ndiesel = \"2\" # the ORM\nserde = \"1\"\n";

    fn manifest(text: &str) -> Manifest {
        Manifest::parse(text.to_owned()).expect("valid TOML")
    }

    fn runtime(source: &Source) -> Dependency<'_> {
        Dependency { section: "dependencies", name: "schema-runtime", source, features: &["sqlite"] }
    }

    fn version() -> Source {
        Source::Version("0.1.0".to_owned())
    }

    #[test]
    fn configuration_follows_the_package_and_comments_stay() {
        let mut manifest = manifest(PLAIN);
        assert!(manifest.configure("dialect", "sqlite"));
        assert_eq!(
            manifest.text(),
            PLAIN.replace(
                "\n[dependencies]",
                "\n[package.metadata.schema]\ndialect = \"sqlite\"\n\n[dependencies]"
            )
        );
    }

    #[test]
    fn configuration_that_is_there_stays() {
        let text = "[package]\nname = \"a\"\nmetadata.schema = { dialect = \"mysql\" }\n";
        let mut manifest = manifest(text);
        assert!(!manifest.configure("dialect", "sqlite"));
        assert_eq!(manifest.text(), text);
    }

    #[test]
    fn configuration_joins_other_metadata() {
        let text = "[package]\nname = \"a\"\n\n[package.metadata.docs.rs]\nall-features = true\n";
        let mut manifest = manifest(text);
        assert!(manifest.configure("dialect", "sqlite"));
        assert!(
            manifest.text().contains("\n[package.metadata.schema]\ndialect = \"sqlite\"\n"),
            "{}",
            manifest.text()
        );
        assert!(manifest.text().contains("[package.metadata.docs.rs]\nall-features = true\n"));
    }

    #[test]
    fn a_dependency_joins_a_sorted_list_in_its_place() {
        let mut manifest = manifest(PLAIN);
        assert_eq!(manifest.depend(&runtime(&version())), Change::Added);
        assert_eq!(
            manifest.text(),
            PLAIN.replace(
                "serde =",
                "schema-runtime = { version = \"0.1.0\", features = [\"sqlite\"] }\nserde ="
            )
        );
        assert_eq!(manifest.depend(&runtime(&version())), Change::Unchanged);
    }

    #[test]
    fn an_unsorted_list_keeps_its_order() {
        let mut manifest = manifest("[dependencies]\nserde = \"1\"\ndiesel = \"2\"\n");
        manifest.depend(&runtime(&version()));
        assert!(manifest.text().starts_with("[dependencies]\nserde = \"1\"\ndiesel = \"2\"\nschema-runtime"));
    }

    #[test]
    fn a_missing_section_is_made() {
        let mut manifest = manifest("[package]\nname = \"a\"\n");
        let source = Source::Path("../schema-build".into());
        let build = Dependency {
            section: "build-dependencies",
            name: "schema-build",
            source: &source,
            features: &[],
        };
        assert_eq!(manifest.depend(&build), Change::Added);
        assert_eq!(
            manifest.text(),
            "[package]\nname = \"a\"\n\n[build-dependencies]\nschema-build = { path = \"../schema-build\" }\n"
        );
    }

    #[test]
    fn a_dependency_that_lacks_the_feature_gets_it() {
        for (before, after) in [
            ("schema-runtime = \"0.1\"", "schema-runtime = { version = \"0.1\", features = [\"sqlite\"] }"),
            (
                "schema-runtime = { path = \"x\", features = [\"a\"] }",
                "schema-runtime = { path = \"x\", features = [\"a\", \"sqlite\"] }",
            ),
            (
                "rt = { package = \"schema-runtime\", version = \"0.1\" }",
                "rt = { package = \"schema-runtime\", version = \"0.1\" , features = [\"sqlite\"] }",
            ),
        ] {
            let mut manifest = manifest(&format!("[dependencies]\n{before}\n"));
            assert_eq!(manifest.depend(&runtime(&version())), Change::Extended);
            assert_eq!(
                manifest.text().replace(' ', ""),
                format!("[dependencies]\n{after}\n").replace(' ', "")
            );
            assert!(manifest.text().parse::<DocumentMut>().is_ok());
        }
    }

    #[test]
    fn dependencies_as_tables_are_seen() {
        let text = "[dependencies.schema-runtime]\nversion = \"0.1\"\nfeatures = [\"sqlite\"]\n";
        let mut manifest = manifest(text);
        assert_eq!(manifest.depend(&runtime(&version())), Change::Unchanged);
        assert_eq!(manifest.text(), text);
    }

    #[test]
    fn line_endings_and_byte_order_mark_stay() {
        let text = format!("\u{feff}{}", PLAIN.replace('\n', "\r\n"));
        let mut manifest = manifest(&text);
        assert_eq!(manifest.text(), text);
        manifest.configure("dialect", "sqlite");
        assert!(!manifest.text().replace("\r\n", "").contains('\n'));
    }

    #[test]
    fn features_are_read() {
        let text =
            "[dependencies]\ndiesel = { version = \"2\", features = [\"sqlite\", \"chrono\"] }\na = \"1\"\n";
        assert_eq!(manifest(text).features("diesel"), ["sqlite", "chrono"]);
        assert!(manifest(text).features("a").is_empty() && manifest(text).features("b").is_empty());
    }

    #[test]
    fn the_build_key_is_read() {
        assert_eq!(manifest("[package]\n").build_key(), BuildKey::Default);
        assert_eq!(manifest("package.build = true\n").build_key(), BuildKey::Default);
        assert_eq!(
            manifest("[package]\nbuild = \"b/m.rs\"\n").build_key(),
            BuildKey::Path("b/m.rs".to_owned())
        );
        assert_eq!(manifest("[package]\nbuild = false\n").build_key(), BuildKey::Other);
    }
}
