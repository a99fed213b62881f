//! The history as a Diesel `MigrationSource`, for code that runs migrations with diesel_migrations itself.
//! Names, versions and order are those that Diesel reads from the folder. No ledger is written this way.
//!
//! A script that needs foreign keys off gets what it needs; Diesel then writes its row after it and not with it.

use std::fmt;

use diesel::connection::BoxableConnection;
use diesel::migration::{
    self, Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion,
};

use super::backend::Engine;
use crate::embedded::Embedded;
use crate::history::History;
use crate::revision::{Mode, Revision, Script, Text};

impl<DB: Engine> MigrationSource<DB> for &History {
    fn migrations(&self) -> migration::Result<Vec<Box<dyn Migration<DB>>>> {
        Ok(self.revisions().iter().map(|revision| Box::new(DieselMigration::from(revision)) as _).collect())
    }
}

impl<DB: Engine> MigrationSource<DB> for &Embedded {
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
        let is_joined = |script: &Script| script.mode == Mode::Joined;
        Self {
            name: Name { folder: revision.folder.clone(), version: revision.version.clone() },
            metadata: Metadata {
                run_in_transaction: is_joined(&revision.up) && revision.down.as_ref().is_none_or(is_joined),
            },
            up: revision.up.clone(),
            down: revision.down.clone(),
        }
    }
}

impl<DB: Engine> Migration<DB> for DieselMigration {
    fn run(&self, connection: &mut dyn BoxableConnection<DB>) -> migration::Result<()> {
        self.run_script(connection, &self.up)
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<DB>) -> migration::Result<()> {
        match &self.down {
            Some(down) => self.run_script(connection, down),
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

impl DieselMigration {
    fn run_script<DB: Engine>(
        &self,
        connection: &mut dyn BoxableConnection<DB>,
        script: &Script,
    ) -> migration::Result<()> {
        match script.mode {
            // Diesel would call it an empty query.
            _ if script.is_empty() => Ok(()),
            Mode::ForeignKeysOff => self.rebuild(connection, script),
            Mode::Joined if !self.metadata.run_in_transaction => in_transaction(connection, &script.text),
            Mode::Joined | Mode::Outside => Ok(connection.batch_execute(&script.text)?),
        }
    }

    /// In Diesel's transaction the pragma would do nothing, and child rows would vanish without a word.
    fn rebuild<DB: Engine>(
        &self,
        connection: &mut dyn BoxableConnection<DB>,
        script: &Script,
    ) -> migration::Result<()> {
        match DB::rebuild(connection, script) {
            Some(ran) => ran.map_err(|error| [vec![error.message], error.details].concat().join("; ").into()),
            None => Err(format!(
                "migration {} needs foreign keys off, which only a plain connection can be asked for; run it with `Migrator`",
                self.name
            )
            .into()),
        }
    }
}

/// For the one script of a migration whose other one must not run in Diesel's transaction.
fn in_transaction<DB: Engine>(
    connection: &mut dyn BoxableConnection<DB>,
    sql: &str,
) -> migration::Result<()> {
    connection.batch_execute("BEGIN")?;
    let ran = connection.batch_execute(sql).and_then(|()| connection.batch_execute("COMMIT"));
    // After a failure only the failure matters.
    Ok(ran.inspect_err(|_| drop(connection.batch_execute("ROLLBACK")))?)
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
