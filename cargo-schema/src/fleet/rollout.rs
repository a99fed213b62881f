//! A change of many databases: those that have nothing to do are found first, then come the canaries, then all others,
//! until somebody says stop. What happened to each is remembered here.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use schema_runtime::engine::{Event, Migrator, Options, Report, State};
use schema_runtime::plan::{self, Direction};

use super::board::Board;
use super::crew::{Stop, spread};
use super::survey::look;
use super::visit::{self, Visitor};
use super::{Fleet, Tenant};
use crate::database::connect::{self, Access};
use crate::database::connection::Work;
use crate::database::url::DatabaseUrl;
use crate::desk::ids;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::human::{and, count, duration};

/// How long what is under way may take after Ctrl-C; whoever sends SIGTERM mostly sends SIGKILL after ten seconds.
const GRACE: Duration = Duration::from_secs(5);

/// What is done to each.
pub(crate) struct Task<'t> {
    pub(crate) direction: Direction,
    pub(crate) target: &'t str,
    pub(crate) options: Options,
}

/// When others do not get their turn.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    /// How many go first.
    pub(crate) canaries: usize,
    /// After how many failures nobody else begins.
    pub(crate) failures: Option<usize>,
}

/// Why some did not get their turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    Canary,
    Failures,
    Signal(Exit),
}

/// What became of one.
#[derive(Debug)]
pub(super) enum Fate {
    NotStarted,
    UnderWay,
    /// There was nothing to do.
    Current {
        now_at: Vec<String>,
    },
    Done {
        report: Report,
        elapsed: Duration,
    },
    Failed(Box<Failure>),
}

/// A change under way.
pub(crate) struct Rollout<'f> {
    pub(super) fleet: &'f Fleet<'f>,
    pub(super) task: &'f Task<'f>,
    limits: Limits,
    stop: &'f Stop,
    board: Board<'f>,
    /// In the order of the tenants.
    fates: Mutex<Vec<Fate>>,
    failures: AtomicUsize,
    /// Whether one of those that went first could not be done.
    is_canary_lost: AtomicBool,
    started: Instant,
}

/// How it went, for whoever tells it.
pub(crate) struct Told<'t> {
    pub(super) rollout: &'t Rollout<'t>,
    pub(super) fates: &'t [Fate],
    pub(super) halt: Option<Halt>,
    pub(super) elapsed: Duration,
}

impl<'f> Rollout<'f> {
    pub(crate) fn new(fleet: &'f Fleet<'f>, task: &'f Task<'f>, limits: Limits, stop: &'f Stop) -> Self {
        Self {
            fleet,
            task,
            limits,
            stop,
            board: Board::new(fleet, task.verb()),
            fates: Mutex::new(fleet.tenants.iter().map(|_| Fate::NotStarted).collect()),
            failures: AtomicUsize::new(0),
            is_canary_lost: AtomicBool::new(false),
            started: Instant::now(),
        }
    }

