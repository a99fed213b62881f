//! The run lock: `GET_LOCK`, which ends with its session. On Galera each node has locks of its own, so a run takes a
//! lease there; where a lease is configured, both. A lease's row is locked for moments only: who locked it for as long
//! as a statement takes would be rolled back by the other nodes' writes to it, and by its own.

use std::time::{Duration, Instant};

use super::quote;
use crate::engine::backend::Terms;
use crate::engine::backend::lease::{Grace, Holder, LOST, TABLE, token};
use crate::engine::backend::retry;
use crate::engine::options::Lock as Kind;
use crate::engine::session::{Session, SqlError};

/// Of the server, so that the schema is in it; as short as MySQL demands.
const LOCK: &str = "CONCAT('cargo_schema:', MD5(DATABASE()))";

/// The moment at which the lock was taken is held in locks, too: one for each bit of it.
const BITS: std::ops::Range<u32> = 0..32;

/// What a run holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Hold {
    session: bool,
    /// The number of the lease.
    lease: Option<u64>,
}

/// The lock of one run.
#[derive(Debug, Default)]
pub(super) struct RunLock {
    hold: Hold,
    token: String,
    /// The number of the lease that was asked for last.
    sought: Option<u64>,
    /// The number of the connection.
    connection: String,
    lease: Duration,
    grace: Grace,
    /// Settings as the connection had them, where they were changed.
    restore: Vec<String>,
    /// The schema that the run began in, plain and quoted: a script may change what names without one mean.
    name: String,
    schema: String,
}

/// How the connection is set up.
#[derive(Debug, Default)]
pub(super) struct Setting {
    pub(super) lock_wait: Option<String>,
    pub(super) innodb_wait: Option<String>,
    pub(super) is_mariadb: bool,
}

impl RunLock {
    /// Takes it, or says by `Busy` who has it.
    pub(super) fn take(&mut self, session: &mut dyn Session, terms: &Terms) -> Result<Setting, SqlError> {
        self.lease = terms.lease;
        let row = session.rows(&try_lock(self.hold.session))?.into_iter().next().unwrap_or_default();
        let [
            taken,
            is_manual,
            lock_wait,
            innodb_wait,
            is_mariadb,
            cluster,
            sync_wait,
            table,
            connection,
            schema,
        ] = row.try_into().unwrap_or_default();
        self.connection = connection.unwrap_or_default();
        self.name = schema.unwrap_or_default();
        self.schema = format!("`{}`", self.name.replace('`', "``"));
        if is_manual.as_deref() == Some("1") {
            // It would undo what counts as done, and read a lease for ever as it was at first.
            session.execute("SET autocommit = 1")?;
            self.restore.push("autocommit = 0".to_owned());
        }
        let is_cluster = cluster.as_deref() == Some("ON");
        self.hold.session = taken.as_deref() == Some("1");
        if !is_cluster && !self.hold.session {
            // The list of processes is a file to some servers, and only a name is missing without it.
            let holder = session_holder(session).unwrap_or_default();
            return Err(SqlError::busy(holder.map(|holder| holder.to_string())));
        }
        if is_cluster || terms.lock == Kind::Table {
            if let Some(sync_wait) = sync_wait.filter(|found| is_cluster && found != "1") {
                // A node that is behind would show an old lease, and one that is at work is waited for.
                session.execute("SET SESSION wsrep_sync_wait = 1")?;
                self.restore.push(format!("wsrep_sync_wait = {sync_wait}"));
            }
            let made = match table.as_deref() {
                Some("1") => Ok(()),
                _ => session.execute(&make_table()),
            };
            made.and_then(|()| self.take_lease(session, &terms.actor))?;
        }
        Ok(Setting { lock_wait, innodb_wait, is_mariadb: is_mariadb.as_deref() == Some("1") })
    }

