//! The names and versions that are taken, and the refusal of a name that would take one twice. Read once, however
//! many names are made.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;

use schema_build::config::Config;
use schema_runtime::history::History;
use schema_runtime::revision::VERSION_LIMIT;

use super::place::Place;
use crate::failure::Failure;

/// What no new migration may be called.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taken {
    /// Folders by version.
    versions: BTreeMap<String, String>,
    /// What is in the migrations folder, by its name in lower case.
    folders: BTreeMap<String, String>,
}

impl Taken {
    /// By the history and by what else is in the folder.
    pub(crate) fn of(config: &Config, history: &History) -> Result<Self, Failure> {
        let failed = |error| Failure::file("could not read", &config.migrations, &error);
        let mut taken = Self::default();
        for revision in history.revisions() {
            taken.versions.insert(revision.version.to_string(), revision.folder.to_string());
        }
        let entries = match fs::read_dir(&config.migrations) {
            // `init` makes it together with the first migration.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(taken),
            entries => entries.map_err(failed)?,
        };
        for entry in entries {
            let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
            taken.folders.insert(name.to_lowercase(), name);
        }
        Ok(taken)
    }

    /// How many migrations there are.
    pub(crate) fn count(&self) -> usize {
        self.versions.len()
    }

    /// Whether a migration has this version.
    pub(crate) fn has(&self, version: &str) -> bool {
        self.versions.contains_key(version)
    }

    /// Takes one more.
    pub(crate) fn insert(&mut self, place: &Place) {
        self.versions.insert(place.version.clone(), place.folder.clone());
        self.folders.insert(place.folder.to_lowercase(), place.folder.clone());
    }

    /// Refuses a place that is taken, or that Diesel's table cannot hold.
    pub(crate) fn refuse(&self, place: &Place) -> Result<(), Failure> {
        let length = place.version.chars().count();
        if length > VERSION_LIMIT {
            return Err(Failure::usage(format!("the version `{}` has {length} characters", place.version))
                .note(format!("Diesel's table holds {VERSION_LIMIT}; nothing was written"))
                .help("take a shorter `--rev-id`, or a shorter `name` in the configuration"));
        }
        if let Some(folder) = self.versions.get(&place.version) {
            return Err(Failure::usage(format!(
                "there is a migration with the version `{}` already",
                place.version
            ))
            .note(format!("`{folder}`; Diesel would drop one of the two in silence"))
            .note("nothing was written"));
        }
        match self.folders.get(&place.folder.to_lowercase()) {
            None => Ok(()),
            // Names that differ in case alone are one name on other machines.
            Some(found) => Err(Failure::usage(format!("there is a folder `{found}` already"))
                .note(format!("`{}` would be the same where case does not count", place.folder))
                .note("nothing was written")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(version: &str, folder: &str) -> bool {
        let mut taken = Taken::default();
        taken.insert(&Place { folder: "1_Users".to_owned(), version: "1".to_owned() });
        taken.refuse(&Place { folder: folder.to_owned(), version: version.to_owned() }).is_err()
    }

    #[test]
    fn versions_and_folders_are_taken_once() {
        assert!(!is_refused("2", "2_users"));
        assert!(is_refused("1", "2_users"));
        assert!(is_refused("2", "1_users"));
        assert!(is_refused(&"2".repeat(51), "2"));
        assert!(!is_refused(&"2".repeat(50), "2"));
    }
}
