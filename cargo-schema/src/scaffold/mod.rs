//! Models for a database that is there already: structs that derive `Schema`, a module per table, and the `table!`
//! blocks that belong to them. `structs` writes one table, `types` and `names` know Rust, `read_back` makes sure that
//! what was written says what the database has. Nothing on disk is changed here.

mod names;
mod read_back;
pub(crate) mod roots;
mod structs;
mod types;
mod width;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schema_build::schema::{Schema, Table};
use schema_runtime::dialect::Dialect as Engine;

use crate::database::scratch::Site;
use crate::dialect::Dialect;
use crate::failure::Failure;
use names::Names;
pub(crate) use types::Library;

/// What is written for a database.
pub(crate) struct Scaffold {
    /// Paths below the folder of models, and their texts.
    pub(crate) files: Vec<(PathBuf, String)>,
    /// The text of `src/schema.rs`.
    pub(crate) tables: String,
    /// The tables that have a struct.
    pub(crate) modelled: Vec<String>,
    /// Those that have none, with the reason.
    pub(crate) left_out: Vec<(String, String)>,
    /// Crates whose types the structs use.
    pub(crate) libraries: Vec<Library>,
    /// Diesel's feature for tables as wide as these.
    pub(crate) wide: Option<&'static str>,
}

/// Writes models for everything that models can say. A table that they cannot say wholly is left out, with the reason.
pub(crate) fn of<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    catalogue: &D::Catalogue,
    tables: &Path,
) -> Result<Scaffold, Failure> {
    let mut schema = dialect.schema(catalogue);
    let mut left_out = homeless(&mut schema);
    loop {
        let draft = Draft::of(dialect, &schema);
        let read = read_back::read(dialect, site, &schema, &draft, tables)?;
        let Some((table, reason)) = read.unsaid.into_iter().next() else {
            left_out.sort();
            return Ok(Scaffold {
                files: draft.files,
                tables: read.tables,
                wide: width::feature(&schema),
                modelled: schema.tables.into_keys().collect(),
                left_out,
                libraries: draft.libraries,
            });
        };
        schema.tables.remove(&table);
        left_out.push((table, reason));
    }
}

/// Tables that Diesel has no place for.
fn homeless(schema: &mut Schema) -> Vec<(String, String)> {
    let reason = |table: &Table| match table.primary_key {
        None => Some("it has no primary key, and Diesel needs one".to_owned()),
        Some(_) => width::refuse(table.columns.len()),
    };
    let found: Vec<(String, String)> =
        schema.tables.iter().filter_map(|(name, table)| Some((name.clone(), reason(table)?))).collect();
    found.iter().for_each(|(name, _)| drop(schema.tables.remove(name)));
    found
}

/// The sources, before anybody has read them.
struct Draft {
    files: Vec<(PathBuf, String)>,
    libraries: Vec<Library>,
    /// Each table with the file of its struct.
    homes: BTreeMap<String, PathBuf>,
}

impl Draft {
    fn of<D: Dialect>(dialect: &D, schema: &Schema) -> Self {
        let names = Names::of(schema);
        let mut draft = Self { files: Vec::new(), libraries: Vec::new(), homes: BTreeMap::new() };
        for (name, table) in &schema.tables {
            let (text, libraries) = structs::write(dialect, &names, name, table);
            let file = PathBuf::from(format!("{}.rs", names.module(name)));
            draft.homes.insert(name.clone(), file.clone());
            draft.files.push((file, text));
            draft.libraries.extend(libraries);
        }
        draft.files.push((PathBuf::from("mod.rs"), index(&names)));
        draft.libraries.sort();
        draft.libraries.dedup();
        draft
    }
}

/// `mod.rs`: every module, and its struct by its name alone.
fn index(names: &Names) -> String {
    let mut lines: Vec<(&str, &str)> = names.all().collect();
    lines.sort_unstable();
    let modules = lines.iter().map(|(module, _)| format!("mod {module};\n"));
    let uses = lines.iter().map(|(module, ident)| format!("pub use self::{module}::{ident};\n"));
    format!("//! A struct for every table.\n\n{}\n{}", modules.collect::<String>(), uses.collect::<String>())
}

/// Diesel's feature for an engine.
pub(crate) const fn backend(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
        Engine::Mysql => "mysql",
    }
}