    /// Goes through all of them and has it told at the end, which after a signal may be that of the process.
    pub(crate) fn run(&self, tell: &dyn Fn(&Told<'_>) -> Exit) -> Exit {
        self.look(tell);
        if self.canaries(tell) {
            self.visit(&self.waiting(), tell);
        }
        self.finish(tell)
    }

    fn finish(&self, tell: &dyn Fn(&Told<'_>) -> Exit) -> Exit {
        self.board.clear();
        let (fates, elapsed) = (&self.fates()[..], self.started.elapsed());
        tell(&Told { rollout: self, fates, halt: self.halt(), elapsed })
    }

    fn fates(&self) -> MutexGuard<'_, Vec<Fate>> {
        self.fates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why nobody else may begin.
    fn halt(&self) -> Option<Halt> {
        if let Some(exit) = self.stop.exit() {
            return Some(Halt::Signal(exit));
        }
        if self.is_canary_lost.load(Ordering::Acquire) {
            return Some(Halt::Canary);
        }
        let failures = self.failures.load(Ordering::Acquire);
        self.limits.failures.is_some_and(|limit| failures >= limit).then_some(Halt::Failures)
    }

    /// Settles those with nothing to do, where that can be seen cheaply, or has to be known.
    fn look(&self, tell: &dyn Fn(&Told<'_>) -> Exit) {
        if self.limits.canaries == 0 && !self.fleet.shares_database() {
            return;
        }
        let may_begin = || self.halt().is_none();
        let settle = |index: usize, state: Result<Arc<State>, Failure>| {
            // What could not be looked at will say why when its turn comes.
            if let Some(now_at) = state.ok().and_then(|state| self.settled(&state)) {
                self.fates()[index] = Fate::Current { now_at };
                self.board.passed(1);
            }
        };
        look(self.fleet, self.task.options.lock_wait, may_begin, settle, self.watch(tell));
    }

    /// Where a database is that has nothing to do, and of which nothing is to be said.
    fn settled(&self, state: &State) -> Option<Vec<String>> {
        let history = &self.fleet.history;
        let plan = match self.task.direction {
            Direction::Up => plan::upgrade(history, &state.applied, self.task.target),
            Direction::Down => plan::revert(history, &state.applied, self.task.target),
        };
        let is_plain = state.edited.is_empty()
            && state.unknown.is_empty()
            && state.renamed.is_empty()
            && state.interrupted.is_empty()
            && !state.newer_ledger;
        (is_plain && plan.is_ok_and(|plan| plan.is_empty()))
            .then(|| ids(history, &state.applied.heads(history)))
    }

    /// Whether all others may follow. Who turns out to have nothing to do has proved nothing, and the next one goes.
    fn canaries(&self, tell: &dyn Fn(&Told<'_>) -> Exit) -> bool {
        let mut left = self.limits.canaries;
        while left > 0 && self.halt().is_none() {
            let first: Vec<usize> = self.waiting().into_iter().take(left).collect();
            if first.is_empty() {
                break;
            }
            self.board.say(|shell| shell.status("Canary", and(&self.names(&first))));
            self.visit(&first, tell);
            let fates = self.fates();
            if first.iter().any(|&index| matches!(fates[index], Fate::Failed(_))) {
                self.is_canary_lost.store(true, Ordering::Release);
            }
            left -= first.iter().filter(|&&index| matches!(fates[index], Fate::Done { .. })).count();
        }
        self.halt().is_none()
    }

    fn waiting(&self) -> Vec<usize> {
        let fates = self.fates();
        (0..fates.len()).filter(|&index| matches!(fates[index], Fate::NotStarted)).collect()
    }

    fn names(&self, tenants: &[usize]) -> Vec<String> {
        tenants.iter().map(|&index| self.fleet.tenants[index].name.clone()).collect()
    }

    fn visit(&self, tenants: &[usize], tell: &dyn Fn(&Told<'_>) -> Exit) {
        let may_begin = || self.halt().is_none();
        let hire = |worker| (worker, Visitor::new(self.fleet));
        let work = |(worker, visitor): &mut (usize, Visitor<'f>), &index: &usize| {
            self.turn(*worker, visitor, index);
        };
        spread(self.fleet.jobs, tenants, may_begin, hire, work, self.watch(tell));
    }

    fn turn(&self, worker: usize, visitor: &mut Visitor<'f>, index: usize) {
        let tenant = &self.fleet.tenants[index];
        self.fates()[index] = Fate::UnderWay;
        self.board.at(worker, &tenant.name);
        let started = Instant::now();
        let fate = match self.change(worker, visitor, tenant) {
            Ok(report) if report.done.is_empty() => Fate::Current { now_at: report.now_at },
            Ok(report) => Fate::Done { report, elapsed: started.elapsed() },
            Err(failure) => Fate::Failed(Box::new(failure)),
        };
        if let Fate::Failed(_) = fate {
            self.failures.fetch_add(1, Ordering::AcqRel);
        }
        self.board.ended(worker, self.task, tenant, &fate);
        self.fates()[index] = fate;
    }

    fn change(&self, worker: usize, visitor: &mut Visitor<'f>, tenant: &Tenant) -> Result<Report, Failure> {
        let options = self.task.options.clone();
        let mut desk = visitor.desk(tenant, self.task.access(&tenant.url), options.lock_wait)?;
        let hear = |event: &Event<'_>| self.board.hear(worker, &tenant.name, event);
        let migrator = Migrator::new(&self.fleet.history).options(options).observe(hear);
        let beside = || visit::beside(self.fleet, tenant);
        let report = desk.database.connection.run_watched(migrator, beside, hear, self.task.work());
        let report = report.map_err(|error| desk.draw(error))?;
        visitor.keep(tenant, desk);
        Ok(report)
    }

    /// After the first signal nobody else begins. After a while, or at the second, what is under way is left alone: as
    /// after a kill, engines roll back what was not committed.
    fn watch(&self, tell: &dyn Fn(&Told<'_>) -> Exit) -> impl FnMut() {
        let mut heard = None;
        move || {
            let times = self.stop.times();
            if times > 0 && heard.is_none() {
                heard = Some(Instant::now());
                self.say_that_it_stops();
            }
            if times > 1 || heard.is_some_and(|heard: Instant| heard.elapsed() > GRACE) {
                std::process::exit(self.finish(tell).code().into());
            }
        }
    }

    fn say_that_it_stops(&self) {
        let under_way = self.fates().iter().filter(|fate| matches!(fate, Fate::UnderWay)).count();
        let text = format!(
            "nobody else begins; {} under way may take {} more, or until you ask again",
            count(under_way, self.fleet.noun()),
            duration(GRACE)
        );
        self.board.say(|shell| shell.hint("Stopping", text));
    }
}

impl Task<'_> {
    fn verb(&self) -> &'static str {
        match self.direction {
            Direction::Up => "Upgrading",
            Direction::Down => "Reverting",
        }
    }

    /// Whether the target is counted from where each database is, so that a second run would go further.
    pub(super) fn is_relative(&self) -> bool {
        let place = self.target.rsplit('@').next().unwrap_or_default();
        let is_count = self.direction == Direction::Down && place.bytes().all(|byte| byte.is_ascii_digit());
        is_count || place.starts_with(['+', '-'])
    }

    fn work(&self) -> Work<'_> {
        match self.direction {
            Direction::Up => Work::Upgrade(self.target),
            Direction::Down => Work::Revert(self.target),
        }
    }

    /// A missing file is made by an upgrade alone that means it.
    fn access(&self, url: &DatabaseUrl) -> Access {
        let is_only_seen = self.options.dry_run || self.direction == Direction::Down;
        if is_only_seen && connect::is_missing(url) { Access::Read } else { Access::Write }
    }
}
