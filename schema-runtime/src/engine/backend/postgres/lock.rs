//! The run lock. Usually a session's advisory lock, taken by polling. Where no session lasts from one transaction to
//! the next (a pooler in transaction mode), and where there are no such locks (CockroachDB, Yugabyte), a lease.
//!
//! Whether a pooler is in between no server says. But a run gives its session a word of its own, and finds none, or
//! another run's, when the session is not its own any more. Nothing is committed without a look at that word, in the
//! same transaction: a run that has been lucky with its sessions is safe, and one that has not takes a lease and goes
//! on. From then on the lease's table is there, which tells every later run of this schema at once.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::message::Message;
use super::quote;
use super::route::Route;
use crate::engine::backend::Terms;
use crate::engine::backend::lease::{Grace, Holder, LOST, TABLE, token};
use crate::engine::options::Lock as Kind;
use crate::engine::session::{Session, SqlError, SqlErrorKind};

/// The first key of the run lock; the second is of the schema that holds the ledger.
const LOCK: i32 = 0x5c4e_3a00;

/// The first key of a lock that says by its second since when its session has held the run lock.
const SINCE: i32 = LOCK + 1;

/// The first key of the lock that each transaction of a run holds, so that a lease is not taken meanwhile.
const TURN: i32 = LOCK + 2;

/// How often the server looks for its client during a run: odd enough to be known for ours.
const WATCHED: &str = "1001ms";

/// One lock per schema: each has a ledger of its own.
const KEY: &str = "pg_catalog.hashtext(coalesce(current_schema(), ''))";

/// Whose a session is.
const WHO: &str = "concat(a.usename, '@', coalesce(host(a.client_addr), 'localhost'), ', process ', a.pid, \
    ', ' || nullif(a.application_name, ''))";

/// What the answer to our question begins with.
const OURS: &str = "cargo_schema";

/// So many fields it has.
const FIELDS: usize = 14;

/// What a run holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Hold {
    #[default]
    Nothing,
    /// The session's lock.
    Session,
    /// The lease of this number.
    Lease(u64),
}

/// The lock of one run.
#[derive(Debug, Default)]
pub(super) struct RunLock {
    hold: Hold,
    /// The word that this run gives its session.
    token: String,
    /// The lease's table with its schema: a script may change what unqualified names mean.
    table: String,
    /// The number of the schema, as it is in the keys of locks.
    key: String,
    /// How long the lease lasts without a sign of life.
    lease: Duration,
    is_pooled: Cell<bool>,
    /// Whether that may be so.
    is_careful: bool,
    /// The number of the session's process.
    process: String,
    /// Whether what was held has turned out not to be.
    has_lost: bool,
    grace: Grace,
    /// The lease that has ended for good.
    ended: Option<i64>,
    /// Since when a session that is perhaps nobody's has been in the way.
    obstructed: Option<Instant>,
}

/// How the connection is set up.
#[derive(Debug, Default)]
pub(super) struct Setting {
    pub(super) search_path: String,
    pub(super) waits_for_ever: bool,
    /// Whether a transaction that fails leaves no change of the schema behind.
    pub(super) undoes_ddl: bool,
}

/// What the server says of itself and of the lock.
struct Look {
    token: String,
    is_distributed: bool,
    has_table: bool,
    is_taken: bool,
    is_open: bool,
    setting: Setting,
}

impl RunLock {
    /// The way to the server.
    pub(super) fn route<'s>(&'s self, session: &'s mut dyn Session, is_open: bool) -> Route<'s> {
        // Who is sent to the lease's table may have a pooler in between that has not shown itself yet.
        let is_careful = self.is_pooled() || self.is_careful;
        Route { session, is_pooled: &self.is_pooled, is_careful, is_open }
    }

    /// Whether each transaction may find another session.
    pub(super) fn is_pooled(&self) -> bool {
        self.is_pooled.get()
    }

    /// Whether it is a session's, which nobody has given to somebody else as far as we know.
    pub(super) fn is_of_session(&self) -> bool {
        self.hold == Hold::Session && !self.is_pooled()
    }

