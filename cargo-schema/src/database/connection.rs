//! A connection to any engine, and what verbs ask of the engine through it. The engine is generic over connections;
//! here is the one place that says which there are.

use std::sync::Arc;

use diesel::connection::SimpleConnection as _;
use diesel::result::{Error as DieselError, QueryResult};
use diesel::sqlite::SqliteConnection;
use diesel::{QueryableByName, RunQueryDsl as _};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncMysqlConnection, AsyncPgConnection};
use schema_runtime::engine::{
    Detail, Error, Event, Holder, Migrator, Preview, Report, Resolution, State, Survey,
};
use schema_runtime::history::Node;
use schema_runtime::plan::Plan;

use super::server::Blocking;

/// An open session.
pub(crate) enum Connection {
    Sqlite(SqliteConnection),
    Postgres(Box<AsyncConnectionWrapper<AsyncPgConnection, Blocking>>),
    Mysql(Box<AsyncConnectionWrapper<AsyncMysqlConnection, Blocking>>),
}

/// What a verb asks of the engine.
#[derive(Clone, Copy)]
pub(crate) enum Work<'w> {
    /// Up to a target.
    Upgrade(&'w str),
    /// Up to a target, if a plan that is not empty may run.
    UpgradeIf { target: &'w str, may_run: &'w dyn Fn(&Plan) -> Result<(), Error> },
    /// Back to a target.
    Revert(&'w str),
    /// Exactly these count as applied.
    Stamp {
        nodes: &'w [Node],
        /// Rows that no revision has are forgotten.
        purge: bool,
    },
}

/// The same words for each engine.
macro_rules! on {
    ($connection:expr, $open:ident => $work:expr) => {
        match $connection {
            Connection::Sqlite($open) => $work,
            Connection::Postgres(open) => {
                let $open = &mut **open;
                $work
            }
            Connection::Mysql(open) => {
                let $open = &mut **open;
                $work
            }
        }
    };
}

impl Connection {
    pub(crate) fn execute(&mut self, sql: &str) -> QueryResult<()> {
        on!(self, open => open.batch_execute(sql))
    }

    pub(crate) fn run(&mut self, migrator: &Migrator<'_>, work: Work<'_>) -> Result<Report, Error> {
        on!(self, open => match work {
            Work::Upgrade(target) => migrator.upgrade(open, target),
            Work::UpgradeIf { target, may_run } => migrator.upgrade_if(open, target, may_run),
            Work::Revert(target) => migrator.revert(open, target),
            Work::Stamp { nodes, purge } => migrator.stamp(open, nodes, purge),
        })
    }

    /// With another connection beside it, when it takes long.
    pub(crate) fn run_watched<'h>(
        &mut self,
        migrator: Migrator<'h>,
        open: impl Fn() -> Option<Self> + Sync + 'h,
        tell: impl Fn(&Event<'_>) + Sync + 'h,
        work: Work<'_>,
    ) -> Result<Report, Error> {
        let migrator = match self {
            Self::Sqlite(_) => migrator,
            Self::Postgres(_) => migrator.watched(
                move || match open() {
                    Some(Self::Postgres(beside)) => Some(*beside),
                    _ => None,
                },
                tell,
            ),
            Self::Mysql(_) => migrator.watched(
                move || match open() {
                    Some(Self::Mysql(beside)) => Some(*beside),
                    _ => None,
                },
                tell,
            ),
        };
        self.run(&migrator, work)
    }

    /// What its ledger says, for whoever knows the history in a moment.
    pub(crate) fn preview(&mut self, detail: Detail) -> Preview {
        on!(self, open => Preview::read(open, detail))
    }

    pub(crate) fn state(&mut self, migrator: &Migrator<'_>) -> Result<State, Error> {
        on!(self, open => migrator.state(open))
    }

    /// Where many schemas are; of PostgreSQL alone.
    pub(crate) fn survey(
        &mut self,
        survey: &mut Survey<'_>,
        schemas: &[&str],
    ) -> Result<Vec<Arc<State>>, Error> {
        match self {
            Self::Postgres(open) => survey.look(&mut **open, schemas),
            Self::Sqlite(_) | Self::Mysql(_) => unreachable!("schemas are asked for on PostgreSQL alone"),
        }
    }

    pub(crate) fn resolve(
        &mut self,
        migrator: &Migrator<'_>,
        node: Node,
        resolution: Resolution,
    ) -> Result<(), Error> {
        on!(self, open => migrator.resolve(open, node, resolution))
    }

    /// Who holds the run lock.
    pub(crate) fn lock_holder(&mut self, migrator: &Migrator<'_>) -> Result<Option<Holder>, Error> {
        on!(self, open => migrator.lock_holder(open))
    }

    /// Who held the run lock, or still does if he lives.
    pub(crate) fn break_lock(&mut self, migrator: &Migrator<'_>) -> Result<Option<Holder>, Error> {
        on!(self, open => migrator.break_lock(open))
    }

    /// Ends a session that a run has left at work.
    pub(crate) fn end_session(&mut self, migrator: &Migrator<'_>, session: &str) -> Result<(), Error> {
        on!(self, open => migrator.end_session(open, session))
    }

    /// A query for one number.
    pub(crate) fn number(&mut self, query: &str) -> Result<i64, DieselError> {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            number: i64,
        }
        on!(self, open => diesel::sql_query(query).get_result::<Count>(open).map(|count| count.number))
    }

    /// A query for rows of one text.
    pub(crate) fn texts(&mut self, query: &str) -> Result<Vec<String>, DieselError> {
        #[derive(QueryableByName)]
        struct Line {
            #[diesel(sql_type = diesel::sql_types::Text)]
            text: String,
        }
        on!(self, open => {
            let lines: Vec<Line> = diesel::sql_query(query).load(open)?;
            Ok(lines.into_iter().map(|line| line.text).collect())
        })
    }
}