    fn take_lease(&mut self, session: &mut dyn Session, actor: &str) -> Result<(), SqlError> {
        let mut rows = session.rows(&leaseholder())?;
        if rows.is_empty() {
            // Nobody has been here yet, or who made the table got no further.
            session.execute(&make_row())?;
            rows = session.rows(&leaseholder())?;
        }
        let row = rows.into_iter().next().unwrap_or_default();
        let [fence, end, who, since, is_ended, by] = row.try_into().unwrap_or_default();
        if self.is_sought(fence.as_deref(), by.as_deref()) {
            // It was taken, and what became of that could not be asked.
            self.hold.lease = self.sought;
            return Ok(());
        }
        let busy = |who: Option<String>| {
            SqlError::busy(who.map(|who| Holder { who, since: since.clone(), is_dead: false }.to_string()))
        };
        let (fence, end) = (fence.unwrap_or_default(), end.unwrap_or_default());
        let is_ended = is_ended.as_deref() == Some("1");
        let is_free = who.is_none() || (is_ended && self.grace.is_over([&fence, &end], Instant::now()));
        let Some(next) = fence.parse::<u64>().ok().filter(|_| is_free).map(|fence| fence + 1) else {
            return Err(busy(who));
        };
        (self.token, self.sought) = (token(), Some(next));
        let (token, until) = (quote(&self.token), self.end());
        let took = session.execute(&format!(
            "UPDATE {TABLE} SET fence = {next}, holder = {}, token = {token}, taken_at = UTC_TIMESTAMP(6), \
             ends_at = {until} WHERE id = {} AND fence = {fence} AND ends_at = {}",
            quote(actor),
            quote(LOST),
            quote(&end)
        ));
        let ours =
            format!("SELECT CAST(COUNT(*) AS CHAR) FROM {TABLE} WHERE fence = {next} AND token = {token}");
        match took.and_then(|()| session.value(&ours))?.as_deref() {
            Some("1") => {
                self.hold.lease = Some(next);
                Ok(())
            }
            _ => Err(busy(None)),
        }
    }

    fn is_sought(&self, fence: Option<&str>, token: Option<&str>) -> bool {
        let number = fence.and_then(|fence| fence.parse().ok());
        number.is_some() && number == self.sought && token == Some(&self.token)
    }

    fn end(&self) -> String {
        format!("UTC_TIMESTAMP(6) + INTERVAL {} MICROSECOND", self.lease.as_micros())
    }

    /// What comes before each statement that commits by itself: a sign of life, and an error when it comes too late.
    pub(super) fn guard(&self) -> Option<String> {
        Some(format!("{};\n{}", self.renewal()?, self.check()?))
    }

    /// The schema that the run began in.
    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    /// The lease's table, wherever the session is.
    fn table(&self) -> String {
        format!("{}.{TABLE}", self.schema)
    }

    /// A sign of life.
    pub(super) fn renewal(&self) -> Option<String> {
        let fence = self.hold.lease?;
        let (table, end) = (self.table(), self.end());
        Some(format!("UPDATE {table} SET ends_at = {end} WHERE id = {} AND fence = {fence}", quote(LOST)))
    }

    /// Which session keeps ours waiting: who holds a lock on a table no server says, so it is the one that has had its
    /// transaction open for longest.
    pub(super) fn blocker(&self) -> String {
        let ours = &self.connection;
        format!(
            "SELECT CONCAT(p.user, '@', p.host, ', connection ', p.id, ', in a transaction since ', {}, \
             coalesce(CONCAT(': ', LEFT(p.info, 80)), '')) \
             FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id \
             WHERE p.id <> {ours} AND (EXISTS (SELECT 1 FROM information_schema.processlist w WHERE w.id = {ours} \
             AND w.state LIKE 'Waiting for table%') OR EXISTS (SELECT 1 FROM information_schema.innodb_trx w \
             WHERE w.trx_mysql_thread_id = {ours} AND w.trx_state = 'LOCK WAIT')) ORDER BY t.trx_started LIMIT 1",
            utc("t.trx_started + INTERVAL TIMESTAMPDIFF(SECOND, NOW(), UTC_TIMESTAMP()) SECOND"),
        )
    }