    /// What tells this run from all others.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// The schema that the run began in, as names in it begin.
    pub(super) fn qualifier(&self) -> &str {
        self.table.strip_suffix(TABLE).unwrap_or_default()
    }

    /// Takes it, or says by `Busy` who has it.
    pub(super) fn take(&mut self, session: &mut dyn Session, terms: &Terms) -> Result<Setting, SqlError> {
        if self.token.is_empty() {
            self.token = token();
        }
        self.lease = terms.lease;
        let look = self.look(session, terms.lock)?;
        if look.is_open {
            let kind = SqlErrorKind::InTransaction;
            return Err(SqlError { kind, ..SqlError::new("the connection is inside a transaction") });
        }
        if look.token != self.token || (self.has_lost && !look.has_table) {
            self.is_pooled.set(true);
        }
        if look.is_taken && look.token == self.token {
            self.hold = Hold::Session;
            return Ok(look.setting);
        }
        let wants_lease =
            self.is_pooled() || look.is_distributed || look.has_table || terms.lock == Kind::Table;
        self.is_careful = true;
        if !look.has_table {
            let holder = self.session_holder(session)?;
            self.wait_for_session(wants_lease, holder)?;
            self.make_table(session, look.is_distributed)?;
        }
        self.take_lease(session, &terms.actor, look.is_distributed)?;
        Ok(look.setting)
    }

    /// Gives the session its word, takes its lock where that is to be trusted, and reads what there is to know.
    fn look(&mut self, session: &mut dyn Session, kind: Kind) -> Result<Look, SqlError> {
        // Outside a transaction SET LOCAL does nothing, so that the next query can tell.
        session.execute(&format!(
            "SET LOCAL cargo_schema.is_open = 'yes'; SELECT pg_catalog.set_config('cargo_schema.session', {}, false) \
             WHERE coalesce(current_setting('cargo_schema.session', true), '') = ''",
            quote(&self.token)
        ))?;
        let may_take = kind == Kind::Engine && !self.is_pooled() && !self.has_lost;
        let query = look(&self.token, may_take);
        let mut row = self.route(session, false).rows(&query)?.into_iter().next().unwrap_or_default();
        if !is_ours(&row) {
            // A pooler had somebody else's statement of the same name answer.
            self.is_pooled.set(true);
            row = self.route(session, false).rows(&query)?.into_iter().next().unwrap_or_default();
        }
        let mut fields = row.into_iter();
        let mut next = || fields.next().flatten().unwrap_or_default();
        let (_, token, is_distributed, has_table, taken) = (next(), next(), next(), next(), next());
        let (search_path, waits_for_ever) = (next(), next() == "0");
        let is_open = next() == "yes";
        (self.table, self.key, self.process) = (next(), next(), next());
        let setting = Setting { search_path, waits_for_ever, undoes_ddl: undoes_ddl(&next(), &next()) };
        Ok(Look {
            token,
            is_distributed: is_distributed == "true",
            has_table: has_table == "true",
            is_taken: taken == "true",
            is_open,
            setting,
        })
    }

    /// The session that has the lock; asked only where somebody has it: the server takes longer to plan this than all
    /// else that is said before a run.
    fn session_holder(&self, session: &mut dyn Session) -> Result<Option<Holder>, SqlError> {
        let query = format!(
            "SELECT {WHO}, (SELECT {} FROM pg_catalog.pg_locks t WHERE t.pid = a.pid AND t.locktype = 'advisory' \
             AND t.objsubid = 2 AND t.classid = {SINCE} LIMIT 1), \
             CASE a.state WHEN 'idle' THEN extract(epoch from clock_timestamp() - a.state_change) END::text \
             FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
             WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.classid = {LOCK} AND l.granted \
             AND l.objid::bigint = {KEY}::bigint & 4294967295 AND a.datname = current_database() LIMIT 1",
            utc("to_timestamp(t.objid::bigint)"),
        );
        let row = self.route(session, false).rows(&query)?.into_iter().next();
        Ok(row.map(|row| {
            let [who, since, idle] = row.try_into().unwrap_or_default();
            let is_dead = idle
                .and_then(|idle| idle.parse::<f64>().ok())
                .is_some_and(|idle| idle > self.lease.as_secs_f64());
            Holder { who: who.unwrap_or_default(), since, is_dead }
        }))
    }

