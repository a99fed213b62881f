//! A script outside a transaction, statement by statement. What may stand in a transaction shares one with the
//! row that counts it, so that a kill leaves no doubt. What may not (`CREATE INDEX CONCURRENTLY`, `VACUUM`) is
//! announced by the row before, and counted after; an attempt that finds it announced looks at the catalogue.

use super::message::Message;
use super::{PostgresBackend, quote};
use crate::engine::backend::attempt::{self, Attempt, is_temporary};
use crate::engine::backend::words::Words;
use crate::engine::backend::{Failure, Step, heard};
use crate::engine::ledger::{self, Change, Entry, LEDGER};
use crate::engine::session::{Session, SqlError, SqlErrorKind};
use crate::revision::{Script, Statement, StatementKind};

/// First words of statements that change nothing when they are run once more.
const REPEATABLE: [&str; 10] = [
    "VACUUM",
    "REINDEX",
    "CLUSTER",
    "ANALYZE",
    "ALTER SYSTEM",
    "SET",
    "RESET",
    "DISCARD",
    "SHOW",
    "CHECKPOINT",
];

/// First words of statements whose effect ends with the connection, and which a resumed run needs again.
const OF_THE_SESSION: [&str; 3] = ["SET", "RESET", "LOAD"];

const PAST_THE_POOLER: &str =
    "connect past the pooler for this revision, or set it for the role with ALTER ROLE";

/// See `Backend::resume`.
pub(super) fn resume(script: &Script, entry: &Entry) -> Option<usize> {
    attempt::resume(script, entry, |next| !is_alone(script, next) || Probe::of(script.sql(next)).is_some())
}

/// Whether it commits by itself. A procedure may do so, and must then not stand in a transaction.
fn is_alone(script: &Script, statement: &Statement) -> bool {
    let first = Words::new(script.sql(statement)).next();
    statement.kind == StatementKind::Outside || matches!(&*first, "CALL" | "DO")
}

