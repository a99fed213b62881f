//! A script outside a transaction, statement by statement. What may stand in a transaction shares one with the
//! row that counts it, so that a kill leaves no doubt. What may not (`CREATE INDEX CONCURRENTLY`, `VACUUM`) is
//! announced by the row before, and counted after; an attempt that finds it announced looks at the catalogue.

use super::message::Message;
use super::{PostgresBackend, quote};
use crate::engine::backend::server::Words;
use crate::engine::backend::{Failure, Step};
use crate::engine::clock;
use crate::engine::ledger::{self, Change, Entry, LEDGER, Outcome};
use crate::engine::progress::{self, Fingerprint};
use crate::engine::session::{Session, SqlError};
use crate::plan::Direction;
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

/// Which statement an attempt goes on with. `None` when what is done has been edited since, lived in the dead
/// connection alone, or cannot be looked up.
pub(super) fn resume(script: &Script, entry: &Entry) -> Option<usize> {
    let done = entry.statements_done;
    let mut statements = script.statements.iter().take(done).map(|statement| script.sql(statement));
    let is_known = progress::is_unchanged(script, entry) && !statements.any(is_temporary);
    let next = script.statements.get(done).filter(|_| entry.outcome == Outcome::UnderWay);
    let can_tell = next.is_none_or(|next| !is_alone(script, next) || Probe::of(script.sql(next)).is_some());
    (is_known && can_tell).then_some(done)
}

fn is_temporary(sql: &str) -> bool {
    let mut words = Words::new(sql);
    words.pass(&["CREATE"]) && {
        words.pass(&["LOCAL"]);
        matches!(&*words.next(), "TEMP" | "TEMPORARY")
    }
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
        let mut walk =
            Walk { script, row: None, at: step.from, is_in_transaction: false, done: Fingerprint::default() };
        let walked = self.announce(session, &mut walk, step).and_then(|()| {
            walk.prepare(session)?;
            walk.run(session, step.is_in_doubt)?;
            self.conclude(session, step, &walk)
        });
        walked.map_err(|error| give_up(session, step, &walk, error))
    }

    /// Commits the row that says that it is under way.
    fn announce(
        &mut self,
        session: &mut dyn Session,
        walk: &mut Walk<'_>,
        step: &Step<'_>,
    ) -> Result<(), SqlError> {
        let checksum = Some(progress::checksum(walk.script, step.from));
        let entry = Entry { checksum, statements_done: step.from, ..step.entry.clone() };
        self.changes.push(Change::Append(Box::new(entry)));
        self.keep(session)?;
        walk.row = session.value(&format!("SELECT max(id)::text FROM {LEDGER}"))?;
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
        let version = step.revision.version.to_string();
        let change = match step.direction {
            Direction::Up => Change::Mark { version, run_on: None },
            Direction::Down => Change::Unmark { version },
        };
        let mut message = Message::default();
        message.push("BEGIN");
        message.push(&self.restore_search_path());
        message.push(&walk.update(&format!("outcome = 'done', checksum = {}", quote(&walk.script.checksum))));
        ledger::write(self, &[change]).iter().for_each(|sql| message.push(sql));
        message.push("COMMIT");
        session.execute(message.sql())?;
        self.is_unflushed = false;
        Ok(())
    }
}

/// Undoes what the script's own transaction had not committed, and lets the ledger say how far it got.
fn give_up(session: &mut dyn Session, step: &Step<'_>, walk: &Walk<'_>, error: SqlError) -> Failure {
    // The script's transaction, if there is one; else the server only warns.
    let _ = session.execute("ROLLBACK");
    let _ = walk.drop_invalid_index(session);
    let kept = walk.record(session, &error).ok().flatten();
    Failure {
        statement: walk.at,
        error,
        kept: kept.unwrap_or(step.from),
        is_unit_lost: true,
        is_recorded: walk.row.is_some(),
    }
}