    /// A session that has the lock is waited for, but not for ever where sessions are shared: the run that took it
    /// may have lost it to a pooler, or died. Whatever it still commits looks for the lease's table first.
    fn wait_for_session(&mut self, wants_lease: bool, holder: Option<Holder>) -> Result<(), SqlError> {
        let busy = |holder: &Option<Holder>| SqlError::busy(holder.as_ref().map(ToString::to_string));
        match &holder {
            None if wants_lease => Ok(()),
            Some(there) if there.is_dead => Ok(()),
            Some(_) if wants_lease => {
                let since = *self.obstructed.get_or_insert_with(Instant::now);
                if since.elapsed() < self.lease { Err(busy(&holder)) } else { Ok(()) }
            }
            _ => Err(busy(&holder)),
        }
    }

    /// Makes the lease's table, one run after another: `IF NOT EXISTS` fails when two come at once.
    fn make_table(&self, session: &mut dyn Session, is_distributed: bool) -> Result<(), SqlError> {
        let in_turn = if is_distributed {
            String::new()
        } else {
            format!("SELECT pg_catalog.pg_advisory_xact_lock({TURN}, {});\n", self.key)
        };
        session.execute(&format!(
            "{in_turn}CREATE TABLE IF NOT EXISTS {} (\n       id INTEGER PRIMARY KEY NOT NULL,\n       \
             fence BIGINT NOT NULL,\n       holder TEXT,\n       taken_at TIMESTAMPTZ NOT NULL,\n       \
             ends_at TIMESTAMPTZ NOT NULL\n);\n{}",
            self.table,
            self.row()
        ))
    }

    /// The statement that makes the lease's row.
    fn row(&self) -> String {
        format!("INSERT INTO {} VALUES (1, 0, NULL, now(), now()) ON CONFLICT DO NOTHING", self.table)
    }

    fn take_lease(
        &mut self,
        session: &mut dyn Session,
        actor: &str,
        is_distributed: bool,
    ) -> Result<(), SqlError> {
        let (table, end) = (&self.table, self.end());
        // A row that is locked belongs to a transaction of its holder's. No lease has a negative number.
        let taking = format!(
            "WITH free AS (SELECT id FROM {table} WHERE id = 1 AND (holder IS NULL OR fence = {}) \
             AND ends_at <= clock_timestamp() AND {} FOR UPDATE SKIP LOCKED), \
             taken AS (UPDATE {table} AS lease SET fence = lease.fence + 1, holder = {}, \
             taken_at = clock_timestamp(), ends_at = {end} FROM free WHERE lease.id = free.id RETURNING lease.fence) \
             SELECT (SELECT fence::text FROM taken), holder, {}, CASE WHEN ends_at <= clock_timestamp() \
             THEN fence::text END, ends_at::text FROM {table} WHERE id = 1",
            self.ended.unwrap_or(-1),
            self.quiet(is_distributed),
            quote(actor),
            utc("taken_at"),
        );
        let mut rows = self.route(session, false).rows(&taking)?;
        if rows.is_empty() {
            // A copy of the schema alone has the table without it.
            session.execute(&self.row())?;
            rows = self.route(session, false).rows(&taking)?;
        }
        let row = rows.into_iter().next().unwrap_or_default();
        let [taken, who, since, ended, end] = row.try_into().unwrap_or_default();
        if let Some(fence) = taken.and_then(|fence| fence.parse().ok()) {
            self.hold = Hold::Lease(fence);
            return Ok(());
        }
        let lease = ended.zip(end).filter(|(fence, end)| self.grace.is_over([fence, end], Instant::now()));
        self.ended = lease.and_then(|(fence, _)| fence.parse().ok());
        Err(SqlError::busy(who.map(|who| Holder { who, since, is_dead: false }.to_string())))
    }

