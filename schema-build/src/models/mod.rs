//! Rust models as a schema: structs and enums that derive `Schema`, and Diesel's `table!` blocks. `modules` follows the
//! crate as the compiler does, `structs`, `enums` and `tables` read what it finds, `links` looks at all of it together,
//! `tables_file` writes the `table!` blocks of structs, and `ahead` compares with what schema.lock remembers. Nothing here knows a database; what cannot be read is a
//! finding, and reading goes on.

pub mod ahead;
mod attributes;
mod cfg;
mod columns;
mod depth;
mod diesel_types;
mod enums;
mod layout;
mod links;
mod modules;
mod names;
mod refusals;
mod roots;
#[cfg(feature = "command")]
pub mod rust;
mod source;
mod structs;
mod tables;
#[cfg(feature = "command")]
mod tables_file;
mod terms;
#[cfg(test)]
mod tests;
mod types;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::thread;

use schema_runtime::dialect::Dialect;

use self::columns::Context;
pub use self::layout::is_ours;
use self::layout::{Block, Layout};
use self::roots::Roots;
use crate::config::Config;
use crate::finding::Finding;
use crate::schema::{Knowledge, Schema};

/// What the models of a package say.
#[derive(Clone, Debug)]
pub struct Models {
    /// The schema that they ask for; incomplete where there are errors among the findings.
    pub schema: Schema,
    /// Everything that is wrong, by place.
    pub findings: Vec<Finding>,
    /// `joinable!` lines that people wrote: hints for new tables, and no more.
    pub joins: BTreeSet<Join>,
    /// Every Rust file that was read, in order.
    pub files: Vec<PathBuf>,
    /// Those of them that hold models, or lead to one that does, in order.
    pub sources: Vec<PathBuf>,
    /// How `table!` says the tables of structs.
    layouts: BTreeMap<String, Layout>,
    /// The blocks of tables that no struct describes.
    blocks: BTreeMap<String, Vec<Block>>,
}

/// `joinable!(child -> parent (column))`, by the names of Rust.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Join {
    /// The table with the key.
    pub child: String,
    /// The table that it points to.
    pub parent: String,
    /// The column of the key.
    pub column: String,
    /// Where it is said.
    pub file: PathBuf,
}

/// syn goes as deep as the source is nested; this is enough for the deepest that is let through to it.
const STACK: usize = 64 << 20;

/// Reads the models of a package for one engine.
pub fn read(config: &Config, dialect: Dialect) -> Models {
    // A thread of its own: the positions of tokens live as long as the thread that read them.
    thread::scope(|scope| {
        let reading =
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || read_here(config, dialect));
        match reading.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(models)) => models,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => read_here(config, dialect),
        }
    })
}

fn read_here(config: &Config, dialect: Dialect) -> Models {
    let roots = Roots::of(config);
    let mut found = modules::follow(&config.root, &roots);
    let mut findings = std::mem::take(&mut found.findings);
    let enums = enums::read(&found.enums, &roots.cfg, &mut findings);
    let context = Context { dialect, cfg: &roots.cfg, enums: &enums };
    let drafts = structs::read(&found.structs, &context, &mut findings);
    let mut drafts = links::unite(drafts, dialect, &mut findings);

    let mut models = Models::empty(dialect);
    for model in enums.values().filter(|_| dialect == Dialect::Postgres) {
        models.schema.enums.insert(model.ty.name.clone(), model.ty.clone());
    }
    // Structs are known before the blocks are read, for what a struct describes no block does.
    for draft in &drafts {
        models.schema.tables.insert(draft.key.clone(), draft.table.clone());
    }
    tables::read(&found, &roots.cfg, &mut models);
    let mut others = BTreeMap::new();
    for (name, table) in models.schema.tables.iter().filter(|(_, it)| it.knowledge == Knowledge::Columns) {
        others.insert(name.clone(), table.clone());
    }
    links::connect(&mut drafts, &others, &mut findings);
    for draft in drafts {
        models.schema.tables.insert(draft.key.clone(), draft.table);
        models.layouts.insert(draft.key, draft.layout);
    }
    models.findings.append(&mut findings);
    Finding::sort(&mut models.findings);
    models.files = found.files;
    models.sources = found.sources;
    models.sources.sort_unstable();
    models
}

impl Models {
    fn empty(dialect: Dialect) -> Self {
        let schema =
            Schema { dialect, tables: BTreeMap::new(), enums: BTreeMap::new(), views: BTreeMap::new() };
        Self {
            schema,
            findings: Vec::new(),
            joins: BTreeSet::new(),
            files: Vec::new(),
            sources: Vec::new(),
            layouts: BTreeMap::new(),
            blocks: BTreeMap::new(),
        }
    }

    /// Whether there are models, and every one is a struct: what they do not name is then to be removed.
    pub fn are_whole(&self) -> bool {
        let mut tables = self.schema.tables.values().peekable();
        tables.peek().is_some() && tables.all(|table| table.knowledge == Knowledge::Whole)
    }

    /// Whether there are no models at all.
    pub fn is_empty(&self) -> bool {
        self.schema.tables.is_empty() && self.schema.enums.is_empty()
    }
}

/// The engine as people call it.
const fn engine(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
        Dialect::Mysql => "MySQL",
    }
}
