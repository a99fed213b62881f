//! The files in OUT_DIR: the history as a blob, its heads as constants, and Diesel's own form of it. A file whose
//! content would not change is not touched.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use schema_runtime::blob;
use schema_runtime::dialect::Dialect;
use schema_runtime::history::History;
use schema_runtime::revision::{Mode, Revision};

use crate::config::Config;
use crate::migrations::name;

/// The files of one history.
pub(super) struct Generated<'o> {
    out: &'o Path,
    name: String,
}

impl<'o> Generated<'o> {
    /// Of the package's history, or of its second database's.
    pub(super) fn new(out: &'o Path, target: Option<&str>) -> Self {
        Self { out, name: target.map_or_else(|| "schema".to_string(), |target| format!("schema_{target}")) }
    }

    pub(super) fn blob(&self) -> PathBuf {
        self.path("history.bin")
    }

    fn path(&self, file: &str) -> PathBuf {
        self.out.join(format!("{}_{file}", self.name))
    }

    /// Writes all of them, or says which one could not be written.
    pub(super) fn write(&self, config: &Config, history: &History, dialect: Dialect) -> Result<(), String> {
        write_changed(&self.blob(), &blob::encode(history.revisions(), dialect))?;
        write_changed(&self.path("history.rs"), constants(history).as_bytes())?;
        let migrations =
            if uses_diesel_migrations(config) { migrations(history) } else { UNUSED.to_string() };
        write_changed(&self.path("migrations.rs"), migrations.as_bytes())
    }
}

fn write_changed(path: &Path, content: &[u8]) -> Result<(), String> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    fs::write(path, content).map_err(|error| format!("`{}` cannot be written: {error}", path.display()))
}

fn constants(history: &History) -> String {
    let heads: Vec<&str> = history.heads().into_iter().map(|node| &*history.revision(node).id).collect();
    let mut code =
        constant("The ids of all revisions without a child.", "HEADS: &[&str]", &format!("&{heads:?}"));
    match heads.as_slice() {
        [] => code += &constant("There is no revision yet.", "HEAD: &str", "\"base\""),
        [head] => {
            code += &constant("The id of the revision without a child.", "HEAD: &str", &format!("{head:?}"));
        }
        _ => {}
    }
    code
}

fn constant(about: &str, declaration: &str, value: &str) -> String {
    format!(
        "/// {about}\n#[allow(dead_code, reason = \"not every application asks\")]\npub const {declaration} = {value};\n"
    )
}

/// In the place of what nobody asked for, so that it can be included all the same.
const UNUSED: &str = "// No manifest mentions diesel_migrations.\n";

/// Whether schema-runtime's feature of that name can have been asked for. The script cannot see the features of
/// another crate, and writing this for nothing costs time.
fn uses_diesel_migrations(config: &Config) -> bool {
    let mentions =
        |path: &Path| fs::read_to_string(path).is_ok_and(|text| text.contains("diesel_migrations"));
    config.files.iter().any(|path| path.ends_with("Cargo.toml") && mentions(path))
}

/// What `diesel_migrations::embed_migrations!` would expand to.
fn migrations(history: &History) -> String {
    let mut revisions: Vec<&Revision> = history.revisions().iter().collect();
    revisions.sort_by(|a, b| a.version.cmp(&b.version));
    let mut code = "/// Every revision, for code that calls diesel_migrations itself; no ledger is written that way.\n\
        #[allow(dead_code, reason = \"not every application asks\")]\n\
        pub const MIGRATIONS: __diesel_migrations::EmbeddedMigrations = __diesel_migrations::EmbeddedMigrations::new(&[\n"
        .to_string();
    revisions.into_iter().for_each(|revision| migration(&mut code, revision));
    code + "]);\n"
}

fn migration(code: &mut String, it: &Revision) {
    let down =
        it.down.as_ref().map_or_else(|| "None".to_string(), |down| format!("Some({})", literal(&down.text)));
    writeln!(
        code,
        "__diesel_migrations::EmbeddedMigration::new({}, {down}, __diesel_migrations::EmbeddedName::new({:?}), \
         __diesel_migrations::TomlMetadataWrapper::new({})),",
        literal(&it.up.text),
        diesel_name(it),
        it.up.mode != Mode::Outside,
    )
    .expect("writing to a string does not fail");
}

/// A name from which Diesel reads our version.
fn diesel_name(it: &Revision) -> String {
    if name::diesel_version(&it.folder) == it.version {
        it.folder.to_string()
    } else {
        format!("{}_{}", it.version, name::slug(&it.message))
    }
}

/// A raw string where that keeps every byte; it is the faster way, for this script and for the compiler.
fn literal(text: &str) -> String {
    if !text.is_ascii() || text.as_bytes().contains(&b'\r') {
        return format!("{text:?}");
    }
    let mut hashes = "#".to_string();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn literals_keep_every_byte() {
        assert_eq!(literal("SELECT \"a\";\n"), "r#\"SELECT \"a\";\n\"#");
        assert_eq!(literal("SELECT '\"#'"), "r##\"SELECT '\"#'\"##");
        assert_eq!(literal("a\r\nb"), "\"a\\r\\nb\"");
        assert_eq!(literal("\u{202e}"), "\"\\u{202e}\"");
    }
}