    /// That no transaction of a run that has the session's lock is under way, and no statement that stands in none.
    fn quiet(&self, is_distributed: bool) -> String {
        if is_distributed {
            return "true".to_owned();
        }
        let key = &self.key;
        format!(
            "pg_catalog.pg_try_advisory_xact_lock({TURN}, {key}) AND NOT EXISTS (SELECT FROM \
             pg_catalog.pg_stat_activity a WHERE a.datname = current_database() AND a.state = 'active' \
             AND a.pid <> pg_catalog.pg_backend_pid() AND starts_with(a.query, {}))",
            quote(&self.mark())
        )
    }

    /// What a statement begins with that stands in no transaction, for others to see that it is under way.
    pub(super) fn mark(&self) -> String {
        format!("/* cargo_schema run {} */ ", self.key)
    }

    /// What each transaction begins with: it fails when the lock is not ours any more, and renews the lease.
    pub(super) fn guard(&self) -> String {
        let (is_ours, renew) = match self.hold {
            Hold::Nothing => return String::new(),
            Hold::Session => {
                let is_ours = format!(
                    "{} AND to_regclass({}) IS NULL AND pg_catalog.pg_try_advisory_xact_lock({TURN}, {})",
                    self.is_ours(),
                    quote(&self.table),
                    self.key
                );
                (is_ours, String::new())
            }
            Hold::Lease(fence) => {
                let is_ours = format!("(SELECT fence FROM {} WHERE id = 1) = {fence}", self.table);
                (is_ours, format!("{};\nSELECT {};\n", self.renewal(), notice_the_end("0", WATCHED, true)))
            }
        };
        format!("{renew}{}", unless(&is_ours))
    }

    /// What each transaction ends with: the statements in it may have taken longer than the lease.
    pub(super) fn renewal(&self) -> String {
        match self.hold {
            Hold::Nothing | Hold::Session => String::new(),
            Hold::Lease(fence) => {
                format!("UPDATE {} SET ends_at = {} WHERE id = 1 AND fence = {fence}", self.table, self.end())
            }
        }
    }

    /// More to be selected where a script may have reset everything: that the session is ours.
    pub(super) fn word(&self) -> String {
        match self.hold {
            Hold::Nothing => String::new(),
            Hold::Session | Hold::Lease(_) => {
                format!(", pg_catalog.set_config('cargo_schema.session', {}, false)", quote(&self.token))
            }
        }
    }

    /// That the session has our word.
    pub(super) fn is_ours(&self) -> String {
        is_session_of(&self.token)
    }

    fn end(&self) -> String {
        format!("clock_timestamp() + interval '{} milliseconds'", self.lease.as_millis())
    }

    /// Which session keeps ours waiting. A lease needs no sign of life from elsewhere here.
    pub(super) fn blocker(&self) -> Option<String> {
        let process = Some(&self.process).filter(|_| !self.is_pooled())?;
        Some(format!(
            "SELECT concat({}, ', in a transaction since ' || {}, ': ' || nullif(left(a.query, 80), '')) \
             FROM pg_catalog.pg_stat_activity a WHERE a.pid = ANY (pg_catalog.pg_blocking_pids({process})) \
             ORDER BY a.xact_start LIMIT 1",
            WHO,
            utc("a.xact_start"),
        ))
    }

    /// Looks who holds it, and takes nothing.
    pub(super) fn holder(
        &mut self,
        session: &mut dyn Session,
        lease: Duration,
    ) -> Result<Option<Holder>, SqlError> {
        self.lease = lease;
        let row = self.route(session, false).rows(&look("", false))?.into_iter().next().unwrap_or_default();
        let look: [Option<String>; FIELDS] = row.try_into().unwrap_or_default();
        let [_, _, distributed, has_table, _, _, _, _, table, key, ..] = look;
        (self.table, self.key) = (table.unwrap_or_default(), key.unwrap_or_default());
        if has_table.as_deref() != Some("true") {
            let holder = self.session_holder(session)?.map(|holder| Holder { is_dead: false, ..holder });
            return if holder.is_some() { Ok(holder) } else { self.refuse_standby(session) };
        }
        self.leaseholder(session, distributed.as_deref() == Some("true"))
    }

