//! One worker's way to its tenants: a database is opened and closed; of many schemas in one database, the connection
//! goes on to the next as long as nothing went wrong on it.

use std::sync::Arc;
use std::time::Duration;

use schema_runtime::engine::{Migrator, State, Survey};

use super::{Fleet, Tenant, schemas};
use crate::database::connect::{self, Access, Database, Patience};
use crate::database::connection::Connection;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::shell::Shell;

/// Another connection to a tenant's database.
pub(super) fn beside(fleet: &Fleet<'_>, tenant: &Tenant) -> Option<Connection> {
    let shell = fleet.shell.muted();
    let patience = Patience { limit: Duration::ZERO.into(), shell: &shell };
    let opened = connect::open(tenant.url.clone(), Access::Read, &fleet.project.config, patience);
    opened.ok().map(|database| database.connection)
}

/// Goes from tenant to tenant.
pub(crate) struct Visitor<'f> {
    fleet: &'f Fleet<'f>,
    shell: Shell,
    kept: Option<Database>,
    survey: Survey<'f>,
}

impl<'f> Visitor<'f> {
    pub(super) fn new(fleet: &'f Fleet<'f>) -> Self {
        Self { fleet, shell: fleet.shell.muted(), kept: None, survey: Survey::new(&fleet.history) }
    }

    /// A tenant, opened.
    pub(super) fn desk(
        &mut self,
        tenant: &Tenant,
        access: Access,
        wait: Duration,
    ) -> Result<Desk<'f>, Failure> {
        let database = self.enter(tenant, access, wait)?;
        Ok(Desk::of(self.fleet.project, Arc::clone(&self.fleet.history), database))
    }

    /// The connection goes on to the next schema.
    pub(super) fn keep(&mut self, tenant: &Tenant, desk: Desk<'_>) {
        self.kept = tenant.schema.is_some().then_some(desk.database);
    }

    fn enter(&mut self, tenant: &Tenant, access: Access, wait: Duration) -> Result<Database, Failure> {
        let config = &self.fleet.project.config;
        let Some(schema) = &tenant.schema else {
            return connect::open(tenant.url.clone(), access, config, self.patience(wait));
        };
        if let Some(mut kept) = self.kept.take()
            && schemas::enter(&mut kept.connection, schema, config).is_ok()
        {
            kept.url = tenant.url.clone();
            return Ok(kept);
        }
        let mut database = connect::open(tenant.url.clone(), access, config, self.patience(wait))?;
        match schemas::enter(&mut database.connection, schema, config) {
            Ok(()) => Ok(database),
            Err(error) => Err(connect::said(&tenant.url, "go to the schema", &error)),
        }
    }

    fn patience(&self, limit: Duration) -> Patience<'_> {
        Patience { limit: limit.into(), shell: &self.shell }
    }

    /// Where some tenants are, in their order: schemas together, and one by one where that fails.
    pub(super) fn states(&mut self, tenants: &[Tenant], wait: Duration) -> Vec<Result<Arc<State>, Failure>> {
        match self.together(tenants, wait) {
            Some(states) => states.into_iter().map(Ok).collect(),
            None => tenants.iter().map(|tenant| self.state(tenant, wait)).collect(),
        }
    }

    fn together(&mut self, tenants: &[Tenant], wait: Duration) -> Option<Vec<Arc<State>>> {
        let names: Vec<&str> =
            tenants.iter().filter_map(|tenant| Some(tenant.schema.as_ref()?.name.as_str())).collect();
        let first = tenants.first().filter(|_| names.len() == tenants.len())?;
        let mut database = match self.kept.take() {
            Some(kept) => kept,
            None => connect::open(
                first.url.clone(),
                Access::Read,
                &self.fleet.project.config,
                self.patience(wait),
            )
            .ok()?,
        };
        let states = database.connection.survey(&mut self.survey, &names).ok()?;
        self.kept = Some(database);
        Some(states)
    }

    fn state(&mut self, tenant: &Tenant, wait: Duration) -> Result<Arc<State>, Failure> {
        let mut desk = self.desk(tenant, Access::Read, wait)?;
        let migrator = Migrator::new(&self.fleet.history);
        let state = desk.database.connection.state(&migrator).map_err(|error| desk.draw(error))?;
        self.keep(tenant, desk);
        Ok(Arc::new(state))
    }
}
