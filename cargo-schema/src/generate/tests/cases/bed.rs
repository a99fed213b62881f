//! Databases for cases: in memory, or one after the other on one connection to a server.

use crate::dialect::Dialect;
use crate::dialect::mysql::{self, Mysql};
use crate::dialect::postgres::{self, Postgres};
use crate::dialect::sqlite::Sqlite;

pub(super) type Database<B> = <<B as Bed>::Ways as Dialect>::Database;

/// Where cases lie.
pub(super) trait Bed {
    type Ways: Dialect;

    fn ways(&self) -> &Self::Ways;

    /// An empty database; perhaps one that is of no use any more.
    fn database(&self, spare: Option<Database<Self>>) -> Database<Self>
    where
        Self: Sized;
}

pub(super) struct OfSqlite;

impl Bed for OfSqlite {
    type Ways = Sqlite;

    fn ways(&self) -> &Sqlite {
        &Sqlite
    }

    fn database(&self, _: Option<diesel::SqliteConnection>) -> diesel::SqliteConnection {
        super::super::database("")
    }
}

pub(super) struct OfPostgres(pub(super) postgres::testing::Server);

impl Bed for OfPostgres {
    type Ways = Postgres;

    fn ways(&self) -> &Postgres {
        &Postgres
    }

    fn database(&self, spare: Option<postgres::scratch::Scratch>) -> postgres::scratch::Scratch {
        let mut scratch = spare.unwrap_or_else(|| self.0.database());
        scratch
            .run("DROP SCHEMA IF EXISTS public, audit CASCADE; CREATE SCHEMA public")
            .unwrap_or_else(|error| panic!("{error}"));
        scratch
    }
}

pub(super) struct OfMysql(pub(super) mysql::testing::Server);

impl Bed for OfMysql {
    type Ways = Mysql;

    fn ways(&self) -> &Mysql {
        &Mysql
    }

    fn database(&self, spare: Option<mysql::scratch::Scratch>) -> mysql::scratch::Scratch {
        self.0.another(spare)
    }
}
