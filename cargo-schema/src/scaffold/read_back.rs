//! Reads the models that were just written, as `generate` would, from a folder of their own, and compares what they say
//! with the database that they were written for.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use schema_build::config::{Config, Unmodelled};
use schema_build::finding::Finding;
use schema_build::models::{self, rust};
use schema_build::schema::Schema;

use super::Draft;
use crate::database::scratch::{Site, unusable};
use crate::dialect::Dialect;
use crate::difference::{Answers, difference};
use crate::failure::Failure;
use crate::render::difference::detected;

/// What the models say.
pub(super) struct Read {
    /// Tables that they do not say as they are, and why.
    pub(super) unsaid: BTreeMap<String, String>,
    /// The file of `table!` blocks that goes with them.
    pub(super) tables: String,
}

/// Reads a draft back. `tables` is the path under which people will see the blocks.
pub(super) fn read<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    schema: &Schema,
    draft: &Draft,
    tables: &Path,
) -> Result<Read, Failure> {
    let folder = tempfile::tempdir().map_err(|error| unwritable(Path::new("a temporary folder"), &error))?;
    let root = folder.path();
    place(root, draft).map_err(|error| unwritable(root, &error))?;
    let config = Config {
        root: root.to_owned(),
        models: Vec::new(),
        tables: vec![root.join("src/schema.rs")],
        ..site.project.config.clone()
    };
    let models = models::read(&config, dialect.engine());
    let mut unsaid = mistakes(&models.findings, draft);
    if unsaid.is_empty() {
        unsaid = differences(dialect, site, schema, models.schema.clone())?;
    }
    Ok(Read { unsaid, tables: models.tables_file(tables) })
}

fn place(root: &Path, draft: &Draft) -> io::Result<()> {
    let models = root.join("src/models");
    fs::create_dir_all(&models)?;
    fs::write(root.join("Cargo.toml"), "[package]\nname = \"draft\"\n")?;
    fs::write(root.join("src/lib.rs"), "mod models;\nmod schema;\n")?;
    fs::write(root.join("src/schema.rs"), rust::empty_tables_file())?;
    draft.files.iter().try_for_each(|(path, text)| fs::write(models.join(path), text))
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::file("could not write", path, error)
}

/// What could not be understood, by the table in whose file it stands.
fn mistakes(findings: &[Finding], draft: &Draft) -> BTreeMap<String, String> {
    let errors = findings.iter().filter(|finding| finding.is_error());
    let owner = |finding: &Finding| {
        let place = finding.place.as_ref()?;
        let home = draft.homes.iter().find(|(_, file)| place.path.ends_with(file));
        home.map(|(table, _)| table.clone())
    };
    let first = || draft.homes.keys().next().cloned().unwrap_or_default();
    errors.map(|error| (owner(error).unwrap_or_else(first), error.message.clone())).collect()
}

/// What the next `generate` would change.
fn differences<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    schema: &Schema,
    mut desired: Schema,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut scratch = dialect.scratch(&site)?;
    dialect.spell(&mut scratch, &mut desired, schema).map_err(unusable)?;
    let answers = Answers { unmodelled: Some(Unmodelled::Drop), ..Answers::default() };
    let found = difference(dialect, &desired, schema, &answers);
    let operations = found.operations.iter().filter_map(|operation| {
        let table = operation.table()?.to_owned();
        Some((table, format!("models would say otherwise: {}", detected(operation))))
    });
    let refusals = found.refusals.iter().map(|refusal| refusal.finding().message);
    let questions = found.questions.iter().map(|question| question.text());
    let others = refusals.chain(questions).map(|text| {
        let table = schema.tables.keys().find(|table| text.contains(&format!("`{table}"))).cloned();
        (table.unwrap_or_else(|| schema.tables.keys().next().cloned().unwrap_or_default()), text)
    });
    Ok(operations.chain(others).collect())
}