    /// That nobody holds it says only the server on which it would be held.
    fn refuse_standby(&self, session: &mut dyn Session) -> Result<Option<Holder>, SqlError> {
        let is_standby = self.route(session, false).value("SELECT pg_catalog.pg_is_in_recovery()::text")?;
        match is_standby.as_deref() {
            Some("true") => Err(SqlError::new("a standby does not see who holds the lock: ask the primary")),
            _ => Ok(None),
        }
    }

    fn leaseholder(
        &mut self,
        session: &mut dyn Session,
        is_distributed: bool,
    ) -> Result<Option<Holder>, SqlError> {
        let table = &self.table;
        let idle = if is_distributed {
            // Whoever is at work has the row locked.
            format!("EXISTS (SELECT FROM (SELECT FROM {table} WHERE id = 1 FOR UPDATE SKIP LOCKED) AS free)")
        } else {
            // Or the table, to those who may not lock a row themselves.
            format!(
                "NOT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.relation = to_regclass({}) AND l.database = \
                 (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) \
                 AND l.mode = 'RowExclusiveLock' AND l.granted) AND NOT pg_catalog.pg_is_in_recovery()",
                quote(table)
            )
        };
        let query = format!(
            "SELECT holder, {}, (ends_at <= clock_timestamp() AND {} AND {idle})::text FROM {table} \
             WHERE id = 1 AND holder IS NOT NULL",
            utc("taken_at"),
            self.quiet(is_distributed),
        );
        let row = self.route(session, false).rows(&query)?.into_iter().next();
        Ok(row.map(|row| {
            let [who, since, is_dead] = row.try_into().unwrap_or_default();
            Holder { who: who.unwrap_or_default(), since, is_dead: is_dead.as_deref() == Some("true") }
        }))
    }

    /// Takes the lease from a holder who is dead, as [`Self::holder`] said just now; `false` where he has come back.
    pub(super) fn free(&self, session: &mut dyn Session) -> Result<bool, SqlError> {
        let freed = self.route(session, false).rows(&format!(
            "UPDATE {} SET fence = fence + 1, holder = NULL WHERE id = 1 AND ends_at <= clock_timestamp() \
             RETURNING fence::text",
            self.table
        ))?;
        Ok(!freed.is_empty())
    }

    /// The end of a run, with what else is to be said. A session's lock that was lost to a pooler is left to the
    /// lease's table.
    pub(super) fn release(&mut self, session: &mut dyn Session, mut last: Message) -> Result<(), SqlError> {
        let hold = std::mem::take(&mut self.hold);
        if let Hold::Lease(fence) = hold {
            last.push(&format!(
                "UPDATE {} SET holder = NULL, ends_at = clock_timestamp() WHERE id = 1 AND fence = {fence}",
                self.table
            ));
        }
        let has_word = !self.token.is_empty() && !self.is_pooled();
        if has_word {
            // The key is unknown where the question failed that takes the lock.
            last.push(&unlock(&self.token, if self.key.is_empty() { KEY } else { &self.key }));
        }
        let ended = if last.sql().is_empty() { Ok(()) } else { session.execute(last.sql()) };
        match ended {
            Err(error) if error.kind == SqlErrorKind::LockLost => self.make_table(session, false),
            ended => ended,
        }
    }

    /// What was held is not ours any more, or never was.
    pub(super) fn forget(&mut self) {
        self.has_lost |= self.hold == Hold::Session;
        self.hold = Hold::Nothing;
    }
}

/// Whether this is the answer to [`look`].
fn is_ours(row: &[Option<String>]) -> bool {
    row.len() == FIELDS && row.first().is_some_and(|first| first.as_deref() == Some(OURS))
}

/// To Yugabyte each change of the schema is a transaction of its own, unless a setting says otherwise.
fn undoes_ddl(version: &str, has_ddl_in_blocks: &str) -> bool {
    !version.contains("-YB-") || has_ddl_in_blocks == "on"
}

/// Fails with [`LOST`] unless this is so, and says that in every language.
fn unless(is_ours: &str) -> String {
    format!("SELECT CAST(CASE WHEN {is_ours} THEN '1' ELSE {} END AS integer)", quote(LOST))
}

fn utc(column: &str) -> String {
    format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
}

