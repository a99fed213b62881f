//! Where many databases are, without changing any: for `list`, and for finding out who has anything to do.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use schema_runtime::engine::State;

use super::board::Board;
use super::crew::spread;
use super::visit::Visitor;
use super::{Fleet, Tenant};
use crate::database::connect::Access;
use crate::desk::{Desk, READERS_PATIENCE};
use crate::failure::Failure;

/// How many schemas are looked at together: each takes some of the server's locks for a moment.
const TOGETHER: usize = 32;

/// Where a database is, or why nobody knows.
pub(crate) type Seen = Result<Arc<State>, Failure>;

/// Looks at all of them; in their order.
pub(crate) fn survey(fleet: &Fleet<'_>) -> Vec<Seen> {
    let board = Board::new(fleet, "Looking");
    let seen: Mutex<Vec<(usize, Seen)>> = Mutex::default();
    let tell = |index, state| {
        seen.lock().unwrap_or_else(PoisonError::into_inner).push((index, state));
        board.passed(1);
    };
    look(fleet, READERS_PATIENCE, || true, tell, || ());
    board.clear();
    let mut seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    seen.sort_by_key(|(index, _)| *index);
    seen.into_iter().map(|(_, state)| state).collect()
}

/// Opens all of them, several at a time, and has somebody look; in their order. `verb` is what people see meanwhile.
pub(crate) fn visit<T: Send>(
    fleet: &Fleet<'_>,
    verb: &'static str,
    look: impl Fn(usize, &mut Desk<'_>) -> Result<T, Failure> + Sync,
) -> Vec<Result<T, Failure>> {
    let board = Board::new(fleet, verb);
    let seen: Mutex<Vec<(usize, Result<T, Failure>)>> = Mutex::default();
    let tenants: Vec<(usize, &Tenant)> = fleet.tenants.iter().enumerate().collect();
    let work = |visitor: &mut Visitor<'_>, &(index, tenant): &(usize, &Tenant)| {
        let found = visitor.desk(tenant, Access::Read, READERS_PATIENCE).and_then(|mut desk| {
            let found = look(index, &mut desk)?;
            visitor.keep(tenant, desk);
            Ok(found)
        });
        seen.lock().unwrap_or_else(PoisonError::into_inner).push((index, found));
        board.passed(1);
    };
    spread(fleet.jobs, &tenants, || true, |_| Visitor::new(fleet), work, || ());
    board.clear();
    let mut seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    seen.sort_by_key(|(index, _)| *index);
    seen.into_iter().map(|(_, found)| found).collect()
}

/// Looks at all of them, several at a time, as long as `may_begin` allows it.
pub(super) fn look(
    fleet: &Fleet<'_>,
    wait: Duration,
    may_begin: impl Fn() -> bool + Sync,
    tell: impl Fn(usize, Seen) + Sync,
    watch: impl FnMut(),
) {
    let size = if fleet.shares_database() { TOGETHER } else { 1 };
    let parts: Vec<(usize, &[Tenant])> =
        fleet.tenants.chunks(size).enumerate().map(|(number, part)| (number * size, part)).collect();
    let work = |visitor: &mut Visitor<'_>, (start, part): &(usize, &[Tenant])| {
        let states = visitor.states(part, wait);
        states.into_iter().enumerate().for_each(|(offset, state)| tell(start + offset, state));
    };
    spread(fleet.jobs, &parts, may_begin, |_| Visitor::new(fleet), work, watch);
}