/// How to find out what became of a statement that was under way.
#[derive(Debug, PartialEq, Eq)]
enum Probe<'s> {
    /// Run it again, it does no harm.
    Repeat,
    /// Done when there is a valid index of this name.
    IndexIsThere(&'s str),
    /// Done when there is no such index.
    IndexIsGone(&'s str),
}

impl<'s> Probe<'s> {
    fn of(sql: &'s str) -> Option<Self> {
        let starts = |start: &&str| Words::new(sql).pass(&start.split(' ').collect::<Vec<_>>());
        if REPEATABLE.iter().any(starts) {
            return Some(Self::Repeat);
        }
        if let Some(index) = made_concurrently(sql) {
            return Some(Self::IndexIsThere(index));
        }
        let mut words = Words::new(sql);
        if words.pass(&["DROP", "INDEX", "CONCURRENTLY"]) {
            if words.pass(&["IF", "EXISTS"]) {
                return Some(Self::Repeat);
            }
            return words.raw().map(Self::IndexIsGone);
        }
        None
    }

    fn is_done(&self, session: &mut dyn Session) -> Result<bool, SqlError> {
        let (name, expected) = match self {
            Self::Repeat => return Ok(false),
            Self::IndexIsThere(name) => (name, "true"),
            Self::IndexIsGone(name) => (name, "none"),
        };
        let state = format!(
            "SELECT coalesce((SELECT indisvalid::text FROM pg_catalog.pg_index WHERE indexrelid = to_regclass({})), 'none')",
            quote(name)
        );
        Ok(session.value(&state)?.as_deref() == Some(expected))
    }
}

/// The name of the index that a statement builds concurrently, where it has one. An index is made in the schema
/// of its table, and found there by `to_regclass` as long as that is in the search path.
fn made_concurrently(sql: &str) -> Option<&str> {
    let mut words = Words::new(sql);
    if !words.pass(&["CREATE"]) {
        return None;
    }
    words.pass(&["UNIQUE"]);
    if !words.pass(&["INDEX", "CONCURRENTLY"]) {
        return None;
    }
    words.pass(&["IF", "NOT", "EXISTS"]);
    words.raw().filter(|name| !name.eq_ignore_ascii_case("ON"))
}

impl PostgresBackend {
    pub(super) fn run_outside(
        &mut self,
        session: &mut dyn Session,
        step: &Step<'_>,
        script: &Script,
    ) -> Result<(), Failure> {
        let mut walk = Walk { attempt: Attempt::new(step, script), is_in_transaction: false };
        self.refuse_lost_settings(script)?;
        let walked = self.announce(session, &mut walk, step).and_then(|()| {
            let session = &mut self.lock.route(session, false);
            // Gives this connection what the dead one had.
            for sql in walk.attempt.pass(&OF_THE_SESSION) {
                session.execute(self.way_back(sql).as_deref().unwrap_or(sql))?;
            }
            walk.run(session, self, step.is_in_doubt)
        });
        let walked = walked.and_then(|()| self.conclude(session, step, &walk));
        walked.map_err(|error| {
            // The script's transaction, if there is one; else the server only warns.
            let error = heard(error, session.execute("ROLLBACK"));
            self.pending.is_open = false;
            if error.kind == SqlErrorKind::LockLost {
                self.lock.forget();
                return walk.attempt.leave_to_others(error);
            }
            let session = &mut self.lock.route(session, false);
            let _ = walk.drop_invalid_index(session);
            walk.attempt.give_up(session, self, error)
        })
    }

    /// What cannot be run here: what would let go of the lock while the script runs, and what a script sets for its
    /// next statement where a pooler does not keep it until then.
    fn refuse_lost_settings(&self, script: &Script) -> Result<(), Failure> {
        let sets = |sql: &str| {
            let mut words = Words::new(sql);
            (OF_THE_SESSION.contains(&&*words.next()) && words.next() != "LOCAL") || is_temporary(sql)
        };
        let first = |is: &dyn Fn(&str) -> bool| {
            script.statements.iter().position(|statement| is(script.sql(statement)))
        };
        let is_pooled = self.lock.is_pooled();
        let (statement, message, help) = match (first(&resets_all), first(&sets)) {
            (Some(statement), _) => (
                statement,
                "it would take the run's lock along, which is the session's",
                "RESET by name what the script has SET, and DISCARD TEMP or PLANS",
            ),
            (None, Some(statement)) if is_pooled => {
                (statement, "the pooler gives the next statement another session", PAST_THE_POOLER)
            }
            (None, None) if is_pooled && self.is_limited() => {
                (0, "no timeout lasts through a pooler in transaction mode", PAST_THE_POOLER)
            }
            (None, _) => return Ok(()),
        };
        let error = SqlError { details: vec![help.to_owned()], ..SqlError::new(message) };
        Err(Failure { statement, error, kept: 0, is_unit_lost: true, is_recorded: true })
    }

    /// What comes after a statement that leaves the schema that the run is in for the connection's own.
    fn way_back(&self, sql: &str) -> Option<String> {
        let mut words = Words::new(sql);
        let is_needed = words.pass(&["RESET", "SEARCH_PATH"]) && !self.lock.is_pooled();
        is_needed.then(|| self.path(false))
    }

    /// Commits the row that says that it is under way.
    fn announce(
        &mut self,
        session: &mut dyn Session,
        walk: &mut Walk<'_>,
        step: &Step<'_>,
    ) -> Result<(), SqlError> {
        self.pending.changes.push(walk.attempt.announcement(step));
        self.keep(session)?;
        let query = format!(
            "SELECT max(id)::text, (SELECT concat(relnamespace::regnamespace, '.') FROM pg_catalog.pg_class \
             WHERE oid = to_regclass('{LEDGER}')) FROM {LEDGER}"
        );
        let row = self.lock.route(session, false).rows(&query)?.into_iter().next().unwrap_or_default();
        let [last, home] = row.try_into().unwrap_or_default();
        (walk.attempt.row, self.home) = (last, home.unwrap_or_default());
        Ok(())
    }

    fn conclude(
        &mut self,
        session: &mut dyn Session,
        step: &Step<'_>,
        walk: &Walk<'_>,
    ) -> Result<(), SqlError> {
        if walk.is_in_transaction {
            return Err(SqlError::new("the script leaves its transaction open"));
        }
        let mut message = Message::default();
        message.push("BEGIN");
        message.push(&self.restore());
        message.push(&walk.attempt.conclude(self));
        let mark = Change::mark(step.revision, step.direction);
        ledger::write(self, &[mark]).iter().for_each(|sql| message.push(sql));
        message.push("COMMIT");
        session.execute(message.sql())?;
        self.is_unflushed = false;
        Ok(())
    }
}

/// The way through one script.
struct Walk<'s> {
    attempt: Attempt<'s>,
    /// Whether the script has begun a transaction of its own.
    is_in_transaction: bool,
}