    /// The number of the connection, if the lock is held by that.
    pub(super) fn session(&self) -> Option<String> {
        self.hold.session.then(|| self.connection.clone())
    }

    /// What comes last in each transaction.
    pub(super) fn check(&self) -> Option<String> {
        self.hold.lease.map(|fence| check(&self.table(), fence))
    }

    /// The end of a run, with what else is to be set.
    pub(super) fn release(
        &mut self,
        session: &mut dyn Session,
        mut settings: Vec<String>,
    ) -> Result<(), SqlError> {
        let hold = std::mem::take(&mut self.hold);
        let mut last: Vec<String> = Vec::new();
        if hold.session {
            let names = BITS.map(|bit| format!("RELEASE_LOCK({})", name(bit)));
            let release = format!("DO RELEASE_LOCK({LOCK}), {}", names.collect::<Vec<_>>().join(", "));
            // A script may have dropped the schema, which the session is in no more, and the lease's table with it.
            last.push(release.replace("DATABASE()", &quote(&self.name)));
        }
        // Also one of which it could not be asked whether it was taken: the token says whose it is.
        if let Some(fence) = hold.lease.or(self.sought.take()) {
            last.push(format!(
                "UPDATE {TABLE} SET holder = NULL, ends_at = UTC_TIMESTAMP(6) WHERE id = {} AND fence = {fence} \
                 AND token = {}",
                quote(LOST),
                quote(&self.token)
            ));
        }
        settings.append(&mut self.restore);
        if !settings.is_empty() {
            last.push(format!("SET {}", settings.join(", ")));
        }
        if last.is_empty() { Ok(()) } else { retry::execute(session, &last.join(";\n"), self.lease) }
    }

    /// The lease is not ours any more.
    pub(super) fn forget(&mut self) {
        self.hold.lease = None;
    }
}

/// Looks who holds it, and takes nothing.
pub(super) fn holder(session: &mut dyn Session) -> Result<Option<Holder>, SqlError> {
    let holder = session_holder(session)?;
    if holder.is_some() || session.value(&format!("SELECT {HAS_TABLE}"))?.as_deref() != Some("1") {
        return Ok(holder);
    }
    let row = session.rows(&leaseholder())?.into_iter().next().unwrap_or_default();
    let [_, _, who, since, is_ended, _] = row.try_into().unwrap_or_default();
    Ok(who.map(|who| Holder { who, since, is_dead: is_ended.as_deref() == Some("1") }))
}

fn session_holder(session: &mut dyn Session) -> Result<Option<Holder>, SqlError> {
    let row = session.rows(&format!("SELECT {}, {}", who(), since()))?.into_iter().next().unwrap_or_default();
    let [who, since] = row.try_into().unwrap_or_default();
    Ok(who.map(|who| Holder { who, since, is_dead: false }))
}

/// Takes the lease from a holder who is dead, as [`holder`] said just now; `false` where he has come back.
pub(super) fn free(session: &mut dyn Session) -> Result<bool, SqlError> {
    session.execute(&format!(
        "UPDATE {TABLE} SET fence = fence + 1, holder = NULL WHERE id = {} AND ends_at <= UTC_TIMESTAMP(6);\nCOMMIT",
        quote(LOST)
    ))?;
    let left =
        session.value(&format!("SELECT CAST(COUNT(*) AS CHAR) FROM {TABLE} WHERE holder IS NOT NULL"))?;
    Ok(left.as_deref() == Some("0"))
}

/// Ends a connection that holds the session's lock; one of that number that does not is somebody else's.
pub(super) fn end_session(session: &mut dyn Session, number: &str) -> Result<(), SqlError> {
    let number: u64 = number.parse().map_err(|_| SqlError::new(format!("`{number}` is no connection")))?;
    let is_holder = session.value(&format!("SELECT CAST(IS_USED_LOCK({LOCK}) = {number} AS CHAR)"))?;
    if is_holder.as_deref() == Some("1") { session.execute(&format!("KILL {number}")) } else { Ok(()) }
}

