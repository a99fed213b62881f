//! Many schemas of one database, each with a ledger of its own, looked at together. Tenants mostly are where other
//! tenants are, so the server is asked for a fingerprint of each ledger, and only one of those that are alike is read:
//! three queries for any number of schemas, and one row for each. Nothing is created and nothing changed.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::pg::Pg;

use super::super::{Reading, reading};
use super::{PostgresBackend, quote};
use crate::engine::known;
use crate::engine::ledger::{DIESEL, LEDGER};
use crate::engine::lock::refused;
use crate::engine::preview::Detail;
use crate::engine::session::{Session, SqlError};
use crate::engine::{Connection, Error, State};
use crate::history::History;

/// What a history knows of many schemas. Made once, asked any number of times.
pub struct Survey<'h> {
    history: &'h History,
    /// By fingerprint.
    seen: HashMap<String, Arc<State>>,
}

/// A schema, and which of the two tables it has.
struct Tenant<'s> {
    schema: &'s str,
    has: [bool; 2],
}

impl<'h> Survey<'h> {
    /// Nothing has been seen yet.
    pub fn new(history: &'h History) -> Self {
        Self { history, seen: HashMap::new() }
    }

    /// Where each of these schemas is, in their order. What is said of single revisions (when, by whom, how long) is
    /// that of the first schema that was like it. Every schema takes half a dozen of the server's locks for a moment:
    /// some dozens at a time are enough.
    pub fn look<C: Connection<Backend = Pg>>(
        &mut self,
        connection: &mut C,
        schemas: &[&str],
    ) -> Result<Vec<Arc<State>>, Error> {
        let mut session = connection.session();
        self.states(&mut *session, schemas).map_err(|error| refused("read the ledgers", error))
    }

    fn states(&mut self, session: &mut dyn Session, schemas: &[&str]) -> Result<Vec<Arc<State>>, SqlError> {
        if schemas.is_empty() {
            return Ok(Vec::new());
        }
        let tenants = tenants(session, schemas)?;
        let queries: Vec<String> =
            tenants.iter().enumerate().map(|(index, tenant)| tenant.fingerprint(index)).collect();
        let mut prints = vec![String::new(); tenants.len()];
        for row in session.rows(&queries.join(" UNION ALL "))? {
            if let [Some(index), Some(print)] = &row[..]
                && let Some(place) = index.parse().ok().and_then(|index: usize| prints.get_mut(index))
            {
                place.clone_from(print);
            }
        }
        tenants.iter().zip(prints).map(|(tenant, print)| self.state(session, tenant, print)).collect()
    }

    fn state(
        &mut self,
        session: &mut dyn Session,
        tenant: &Tenant<'_>,
        print: String,
    ) -> Result<Arc<State>, SqlError> {
        if let Some(state) = self.seen.get(&print) {
            return Ok(Arc::clone(state));
        }
        let state = Arc::new(known::known(self.history, &tenant.read(session)?).state);
        self.seen.insert(print, Arc::clone(&state));
        Ok(state)
    }
}

/// Looks for the tables where they have to be, and not along a search path.
fn tenants<'s>(session: &mut dyn Session, schemas: &[&'s str]) -> Result<Vec<Tenant<'s>>, SqlError> {
    let names: Vec<String> = schemas.iter().map(|schema| quote(schema)).collect();
    let query = format!(
        "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relname IN ('{DIESEL}', '{LEDGER}') AND n.nspname IN ({})",
        names.join(", ")
    );
    let found = session.rows(&query)?;
    let has = |schema: &str, table: &str| {
        found.iter().any(|row| row[0].as_deref() == Some(schema) && row[1].as_deref() == Some(table))
    };
    let tenant = |&schema| Tenant { schema, has: [has(schema, DIESEL), has(schema, LEDGER)] };
    Ok(schemas.iter().map(tenant).collect())
}

impl Tenant<'_> {
    fn qualifier(&self) -> String {
        format!("\"{}\".", self.schema.replace('"', "\"\""))
    }

    /// Of everything that decides what is applied: not of times and names.
    fn fingerprint(&self, index: usize) -> String {
        let digest = |has: bool, table: &str, columns: &str, order: &str| match has {
            false => "'none'".to_owned(),
            true => format!(
                "(SELECT coalesce(string_agg(ROW({columns})::text, ',' ORDER BY {order}), '') FROM {}{table})",
                self.qualifier()
            ),
        };
        let entries =
            "revision, version, action, checksum, statements_done, statements_total, outcome, format";
        format!(
            "SELECT '{index}'::text, encode(sha256(convert_to({} || ' ' || {}, 'UTF8')), 'hex')",
            digest(self.has[0], DIESEL, "version", "version"),
            digest(self.has[1], LEDGER, entries, "id"),
        )
    }

    fn read(&self, session: &mut dyn Session) -> Result<Reading, SqlError> {
        let queries = reading::select(&PostgresBackend::default(), Detail::Brief, &self.qualifier());
        let there: Vec<String> =
            queries.into_iter().zip(self.has).filter(|(_, has)| *has).map(|(query, _)| query).collect();
        let rows = if there.is_empty() { Vec::new() } else { session.rows(&there.join(" UNION ALL "))? };
        Ok(reading::reading(rows, self.has == [true, true]))
    }
}
