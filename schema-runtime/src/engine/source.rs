//! The history as a Diesel `MigrationSource`, for code that runs migrations with diesel_migrations itself.
//! Names, versions and order are those that Diesel reads from the folder. No ledger is written this way.

use std::fmt;

use diesel::backend::Backend;
use diesel::connection::BoxableConnection;
use diesel::migration::{
    self, Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion,
};

use crate::embedded::Embedded;
use crate::history::History;
use crate::revision::{Mode, Revision, Script, Text};

impl<DB: Backend> MigrationSource<DB> for &History {
    fn migrations(&self) -> migration::Result<Vec<Box<dyn Migration<DB>>>> {
        Ok(self.revisions().iter().map(|revision| Box::new(DieselMigration::from(revision)) as _).collect())
    }
}

impl<DB: Backend> MigrationSource<DB> for &Embedded {
    fn migrations(&self) -> migration::Result<Vec<Box<dyn Migration<DB>>>> {
        (&***self).migrations()
    }
}

/// One revision, as Diesel sees it.
struct DieselMigration {
    name: Name,
    up: Script,
    down: Option<Script>,
    metadata: Metadata,
}

struct Name {
    folder: Text,
    version: Text,
}

struct Metadata {
    run_in_transaction: bool,
}

impl From<&Revision> for DieselMigration {
    fn from(revision: &Revision) -> Self {
        Self {
            name: Name { folder: revision.folder.clone(), version: revision.version.clone() },
            metadata: Metadata { run_in_transaction: revision.up.mode != Mode::Outside },
            up: revision.up.clone(),
            down: revision.down.clone(),
        }
    }
}

impl<DB: Backend> Migration<DB> for DieselMigration {
    fn run(&self, connection: &mut dyn BoxableConnection<DB>) -> migration::Result<()> {
        run(connection, &self.up)
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<DB>) -> migration::Result<()> {
        match &self.down {
            Some(down) => run(connection, down),
            None => Err(format!("migration {} has no down.sql", self.name).into()),
        }
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        &self.metadata
    }

    fn name(&self) -> &dyn MigrationName {
        &self.name
    }
}

/// A script of comments alone does nothing; Diesel would call it an empty query.
fn run<DB: Backend>(connection: &mut dyn BoxableConnection<DB>, script: &Script) -> migration::Result<()> {
    if script.is_empty() { Ok(()) } else { Ok(connection.batch_execute(&script.text)?) }
}

impl MigrationMetadata for Metadata {
    fn run_in_transaction(&self) -> bool {
        self.run_in_transaction
    }
}

impl MigrationName for Name {
    fn version(&self) -> MigrationVersion<'_> {
        MigrationVersion::from(&*self.version)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.folder)
    }
}