impl Walk<'_> {
    fn run(
        &mut self,
        session: &mut dyn Session,
        backend: &PostgresBackend,
        mut is_in_doubt: bool,
    ) -> Result<(), SqlError> {
        let script = self.attempt.script;
        for (index, statement) in script.statements.iter().enumerate().skip(self.attempt.from) {
            let sql = self.attempt.reach(index);
            match Probe::of(sql) {
                Some(probe) if std::mem::take(&mut is_in_doubt) && probe.is_done(session)? => {
                    session.execute(&self.attempt.advance(backend))?;
                }
                Some(_) | None => self.step(session, backend, statement, sql)?,
            }
            is_in_doubt = false;
        }
        Ok(())
    }

    fn step(
        &mut self,
        session: &mut dyn Session,
        backend: &PostgresBackend,
        statement: &Statement,
        sql: &str,
    ) -> Result<(), SqlError> {
        let advance = self.attempt.advance(backend);
        if statement.kind == StatementKind::Transaction {
            return self.turn(session, sql, &advance);
        }
        if is_alone(self.attempt.script, statement) {
            self.drop_invalid_index(session)?;
            let mark = backend.lock.mark();
            let ran = session.execute(&format!("{mark}{sql}"));
            ran.map_err(|error| SqlError { position: place(error.position, mark.len(), sql), ..error })?;
            return session.execute(&advance);
        }
        let mut message = Message::default();
        if !self.is_in_transaction {
            message.push("BEGIN");
            message.push(&backend.place());
        }
        message.push(&backend.lock.guard());
        let before = message.sql().chars().count();
        message.push(sql);
        message.push(&backend.way_back(sql).unwrap_or_default());
        message.push(&advance);
        if !self.is_in_transaction {
            message.push("COMMIT");
        }
        let ran = session.execute(message.sql());
        ran.map_err(|error| SqlError { position: place(error.position, before, sql), ..error })
    }

    /// A statement that begins or ends the script's own transaction. Its progress is written before, so that a
    /// COMMIT takes it along, and after, for a ROLLBACK takes it away.
    fn turn(&mut self, session: &mut dyn Session, sql: &str, advance: &str) -> Result<(), SqlError> {
        let begins = matches!(&*Words::new(sql).next(), "BEGIN" | "START");
        if !begins && self.is_in_transaction {
            session.execute(advance)?;
        }
        session.execute(sql)?;
        self.is_in_transaction = begins || (self.is_in_transaction && is_chained(sql));
        session.execute(advance)
    }

    /// What a build that failed leaves behind, and what a new one would stumble over. One that somebody is
    /// building at this moment is left alone.
    fn drop_invalid_index(&self, session: &mut dyn Session) -> Result<(), SqlError> {
        let script = self.attempt.script;
        let Some(statement) = script.statements.get(self.attempt.at) else { return Ok(()) };
        let Some(name) = made_concurrently(script.sql(statement)) else { return Ok(()) };
        let invalid = format!(
            "SELECT indexrelid::regclass::text FROM pg_catalog.pg_index i WHERE indexrelid = to_regclass({}) \
             AND NOT indisvalid AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p \
             WHERE p.index_relid = i.indexrelid)",
            quote(name)
        );
        match session.value(&invalid)? {
            Some(name) => session.execute(&format!("DROP INDEX CONCURRENTLY {name}")),
            None => Ok(()),
        }
    }
}

/// Whether it makes the session what it was when it was opened, and takes along what makes it this run's.
fn resets_all(sql: &str) -> bool {
    let mut words = Words::new(sql);
    matches!(&*words.next(), "DISCARD" | "RESET") && words.next() == "ALL"
}

/// `COMMIT AND CHAIN` begins another transaction at once.
fn is_chained(sql: &str) -> bool {
    let words: Vec<String> = sql.split_whitespace().map(str::to_ascii_uppercase).collect();
    words.ends_with(&["AND".to_owned(), "CHAIN".to_owned()])
        && !words.ends_with(&["AND".to_owned(), "NO".to_owned(), "CHAIN".to_owned()])
}

/// From characters of a message to bytes of the statement in it.
fn place(position: Option<usize>, before: usize, sql: &str) -> Option<usize> {
    let at = position?.checked_sub(before)?;
    sql.char_indices().map(|(byte, _)| byte).chain([sql.len()]).nth(at)
}

#[cfg(test)]
mod tests {
    use super::Probe;

    #[test]
    fn what_can_be_looked_up_or_repeated_is_known() {
        let check = |sql, probe| assert_eq!(Probe::of(sql), probe, "{sql}");
        check("CREATE INDEX CONCURRENTLY i ON t (a)", Some(Probe::IndexIsThere("i")));
        check(
            "create unique index concurrently if not exists s.\"I\" ON t(a)",
            Some(Probe::IndexIsThere("s.\"I\"")),
        );
        check("CREATE INDEX CONCURRENTLY ON t (a)", None);
        check("DROP INDEX CONCURRENTLY i", Some(Probe::IndexIsGone("i")));
        check("DROP INDEX CONCURRENTLY IF EXISTS i", Some(Probe::Repeat));
        check("VACUUM (ANALYZE) t", Some(Probe::Repeat));
        check("ALTER SYSTEM SET x = 1", Some(Probe::Repeat));
        check("ALTER TABLE p DETACH PARTITION q CONCURRENTLY", None);
    }
}
