//! One history on many databases: a file of URLs, or many schemas of one PostgreSQL database. `list` and `schemas`
//! find the tenants, `visit` opens one after the other, `crew` has several threads do that at once, `rollout` decides
//! who comes when and when to stop, `board` shows it while it goes on and `report` at the end.
//!
//! The history is read once. What a tenant is told and what it refuses is the engine's business, as for one database.

mod board;
mod crew;
mod list;
mod report;
mod rollout;
mod schemas;
mod survey;
mod visit;

use std::sync::Arc;

use schema_runtime::history::History;

use crate::database::url::DatabaseUrl;
use crate::project::Project;
use crate::shell::Shell;

pub(crate) use self::crew::Stop;
pub(crate) use self::list::read;
pub(crate) use self::report::{gathered, named, unfinished, why};
pub(crate) use self::rollout::{Limits, Rollout, Task, Told};
pub(crate) use self::schemas::find;
pub(crate) use self::survey::{Seen, survey, visit};

/// One of many databases.
#[derive(Clone, Debug)]
pub(crate) struct Tenant {
    /// What it is called on the terminal: the URL without its password, or the schema.
    pub(crate) name: String,
    /// The way to it. What is shown of it would open it again, but for a password.
    pub(crate) url: DatabaseUrl,
    /// Its schema, where it shares a database with others.
    pub(crate) schema: Option<Schema>,
}

/// A schema in a database of many.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) name: String,
    /// Where else names are looked for, as it is written in `search_path`; empty for nowhere.
    pub(crate) beside: Arc<str>,
}

/// All of them, and what they are to be moved along.
pub(crate) struct Fleet<'p> {
    pub(crate) project: &'p Project,
    pub(crate) history: Arc<History>,
    pub(crate) tenants: Vec<Tenant>,
    /// How many at a time.
    pub(crate) jobs: usize,
    pub(crate) shell: &'p Shell,
}

impl Fleet<'_> {
    /// Whether they are schemas of one database.
    pub(crate) fn shares_database(&self) -> bool {
        self.tenants.first().is_some_and(|tenant| tenant.schema.is_some())
    }

    /// What one of them is.
    pub(crate) fn noun(&self) -> &'static str {
        if self.shares_database() { "schema" } else { "database" }
    }
}