/// What is there; takes the session's lock where `may_take`, nobody has taken a lease here, and the session
/// is this run's own.
fn look(token: &str, may_take: bool) -> String {
    let table = format!("concat(quote_ident(current_schema()), '.{TABLE}')");
    format!(
        "SELECT '{OURS}', s.token, s.is_distributed::text, s.has_table::text, \
         CASE WHEN {may_take} AND s.token = {} AND NOT s.is_distributed AND NOT s.has_table \
         AND pg_catalog.pg_try_advisory_lock({LOCK}, {KEY}) \
         THEN left(concat('true', {}), 4) ELSE 'false' END, \
         current_setting('search_path'), current_setting('lock_timeout'), \
         current_setting('cargo_schema.is_open', true), {table}, {KEY}::text, pg_catalog.pg_backend_pid()::text, \
         version(), current_setting('yb_ddl_transaction_block_enabled', true), \
         CASE WHEN s.token = nullif({}, '') THEN {} END \
         FROM (SELECT coalesce(current_setting('cargo_schema.session', true), '') AS token, \
         version() ~ 'CockroachDB|-YB-' AS is_distributed, to_regclass({table}) IS NOT NULL AS has_table OFFSET 0) AS s",
        quote(token),
        format_args!(
            "pg_catalog.pg_advisory_lock_shared({SINCE}, extract(epoch from clock_timestamp())::integer)"
        ),
        quote(token),
        notice_the_end("0", WATCHED, false),
    )
}

/// That a session has this word.
fn is_session_of(token: &str) -> String {
    format!("current_setting('cargo_schema.session', true) = {}", quote(token))
}

/// Lets go of the session's lock, if this is the session.
fn unlock(token: &str, key: &str) -> String {
    format!(
        "{}; SELECT {}, pg_catalog.set_config('cargo_schema.session', '', false); \
         SELECT CASE classid WHEN {SINCE} THEN pg_catalog.pg_advisory_unlock_shared({SINCE}, objid::bigint::integer) \
         ELSE pg_catalog.pg_advisory_unlock({LOCK}, {key}) END FROM pg_catalog.pg_locks \
         WHERE pid = pg_catalog.pg_backend_pid() AND locktype = 'advisory' AND objsubid = 2 \
         AND classid IN ({LOCK}, {SINCE})",
        unless(&is_session_of(token)),
        notice_the_end(WATCHED, "0", false),
    )
}

/// Has the server end what it does for a process that was killed, and let go of its lock, within a second and not
/// when the statement is done; and back. Servers before 14 cannot.
fn notice_the_end(found: &str, wanted: &str, is_local: bool) -> String {
    format!(
        "(SELECT pg_catalog.set_config('client_connection_check_interval', '{wanted}', {is_local}) \
         WHERE current_setting('client_connection_check_interval', true) = '{found}')"
    )
}

/// Takes back what a script has set for its session, where the next transaction of that session is somebody else's.
/// What poolers keep track of themselves is left to them.
pub(super) const UNSET: &str = "RESET ROLE; SELECT pg_catalog.set_config(name, reset_val, false) FROM pg_catalog.pg_settings \
    WHERE source = 'session' AND context IN ('user', 'superuser') AND setting IS DISTINCT FROM reset_val \
    AND name NOT LIKE 'transaction\\_%' AND name NOT IN ('synchronous_commit', 'client_encoding', 'DateStyle', \
    'IntervalStyle', 'TimeZone', 'application_name', 'standard_conforming_strings', 'cargo_schema.session'); DISCARD TEMP";

#[cfg(test)]
mod tests {
    use super::undoes_ddl;

    #[test]
    fn yugabyte_undoes_changes_of_the_schema_where_that_is_switched_on() {
        let yugabyte = "PostgreSQL 15.12-YB-2025.1.0.0-b0 on x86_64-pc-linux-gnu, compiled by clang, 64-bit";
        assert!(undoes_ddl("PostgreSQL 15.8 on x86_64-pc-linux-gnu, compiled by gcc, 64-bit", ""));
        assert!(undoes_ddl(yugabyte, "on"));
        assert!(!undoes_ddl(yugabyte, "off") && !undoes_ddl(yugabyte, ""));
    }
}
