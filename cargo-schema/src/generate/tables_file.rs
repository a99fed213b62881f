//! The file of `table!` blocks that goes with a migration: written anew from the structs, unless somebody else wrote
//! what is there.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use schema_build::models::{Models, is_ours};
use schema_build::schema::Knowledge;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;

/// A file that is to be written.
pub(crate) struct TablesFile {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl TablesFile {
    /// The file with the tables of all structs; `None` when there are none, or it says the same already.
    pub(crate) fn of(
        project: &Project,
        models: &Models,
        is_overwritten: bool,
    ) -> Result<Option<Self>, Failure> {
        let are_blocks = models.schema.tables.values().all(|table| table.knowledge == Knowledge::Columns);
        let Some(path) = project.config.tables.first().filter(|_| !are_blocks) else { return Ok(None) };
        let there = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Failure::file("could not read", path, &error)),
        };
        let text = models.tables_file(project.config.shown(path));
        if text == there {
            return Ok(None);
        }
        if !is_ours(&there) && !is_overwritten {
            return Err(not_ours(project, path));
        }
        Ok(Some(Self { path: path.clone(), text }))
    }
}

fn not_ours(project: &Project, path: &std::path::Path) -> Failure {
    Failure::new(
        Exit::No,
        "tables-file",
        format!("`{}` was not written by `cargo schema`", project.shown(path).display()),
    )
    .note("it would be written anew from the structs; blocks of other tables in it are kept")
    .note("nothing was written")
    .help("pass `--overwrite-tables` once")
}
