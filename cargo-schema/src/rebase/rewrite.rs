//! From a branch that moves to new folder names and metadata, and the renames that make it so. Either all of it
//! happens, and the history on disk is the one that was meant, or nothing does.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use schema_build::config::Config;
use schema_runtime::history::{History, Node};
use schema_runtime::revision::Text;

use super::branch::Branch;
use super::metadata;
use crate::changes::{self, Changes};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::generate::place::Naming;
use crate::generate::taken::Taken;
use crate::generate::write;

/// One migration's way to its new place.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    pub(crate) node: Node,
    /// Its new parents.
    pub(crate) parents: Vec<Text>,
    /// The old name of the folder.
    pub(crate) from: String,
    /// The new one.
    pub(crate) to: String,
    metadata: String,
}

/// Works out every name and text; writes nothing.
pub(crate) fn plan(config: &Config, history: &History, branch: &Branch) -> Result<Vec<Move>, Failure> {
    let mut versions: BTreeMap<&str, String> = history
        .revisions()
        .iter()
        .map(|revision| (revision.id.as_ref(), revision.version.to_string()))
        .collect();
    let mut taken = Taken::of(config, history)?;
    let now = write::now();
    let mut previous = None;
    let mut moves = Vec::new();
    for (node, parents) in &branch.moved {
        let revision = history.revision(*node);
        let dependencies =
            history.dependencies(*node).iter().map(|&before| history.revision(before).id.as_ref());
        let before = parents.iter().map(AsRef::as_ref).chain(dependencies).chain(previous);
        let after: Vec<&str> = before.map(|id| versions[id].as_str()).collect();
        let naming = Naming { template: &config.name, now, taken: &taken };
        let place = naming.place(&revision.id, &revision.message, &after);
        if place.folder != revision.folder {
            taken.refuse(&place)?;
            taken.insert(&place);
        }
        let metadata = reparented(config, &revision.folder, &revision.id, parents)?;
        versions.insert(&revision.id, place.version);
        previous = Some(revision.id.as_ref());
        let from = revision.folder.to_string();
        moves.push(Move { node: *node, parents: parents.clone(), from, to: place.folder, metadata });
    }
    Ok(moves)
}

/// Writes and renames, asks whether the result is right, and undoes everything when it is not.
pub(crate) fn perform(
    migrations: &Path,
    moves: &[Move],
    verify: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    changes::all_or_nothing(|changes| {
        moves.iter().try_for_each(|step| step.perform(migrations, changes))?;
        verify()
    })
}

impl Move {
    fn perform(&self, migrations: &Path, changes: &mut Changes) -> Result<(), Failure> {
        changes.write(&metadata_path(migrations, &self.from), &self.metadata)?;
        if self.from == self.to {
            return Ok(());
        }
        changes.rename(&migrations.join(&self.from), &migrations.join(&self.to))
    }
}

fn reparented(config: &Config, folder: &str, id: &str, parents: &[Text]) -> Result<String, Failure> {
    let path = metadata_path(&config.migrations, folder);
    let before = match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(Failure::file("could not read", &path, &error)),
    };
    metadata::reparented(before.as_deref(), id, parents).map_err(|error| {
        Failure::new(Exit::No, "bad-metadata", format!("`{}` is not valid TOML", path.display())).note(error)
    })
}

fn metadata_path(migrations: &Path, folder: &str) -> PathBuf {
    migrations.join(folder).join("metadata.toml")
}
