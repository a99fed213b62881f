//! A run on many databases while it goes on: on a terminal a bar over all and a line for each worker, elsewhere a
//! line for each database that was changed or could not be.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use schema_runtime::engine::Event;
use schema_runtime::plan::Direction;

use super::rollout::{Fate, Task};
use super::{Fleet, Tenant};
use crate::render::human::duration;
use crate::shell::Shell;

/// Redraws a second.
const REDRAWS: u8 = 15;

/// What people see while it goes on.
pub(super) struct Board<'s> {
    shell: &'s Shell,
    bars: Option<Bars>,
    failed: AtomicUsize,
}

struct Bars {
    all: MultiProgress,
    total: ProgressBar,
    workers: Vec<ProgressBar>,
}

impl<'s> Board<'s> {
    /// Of a run on all of these, and what is done to them.
    pub(super) fn new(fleet: &Fleet<'s>, verb: &'static str) -> Self {
        let (shell, databases) = (fleet.shell, fleet.tenants.len());
        let bars = shell.can_move().then(|| Bars::new(verb, fleet.jobs.min(databases), databases));
        Self { shell, bars, failed: AtomicUsize::new(0) }
    }

    /// Something for people, above the bars.
    pub(super) fn say(&self, say: impl FnOnce(&Shell)) {
        match &self.bars {
            Some(bars) => bars.all.suspend(|| say(self.shell)),
            None => say(self.shell),
        }
    }

    /// What is said of each database where nothing moves, and with `-v`.
    pub(super) fn note(&self, say: impl FnOnce(&Shell)) {
        if self.bars.is_none() || self.shell.is_verbose() {
            self.say(say);
        }
    }

    /// What a worker is doing.
    pub(super) fn at(&self, worker: usize, text: impl Into<String>) {
        if let Some(bars) = &self.bars {
            bars.workers[worker].set_message(text.into());
        }
    }

    /// What a worker's database tells.
    pub(super) fn hear(&self, worker: usize, name: &str, event: &Event<'_>) {
        match event {
            Event::Started { revision, direction } => {
                let verb = match direction {
                    Direction::Up => "applying",
                    Direction::Down => "reverting",
                };
                self.at(worker, format!("{name}: {verb} {}", revision.title()));
            }
            Event::Waiting { holder, waited } => {
                let holder = holder.as_deref().unwrap_or("another run");
                let text = format!("{name}: waited {} for the lock of {holder}", duration(*waited));
                self.at(worker, text.clone());
                self.note(|shell| shell.hint("Waiting", text));
            }
            Event::Blocked { by } => {
                let text = format!("{name}: blocked by {by}");
                self.at(worker, text.clone());
                self.note(|shell| shell.hint("Blocked", text));
            }
            Event::Warning { message } => {
                self.say(|shell| shell.attention("Warning", format_args!("{name}: {message}")));
            }
            _ => {}
        }
    }

    /// So many more are through.
    pub(super) fn passed(&self, databases: usize) {
        if let Some(bars) = &self.bars {
            bars.total.inc(databases as u64);
        }
    }

    /// What became of a worker's database.
    pub(super) fn ended(&self, worker: usize, task: &Task<'_>, tenant: &Tenant, fate: &Fate) {
        let name = &tenant.name;
        let text = fate.text(task);
        match fate {
            Fate::Done { .. } => self.note(|shell| shell.status("Done", format_args!("{name}: {text}"))),
            Fate::Failed(_) => {
                self.say(|shell| shell.attention("Failed", format_args!("{name}: {text}")));
                self.count_failure();
            }
            Fate::NotStarted | Fate::UnderWay | Fate::Current { .. } => {}
        }
        self.at(worker, "");
        self.passed(1);
    }

    fn count_failure(&self) {
        let failed = self.failed.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(bars) = &self.bars {
            bars.total.set_message(format!(", {failed} failed"));
        }
    }

    /// Takes it away.
    pub(super) fn clear(&self) {
        if let Some(bars) = &self.bars {
            bars.workers.iter().chain([&bars.total]).for_each(ProgressBar::finish_and_clear);
        }
    }
}

impl Bars {
    fn new(verb: &'static str, workers: usize, databases: usize) -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(REDRAWS));
        let style = |template: &str| {
            ProgressStyle::with_template(template).expect("the template is well-formed").progress_chars("=> ")
        };
        let total = all.add(ProgressBar::new(databases as u64));
        total.set_style(style("{prefix:>12} [{bar:30}] {pos}/{len}{msg}, {elapsed}"));
        total.set_prefix(verb);
        // The time goes on while every worker waits.
        total.enable_steady_tick(Duration::from_millis(500));
        let worker = || {
            let bar = all.add(ProgressBar::no_length());
            bar.set_style(style("             {wide_msg}"));
            bar
        };
        let workers = (0..workers).map(|_| worker()).collect();
        Self { all, total, workers }
    }
}