/// An error by the name of [`LOST`] when the lease has another number: the key is there already.
fn check(table: &str, fence: u64) -> String {
    format!(
        "INSERT INTO {table} (id, fence, ends_at) SELECT id, fence, ends_at FROM {table} WHERE id = {} \
         AND fence <> {fence}",
        quote(LOST)
    )
}

/// Takes the session's lock, unless it is one node's of several; and what there is to know.
/// Whoever waits for a lease has it already, and would have to let go of it as often as he took it.
fn try_lock(is_held: bool) -> String {
    let noted = BITS.map(|bit| format!("IF((UNIX_TIMESTAMP() >> {bit}) & 1, GET_LOCK({}, 0), 0)", name(bit)));
    let noted = noted.collect::<Vec<_>>().join(" + ");
    format!(
        "SELECT CAST(IF({CLUSTER} = 'ON', 0, IF({is_held} OR GET_LOCK({LOCK}, 0) = 1, ({noted}) >= 0, 0)) AS CHAR), \
         CAST(NOT @@autocommit AS CHAR), CAST(@@lock_wait_timeout AS CHAR), CAST(@@innodb_lock_wait_timeout AS CHAR), \
         CAST(VERSION() LIKE '%MariaDB%' AS CHAR), {CLUSTER}, {}, {HAS_TABLE}, CAST(CONNECTION_ID() AS CHAR), \
         DATABASE()",
        variable("wsrep_sync_wait"),
    )
}

/// Whether there are other nodes. Each server reads the half that is for it; one without this plug reads NULL.
const CLUSTER: &str = "CAST(/*M!100600 (SELECT variable_value FROM information_schema.session_variables \
    WHERE variable_name = 'wsrep_on') */ /*!80000 (SELECT variable_value FROM performance_schema.session_variables \
    WHERE variable_name = 'wsrep_on') */ AS CHAR)";

const HAS_TABLE: &str = "(SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.tables \
    WHERE table_schema = DATABASE() AND table_name = '__schema_lock')";

fn variable(name: &str) -> String {
    CLUSTER.replace("wsrep_on", name)
}

fn who() -> String {
    format!(
        "coalesce((SELECT CONCAT(user, '@', host, ', connection ', id) FROM information_schema.processlist \
         WHERE id = IS_USED_LOCK({LOCK})), CONCAT('connection ', IS_USED_LOCK({LOCK})))"
    )
}

fn since() -> String {
    let bits =
        BITS.map(|bit| format!("IF(IS_USED_LOCK({}) = IS_USED_LOCK({LOCK}), 1 << {bit}, 0)", name(bit)));
    utc(&format!("'1970-01-01' + INTERVAL NULLIF({}, 0) SECOND", bits.collect::<Vec<_>>().join(" + ")))
}

fn name(bit: u32) -> String {
    format!("CONCAT('cargo_schema:', MD5(DATABASE()), ':{bit}')")
}

fn utc(moment: &str) -> String {
    format!("DATE_FORMAT({moment}, '%Y-%m-%dT%H:%i:%sZ')")
}

fn leaseholder() -> String {
    format!(
        "SELECT CAST(fence AS CHAR), CAST(ends_at AS CHAR), CAST(holder AS CHAR), {}, \
         CAST(ends_at <= UTC_TIMESTAMP(6) AS CHAR), IF(holder IS NULL, NULL, CAST(token AS CHAR)) \
         FROM {TABLE} WHERE id = {}",
        utc("taken_at"),
        quote(LOST)
    )
}

fn make_table() -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {TABLE} (\n       id VARCHAR(40) NOT NULL PRIMARY KEY,\n       \
         fence BIGINT UNSIGNED NOT NULL,\n       holder TEXT,\n       token VARCHAR(40),\n       \
         taken_at DATETIME(6),\n       ends_at DATETIME(6) NOT NULL\n\
         ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4"
    )
}

fn make_row() -> String {
    format!("INSERT IGNORE INTO {TABLE} (id, fence, ends_at) VALUES ({}, 0, UTC_TIMESTAMP(6))", quote(LOST))
}