/// The way through one script.
struct Walk<'s> {
    script: &'s Script,
    /// The id of the attempt's row, once there is one.
    row: Option<String>,
    /// The statement that is being run.
    at: usize,
    /// Whether the script has begun a transaction of its own.
    is_in_transaction: bool,
    /// Of the statements up to this one.
    done: Fingerprint,
}

impl Walk<'_> {
    /// Gives this connection what the dead one had.
    fn prepare(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        for statement in self.script.statements.iter().take(self.at) {
            let sql = self.script.sql(statement);
            self.done.add(sql);
            if OF_THE_SESSION.contains(&&*Words::new(sql).next()) {
                session.execute(sql)?;
            }
        }
        Ok(())
    }

    fn run(&mut self, session: &mut dyn Session, mut is_in_doubt: bool) -> Result<(), SqlError> {
        let script = self.script;
        for (index, statement) in script.statements.iter().enumerate().skip(self.at) {
            self.at = index;
            self.done.add(script.sql(statement));
            match Probe::of(script.sql(statement)) {
                Some(probe) if std::mem::take(&mut is_in_doubt) && probe.is_done(session)? => {
                    session.execute(&self.advance())?;
                }
                Some(_) | None => self.step(session, statement)?,
            }
            is_in_doubt = false;
        }
        Ok(())
    }

    fn step(&mut self, session: &mut dyn Session, statement: &Statement) -> Result<(), SqlError> {
        let sql = self.script.sql(statement);
        if statement.kind == StatementKind::Transaction {
            return self.turn(session, sql);
        }
        if is_alone(self.script, statement) {
            self.drop_invalid_index(session)?;
            session.execute(sql)?;
            return session.execute(&self.advance());
        }
        let mut message = Message::default();
        let (before, after) = if self.is_in_transaction { (0, "") } else { ("BEGIN;\n".len(), "COMMIT") };
        if before > 0 {
            message.push("BEGIN");
        }
        message.push(sql);
        message.push(&self.advance());
        if before > 0 {
            message.push(after);
        }
        let ran = session.execute(message.sql());
        ran.map_err(|error| SqlError { position: place(error.position, before, sql), ..error })
    }

    /// A statement that begins or ends the script's own transaction. Its progress is written before, so that a
    /// COMMIT takes it along, and after, for a ROLLBACK takes it away.
    fn turn(&mut self, session: &mut dyn Session, sql: &str) -> Result<(), SqlError> {
        let begins = matches!(&*Words::new(sql).next(), "BEGIN" | "START");
        if !begins && self.is_in_transaction {
            session.execute(&self.advance())?;
        }
        session.execute(sql)?;
        self.is_in_transaction = begins || (self.is_in_transaction && is_chained(sql));
        session.execute(&self.advance())
    }

    /// What a build that failed leaves behind, and what a new one would stumble over. One that somebody is
    /// building at this moment is left alone.
    fn drop_invalid_index(&self, session: &mut dyn Session) -> Result<(), SqlError> {
        let Some(statement) = self.script.statements.get(self.at) else { return Ok(()) };
        let Some(name) = made_concurrently(self.script.sql(statement)) else { return Ok(()) };
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

    fn advance(&self) -> String {
        let checksum = quote(&self.done.column(self.script));
        self.update(&format!("statements_done = {}, checksum = {checksum}", self.at + 1))
    }

    fn update(&self, columns: &str) -> String {
        let row = self.row.as_deref().unwrap_or("NULL");
        format!("UPDATE {LEDGER} SET {columns}, finished_at = {} WHERE id = {row}", quote(&clock::now()))
    }

    fn record(&self, session: &mut dyn Session, error: &SqlError) -> Result<Option<usize>, SqlError> {
        let Some(row) = &self.row else { return Ok(None) };
        session.execute(&self.update(&format!("outcome = 'failed', error = {}", quote(&error.message))))?;
        let done = session.value(&format!("SELECT statements_done::text FROM {LEDGER} WHERE id = {row}"))?;
        Ok(done.and_then(|done| done.parse().ok()))
    }
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
